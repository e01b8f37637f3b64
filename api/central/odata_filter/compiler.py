"""From the tree of a filter to a Django expression."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q
from django.db.models.expressions import OrderBy
from django.db.models.functions import Length, Lower, Trim, Upper
from django.utils import timezone

from api.central.odata_filter.constants import constant, moment_of
from api.central.odata_filter.expressions import Condition, Constant, Truth, day_of, part_of
from api.central.odata_filter.operands import Fields, Kind, Operand
from api.central.odata_filter.syntax import (
    Among,
    Call,
    Comparison,
    Literal,
    Logical,
    Negation,
    Node,
    Property,
)
from api.problems import ProblemRaised

SYMBOLS: Final = {"eq": "=", "ne": "=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
TURNED: Final = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
PARTS: Final = ("year", "month", "day", "hour", "minute", "second")
MILLISECOND: Final = timedelta(milliseconds=1)

# Tests of a text without patterns: % and _ mean themselves. PostgreSQL, SQLite.
TESTS: Final = {
    "contains": ("strpos({0}, {1}) > 0", "instr({0}, {1}) > 0"),
    "startswith": ("left({0}, length({1})) = {1}", "substr({0}, 1, length({1})) = {1}"),
    "endswith": ("right({0}, length({1})) = {1}", "substr({0}, -length({1})) = {1} OR {1} = ''"),
}
TEXTS: Final[dict[str, Callable[[Any], Any]]] = {"tolower": Lower, "toupper": Upper, "trim": Trim}
FUNCTIONS: Final = (*TESTS, *TEXTS, "length", *PARTS, "date", "now")
SUPPORTED: Final = "lt le eq ne ge gt, and or not, in (…), " + ", ".join(
    f"{name}()" for name in FUNCTIONS
)


def condition(node: Node, fields: Fields) -> Q:
    """The expression of a filter, for `QuerySet.filter`.

    Raises
    ------
    ProblemRaised : 400.52 kinds that do not compare, 501.51 not supported, 501.52 no such property.
    """
    return _Compiler(fields).condition(node)


def ordering(text: str, fields: Fields) -> tuple[OrderBy, ...]:
    """The orders of ``a desc, b``: nothing first when ascending, last when descending.

    Raises
    ------
    ProblemRaised : 400.51 not an order, 501.52 no such property.
    """
    orders = []
    for part in text.split(","):
        name, *rest = part.split()[:3] or [""]
        if not name or [each.lower() for each in rest] not in ([], ["asc"], ["desc"]):
            raise ProblemRaised(400.51, at=text.find(part), text=part.strip()[:40])
        is_down = bool(rest) and rest[0].lower() == "desc"
        operand = _property(Property(name, text.find(part)), fields)
        orders.append(
            OrderBy(
                operand.expression,  # type: ignore[arg-type] # a Combinable is resolved
                descending=is_down,
                nulls_first=None if is_down else True,
                nulls_last=True if is_down else None,
            )
        )
    return tuple(orders)


def _property(node: Property, fields: Fields) -> Operand:
    found = fields(node.path)
    if found is None:
        raise ProblemRaised(501.52, text=node.path, at=node.at)
    return found


class _Compiler:
    """Compiles one expression over one table's properties."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def condition(self, node: Node) -> Q:
        match node:
            case Logical():
                return self._joined(node)
            case Negation():
                return ~self.condition(node.inner)
            case Comparison():
                return self._comparison(node)
            case Among():
                options = [Comparison("eq", node.item, each, node.at) for each in node.options]
                return self._joined(Logical("or", tuple(options), node.at))
            case Call() if node.name in TESTS:
                return self._test(node)
        return self._bare(node)

    def _joined(self, node: Logical) -> Q:
        parts = [self.condition(part) for part in node.parts]
        # `in ()` is a chain of nothing
        return Q(*parts, _connector=node.operator.upper()) if parts else _known(is_true=False)

    def _bare(self, node: Node) -> Q:
        """A boolean that stands by itself."""
        if isinstance(node, Literal) and isinstance(node.value, bool):
            return _known(is_true=node.value)
        if isinstance(node, Property):
            operand = _property(node, self.fields)
            if operand.kind is Kind.BOOLEAN:
                return Q(Truth("{0}", operand.expression))
        raise _unsupported(node)

    def _test(self, node: Call) -> Q:
        _check_arity(node, 2)
        text, wanted = (self._value(each, Kind.TEXT) for each in node.arguments)
        if {text.kind, wanted.kind} != {Kind.TEXT}:
            raise ProblemRaised(400.52, text=node.name, at=node.at)
        postgres, sqlite = TESTS[node.name]
        return Q(Truth(postgres, text.expression, wanted.expression, sqlite=sqlite))

    def _comparison(self, node: Comparison) -> Q:
        left, right = node.left, node.right
        if isinstance(left, Literal):
            if isinstance(right, Literal):  # two constants: of what is no matter here
                raise _unsupported(right)
            turned = TURNED.get(node.operator, node.operator)
            return self._comparison(Comparison(turned, right, left, node.at))
        known = self._value(left, None)
        if isinstance(right, Literal) and right.value is None:
            return _against_null(node.operator, known)
        other = self._value(right, known.kind)
        if known.kind is not other.kind or known.kind is Kind.OTHER:
            raise ProblemRaised(400.52, text=node.operator, at=node.at)
        truth = Truth if known.is_nullable or other.is_nullable else Condition
        template = f"{{0}} {SYMBOLS[node.operator]} {{1}}"
        found = Q(truth(template, known.expression, other.expression))
        return ~found if node.operator == "ne" else found & _bound(node.operator, known, right)

    def _value(self, node: Node, kind: Kind | None) -> Operand:
        """An operand; a constant is read as the kind that it is compared with."""
        if isinstance(node, Property):
            return _property(node, self.fields)
        if isinstance(node, Literal) and node.value is not None:
            return constant(node, kind)
        if isinstance(node, Call):
            return self._function(node)
        raise _unsupported(node)

    def _function(self, node: Call) -> Operand:
        if node.name not in FUNCTIONS or node.name in TESTS:
            raise _unsupported(node)
        if node.name == "now":
            _check_arity(node, 0)
            now = Constant(timezone.now(), Kind.MOMENT)
            return Operand(now, Kind.MOMENT, is_nullable=False)
        _check_arity(node, 1)
        is_of_text = node.name in TEXTS or node.name == "length"
        inner = self._value(node.arguments[0], Kind.TEXT if is_of_text else None)
        found = _of_text(node.name, inner) if is_of_text else _of_moment(node.name, inner)
        if found is None:
            raise ProblemRaised(400.52, text=node.name, at=node.at)
        return found


