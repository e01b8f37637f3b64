"""Stored boundaries: written by the import command, read by whatever draws a map.

Only `json` is needed to read them, so a page may do it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from surveys.territory.models import AdminUnit, Boundary, BoundarySet
from surveys.territory.units import communes

BATCH = 200  # shapes are long texts


@dataclass(frozen=True, slots=True)
class ImportedSet:
    """One cleaned boundary file, ready to be stored; shapes are GeoJSON geometry texts."""

    name: str
    source: str
    licence: str
    valid_from: date
    quality: str
    sha256: str
    shapes: Mapping[str, Mapping[str, str]]  # detail level → commune code → geometry
    report: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Geometry:
    """Shapes of the asked communes and what has to be printed on every map made from them."""

    collection: dict[str, object]
    boundary_set: BoundarySet


def store(found: ImportedSet, units: Mapping[str, AdminUnit]) -> BoundarySet:
    """Keep a boundary file's shapes; the same file for the same day is stored once.

    `units` gives the unit of each code; a shape of another code is left out (the report says so).
    """
    return store_once(found, units)[0]


def store_once(found: ImportedSet, units: Mapping[str, AdminUnit]) -> tuple[BoundarySet, bool]:
    """As `store`; the flag says whether this call stored it, of several at the same time too."""
    with transaction.atomic():
        kept, created = BoundarySet.objects.get_or_create(
            sha256=found.sha256,
            valid_from=found.valid_from,
            defaults={
                "name": found.name,
                "source": found.source,
                "licence": found.licence,
                "quality": found.quality,
                "report": dict(found.report),
            },
        )
        if created:
            Boundary.objects.bulk_create(
                (
                    Boundary(boundary_set=kept, unit=units[code], level=level, geometry=geometry)
                    for level, shapes in found.shapes.items()
                    for code, geometry in shapes.items()
                    if code in units
                ),
                batch_size=BATCH,
            )
    return kept, created


def boundary_set_for(units: Iterable[AdminUnit]) -> BoundarySet | None:
    """The best imported set that draws every one of these units: legal first, then the newest."""
    wanted = {unit.pk for unit in units}
    order = {quality: rank for rank, quality in enumerate(BoundarySet.Quality.values)}
    sets = sorted(
        BoundarySet.objects.all(), key=lambda s: (order[s.quality], -s.imported_at.timestamp())
    )
    for candidate in sets:
        drawn = candidate.boundaries.filter(level=Boundary.Detail.FULL, unit__in=wanted)
        if wanted and drawn.count() == len(wanted):
            return candidate
    return None


def geometry_for(
    codes: Iterable[str], *, level: str = Boundary.Detail.M100, on: date | None = None
) -> Geometry | None:
    """A GeoJSON FeatureCollection of the communes, or None if no imported set draws all of them.

    `on` is the day whose communes are meant (default: those in force). Raises
    `UnknownCommuneError` for a code that no commune carries on that day.
    """
    units = communes(codes, on=on)
    best = boundary_set_for(units)
    if best is None:
        return None
    rows = best.boundaries.filter(level=level, unit__in=units).select_related("unit")
    features = [
        {
            "type": "Feature",
            "properties": {"code": row.unit.code},
            "geometry": json.loads(row.geometry),
        }
        for row in rows.order_by("unit__code")
    ]
    return Geometry({"type": "FeatureCollection", "features": features}, best)
