"""Answers as SQL reads them: lexical strings in JSON become typed values that compare.

The same rule as `forms.values`: what does not fit its type is missing. Both databases check the
form of a string by the same expression before they convert it, so no answer can break a query.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Expression
from django.db.models.expressions import Combinable

from api.central.odata_filter import Kind, Operand
from api.central.odata_filter.expressions import Sql, Sqled, filled
from api.central.odata_values import DECIMAL, POINTS, WHOLE
from surveys.collection.readout import Column

_BLANKS: Final = "' ' || chr(9) || chr(10) || chr(13)"
_DAY: Final = r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK: Final = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?"
_ZONE: Final = r"(Z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)?"
_INT: Final = r"^[+-]?[0-9]{1,18}$"
_DECIMAL: Final = r"^[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eE][+-]?[0-9]{1,3})?$"
_DATE: Final = f"^{_DAY}(T{_CLOCK})?{_ZONE}$"
_TIME: Final = f"^{_CLOCK}{_ZONE}$"
_MOMENT: Final = f"^{_DAY}T{_CLOCK}{_ZONE}$"


def operand(column: Column, lexical: Expression | Combinable) -> Operand:
    """The operand of a column whose stored string is `lexical`."""
    field = column.field
    if field.choices is not None or field.is_select_multiple or field.control == "rank":
        return Operand(_Trimmed(lexical), Kind.TEXT)
    if field.type in POINTS:
        return Operand(_Trimmed(lexical), Kind.OTHER)
    if field.type in WHOLE:
        return Operand(_Number(lexical, _INT), Kind.NUMBER)
    if field.type in DECIMAL:
        return Operand(_Number(lexical, _DECIMAL), Kind.NUMBER)
    reading = _READINGS.get(field.type)
    if reading is not None:
        return Operand(reading(lexical), _KINDS[field.type])
    return Operand(_Trimmed(lexical) if field.is_binary else _Text(lexical), Kind.TEXT)


def _trim(vendor: str) -> str:
    if vendor == "postgresql":
        return f"btrim({{0}}, {_BLANKS})"
    return "trim({0}, ' ' || char(9) || char(10) || char(13))"


class _Trimmed(Sqled):
    """Without blanks around it; null when nothing else is there."""

    def sql(self, parts: list[Sql], vendor: str) -> Sql:
        return filled(f"NULLIF({_trim(vendor)}, '')", parts)


class _Text(Sqled):
    """As it came; null when it is blank."""

    def sql(self, parts: list[Sql], vendor: str) -> Sql:
        return filled(f"CASE WHEN {_trim(vendor)} <> '' THEN {{0}} END", parts)


class _Checked(Sqled):
    """A value of strings of one form; null for all others. `{0}` is the trimmed string."""

    pattern = ""
    postgres = "{0}"
    sqlite = "{0}"

    def sql(self, parts: list[Sql], vendor: str) -> Sql:
        trimmed = filled(_trim(vendor), parts)
        is_postgres = vendor == "postgresql"
        test = "{0} ~ {1}" if is_postgres else "{0} REGEXP {1}"
        value = self.postgres if is_postgres else self.sqlite
        pattern: Sql = ("%s", [self.pattern])
        return filled(f"CASE WHEN {test} THEN {value} END", [trimmed, pattern])


class _Number(_Checked):
    postgres = "{0}::numeric"
    sqlite = "CAST({0} AS NUMERIC)"

    def __init__(self, lexical: Any, pattern: str) -> None:
        super().__init__(lexical)
        self.pattern = pattern


class _Date(_Checked):
    """The first ten letters: also of the moment that some clients send for a day."""

    pattern = _DATE
    postgres = sqlite = "substr({0}, 1, 10)"


class _Time(_Checked):
    pattern = _TIME
    postgres = sqlite = (
        "substr(substr({0}, 1, 5) || CASE WHEN substr({0}, 6, 1) = ':'"
        " THEN substr({0}, 6) ELSE ':00' END, 1, 8)"
    )


class _Moment(_Checked):
    """In UTC, to the millisecond. The 31st of a shorter month counts as the 1st of the next."""

    pattern = _MOMENT
    # Months are stepped, since a date that does not exist would stop the query.
    postgres = (
        "date_trunc('milliseconds', (to_char(make_date(substr({0}, 1, 4)::int,"
        " substr({0}, 6, 2)::int, 1) + (substr({0}, 9, 2)::int - 1), 'YYYY-MM-DD')"
        " || replace(substr({0}, 11), ',', '.')"
        " || CASE WHEN {0} ~ 'T.*(Z|[+-].*)$' THEN '' ELSE '+07:00' END)::timestamptz)"
    )
    sqlite = (
        "strftime('%%Y-%%m-%%d %%H:%%M:%%f', replace(CASE"
        " WHEN {0} LIKE '%%Z' OR {0} GLOB '*[+-][0-9][0-9]:[0-9][0-9]' THEN {0}"
        " WHEN {0} GLOB '*T*[+-][0-9][0-9][0-9][0-9]'"
        " THEN substr({0}, 1, length({0}) - 2) || ':' || substr({0}, -2)"
        " WHEN {0} GLOB '*T*[+-][0-9][0-9]' THEN {0} || ':00'"
        " ELSE {0} || '+07:00' END, ',', '.'))"
    )


class _Truth(_Checked):
    pattern = "^(true|false|0|1)$"
    postgres = "{0} IN ('true', '1')"
    sqlite = "{0} IN ('true', '1')"


_READINGS: Final = {
    "date": _Date,
    "time": _Time,
    "dateTime": _Moment,
    "boolean": _Truth,
}
_KINDS: Final = {
    "date": Kind.DATE,
    "time": Kind.TIME,
    "dateTime": Kind.MOMENT,
    "boolean": Kind.BOOLEAN,
}
