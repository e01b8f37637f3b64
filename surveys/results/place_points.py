"""A CSV of GPS points: in which commune each lies, how far from its border, how sure that is."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from maps.points import Oddity, PointIndex, SchematicBoundariesError, State
from surveys.collection.refusal import Refused
from surveys.territory.boundaries import boundary_set_for
from surveys.territory.models import Boundary, BoundarySet
from surveys.territory.units import in_force

BATCH: Final = 100_000
HEAD: Final = ("commune", "distance_m", "state", "state_vi", "oddity", "oddity_vi")
STATES_VI: Final = {
    State.UNKNOWN: "không rõ",
    State.INSIDE: "trong xã",
    State.NEAR_BORDER: "sát ranh giới",
    State.OUTSIDE: "ngoài xã",
}
ODDITIES_VI: Final = {
    Oddity.NONE: "",
    Oddity.MISSING: "thiếu toạ độ",
    Oddity.ZERO: "toạ độ 0, 0",
    Oddity.SWAPPED: "đổi chỗ vĩ độ và kinh độ",
    Oddity.ABROAD: "ngoài Việt Nam",
    Oddity.REPEATED: "lặp lại nhiều lần",
}


def index_for(on: date | None = None) -> PointIndex:
    """The full boundaries of the communes of a day.

    Raises
    ------
    Refused : no real boundaries of that day are stored.
    """
    units = list(in_force(on))
    kept = boundary_set_for(units) or _newest(on)
    if kept is None:
        raise Refused(409.123)
    rows = kept.boundaries.filter(level=Boundary.Detail.FULL).select_related("unit")
    shapes = {row.unit.code: shapely.from_geojson(row.geometry) for row in rows.iterator(200)}
    try:
        return PointIndex(shapes, is_schematic=kept.quality == BoundarySet.Quality.SCHEMATIC)
    except SchematicBoundariesError as error:
        raise Refused(409.123) from error


def place_file(source: Path, target: Path, index: PointIndex) -> int:
    """Add the columns of `HEAD` to a CSV with `lat`, `lon` and, where known, `accuracy`, `code`.

    `code` is the commune that the record names. The same point in one file five times or more is
    marked as repeated (within each 100,000 lines).

    Raises
    ------
    Refused : a file that cannot be read.
    """
    n = 0
    try:
        with (
            source.open(encoding="utf-8-sig", newline="") as given,
            target.open("w", encoding="utf-8-sig", newline="") as made,
        ):
            reader = csv.DictReader(given)
            columns = list(reader.fieldnames or ())
            if not {"lat", "lon"} <= set(columns):
                raise Refused(400.131)
            writer = csv.writer(made)
            writer.writerow([*columns, *HEAD])
            for rows in _batches(reader):
                for row, more in zip(rows, _placed(rows, index), strict=True):
                    writer.writerow([*(row[each] for each in columns), *more])
                n += len(rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(400.124, path=str(source)) from error
    return n


def _newest(on: date | None) -> BoundarySet | None:
    """Boundaries of a province alone are enough for its points."""
    sets = BoundarySet.objects.exclude(quality=BoundarySet.Quality.SCHEMATIC)
    if on is not None:
        sets = sets.filter(valid_from__lte=on)
    return sets.order_by("-valid_from", "-imported_at").first()


def _batches(reader: "csv.DictReader[str]") -> Iterator[list[dict[str, str]]]:
    rows: list[dict[str, str]] = []
    for row in reader:
        rows.append(row)
        if len(rows) == BATCH:
            yield rows
            rows = []
    if rows:
        yield rows


def _placed(rows: list[dict[str, str]], index: PointIndex) -> Iterator[tuple[object, ...]]:
    lat, lon, accuracy = (
        np.array([_number(row.get(name)) for row in rows]) for name in ("lat", "lon", "accuracy")
    )
    expected = [(row.get("code") or "").strip().zfill(5) for row in rows]
    found = index.place(lat, lon, accuracy, expected=list(expected))
    for unit, distance, state, oddity in zip(
        found.unit, found.distance, found.state, found.oddity, strict=True
    ):
        what, odd = State(state), Oddity(oddity)
        yield (
            index.code(int(unit)) or "",
            "" if np.isnan(distance) else round(float(distance), 1),
            what.name.lower(),
            STATES_VI[what],
            "" if odd is Oddity.NONE else odd.name.lower(),
            ODDITIES_VI[odd],
        )


def _number(text: str | None) -> float:
    try:
        return float((text or "").strip())
    except ValueError:
        return float("nan")
