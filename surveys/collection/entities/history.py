"""How an entity came to what it is: its versions, which of them conflict, what each changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from surveys.collection.entities.branches import HARD, SOFT
from surveys.collection.models import AuditEvent, Entity, EntityVersion

RESOLVED: Final = "entity.update.resolve"
NO_UPDATE_YET: Final = 1


@dataclass(frozen=True, slots=True)
class Change:
    """One property that differs between two versions; None = it was not there."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A version and what is to be known of it when a conflict is resolved."""

    row: EntityVersion
    conflict: str | None
    is_resolved: bool
    # the properties that the change said otherwise than its base, and than what stood before it
    base_diff: list[str]
    server_diff: list[str]
    is_last_good: bool
    is_relevant: bool


def versions(entity: Entity) -> list[EntityVersion]:
    """All versions, the first one first."""
    found = EntityVersion.objects.filter(entity=entity).select_related(
        "creator", "submission", "submission__form"
    )
    return list(found.order_by("version"))


def judged(entity: Entity, rows: Sequence[EntityVersion]) -> list[Judged]:
    """Versions with their conflicts; those after the last good one matter to an open conflict."""
    by_number = {row.version: row for row in rows}
    resolved_to = _resolved_to(entity)
    contiguous = _Contiguity()
    kinds: dict[int, str] = {}
    for row in rows:
        contiguous.see(row)
        if row.version > 1 and _is_conflict(row, contiguous):
            kinds[row.version] = HARD if row.conflicting_properties else SOFT
    open_ones = [number for number in kinds if number > resolved_to]
    last_good = min(open_ones) - 1 if open_ones else None
    bases = {row.base_version for row in rows if last_good is not None and row.version > last_good}
    return [
        Judged(
            row,
            kinds.get(row.version),
            row.version in kinds and row.version <= resolved_to,
            _said_otherwise(row, by_number.get(row.base_version or 0)),
            _said_otherwise(row, by_number.get(row.version - 1)),
            row.version == (last_good if last_good is not None else len(rows)),
            last_good is not None and (row.version >= last_good or row.version in bases),
        )
        for row in rows
    ]


def diffs(rows: Sequence[EntityVersion]) -> list[list[Change]]:
    """What each version changed against the one before it; the first one has none before."""
    return [changes(_all(before), _all(after)) for before, after in pairwise(rows)]


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Properties that differ, the label first."""
    names = dict.fromkeys([*after, *before])
    return [
        Change(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def bulk_sources(rows: Iterable[EntityVersion]) -> dict[int, dict[str, object]]:
    """File or script that brought versions with many others, by the event's id."""
    ids = {row.bulk_event_id for row in rows if row.bulk_event_id is not None}
    events = AuditEvent.objects.filter(pk__in=ids).values_list("id", "details")
    return {event_id: dict(details.get("source") or {}) for event_id, details in events}


def events(entity: Entity) -> list[AuditEvent]:
    """What was done to an entity, the newest first; the upload that brought it among it."""
    bulk = EntityVersion.objects.filter(entity=entity, bulk_event_id__isnull=False)
    found = AuditEvent.objects.filter(entity_id=entity.pk) | AuditEvent.objects.filter(
        pk__in=list(bulk.values_list("bulk_event_id", flat=True))
    )
    return list(found.select_related("actor").order_by("-at", "-id"))


class _Contiguity:
    """Up to which version each offline chain follows its trunk with nothing in between."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def see(self, row: EntityVersion) -> None:
        if row.branch_id is None:
            return
        last = self._last.get(row.branch_id)
        if last is None:
            self._last[row.branch_id] = self._first(row)
        elif row.base_version == last and row.version == last + 1:
            self._last[row.branch_id] = row.version

    def breaks(self, row: EntityVersion) -> bool:
        if row.branch_id is None or row.base_version is None:
            return False
        return self._last[row.branch_id] < row.base_version

    @staticmethod
    def _first(row: EntityVersion) -> int:
        if row.trunk_version is not None:
            return row.version if row.version == row.trunk_version + 1 else 0
        # Made and changed offline: the creation is version 1, the first change follows it.
        return 2 if row.version == 2 else NO_UPDATE_YET


def _is_conflict(row: EntityVersion, contiguous: _Contiguity) -> bool:
    return (
        row.version != (row.base_version or 0) + 1 or contiguous.breaks(row) or row.is_late_creation
    )


def _resolved_to(entity: Entity) -> int:
    """The version up to which somebody looked at the conflicts."""
    last = AuditEvent.objects.filter(entity_id=entity.pk, action=RESOLVED).order_by("-id").first()
    return int(last.details.get("version") or 0) if last is not None else 0


def _said_otherwise(row: EntityVersion, other: EntityVersion | None) -> list[str]:
    if other is None or row.version == 1:
        return []
    theirs = _all(other)
    return [name for name, value in row.data_received.items() if theirs.get(name) != value]


def _all(row: EntityVersion) -> dict[str, str]:
    return {"label": row.label, **row.data}
