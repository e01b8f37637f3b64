"""The one reader for everything that leaves: OData, CSV, workbooks, statistics packages, maps.

`tables(form)` says what there is: the root and each repeat, with their columns over the form's
published versions. `rows(submissions, tables)` gives whole submissions one after the other, newest
first unless the queryset is ordered, in constant memory. Cells are the engine's lexical strings;
`Column.read` makes typed values of them.

    layout = tables(form)
    for each in rows(visible_submissions(user, form), layout, restricted=False):
        for table in layout:
            for row in each.rows_of(table.name):
                cells = [column.read(row.values.get(column.name)) for column in table.columns]
"""

from surveys.collection.readout.layout import Column, Table, table_named, tables
from surveys.collection.readout.queries import Status, System
from surveys.collection.readout.reading import (
    Filled,
    Opener,
    Restricted,
    Row,
    ids_of,
    in_order,
    rows,
)

__all__ = [
    "Column",
    "Filled",
    "Opener",
    "Restricted",
    "Row",
    "Status",
    "System",
    "Table",
    "ids_of",
    "in_order",
    "rows",
    "table_named",
    "tables",
]
