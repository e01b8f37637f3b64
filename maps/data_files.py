"""The figures of a map as data: GeoJSON and CSV, from the same specification as the pictures."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, fields
from typing import Any, Final

from maps.specification import Language, MapArea, MapSpec
from maps.views import View, views
from maps.webmap import drawn

Text = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One area as it stands in every data file. Figures are None unless they may be shown."""

    code: str
    name: str
    status: str
    estimate: float | None
    lower: float | None
    upper: float | None
    class_no: int
    class_vi: str
    class_en: str
    n: int | None
    n_eff: float | None
    reason_vi: str
    reason_en: str
    within: str
    against: str
    target: str
    pattern: str


COLUMNS: Final = tuple(each.name for each in fields(Row))


@dataclass(frozen=True, slots=True)
class About:
    """What has to travel with the figures."""

    title_vi: str
    title_en: str
    indicator_vi: str
    indicator_en: str
    base_vi: str
    base_en: str
    kind_vi: str
    kind_en: str
    period: str
    unit: str
    confidence: float
    source_vi: str
    source_en: str
    note_vi: str
    note_en: str
    boundary_quality: str
    boundary_source: str
    boundary_licence: str
    boundary_date: str


def rows(spec: MapSpec) -> list[Row]:
    """The areas in the order of the map's table."""
    policy = [views(spec, lang)[0] for lang in Language]
    return [_row(area, policy) for area in spec.areas]


def about(spec: MapSpec) -> About:
    """Titles, sources, and what the shapes are worth."""
    found: dict[str, Any] = {each.name: getattr(spec, each.name) for each in fields(About)}
    return About(
        **{**found, "unit": spec.unit.value, "boundary_quality": spec.boundary_quality.value}
    )


def geojson(spec: MapSpec, geometry: Mapping[str, Any]) -> bytes:
    """A FeatureCollection; areas without a shape have the geometry null.

    Parameters
    ----------
    spec
        What the map shows.
    geometry
        GeoJSON FeatureCollection whose features carry `code`.

    Returns
    -------
    bytes
        UTF-8. The member `khaosat` tells title, source, quality of the shapes. `<` is written as
        an escape, so that the file does nothing inside a page either.

    Raises
    ------
    ValueError
        If the geometry is no FeatureCollection.

    Example
    -------
    >>> from maps.classes import fixed_classes
    >>> from maps.specification import Quality, Unit
    >>> spec = MapSpec("Bản đồ", "Map", "Hài lòng", "Satisfied", Unit.SHARE, (), fixed_classes(),
    ...                "2026", Quality.SCHEMATIC, "khaosat", "2025-07-01")
    >>> json.loads(geojson(spec, {"type": "FeatureCollection", "features": []}))["features"]
    []
    """
    shapes = shapes_by_code(spec, geometry)
    features = [
        {
            "type": "Feature",
            "id": row.code,
            "geometry": shapes.get(row.code),
            "properties": _named(row),
        }
        for row in rows(spec)
    ]
    document = {"type": "FeatureCollection", "khaosat": _named(about(spec)), "features": features}
    written = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written.encode()


def figures_table(spec: MapSpec, as_text: Text) -> bytes:
    """A CSV with one line an area; each line also says period, source and quality of the shapes.

    Parameters
    ----------
    spec
        What the map shows.
    as_text
        Makes a text inert in a spreadsheet (`surveys.collection.spreadsheets.as_text`).

    Returns
    -------
    bytes
        UTF-8 with the mark that Excel reads.
    """
    told = about(spec)
    facts = ("indicator_vi", "period", "unit", "source_vi", "boundary_quality", "boundary_source")
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow((*COLUMNS, *facts))
    for row in rows(spec):
        cells = (*astuple(row), *(getattr(told, name) for name in facts))
        writer.writerow([as_text(cell) if isinstance(cell, str) else cell for cell in cells])
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def shapes_by_code(spec: MapSpec, geometry: Mapping[str, Any]) -> dict[str, Any]:
    """The GeoJSON geometry of each area that has one."""
    features = drawn(geometry, {area.code: area for area in spec.areas})["features"]
    return {feature["id"]: feature["geometry"] for feature in features}


def _row(area: MapArea, policy: list[View]) -> Row:
    position = policy[0].of.get(area.code)
    labels = ["" if position is None else view.groups[position].label for view in policy]
    return Row(
        code=area.code,
        name=area.name,
        status=area.status.value,
        estimate=area.estimate,
        lower=area.lower,
        upper=area.upper,
        class_no=0 if position is None else position + 1,
        class_vi=labels[0],
        class_en=labels[1],
        n=area.n,
        n_eff=area.n_eff,
        reason_vi=area.reason_vi,
        reason_en=area.reason_en,
        within=area.within,
        against=area.against.value if area.against else "",
        target=area.target.value if area.target else "",
        pattern=area.pattern.value if area.pattern else "",
    )


def _named(value: Row | About) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}
