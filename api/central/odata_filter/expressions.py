"""SQL of our own, for both databases: conditions, constants, moments and parts of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, Field, TextField, Value
from django.db.models.sql.compiler import SQLCompiler

from api.central.odata_filter.operands import Kind, Operand

Sql = tuple[str, list[Any]]


class Sqled(Expression):
    """An expression of parts, and its SQL for a database."""

    def __init__(self, *parts: Any, output_field: Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field or TextField())
        self.parts = [
            part if hasattr(part, "resolve_expression") else Value(part) for part in parts
        ]

    def get_source_expressions(self) -> list[Any]:
        return self.parts

    def set_source_expressions(self, exprs: Any) -> None:
        self.parts = list(exprs)

    def sql(self, parts: list[Sql], vendor: str) -> Sql:
        """The SQL and its parameters, with the parts compiled."""
        raise NotImplementedError

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        compiled = [compiler.compile(part) for part in self.parts]
        return self.sql([(sql, list(params)) for sql, params in compiled], connection.vendor)


def filled(template: str, parts: list[Sql]) -> Sql:
    """Put parts into the places {0}, {1} … of a template; each may stand there several times.

    Examples
    --------
    >>> filled("{0} < {0} + {1}", [("a", []), ("%s", [3])])
    ('a < a + %s', [3])
    """
    sql: list[str] = []
    params: list[Any] = []
    rest = template
    while rest:
        before, mark, after = rest.partition("{")
        sql.append(before)
        if not mark:
            break
        number, _, rest = after.partition("}")
        part, values = parts[int(number)]
        sql.append(part)
        params += values
    return "".join(sql), params


class Condition(Sqled):
    """A condition that is always known."""

    conditional = True

    def __init__(self, template: str, *parts: Any, sqlite: str = "") -> None:
        super().__init__(*parts, output_field=BooleanField())
        self.template = template
        self.sqlite = sqlite or template

    def sql(self, parts: list[Sql], vendor: str) -> Sql:
        return filled(f"({self.sqlite if vendor == 'sqlite' else self.template})", parts)


class Truth(Condition):
    """A condition that counts as false where it is not known, so that `not` of it is true."""

    def sql(self, parts: list[Sql], vendor: str) -> Sql:
        sql, params = super().sql(parts, vendor)
        return f"COALESCE({sql}, {'0' if vendor == 'sqlite' else 'FALSE'})", params


class Moment(Sqled):
    """A stored moment to the millisecond: a client that asks for what is newer than the newest
    that it was shown does not get that one again.
    """

    def sql(self, parts: list[Sql], vendor: str) -> Sql:
        if vendor == "postgresql":
            return filled("date_trunc('milliseconds', {0})", parts)
        # Stored as text; without a fraction where it is zero.
        return filled(
            "substr({0} || CASE length({0}) WHEN 19 THEN '.000' ELSE '' END, 1, 23)", parts
        )


class Constant(Sqled):
    """A constant as each database compares it with operands of its kind."""

    def __init__(self, value: Decimal | bool | date | time | str, kind: Kind) -> None:
        super().__init__()
        self.value = value
        self.kind = kind

    def sql(self, parts: list[Sql], vendor: str) -> Sql:
        value, is_postgres = self.value, vendor == "postgresql"
        if self.kind is Kind.NUMBER:
            return ("%s::numeric" if is_postgres else "CAST(%s AS NUMERIC)"), [str(value)]
        if self.kind is Kind.BOOLEAN:
            return ("TRUE" if value else "FALSE") if is_postgres else str(int(bool(value))), []
        if isinstance(value, datetime):
            if is_postgres:
                return "%s::timestamptz", [value.isoformat()]
            utc = value.astimezone(UTC).replace(tzinfo=None)
            return "%s", [utc.isoformat(sep=" ", timespec="milliseconds")]
        said = value.isoformat(timespec="seconds") if isinstance(value, time) else str(value)
        return ("%s::text" if is_postgres else "%s"), [said]


class Cut(Sqled):
    """A piece of a text; as a number when ``is_number``."""

    def __init__(self, text: Any, start: int, length: int, *, is_number: bool = False) -> None:
        super().__init__(text)
        self.start, self.length, self.is_number = start, length, is_number

    def sql(self, parts: list[Sql], vendor: str) -> Sql:
        cut = f"substr({{0}}, {self.start}, {self.length})"
        if self.is_number:
            kind = "numeric" if vendor == "postgresql" else "INTEGER"
            cut = f"CAST(NULLIF({cut}, '') AS {kind})"
        return filled(cut, parts)


class _Shown(Sqled):
    """A moment as text in UTC, ``2026-11-22 02:59:36.032``."""

    def sql(self, parts: list[Sql], vendor: str) -> Sql:
        if vendor == "postgresql":
            return filled("to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')", parts)
        return parts[0]


_PLACES = {"year": 1, "month": 6, "day": 9, "hour": 12, "minute": 15, "second": 18}
_PLACES_OF_TIME = {"hour": 1, "minute": 4, "second": 7}


def part_of(name: str, operand: Operand) -> Operand | None:
    """Year, month … second of a date, time or moment (UTC), as a number; None = it has none."""
    is_clock = name in _PLACES_OF_TIME
    if operand.kind is Kind.MOMENT:
        text: Any = _Shown(operand.expression)
    elif operand.kind is (Kind.TIME if is_clock else Kind.DATE):
        text = operand.expression
    else:
        return None
    places = _PLACES_OF_TIME if operand.kind is Kind.TIME else _PLACES
    length = 4 if name == "year" else 2
    return Operand(Cut(text, places[name], length, is_number=True), Kind.NUMBER)


def day_of(operand: Operand) -> Operand | None:
    """The date of a moment (UTC); None = it has none."""
    if operand.kind is Kind.MOMENT:
        return Operand(Cut(_Shown(operand.expression), 1, 10), Kind.DATE)
    return operand if operand.kind is Kind.DATE else None
