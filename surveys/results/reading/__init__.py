"""What pages, reports and the API read of a run: frozen values, nothing computed, no pandas.

A figure that is not published leaves this room as None with its reason.
"""

from surveys.results.reading.areas import MethodsTable, methods_table, own_indicators
from surveys.results.reading.between import Beside, Between, beside_published, told_between
from surveys.results.reading.figures import RunReader, ShownFigure, latest_run, reader
from surveys.results.reading.files import MapFile, map_file, report_file
from surveys.results.reading.ladder import LadderPage, ladder_page
from surveys.results.reading.names import Names
from surveys.results.reading.provenance import benchmark, boundaries
from surveys.results.reading.readiness import ReadinessPage, readiness_page
from surveys.results.reading.satisfaction import SatisfactionPage, satisfaction_page
from surveys.results.reading.technical import TechnicalPage, technical_page

__all__ = [
    "Beside",
    "Between",
    "LadderPage",
    "MapFile",
    "MethodsTable",
    "Names",
    "ReadinessPage",
    "RunReader",
    "SatisfactionPage",
    "ShownFigure",
    "TechnicalPage",
    "benchmark",
    "beside_published",
    "boundaries",
    "ladder_page",
    "latest_run",
    "map_file",
    "methods_table",
    "own_indicators",
    "reader",
    "readiness_page",
    "report_file",
    "satisfaction_page",
    "technical_page",
    "told_between",
]
