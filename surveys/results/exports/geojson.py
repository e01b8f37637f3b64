"""GeoJSON (RFC 7946): a feature a place, written as it comes, with the answers beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from forms.values import GeoPoint, GeoTrace
from surveys.collection.models import Actor
from surveys.results.exports.csv_files import as_sent
from surveys.results.exports.places import Place, PlaceQuestion, place_questions, placed
from surveys.results.exports.source import Source


def write(source: Source, folder: Path, stem: str, _actor: Actor) -> None:
    """One file with all places of all tables; `question` and `table` tell them apart.

    A record without any place is not in it: the other formats hold those.
    """
    questions = place_questions(source)
    path = folder / f"{stem}.geojson"
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"type":"FeatureCollection","features":[')
        mark = "\n"
        for feature in _features(source, questions):
            stream.write(mark + json.dumps(feature, ensure_ascii=False, allow_nan=False))
            mark = ",\n"
        stream.write("\n]}\n")


def _features(source: Source, questions: tuple[PlaceQuestion, ...]) -> Iterator[dict[str, Any]]:
    names = {sheet.name: [each.name for each in sheet.variables] for sheet in source.sheets}
    for found in placed(source, questions):
        for each in found.places:
            table = each.question.sheet.name
            yield {
                "type": "Feature",
                "geometry": geometry(each.place),
                "properties": {
                    "table": table,
                    "question": each.question.name,
                    **_properties(names[table], each.line.cells),
                },
            }


def geometry(place: Place) -> dict[str, Any]:
    """The geometry as GeoJSON has it: longitude first, rings against the clock."""
    if isinstance(place, GeoPoint):
        return {"type": "Point", "coordinates": place.position}
    line = [point.position for point in place.points]
    if isinstance(place, GeoTrace):
        return {"type": "LineString", "coordinates": line}
    return {"type": "Polygon", "coordinates": [line if _is_anticlockwise(line) else line[::-1]]}


def _is_anticlockwise(ring: list[list[float]]) -> bool:
    return sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(ring)) <= 0


def _properties(names: list[str], cells: Any) -> dict[str, Any]:
    return {name: as_sent(cell) for name, cell in zip(names, cells, strict=True)}
