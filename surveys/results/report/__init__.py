"""The report of a run as a workbook and as a document, and its maps. The worker's alone."""
