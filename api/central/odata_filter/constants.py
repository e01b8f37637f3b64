"""Constants of a filter, read as the kind that they are compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from django.db.models import TextField, Value

from api.central.odata_filter.expressions import Constant
from api.central.odata_filter.operands import Kind, Operand
from api.central.odata_filter.syntax import Literal
from api.central.odata_filter.tokens import in_utc
from api.problems import ProblemRaised


def constant(node: Literal, kind: Kind | None) -> Operand:
    """A constant as a kind (None = as its own); never null.

    Raises
    ------
    ProblemRaised : 400.52 a text that is no number is compared with a number.
    """
    value = node.value
    match kind:
        case Kind.TEXT if not isinstance(value, bool):
            # `submitterId eq 5` is written for a property that is a text.
            text = value if isinstance(value, str) else node.text
            return _operand(Value(text, TextField()), Kind.TEXT)
        case Kind.NUMBER if isinstance(value, str):
            try:
                return _operand(Constant(Decimal(value), Kind.NUMBER), Kind.NUMBER)
            except InvalidOperation as error:
                raise ProblemRaised(400.52, text=node.text, at=node.at) from error
        case Kind.MOMENT if (moment := moment_of(node)) is not None:
            return _operand(Constant(moment, Kind.MOMENT), Kind.MOMENT)
        case Kind.DATE if isinstance(value, datetime):
            return _operand(Constant(value.date(), Kind.DATE), Kind.DATE)
        case Kind.DATE | Kind.TIME if isinstance(value, str):
            return _operand(Constant(value, kind), kind)
    own = _own_kind(value)
    return _operand(Constant(value if value is not None else "", own), own)


def moment_of(node: Literal) -> datetime | None:
    """A moment out of a moment, a day (its begin in UTC) or a text that holds one."""
    value: object = node.value
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=UTC)
        return in_utc(value) if isinstance(value, datetime) else None
    except (ValueError, OverflowError):
        return None


def _operand(expression: Value | Constant, kind: Kind) -> Operand:
    return Operand(expression, kind, is_nullable=False)


def _own_kind(value: object) -> Kind:
    kinds = ((bool, Kind.BOOLEAN), (Decimal, Kind.NUMBER), (datetime, Kind.MOMENT))
    for each, kind in (*kinds, (date, Kind.DATE), (time, Kind.TIME)):
        if isinstance(value, each):
            return kind
    return Kind.TEXT
