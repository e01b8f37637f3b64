"""A CSV of figures by commune: whether neighbours are alike, and where."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from analysis.clusters import (
    Cluster,
    GlobalMoran,
    LocalMoran,
    NeighbourWeights,
    local_moran,
    moran,
    sampling_share,
)
from analysis.errors import AnalysisError
from maps.neighbours import shared_borders
from surveys.collection.refusal import Refused
from surveys.collection.spreadsheets import as_text
from surveys.territory.boundaries import boundary_set_for
from surveys.territory.models import AdminUnit, Boundary, BoundarySet
from surveys.territory.units import communes

HEAD: Final = ("code", "name", "value", "se", "i", "p", "p_adjusted", "pattern", "pattern_vi")
DOMINATES: Final = 0.5  # of the variance between communes
WORDS_VI: Final = {
    Cluster.NOT_TOLD_APART: "không phân biệt được",
    Cluster.HIGH_AMONG_HIGH: "cao giữa vùng cao",
    Cluster.LOW_AMONG_LOW: "thấp giữa vùng thấp",
    Cluster.HIGH_AMONG_LOW: "cao giữa vùng thấp",
    Cluster.LOW_AMONG_HIGH: "thấp giữa vùng cao",
    Cluster.ALONE: "không giáp xã nào",
}


@dataclass(frozen=True, slots=True)
class Figure:
    unit: AdminUnit
    value: float
    se: float | None


@dataclass(frozen=True, slots=True)
class Patterns:
    """`sampling` is the part of the spread that sampling errors make; None without any."""

    overall: GlobalMoran
    local: LocalMoran
    sampling: float | None
    isolates: tuple[AdminUnit, ...]

    @property
    def is_mostly_error(self) -> bool:
        return self.sampling is not None and self.sampling > DOMINATES


def find_patterns(
    figures: Sequence[Figure], *, near: Sequence[tuple[str, str]] | None = None, seed: int = 1
) -> Patterns:
    """Moran's I and its local parts over the stored boundaries of the communes.

    `near` are the pairs of neighbours, if they are known already.

    Raises
    ------
    Refused : no real boundaries, or too few communes that border on each other.
    """
    units = [each.unit for each in figures]
    pairs = borders(units) if near is None else near
    weights = NeighbourWeights.of([unit.code for unit in units], pairs)
    values = np.array([each.value for each in figures])
    rng = np.random.default_rng(seed)
    try:
        overall = moran(values, weights, rng=rng)
        local = local_moran(values, weights, rng=rng)
    except AnalysisError as error:
        raise Refused(400.153) from error
    errors = [each.se for each in figures if each.se is not None]
    has_all = len(errors) == len(figures)
    alone = zip(units, weights.isolates, strict=True)
    return Patterns(
        overall,
        local,
        sampling_share(values, np.array(errors)) if has_all else None,
        tuple(unit for unit, is_alone in alone if is_alone),
    )


def read_figures(path: Path, *, on: date | None = None) -> list[Figure]:
    """Values by commune. Raises `Refused` naming the line, `UnknownCommuneError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            if not {"code", "value"} <= set(reader.fieldnames or ()):
                raise Refused(400.151)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(400.124, path=str(path)) from error
    units = communes([row["code"] or "" for row in rows], on=on)
    found: list[Figure] = []
    seen: set[int] = set()
    for number, (unit, row) in enumerate(zip(units, rows, strict=True), 2):
        if unit.pk in seen:
            raise Refused(400.129, line=number, commune=unit.code)
        seen.add(unit.pk)
        said = (row.get("se") or "").strip()
        se = _number(said, number) if said else None
        found.append(Figure(unit, _number(row["value"], number), se))
    return found


def write_patterns(path: Path, figures: Sequence[Figure], found: Patterns) -> None:
    """One line a commune, under `HEAD`."""
    local = found.local
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEAD)
        for place, each in enumerate(figures):
            cluster = Cluster(int(local.cluster[place]))
            numbers = (local.i[place], local.p[place], local.adjusted[place])
            cells = ["" if np.isnan(number) else f"{number:.6g}" for number in numbers]
            name = as_text(each.unit.full_name)
            words = (cluster.name.lower(), WORDS_VI[cluster])
            writer.writerow((each.unit.code, name, each.value, each.se, *cells, *words))


def borders(units: Sequence[AdminUnit]) -> list[tuple[str, str]]:
    """Codes of communes that share a border line. Raises `Refused` 409.126 without real borders."""
    kept = boundary_set_for(units)
    if kept is None or kept.quality == BoundarySet.Quality.SCHEMATIC:
        raise Refused(409.126)
    rows = kept.boundaries.filter(level=Boundary.Detail.M100).select_related("unit")
    wanted = {unit.pk for unit in units}
    return shared_borders(
        {
            row.unit.code: shapely.from_geojson(row.geometry)
            for row in rows.iterator(200)
            if row.unit_id in wanted
        }
    )


def _number(text: str | None, line: int) -> float:
    try:
        value = float((text or "").strip())
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise Refused(400.152, line=line, value=text or "")
    return value
