"""The communes that a round speaks of, with a sample or without, as small-area models know them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from surveys.fieldwork.models import Round, RoundCommune
from surveys.fieldwork.round_places import boundaries_day, communes
from surveys.results.reading.names import TYPES_EN
from surveys.results.recipe import Recipe, SmallArea, Unsampled
from surveys.territory.boundaries import boundary_set_for
from surveys.territory.models import AdminUnit, Boundary, BoundarySet, Level, Population
from surveys.territory.units import in_force

WARD: Final = "Phường"
AGES: Final = ("15+", "18+")


@dataclass(frozen=True, slots=True)
class AreaCommune:
    """One commune; None is unknown. `people` by age, persons from one source for all communes."""

    code: str
    valid_from: str
    vi: str
    en: str
    is_sampled: bool
    urban: float | None = None
    villages: float | None = None
    people_15: float | None = None
    people_18: float | None = None

    def people(self, age: str) -> float | None:
        return self.people_15 if age == "15+" else self.people_18


@dataclass(frozen=True, slots=True)
class RoundArea:
    """`communes` is empty where the round speaks of its sampled communes alone.

    `borders` are pairs of codes that share one; None: not asked for, or no real boundaries.
    """

    communes: tuple[AreaCommune, ...] = ()
    borders: tuple[tuple[str, str], ...] | None = None

    @property
    def unsampled(self) -> tuple[AreaCommune, ...]:
        return tuple(each for each in self.communes if not each.is_sampled)

    def to_json(self) -> dict[str, Any]:
        return {"communes": [asdict(each) for each in self.communes], "borders": self.borders}


def area_of(round_: Round, recipe: Recipe) -> RoundArea:
    """What the recipe asks to know beyond the sample. The worker's alone where it asks borders."""
    if recipe.small_area == SmallArea.NONE:
        return RoundArea()
    sampled = communes(round_)
    if recipe.unsampled == Unsampled.LIST:
        found = _listed(round_, sampled)
    elif recipe.unsampled == Unsampled.PROVINCE:
        found = _of_provinces(round_, sampled)
    else:
        found = ()
    borders = None
    if recipe.small_area == SmallArea.SPATIAL:
        borders = _borders(units_of_model(round_, recipe))
    return RoundArea(found, borders)


def units_of_model(round_: Round, recipe: Recipe) -> list[AdminUnit]:
    """The communes that a model of this round is about: sampled, and those it may speak of."""
    units = communes(round_)
    if recipe.unsampled == Unsampled.LIST:
        listed = RoundCommune.objects.filter(round=round_).select_related("unit")
        units |= {each.unit.code: each.unit for each in listed}
    elif recipe.unsampled == Unsampled.PROVINCE:
        units |= {unit.code: unit for unit in _province_units(round_, units)}
    return [units[code] for code in sorted(units)]


def real_boundaries(units: Iterable[AdminUnit]) -> BoundarySet | None:
    """Stored boundaries that draw all of these communes and are no sketch."""
    kept = boundary_set_for(units)
    return None if kept is None or kept.quality == BoundarySet.Quality.SCHEMATIC else kept


def _borders(units: list[AdminUnit]) -> tuple[tuple[str, str], ...] | None:
    import shapely  # noqa: PLC0415 - heavy, and only the worker asks for borders

    from maps.neighbours import shared_borders  # noqa: PLC0415 - as above

    kept = real_boundaries(units)
    if kept is None:
        return None
    rows = kept.boundaries.filter(level=Boundary.Detail.M100, unit__in=units)
    shapes = {
        row.unit.code: shapely.from_geojson(row.geometry)
        for row in rows.select_related("unit").iterator(200)
    }
    return tuple(shared_borders(shapes))


def _listed(round_: Round, sampled: Collection[str]) -> tuple[AreaCommune, ...]:
    """The round's own list; where it counts nobody at all, the counts that the territory holds."""
    rows = RoundCommune.objects.filter(round=round_).select_related("unit").order_by("unit__code")
    listed = list(rows)
    counted = any(row.people_15 or row.people_18 for row in listed)
    people = {} if counted else _counted(round_, [row.unit for row in listed], sampled)
    return tuple(
        _commune(
            row.unit,
            sampled,
            people={"15+": row.people_15, "18+": row.people_18} if counted else people,
            urban=row.urban_share,
            villages=row.villages,
        )
        for row in listed
    )


def _of_provinces(round_: Round, sampled: Mapping[str, AdminUnit]) -> tuple[AreaCommune, ...]:
    """Every commune of the provinces of the sample: wards are urban, people as the territory has
    them; nobody knows the number of villages."""
    units = _province_units(round_, sampled)
    people = _counted(round_, units, sampled)
    return tuple(
        _commune(unit, sampled, people=people, urban=float(unit.type == WARD)) for unit in units
    )


def _province_units(round_: Round, sampled: Mapping[str, AdminUnit]) -> list[AdminUnit]:
    provinces = {unit.parent_id for unit in sampled.values() if unit.parent_id is not None}
    units = in_force(boundaries_day(round_), Level.COMMUNE).filter(parent__in=provinces)
    return list(units.order_by("code"))


def _commune(
    unit: AdminUnit,
    sampled: Collection[str],
    *,
    people: Mapping[str, Any],
    urban: float | None,
    villages: float | None = None,
) -> AreaCommune:
    """`people`: counts by age, or by code and age."""
    own = people if "15+" in people else people.get(unit.code, {})
    return AreaCommune(
        code=unit.code,
        valid_from=unit.valid_from.isoformat(),
        vi=unit.full_name,
        en=f"{unit.name} {TYPES_EN.get(unit.type, 'commune')}",
        is_sampled=unit.code in sampled,
        urban=urban,
        villages=villages,
        people_15=own.get("15+"),
        people_18=own.get("18+"),
    )


def _counted(
    round_: Round, units: list[AdminUnit], sampled: Collection[str]
) -> dict[str, dict[str, float]]:
    """The newest count of each commune and age, of one definition: that of the round, else the one
    that knows most communes. One that lacks a commune with a sample is of no use to a model."""
    counts: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    rows = Population.objects.filter(unit__in=units, group__in=AGES).select_related("unit")
    for row in rows.order_by("date", "pk"):
        counts[row.group, row.definition][row.unit.code] = float(row.count)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for age in AGES:
        usable = [
            (definition == round_.benchmark_definition, len(here), definition)
            for (group, definition), here in counts.items()
            if group == age and set(sampled) <= set(here)
        ]
        if usable:
            for code, count in counts[age, max(usable)[2]].items():
                found[code][age] = count
    return dict(found)
