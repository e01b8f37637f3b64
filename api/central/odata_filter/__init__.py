"""`$filter` and `$orderby` of OData for any table: text → tree → Django expressions.

    node = parse("age ge 18 and startswith(name,'Lan')")
    queryset.filter(condition(node, fields))
    queryset.order_by(*ordering("__system/submissionDate desc", fields))

`fields` tells what a property path is: an `Operand` (an expression and its kind), or None when
there is no such property. Values always travel as parameters. Both databases give the same rows.

Raises `ProblemRaised` 400.51 (not OData), 400.52 (kinds that do not compare), 501.51 (what this
server does not know), 501.52 (no such property).
"""

from api.central.odata_filter.compiler import condition, ordering
from api.central.odata_filter.operands import Fields, Kind, Operand
from api.central.odata_filter.parser import parse
from api.central.odata_filter.syntax import Node, properties_of

__all__ = [
    "Fields",
    "Kind",
    "Node",
    "Operand",
    "condition",
    "ordering",
    "parse",
    "properties_of",
]
