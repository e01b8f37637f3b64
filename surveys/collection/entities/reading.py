"""Entities as they are read: pages by key, a file row by row, and which of them were deleted."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from surveys.collection import statements
from surveys.collection.entities.filters import EVERYTHING, Reach
from surveys.collection.models import Actor, Entity, EntityList
from surveys.collection.statements import decoded

CHUNK: Final = 1000
PHONE_COLUMNS: Final = ("name", "label", "__version")


@dataclass(frozen=True, slots=True)
class EntityRow:
    """A living entity, for a file."""

    uuid: str
    label: str
    version: int
    data: dict[str, str]
    creator_id: int | None
    creator_name: str
    created_at: datetime
    updated_at: datetime | None


def living(entity_list: EntityList) -> QuerySet[Entity]:
    """The living entities, newest first; `id` is their key."""
    return Entity.objects.filter(list=entity_list, deleted_at=None).order_by("-id")


def property_names(list_id: int) -> list[str]:
    """The living properties, in the order of their making."""
    rows = statements.run(
        "SELECT name FROM entity_property WHERE list_id = $1 AND deleted_at IS NULL ORDER BY id",
        (list_id,),
    )
    return [row[0] for row in rows]


def rows_for_phone(
    list_id: int, properties: Sequence[str], reach: Reach = EVERYTHING
) -> Iterator[list[object]]:
    """The rows that a phone downloads, the header first, in constant memory."""
    yield [*PHONE_COLUMNS, *properties]
    last = None
    while True:
        found = _chunk(list_id, last, reach)
        for _, uuid, label, version, data in found:
            values = decoded(data)
            yield [uuid, label, version, *(values.get(name, "") for name in properties)]
        if len(found) < CHUNK:
            return
        last = found[-1][0]


def rows_for_staff(list_id: int) -> Iterator[EntityRow]:
    """All living entities with who made them, newest first, in constant memory."""
    columns = "uuid", "label", "version", "data", "creator_id", "created_at", "updated_at"
    living = Entity.objects.filter(list=list_id, deleted_at=None).order_by("-id")
    names: dict[int | None, str] = {None: ""}
    last: int | None = None
    while True:
        chunk = living if last is None else living.filter(id__lt=last)
        found = list(chunk.values_list("id", *columns)[:CHUNK])
        unknown = {row[5] for row in found} - names.keys()
        if unknown:
            names |= dict(Actor.objects.filter(pk__in=unknown).values_list("id", "display_name"))
        for _, uuid, label, version, data, creator_id, created_at, updated_at in found:
            creator = names[creator_id]
            yield EntityRow(uuid, label, version, data, creator_id, creator, created_at, updated_at)
        if len(found) < CHUNK:
            return
        last = found[-1][0]


def as_csv(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Rows as pieces of a CSV file."""
    lines: list[str] = []
    writer = csv.writer(_Lines(lines), lineterminator="\n")
    for row in rows:
        writer.writerow(row)
        if len(lines) >= CHUNK:
            yield "".join(lines).encode()
            lines.clear()
    if lines:
        yield "".join(lines).encode()


def deleted_states(
    list_id: int, uuids: Sequence[str], reach: Reach = EVERYTHING
) -> dict[str, bool]:
    """Of the known ones among these: whether a phone has to drop them.

    What the phone may not have any more counts as deleted.
    """
    states: dict[str, bool] = {}
    for start in range(0, len(uuids), CHUNK):
        part = uuids[start : start + CHUNK]
        known = Entity.objects.filter(list=list_id, uuid__in=part)
        states.update(
            {uuid: gone is not None for uuid, gone in known.values_list("uuid", "deleted_at")}
        )
    if reach != EVERYTHING:
        for uuid in [uuid for uuid, gone in states.items() if not gone]:
            states[uuid] = not _reaches(list_id, uuid, reach)
    return states


class _Lines:
    """What `csv.writer` writes to."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def write(self, line: str) -> None:
        self._lines.append(line)


def _chunk(list_id: int, last: int | None, reach: Reach) -> list[statements.Row]:
    # The condition on the key is left out of the first chunk, so that each text has one plan.
    after = f" AND id < ${2 + len(reach.parameters)}" if last is not None else ""
    return statements.run(
        "SELECT id, uuid, label, version, data FROM entity"  # noqa: S608 - numbers only
        f" WHERE list_id = $1 AND deleted_at IS NULL{reach.clause(2)}{after}"
        f" ORDER BY id DESC LIMIT {CHUNK}",
        (list_id, *reach.parameters, *(() if last is None else (last,))),
    )


def _reaches(list_id: int, uuid: str, reach: Reach) -> bool:
    rows = statements.run(
        f"SELECT 1 FROM entity WHERE list_id = $1 AND uuid = $2{reach.clause(3)}",  # noqa: S608 - no value
        (list_id, uuid, *reach.parameters),
    )
    return bool(rows)
