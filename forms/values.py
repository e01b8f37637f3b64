"""The one reader of values: lexical strings become typed ones here and nowhere else.

What does not fit its type is kept as a `Misfit` and read as missing: real clients do send
``Như Thanh`` in a dateTime question. Empty and absent are both None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Final

from forms.schema import Field

VIETNAM: Final = timezone(timedelta(hours=7))
"""The zone of a time that names none; Viet Nam has had no summer time since 1975."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """An answer that does not fit its question's type, as it came."""

    lexical: str


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """Degrees (WGS 84); metres of height and of accuracy where the phone knew them."""

    latitude: float
    longitude: float
    altitude: float | None = None
    accuracy: float | None = None

    @property
    def position(self) -> list[float]:
        """Longitude, latitude and, if known, height: the order of GeoJSON and of WKT."""
        flat = [self.longitude, self.latitude]
        return flat if self.altitude is None else [*flat, self.altitude]


@dataclass(frozen=True, slots=True)
class GeoTrace:
    """A line."""

    points: tuple[GeoPoint, ...]


@dataclass(frozen=True, slots=True)
class GeoShape:
    """A ring; the last point is the first one."""

    points: tuple[GeoPoint, ...]


Value = (
    None
    | str
    | int
    | bool
    | Decimal
    | date
    | time
    | datetime
    | tuple[str, ...]
    | GeoPoint
    | GeoTrace
    | GeoShape
    | Misfit
)

_INT: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DECIMAL: Final = re.compile(
    r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII
)
_ZONE: Final = r"(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?"
_DAY: Final = r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
_CLOCK: Final = r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d+))?)?"
_DATE: Final = re.compile(_DAY + _ZONE, re.ASCII)
_TIME: Final = re.compile(_CLOCK + _ZONE, re.ASCII)
_DATETIME: Final = re.compile(f"{_DAY}T{_CLOCK}{_ZONE}", re.ASCII)
_TRUE: Final = frozenset({"true", "1"})
_FALSE: Final = frozenset({"false", "0"})


def read_value(field: Field, lexical: str | None, *, zone: tzinfo = VIETNAM) -> Value:
    """Read one stored string as the type of its field.

    Parameters
    ----------
    field : of the form version that the record belongs to.
    lexical : as stored; None = the node was absent (not asked), ``""`` = not answered.
    zone : of times that name none.

    Returns
    -------
    None (missing), the typed value, or a `Misfit` that holds the string. A code that is not in the
    question's list is a misfit, unless the list comes from a file.

    Examples
    --------
    >>> age = Field("/d/a", "a", "", "int", 1, "a")
    >>> read_value(age, " 42 "), read_value(age, ""), read_value(age, "bốn hai")
    (42, None, Misfit(lexical='bốn hai'))
    """
    return reader(field, zone=zone)(lexical)


def reader(field: Field, *, zone: tzinfo = VIETNAM) -> Callable[[str | None], Value]:
    """`read_value` of one field, for reading many values: what can be looked up once is.

    Parameters
    ----------
    field, zone : as of `read_value`.

    Examples
    --------
    >>> read = reader(Field("/d/a", "a", "", "int", 1, "a"))
    >>> read("42"), read(None)
    (42, None)
    """
    is_offered = _offers(field)
    holds_codes = field.is_select_multiple or field.control == "rank" or field.type == "odk:rank"
    is_choice = field.choices is not None and field.control != "range"
    convert, is_file = _READERS.get(field.type), field.is_binary or field.type == "binary"

    def read(lexical: str | None) -> Value:
        if lexical is None:
            return None
        trimmed = lexical.strip()
        if not trimmed:
            return None
        if holds_codes:
            return _codes(is_offered, trimmed, lexical)
        if is_choice:
            return trimmed if is_offered(trimmed) else Misfit(lexical)
        if convert is None:  # string, barcode, intent …: blanks within a text are the person's
            return trimmed if is_file else lexical
        try:
            found = convert(trimmed, zone)
        except (ValueError, OverflowError, InvalidOperation):
            found = None
        return Misfit(lexical) if found is None else found

    return read


def is_missing(value: Value) -> bool:
    """Whether a value counts as no answer (None or a misfit).

    Examples
    --------
    >>> is_missing(Misfit("x")), is_missing(0)
    (True, False)
    """
    return value is None or isinstance(value, Misfit)


