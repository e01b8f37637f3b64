"""The statements of entities: the same few for submissions, staff and files.

Raw SQL because entities are made within the upload that brings them. All of it runs inside the
caller's transaction, after `lock`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from surveys.collection import statements
from surveys.collection.entities.access import EntityRefused
from surveys.collection.statements import Row, decoded

_COLUMNS: Final = "id, uuid, label, data, version, conflict, deleted_at IS NOT NULL"
# Columns of a version and, for PostgreSQL, their types.
_VERSION: Final = {
    "version": "int",
    "label": "text",
    "data": "jsonb",
    "data_received": "jsonb",
    "base_version": "int",
    "branch_id": "text",
    "trunk_version": "int",
    "branch_base_version": "int",
    "conflicting_properties": "jsonb",
    "is_forced": "boolean",
    "is_late_creation": "boolean",
    "submission_id": "bigint",
    "bulk_event_id": "bigint",
    "creator_id": "bigint",
    "user_agent": "text",
}
_NAMES: Final = ", ".join(_VERSION)
_PUT_VERSION: Final = (
    f"INSERT INTO entity_version (entity_id, {_NAMES})"  # noqa: S608 - names of columns
    f" VALUES ({', '.join(f'${n}' for n in range(1, len(_VERSION) + 2))})"
)
_INSERT: Final = (
    "INSERT INTO entity (list_id, uuid, label, data, creator_id) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (list_id, uuid) DO NOTHING RETURNING id"
)
# The entity and its first version in one statement, made of constants only.
_CREATE: Final = (
    f"WITH made AS ({_INSERT}), first AS (INSERT INTO entity_version (entity_id, {_NAMES})"  # noqa: S608 - constants
    f" SELECT id, {', '.join(f'${n}::{kind}' for n, kind in enumerate(_VERSION.values(), 6))}"
    " FROM made) SELECT id FROM made"
)
_LOCKS: Final = 1021
_LOCK: Final = """
SELECT SUM(CASE WHEN pg_advisory_xact_lock(6647412, key) IS NULL THEN 0 ELSE 1 END)
  FROM (SELECT key FROM unnest(string_to_array($1, ',')::int[]) AS key ORDER BY key) AS keys"""


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants of an entity. `label` None and absent properties stay as they are."""

    uuid: str
    label: str | None
    data: Mapping[str, str]
    base_version: int | None = None
    branch_id: str | None = None
    trunk_version: int | None = None

    @property
    def received(self) -> dict[str, str]:
        """What the change itself says, the label among it."""
        return {**self.data, **({"label": self.label} if self.label else {})}


@dataclass(frozen=True, slots=True)
class Author:
    """Who or what brings a change."""

    actor_id: int | None
    user_agent: str | None = None
    submission_id: int | None = None
    bulk_event_id: int | None = None


@dataclass(frozen=True, slots=True)
class Current:
    """An entity as it stands."""

    id: int
    uuid: str
    label: str
    data: dict[str, str]
    version: int
    conflict: str | None
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Base:
    """The state that a change was thought from."""

    version: int
    label: str
    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a change means for what stands: its base and whether it conflicts."""

    base_version: int | None
    conflict: str | None = None
    conflicting: list[str] | None = None
    is_forced: bool = False
    is_late_creation: bool = False


def lock(uuids: Iterable[str]) -> None:
    """One change of an entity at a time, also of one that is not there yet.

    In one order everywhere. Two entities may share a lock: a repeat of thousands of rows must not
    use up the locks that PostgreSQL has. SQLite has one writer at a time (BEGIN IMMEDIATE).
    """
    keys = sorted({int(uuid[:8], 16) % _LOCKS for uuid in uuids})
    if keys and statements.is_postgres():
        statements.run(_LOCK, (",".join(map(str, keys)),))


def find(list_id: int, uuid: str) -> Current | None:
    """The entity, deleted or not."""
    rows = statements.run(
        f"SELECT {_COLUMNS} FROM entity WHERE list_id = $1 AND uuid = $2",  # noqa: S608 - constant
        (list_id, uuid),
    )
    return _current(rows[0]) if rows else None


def base_by_version(entity_id: int, version: int) -> Base | None:
    return _base(
        "SELECT version, label, data FROM entity_version WHERE entity_id = $1 AND version = $2",
        (entity_id, version),
    )


def base_in_branch(entity_id: int, branch_id: str, branch_base_version: int) -> Base | None:
    """The state that the change before this one in the phone's chain led to."""
    return _base(
        "SELECT version, label, data FROM entity_version WHERE entity_id = $1"
        " AND branch_id = $2 AND branch_base_version = $3 ORDER BY version LIMIT 1",
        (entity_id, branch_id, branch_base_version),
    )


