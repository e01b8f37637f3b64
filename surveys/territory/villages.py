"""Villages in time: in which commune each lay on a day, and what became of those that are gone.

The one place that writes memberships; `Village.unit` is kept as the commune of the last one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from enum import Enum

from django.db.models import Q
from django.utils import timezone

from surveys.territory.links import in_use
from surveys.territory.models import AdminUnit, Level, Village, VillageLink, VillageMembership
from surveys.territory.names import name_key
from surveys.territory.shipped import BATCH, LISTED_FROM

STEPS = 12  # a village that was merged more often than this is a circle


class Conflict(Enum):
    """What a move or a merger contradicts."""

    UNIT_NOT_IN_FORCE = "unit not in force"
    NOT_YET = "day has not come"
    GONE = "village is no more"
    SAME_DAY = "another commune from the same day"
    ITSELF = "would become itself"
    ENDED = "ended already"
    MOVED_LATER = "moved on or after the day"


class VillageTimeError(ValueError):
    """A move or a merger that contradicts what is stored; `subject` is the village or the unit."""

    def __init__(self, conflict: Conflict, subject: str, day: date, stored: str = "") -> None:
        self.conflict, self.subject, self.day, self.stored = conflict, subject, day, stored
        super().__init__(f"{subject} {day}: {conflict.value} {stored}".strip())


def add(villages: Iterable[Village], source: str, *, since: date | None = None) -> None:
    """Store new villages; each lies in its commune since that exists, or a day that was said.

    One whose former commune is named, and is one of those that its commune was made of, also
    gets its place before that day.
    """
    made = Village.objects.bulk_create(villages, batch_size=BATCH)
    before = _former(made)
    rows = []
    for village in made:
        start = since or village.valid_from or village.unit.valid_from
        if (old := before.get(village.pk)) is not None and start == village.unit.valid_from:
            rows.append(
                VillageMembership(
                    village=village,
                    unit=old,
                    valid_from=old.valid_from,
                    valid_to=start,
                    source=source,
                )
            )
        rows.append(
            VillageMembership(village=village, unit=village.unit, valid_from=start, source=source)
        )
    VillageMembership.objects.bulk_create(rows, batch_size=BATCH)


def move(village: Village, unit: AdminUnit, *, since: date, source: str) -> bool:
    """The village lies in `unit` from a day on, until the next move that is known.

    Moves may be told in any order. Gives False if that is what is stored already.
    Raises `VillageTimeError` for a unit that is not in force that day, a village that is gone by
    then, or another commune from the very same day.
    """
    _require_in_force(unit, since)
    if since > timezone.localdate():
        raise VillageTimeError(Conflict.NOT_YET, village.pk, since)
    if village.valid_to is not None and since >= village.valid_to:
        raise VillageTimeError(Conflict.GONE, village.pk, village.valid_to)
    known = list(village.memberships.select_related("unit").order_by("valid_from"))
    same = next((each for each in known if each.valid_from == since), None)
    if same is not None and same.unit_id != unit.pk:
        raise VillageTimeError(Conflict.SAME_DAY, village.pk, since, str(same.unit))
    if same is not None:
        return False
    later = next((each for each in known if each.valid_from > since), None)
    earlier = [each for each in known if each.valid_from < since]
    if earlier and (earlier[-1].valid_to is None or earlier[-1].valid_to > since):
        VillageMembership.objects.filter(pk=earlier[-1].pk).update(valid_to=since)
    VillageMembership.objects.create(
        village=village,
        unit=unit,
        valid_from=since,
        valid_to=later.valid_from if later else village.valid_to,
        source=source,
    )
    _renew(village)
    return True


def end(old: Village, new: Village, kind: VillageLink.Kind, *, day: date, source: str) -> bool:
    """The old village became (part of) the new one on a day. Gives False if that is stored.

    Raises `VillageTimeError` for a village that would become itself, also by way of others, that
    ended on another day, or that was moved after this day.
    """
    stored = VillageLink.objects.filter(old=old, new=new).first()
    if stored is not None and (stored.kind, stored.date) == (kind, day):
        return False
    _require_open(old, day, stored)
    if old.pk in _descendants(new.pk) | {new.pk}:
        raise VillageTimeError(Conflict.ITSELF, old.pk, day, new.pk)
    VillageLink.objects.create(old=old, new=new, kind=kind, date=day, source=source)
    old.memberships.filter(Q(valid_to=None) | Q(valid_to__gt=day)).update(valid_to=day)
    Village.objects.filter(pk=old.pk).update(valid_to=day)
    old.valid_to = day
    if kind != VillageLink.Kind.MERGED:
        _begin(new, day)
    return True


def unit_of(village_ids: Collection[str], on: date) -> dict[str, AdminUnit | None]:
    """The commune of each village on a day; None where it cannot be known.

    A village that is gone by then is where its successors are, one that did not exist yet where
    those before it were, if that is one commune; a commune that ended went whole into one, or
    nobody knows. Days before the list of communes begins are read as its first one. A handful
    of queries, however many villages.
    """
    on = max(on, LISTED_FROM)
    asked = set(village_ids)
    placed = _placed(asked, on)
    for is_forward in (True, False):
        _follow(asked - placed.keys(), placed, on, is_forward=is_forward)
    return {village: placed.get(village) for village in village_ids}


def _placed(villages: Collection[str], on: date) -> dict[str, AdminUnit]:
    """Villages that have a membership for the day, or whose nearest one carries over whole."""
    found: dict[str, AdminUnit] = {}
    nearest: dict[str, VillageMembership] = {}
    for chunk in _chunks(villages):
        rows = VillageMembership.objects.filter(village__in=chunk).select_related("unit", "village")
        for row in rows.order_by("valid_from"):
            gone = row.village.valid_to
            if row.valid_from <= on and (row.valid_to is None or row.valid_to > on):
                nearest[row.village_id] = row
            elif row.valid_from > on and row.village_id not in nearest:
                # the first one: what it was before is told by the links of its unit, unless the
                # village itself is known to be younger
                born = row.village.valid_from
                if (born is None or born <= on) and (gone is None or gone > on):
                    nearest[row.village_id] = row
    carried = _carried({row.unit_id: row.unit for row in nearest.values()}, on)
    for village, row in nearest.items():
        if (unit := carried.get(row.unit_id)) is not None:
            found[village] = unit
    return found


def _carried(units: dict[int, AdminUnit], on: date) -> dict[int, AdminUnit]:
    """For each unit the one that had its territory on the day: itself, or by a whole link."""
    found = {pk: unit for pk, unit in units.items() if _is_in_force(unit, on)}
    ended = [pk for pk, unit in units.items() if unit.valid_to is not None and unit.valid_to <= on]
    young = [pk for pk, unit in units.items() if unit.valid_from > on]
    for link in in_use().filter(old__in=ended, kind="whole").select_related("new"):
        if _is_in_force(link.new, on):
            found[link.old_id] = link.new
    before: dict[int, list[AdminUnit]] = defaultdict(list)
    for link in in_use().filter(new__in=young).select_related("old"):
        before[link.new_id].append(link.old)
    for pk, olds in before.items():
        if len(olds) == 1 and _is_in_force(olds[0], on):
            found[pk] = olds[0]
    return found


def _follow(
    missing: Collection[str], placed: dict[str, AdminUnit], on: date, *, is_forward: bool
) -> None:
    """Along mergers and splits: each missing village to those that stand for it on the day."""
    standing: dict[str, set[str]] = {village: {village} for village in missing}
    for _ in range(STEPS):
        ends = {each for group in standing.values() for each in group} - placed.keys()
        onward = _neighbours(ends, on, is_forward=is_forward)
        if not onward:
            break
        for village, group in standing.items():
            standing[village] = {
                target for each in group for target in onward.get(each, frozenset({each}))
            }
        reached = {target for targets in onward.values() for target in targets}
        placed |= _placed(reached - placed.keys(), on)
    for village, group in standing.items():
        units = {placed[each].pk if each in placed else None for each in group}
        if len(units) == 1 and None not in units:
            placed[village] = placed[next(iter(group))]


def _neighbours(villages: Collection[str], on: date, *, is_forward: bool) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for chunk in _chunks(villages):
        if is_forward:
            pairs = VillageLink.objects.filter(old__in=chunk, date__lte=on)
            for old, new in pairs.values_list("old_id", "new_id"):
                found[old].add(new)
        else:
            pairs = VillageLink.objects.filter(new__in=chunk, date__gt=on)
            for old, new in pairs.values_list("old_id", "new_id"):
                found[new].add(old)
    return dict(found)


def _descendants(village: str) -> set[str]:
    found: set[str] = set()
    layer = {village}
    while layer:
        rows = VillageLink.objects.filter(old__in=layer).values_list("new_id", flat=True)
        layer = set(rows) - found
        found |= layer
    return found


def _former(villages: Collection[Village]) -> dict[str, AdminUnit]:
    """The old commune of each village whose `legacy_area` names one that its commune came of."""
    named = [village for village in villages if village.legacy_area]
    olds: dict[int, list[AdminUnit]] = defaultdict(list)
    pairs = in_use().filter(new__in={village.unit_id for village in named})
    for link in pairs.filter(old__level=Level.COMMUNE).select_related("old"):
        olds[link.new_id].append(link.old)
    found = {}
    for village in named:
        key = name_key(village.legacy_area)
        like = [unit for unit in olds[village.unit_id] if name_key(unit.name) == key]
        if len(like) == 1:
            found[village.pk] = like[0]
    return found


def _begin(village: Village, day: date) -> None:
    """A village made by a split or under a new number was not there before."""
    if village.valid_from is None and not village.memberships.filter(valid_from__lt=day).exists():
        village.valid_from = day
        village.save(update_fields=["valid_from"])


def _renew(village: Village) -> None:
    last = village.memberships.select_related("unit").order_by("-valid_from").first()
    if last is not None and last.unit_id != village.unit_id:
        village.unit = last.unit
        village.save(update_fields=["unit"])


def _is_in_force(unit: AdminUnit, on: date) -> bool:
    return unit.valid_from <= on and (unit.valid_to is None or unit.valid_to > on)


def _require_in_force(unit: AdminUnit, day: date) -> None:
    if not _is_in_force(unit, day):
        raise VillageTimeError(Conflict.UNIT_NOT_IN_FORCE, str(unit), day)


def _require_open(old: Village, day: date, stored: VillageLink | None) -> None:
    """A village ends once; of a split every part has the same day."""
    if stored is not None or (old.valid_to is not None and old.valid_to != day):
        raise VillageTimeError(Conflict.ENDED, old.pk, old.valid_to or day)
    if old.memberships.filter(valid_from__gte=day).exists():
        raise VillageTimeError(Conflict.MOVED_LATER, old.pk, day)


def _chunks(villages: Collection[str]) -> Iterable[list[str]]:
    """SQLite takes a limited number of values in a query."""
    ordered = sorted(villages)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]