def _of_text(name: str, inner: Operand) -> Operand | None:
    if inner.kind is not Kind.TEXT:
        return None
    if name == "length":
        return Operand(Length(inner.expression), Kind.NUMBER)
    return Operand(TEXTS[name](inner.expression), Kind.TEXT)


def _of_moment(name: str, inner: Operand) -> Operand | None:
    return day_of(inner) if name == "date" else part_of(name, inner)


def _against_null(operator: str, known: Operand) -> Q:
    """Nothing is less or greater than null."""
    if operator not in {"eq", "ne"}:
        return _known(is_true=False)
    found = Q(Condition("{0} IS NULL", known.expression))
    return found if operator == "eq" else ~found


def _bound(operator: str, known: Operand, right: Node) -> Q:
    """The same on the bare column, a millisecond wider, so that an index on it helps. On SQLite,
    where moments are texts of several lengths, the exact comparison stands alone.
    """
    moment = moment_of(right) if isinstance(right, Literal) else None
    if known.column is None or moment is None:
        return Q()
    found = Q()
    if operator in {"gt", "ge", "eq"}:
        start = Constant(moment, Kind.MOMENT)
        found &= Q(Condition("{0} >= {1}", known.column, start, sqlite="1=1"))
    if operator in {"lt", "le", "eq"}:
        end = Constant(moment + MILLISECOND, Kind.MOMENT)
        found &= Q(Condition("{0} < {1}", known.column, end, sqlite="1=1"))
    return found


def _known(*, is_true: bool) -> Q:
    return Q(Condition("1=1" if is_true else "1=0"))


def _check_arity(node: Call, n: int) -> None:
    if len(node.arguments) != n:
        raise ProblemRaised(400.51, at=node.at, text=node.name)


def _unsupported(node: Node) -> ProblemRaised:
    said = node.name if isinstance(node, Call) else type(node).__name__.lower()
    return ProblemRaised(501.51, text=said, at=node.at, supported=SUPPORTED)