def is_interrupted(entity_id: int, branch_id: str, after: int) -> bool:
    """Whether somebody else changed the entity after this version."""
    rows = statements.run(
        "SELECT 1 FROM entity_version WHERE entity_id = $1 AND version > $2"
        " AND (branch_id IS NULL OR branch_id <> $3) LIMIT 1",
        (entity_id, after, branch_id),
    )
    return bool(rows)


def was_forced(entity_id: int) -> bool:
    """Whether the entity began with an update that was taken out of the backlog by force."""
    rows = statements.run(
        "SELECT 1 FROM entity_version WHERE entity_id = $1 AND version = 1 AND is_forced",
        (entity_id,),
    )
    return bool(rows)


def create(list_id: int, change: Change, author: Author, verdict: Verdict) -> Current:
    """Make an entity.

    Raises
    ------
    EntityRefused : 400.65 no label, 409.63 the id is taken, 409.64 by a deleted entity.
    """
    if change.label is None or not change.label.strip():
        raise EntityRefused(400.65)
    entity = Current(0, change.uuid, change.label, dict(change.data), 1, None)
    first = (list_id, change.uuid, change.label, as_json(change.data), author.actor_id)
    is_postgres = statements.is_postgres()
    facts = _version_facts(entity, change, author, verdict)
    made = statements.run(*((_CREATE, (*first, *facts)) if is_postgres else (_INSERT, first)))
    if not made:
        there = find(list_id, change.uuid)
        is_gone = there is not None and there.is_deleted
        raise EntityRefused(409.64 if is_gone else 409.63, uuids=change.uuid)
    if not is_postgres:
        statements.run(_PUT_VERSION, (made[0][0], *facts))
    return replace(entity, id=made[0][0])


def update(there: Current, change: Change, author: Author, verdict: Verdict) -> Current:
    """Lay a change over what stands: a new version."""
    entity = Current(
        there.id,
        there.uuid,
        change.label or there.label,
        {**there.data, **change.data},
        there.version + 1,
        verdict.conflict,
    )
    statements.run(
        "UPDATE entity SET label = $2, data = $3, version = $4, conflict = $5, updated_at = $6"
        " WHERE id = $1",
        (entity.id, entity.label, as_json(entity.data), entity.version, entity.conflict, moment()),
    )
    _put_version(entity, change, author, verdict)
    return entity


def touch(list_ids: Iterable[int]) -> None:
    """Say that phones have something new to fetch.

    The last statement of a transaction: until it ends, other changes of the list wait here.
    """
    for list_id in sorted(set(list_ids)):
        statements.run(
            "UPDATE entity_list SET revision = revision + 1, updated_at = $2 WHERE id = $1",
            (list_id, moment()),
        )


def moment() -> Any:
    """Now, as the connection takes it."""
    return connection.ops.adapt_datetimefield_value(timezone.now())


def _put_version(entity: Current, change: Change, author: Author, verdict: Verdict) -> None:
    statements.run(_PUT_VERSION, (entity.id, *_version_facts(entity, change, author, verdict)))


def _version_facts(
    entity: Current, change: Change, author: Author, verdict: Verdict
) -> tuple[Any, ...]:
    """The columns of `_VERSION`."""
    conflicting = verdict.conflicting
    return (
        entity.version,
        entity.label,
        as_json(entity.data),
        as_json(change.received),
        verdict.base_version,
        change.branch_id,
        change.trunk_version,
        change.base_version if change.branch_id is not None else None,
        json.dumps(conflicting, ensure_ascii=False) if conflicting is not None else None,
        verdict.is_forced,
        verdict.is_late_creation,
        author.submission_id,
        author.bulk_event_id,
        author.actor_id,
        author.user_agent,
    )


def _base(sql: str, parameters: tuple[Any, ...]) -> Base | None:
    rows = statements.run(sql, parameters)
    return Base(rows[0][0], rows[0][1], decoded(rows[0][2])) if rows else None


def _current(row: Row) -> Current:
    entity_id, uuid, label, data, version, conflict, is_deleted = row
    return Current(entity_id, uuid, label, decoded(data), version, conflict, bool(is_deleted))


def as_json(values: Mapping[str, str]) -> str:
    """Values as the databases take them."""
    return json.dumps(dict(values), ensure_ascii=False)