def _codes(is_offered: Callable[[str], bool], trimmed: str, lexical: str) -> Value:
    codes = tuple(dict.fromkeys(trimmed.split()))
    return codes if all(map(is_offered, codes)) else Misfit(lexical)


def _offers(field: Field) -> Callable[[str], bool]:
    offered = field.choices
    if offered is None or offered.source or not offered.choices:
        return lambda _code: True
    return frozenset(choice.name for choice in offered.choices).__contains__


def _int(text: str, _zone: tzinfo) -> Value:
    return int(text) if _INT.fullmatch(text) else None


def _decimal(text: str, _zone: tzinfo) -> Value:
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def _boolean(text: str, _zone: tzinfo) -> Value:
    if text in _TRUE:
        return True
    return False if text in _FALSE else None


def _date(text: str, _zone: tzinfo) -> Value:
    # Some clients send the moment where the day was asked: the day is what they show.
    found = _DATE.fullmatch(text) or _DATETIME.fullmatch(text)
    return _day(found) if found else None


def _time(text: str, zone: tzinfo) -> Value:
    found = _TIME.fullmatch(text)
    return _clock(found, zone) if found else None


def _datetime(text: str, zone: tzinfo) -> Value:
    found = _DATETIME.fullmatch(text)
    if found:
        return datetime.combine(_day(found), _clock(found, zone))
    return None


def _day(found: re.Match[str]) -> date:
    return date(int(found["year"]), int(found["month"]), int(found["day"]))


def _clock(found: re.Match[str], zone: tzinfo) -> time:
    # Web Forms cuts trailing zeros: ".81" is 810 ms.
    microsecond = int((found["part"] or "0")[:6].ljust(6, "0"))
    return time(
        int(found["hour"]),
        int(found["minute"]),
        int(found["second"] or 0),
        microsecond,
        tzinfo=_zone(found["zone"], zone),
    )


def _zone(text: str | None, default: tzinfo) -> tzinfo:
    if text is None:
        return default
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _geopoint(text: str, _zone: tzinfo) -> Value:
    return _point(text)


def _point(text: str) -> GeoPoint | None:
    numbers = text.split()
    if not 2 <= len(numbers) <= 4 or not all(_DECIMAL.fullmatch(each) for each in numbers):
        return None
    latitude, longitude, *rest = (float(each) for each in numbers)
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    altitude = rest[0] if rest else None
    accuracy = rest[1] if len(rest) > 1 else None
    return GeoPoint(latitude, longitude, altitude, accuracy)


def _points(text: str) -> tuple[GeoPoint, ...]:
    found: list[GeoPoint] = []
    for part in text.split(";"):
        if part.strip():  # "; " stands after the last point, too
            point = _point(part)
            if point is None:
                return ()
            found.append(point)
    return tuple(found)


def geometry_of(lexical: str) -> GeoPoint | GeoTrace | GeoShape | None:
    """A place of which nobody says the type: a line that comes back to its beginning is an area.

    >>> type(geometry_of("19 105 0 0")).__name__, geometry_of("nowhere")
    ('GeoPoint', None)
    """
    text = lexical.strip().rstrip(";").strip()
    if ";" not in text:
        return _point(text)
    found = _geoshape(text, VIETNAM) or _geotrace(text, VIETNAM)
    return found if isinstance(found, GeoShape | GeoTrace) else None


def _geotrace(text: str, _zone: tzinfo) -> Value:
    points = _points(text)
    return GeoTrace(points) if len(points) >= 2 else None


def _geoshape(text: str, _zone: tzinfo) -> Value:
    points = _points(text)
    if len(points) < 4:
        return None
    first, last = points[0], points[-1]
    is_closed = (first.latitude, first.longitude) == (last.latitude, last.longitude)
    return GeoShape(points) if is_closed else None


_READERS: Final[dict[str, Callable[[str, tzinfo], Value]]] = {
    "int": _int,
    "integer": _int,
    "long": _int,
    "decimal": _decimal,
    "double": _decimal,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
    "dateTime": _datetime,
    "geopoint": _geopoint,
    "geotrace": _geotrace,
    "geoshape": _geoshape,
}
