"""Finding a unit by name or code on a day, and all that is known of one. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from surveys.territory.conversion import is_same_territory
from surveys.territory.links import in_use, is_like
from surveys.territory.models import (
    AdminLink,
    AdminUnit,
    Boundary,
    BoundarySet,
    Level,
    Population,
    UnitTitle,
    VillageMembership,
)
from surveys.territory.units import ALIASES, in_force

FEW = 10  # bearers of a name on other days that are named
LEVELS_BELOW = {Level.PROVINCE: ("parent", "parent__parent"), Level.DISTRICT: ("parent",)}


@dataclass(frozen=True, slots=True)
class Portion:
    """A unit of another day that holds communes of this one, and how many pairs say so."""

    unit: AdminUnit
    pairs: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A unit, what it was made of and what it became, and what is stored of it."""

    unit: AdminUnit
    titles: tuple[UnitTitle, ...]
    aliases: tuple[str, ...]
    same: tuple[AdminUnit, ...]  # the same territory under the same code at another time
    others: tuple[AdminUnit, ...]  # other territories that carry or carried the same code
    predecessors: tuple[AdminLink, ...]
    successors: tuple[AdminLink, ...]
    was_in: tuple[Portion, ...]  # provinces and districts: by the pairs of their communes
    became: tuple[Portion, ...]
    populations: tuple[Population, ...]
    boundary_sets: tuple[BoundarySet, ...]
    n_children: int
    n_villages: int


def find_units(
    words: str = "", *, on: date | None = None, level: Level = Level.COMMUNE, within: str = ""
) -> QuerySet[AdminUnit]:
    """Units of a level in force on a day (default: now) by code, or by part of their name.

    Marks count where the words have any. `within` is the code of the province of that day.
    """
    units = in_force(on, level).select_related("parent__parent")
    if within:
        units = units.filter(Q(parent__code=within, parent__level=Level.PROVINCE) | _under(within))
    words = words.strip()
    if not words:
        return units
    if words.isdigit():
        code = words.zfill(_width(level))
        return units.filter(code__in={code, ALIASES.get(code, code)})
    return units.filter(pk__in=_named(units, words))


def on_other_days(words: str, level: Level, known: Iterable[AdminUnit]) -> list[AdminUnit]:
    """Units of that name or code that are not among the known ones, because of another day."""
    if not (words := words.strip()):
        return []
    units = AdminUnit.objects.filter(level=level).exclude(pk__in=[unit.pk for unit in known])
    if words.isdigit():
        found = units.filter(code=words.zfill(_width(level)))
    else:
        found = units.filter(pk__in=_named(units, words))
    return list(found.select_related("parent__parent").order_by("valid_from", "code")[:FEW])


def profile(unit: AdminUnit) -> Profile:
    """All that is known of a unit, in a bounded number of queries."""
    bearers = AdminUnit.objects.filter(code=unit.code, level=unit.level).exclude(pk=unit.pk)
    is_same = {each: _is_same(unit, each) for each in bearers.order_by("valid_from")}
    pairs = AdminLink.objects.select_related("old__parent__parent", "new__parent__parent")
    sets = BoundarySet.objects.filter(boundaries__unit=unit, boundaries__level=Boundary.Detail.FULL)
    return Profile(
        unit=unit,
        titles=tuple(unit.titles.order_by("valid_from")),
        aliases=tuple(sorted(old for old, code in ALIASES.items() if code == unit.code)),
        same=tuple(each for each, is_it in is_same.items() if is_it),
        others=tuple(each for each, is_it in is_same.items() if not is_it),
        predecessors=tuple(pairs.filter(new=unit).order_by("old__code")),
        successors=tuple(pairs.filter(old=unit).order_by("new__code")),
        was_in=_portions(unit, "new", "old"),
        became=_portions(unit, "old", "new"),
        populations=tuple(unit.populations.order_by("group", "-date", "source")),
        boundary_sets=tuple(sets.order_by("-imported_at").distinct()),
        n_children=unit.children.count(),
        n_villages=villages_in(unit).count(),
    )


def villages_in(unit: AdminUnit) -> QuerySet[VillageMembership]:
    """Memberships of the villages that lay in a commune when it ended, or lie there now."""
    last = Q(valid_to=unit.valid_to) if unit.valid_to else Q(valid_to=None)
    return VillageMembership.objects.filter(last, unit=unit)


def _is_same(unit: AdminUnit, other: AdminUnit) -> bool:
    """Whether two units of one level are one territory at two times."""
    old, new = sorted((unit, other), key=lambda each: each.valid_from)
    if unit.level == Level.COMMUNE:
        return is_same_territory(old, new)
    became, was = _portions(old, "old", "new"), _portions(new, "new", "old")
    return [each.unit for each in became] == [new] and [each.unit for each in was] == [old]


def _portions(unit: AdminUnit, side: str, other: str) -> tuple[Portion, ...]:
    """For a province or district, units of the other side's level that its communes lie in."""
    above = LEVELS_BELOW.get(Level(unit.level))
    if above is None:
        return ()
    mine = Q()
    for path in above:
        mine |= Q(**{f"{side}__{path}": unit})
    links = in_use().filter(mine)
    if unit.level == Level.PROVINCE:
        # provinces to provinces: a commune of before lies in its province by way of a district
        path = f"{other}__parent" if other == "new" else f"{other}__parent__parent"
    else:
        path = other
    counts = dict(links.values_list(path).annotate(n=Count("pk")).order_by())
    units = AdminUnit.objects.in_bulk([pk for pk in counts if pk is not None])
    portions = (Portion(units[pk], n) for pk, n in counts.items() if pk in units)
    return tuple(sorted(portions, key=lambda each: (-each.pairs, each.unit.code)))


def _under(province: str) -> Q:
    return Q(parent__parent__code=province, parent__parent__level=Level.PROVINCE)


def _named(units: QuerySet[AdminUnit], words: str) -> list[int]:
    return [pk for pk, name in units.values_list("pk", "name") if is_like(words, name)]


def _width(level: Level) -> int:
    return {Level.PROVINCE: 2, Level.DISTRICT: 3}.get(level, 5)
