"""A record as OData shows it: nested groups, typed values, null for what is missing."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from forms.schema import Field, FormSchema
from forms.values import GeoPoint, GeoShape, GeoTrace, Misfit, read_value
from surveys.collection.privacy import is_restricted


def nested_row(
    schema: FormSchema, values: Mapping[str, str | None], instance_id: str, *, shows_all: bool
) -> dict[str, Any]:
    """Every field of the root table, groups as objects, repeats as links."""
    row: dict[str, Any] = {}
    for field in schema.fields_of(""):
        is_shown = shows_all or not is_restricted(field)
        value = typed(field, values.get(field.column)) if is_shown else None
        _put(row, field.column.split("/"), value)
    for table in schema.tables:
        if table.name and table.parent == "":
            steps = table.path.split("/")[2:]
            link = f"Submissions('{instance_id.replace(chr(39), chr(39) * 2)}')/{'/'.join(steps)}"
            _put(row, [*steps[:-1], f"{steps[-1]}@odata.navigationLink"], link)
    return row


def typed(field: Field, lexical: str | None) -> Any:
    """One answer as JSON."""
    value = read_value(field, lexical)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Misfit):
        # Text columns show what came; a number or date column cannot hold it.
        is_text = field.choices is not None or field.is_select_multiple
        return value.lexical if is_text else None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | time | datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return " ".join(value)
    return _geometry(value)


def _geometry(value: GeoPoint | GeoTrace | GeoShape) -> dict[str, Any]:
    if isinstance(value, GeoPoint):
        return {
            "type": "Point",
            "coordinates": _position(value),
            "properties": {"accuracy": value.accuracy},
        }
    line = [_position(point) for point in value.points]
    if isinstance(value, GeoTrace):
        return {"type": "LineString", "coordinates": line}
    return {"type": "Polygon", "coordinates": [line]}


def _position(point: GeoPoint) -> list[float]:
    flat = [point.longitude, point.latitude]
    return flat if point.altitude is None else [*flat, point.altitude]


def _put(row: dict[str, Any], steps: list[str], value: Any) -> None:
    for step in steps[:-1]:
        row = row.setdefault(step, {})
    row[steps[-1]] = value
