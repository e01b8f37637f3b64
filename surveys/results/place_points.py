"""A CSV of GPS points: in which commune each lies, how far from its border, how sure that is."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, TextIO

import numpy as np
import shapely
from django.db.models import Count, Q

from maps.boundary_codes import code_text
from maps.points import Oddity, PointIndex, SchematicBoundariesError, State
from surveys.collection.refusal import Refused
from surveys.collection.spreadsheets import as_text
from surveys.results.coordinates import degrees
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
UNREADABLE: Final = ("unreadable", "toạ độ không đọc được")
ELSEWHERE: Final = ("code_unknown", "mã xã trong phiếu không có trong bộ ranh giới")
SPELLINGS: Final = {
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "long", "longitude"),
    "accuracy": ("accuracy",),
    "code": ("code",),
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
    kept = boundary_set_for(units) or _fullest(on)
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

    `code` is the commune that the record names. Degrees are read as `coordinates.degrees` does;
    commas, semicolons or tabs part the columns. The same point in one file five times or more is
    marked as repeated (within each 100,000 lines). `target` appears when it is whole, so it may be
    `source` itself.

    Raises
    ------
    Refused : a file that cannot be read or written.
    """
    half = target.with_name(f".{target.name}.part")
    try:
        with (
            source.open(encoding="utf-8-sig", newline="") as given,
            half.open("w", encoding="utf-8-sig", newline="") as made,
        ):
            n = _place(given, made, index)
        half.replace(target)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(400.124, path=str(source)) from error
    finally:
        half.unlink(missing_ok=True)
    return n


def _place(given: TextIO, made: TextIO, index: PointIndex) -> int:
    head = given.readline()
    given.seek(0)
    parts = max(",;\t", key=head.count)
    reader = csv.DictReader(given, delimiter=parts)
    columns = list(reader.fieldnames or ())
    named = {name.strip().lower(): name for name in columns}
    known = {
        word: next((named[each] for each in also if each in named), None)
        for word, also in SPELLINGS.items()
    }
    if known["lat"] is None or known["lon"] is None:
        raise Refused(400.131)
    writer = csv.writer(made)
    writer.writerow([*(as_text(each) for each in columns), *HEAD])
    n = 0
    for rows in _batches(reader):
        asked = [{word: row.get(name or "") for word, name in known.items()} for row in rows]
        for row, more in zip(rows, _placed(asked, index), strict=True):
            writer.writerow([*(as_text(row[each] or "") for each in columns), *more])
        n += len(rows)
    return n


def _fullest(on: date | None) -> BoundarySet | None:
    """That which draws most communes of the day: those of a province are enough for its points.

    A set of another day draws other land under the same numbers.
    """
    shapes = Q(boundaries__level=Boundary.Detail.FULL, boundaries__unit__in=in_force(on))
    sets = BoundarySet.objects.exclude(quality=BoundarySet.Quality.SCHEMATIC)
    sets = sets.annotate(drawn=Count("boundaries", filter=shapes)).filter(drawn__gt=0)
    return sets.order_by("-drawn", "-imported_at").first()


def _batches(reader: "csv.DictReader[str]") -> Iterator[list[dict[str, str]]]:
    rows: list[dict[str, str]] = []
    for row in reader:
        rows.append(row)
        if len(rows) == BATCH:
            yield rows
            rows = []
    if rows:
        yield rows


def _placed(rows: list[dict[str, str | None]], index: PointIndex) -> Iterator[tuple[object, ...]]:
    lat, lon, accuracy = (
        np.array([degrees(row[name]) for row in rows]) for name in ("lat", "lon", "accuracy")
    )
    expected = [_code(row["code"]) for row in rows]
    communes = frozenset(index.codes)
    found = index.place(lat, lon, accuracy, expected=list(expected))
    for row, code, unit, metres, state, oddity in zip(
        rows, expected, found.unit, found.distance, found.state, found.oddity, strict=True
    ):
        what, odd, distance = State(state), Oddity(oddity), metres
        word, word_vi = "" if odd is Oddity.NONE else odd.name.lower(), ODDITIES_VI[odd]
        if odd is Oddity.MISSING and ((row["lat"] or "").strip() or (row["lon"] or "").strip()):
            word, word_vi = UNREADABLE
        elif code and code not in communes and odd in (Oddity.NONE, Oddity.REPEATED):
            # nobody can say how far a border is that is not stored
            what, distance, (word, word_vi) = State.UNKNOWN, np.nan, ELSEWHERE
        yield (
            index.code(int(unit)) or "",
            "" if np.isnan(distance) else round(float(distance), 1),
            what.name.lower(),
            STATES_VI[what],
            word,
            word_vi,
        )


def _code(text: str | None) -> str:
    said = code_text(text)
    return said.zfill(5) if said else ""
