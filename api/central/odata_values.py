"""Answers as OData's JSON shows them; null for what is missing or does not fit its type."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from forms.values import GeoPoint, GeoShape, GeoTrace, Misfit
from surveys.collection.readout import Column

ToJson = Callable[[str | None], Any]
POINTS: Final = frozenset({"geopoint", "geotrace", "geoshape"})
WHOLE: Final = frozenset({"int", "integer", "long"})
DECIMAL: Final = frozenset({"decimal", "double"})
TYPED: Final = WHOLE | DECIMAL | {"boolean", "date", "dateTime"}
_ZONE: Final = re.compile(r"(?:(?P<utc>Z)|(?P<hours>[+-]\d{2}):?(?P<minutes>\d{2})?)$")


def to_json(column: Column, *, wkt: bool = False) -> ToJson:
    """The reader of a column: from the stored string to what the JSON holds.

    Texts, codes and names of files are shown as they came, also a code that no list holds.
    """
    field = column.field
    if field.choices is not None or field.is_select_multiple or field.control == "rank":
        return text
    if field.type in POINTS:
        return _points(column, wkt=wkt)
    return _typed(column) if field.type in TYPED else text


def text(lexical: str | None) -> str | None:
    """As it came; null when it is blank."""
    return lexical if lexical and not lexical.isspace() else None


def _typed(column: Column) -> ToJson:
    read, is_moment = column.read, column.field.type == "dateTime"

    def convert(lexical: str | None) -> Any:
        if not lexical:
            return None
        value = read(lexical)
        if value is None or isinstance(value, Misfit):
            return None
        if isinstance(value, Decimal):
            return float(value)
        if is_moment:
            return _moment(lexical)
        return value.isoformat() if isinstance(value, date) else value

    return convert


def _moment(lexical: str) -> str:
    """As the phone wrote it, with a whole zone: JavaRosa also writes +07, other clients none."""
    said = lexical.strip().replace(",", ".")
    day, _, clock = said.partition("T")
    found = _ZONE.search(clock)
    if found is None:
        return f"{said}+07:00"
    if found["utc"]:
        return said
    return f"{day}T{clock[: found.start()]}{found['hours']}:{found['minutes'] or '00'}"


def _points(column: Column, *, wkt: bool) -> ToJson:
    write = _well_known if wkt else geometry

    def convert(lexical: str | None) -> Any:
        value = column.read(lexical)
        return write(value) if isinstance(value, GeoPoint | GeoTrace | GeoShape) else None

    return convert


def geometry(value: GeoPoint | GeoTrace | GeoShape) -> dict[str, Any]:
    """GeoJSON, with the accuracy where the phone knew it."""
    if isinstance(value, GeoPoint):
        point: dict[str, Any] = {"type": "Point", "coordinates": value.position}
        if value.accuracy is not None:
            point["properties"] = {"accuracy": value.accuracy}
        return point
    line = [point.position for point in value.points]
    made: dict[str, Any] = (
        {"type": "LineString", "coordinates": line}
        if isinstance(value, GeoTrace)
        else {"type": "Polygon", "coordinates": [line]}
    )
    accuracies = [point.accuracy for point in value.points]
    if any(each is not None for each in accuracies):
        made["properties"] = {"accuracies": accuracies}
    return made


def _well_known(value: GeoPoint | GeoTrace | GeoShape) -> str:
    """Well-known text."""
    points = (value,) if isinstance(value, GeoPoint) else value.points
    said = ",".join(" ".join(map(_number, point.position)) for point in points)
    if isinstance(value, GeoPoint):
        return f"POINT ({said})"
    return f"LINESTRING ({said})" if isinstance(value, GeoTrace) else f"POLYGON (({said}))"


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)
