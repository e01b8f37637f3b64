"""What staff do to entities: create, update, delete, restore, resolve a conflict."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from forms.entity_checks import uuid_of
from surveys.collection import audit, statements
from surveys.collection.entities import access, many_rows, rows
from surveys.collection.entities.access import EntityRefused
from surveys.collection.entities.purging import GONE
from surveys.collection.entities.reading import property_names
from surveys.collection.entities.rows import Author, Change, Current, Verdict
from surveys.collection.models import Actor, AuditEvent, Entity, EntityList

MOST_AT_ONCE: Final = 1000  # rows of a statement
MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entity as somebody states it; an empty uuid is made here."""

    label: str | None
    data: Mapping[str, str]
    uuid: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """Where many entities come from: a file or a script."""

    name: str
    size: int | None = None
    user_agent: str | None = None


def create(
    actor: Actor, entity_list: EntityList, wanted: Wanted, user_agent: str | None = None
) -> str:
    """Make one entity; returns its uuid.

    Raises
    ------
    EntityRefused : 400.64 the uuid, 400.65 no label, 400.66 an unknown property, 409.63 and
        409.64 the uuid is taken.
    """
    access.require_read(actor, entity_list.project)
    change = _change(wanted, property_names(entity_list.pk))
    with transaction.atomic():
        rows.lock([change.uuid])
        made = rows.create(entity_list.pk, change, Author(actor.pk, user_agent), Verdict(None))
        _note("entity.create", actor, entity_list, made)
        rows.touch([entity_list.pk])
    return change.uuid


def create_many(
    actor: Actor, entity_list: EntityList, wanted: Sequence[Wanted], upload: Upload
) -> int:
    """Make many entities, or none at all; returns how many.

    Raises
    ------
    EntityRefused : as `create`; of taken ids all are named.
    """
    access.require_read(actor, entity_list.project)
    known = property_names(entity_list.pk)
    changes = [_change(each, known) for each in wanted]
    _refuse_taken(entity_list, [change.uuid for change in changes])
    try:
        _create_many(actor, entity_list, changes, upload)
    except IntegrityError as error:  # somebody was quicker with one of the ids
        raise EntityRefused(409.8) from error
    return len(changes)


def _create_many(
    actor: Actor, entity_list: EntityList, changes: Sequence[Change], upload: Upload
) -> None:
    with transaction.atomic():
        event = audit.record(
            "entity.bulk.create",
            actor=actor,
            project=entity_list.project,
            dataset=entity_list.name,
            source={
                "name": upload.name,
                "size": upload.size,
                "count": len(changes),
                "userAgent": upload.user_agent,
            },
        )
        author = Author(actor.pk, upload.user_agent, bulk_event_id=event.pk)
        for start in range(0, len(changes), MOST_AT_ONCE):
            many_rows.create_many(entity_list.pk, changes[start : start + MOST_AT_ONCE], author)
        rows.touch([entity_list.pk])


def update(
    actor: Actor,
    entity_list: EntityList,
    uuid: str,
    wanted: Wanted,
    *,
    base_version: int | None = None,
    is_forced: bool = False,
    resolves: bool = False,
    user_agent: str | None = None,
) -> None:
    """Lay values over an entity; with `resolves` its conflict ends.

    Raises
    ------
    EntityRefused : 404.62 no such entity, 409.65 `base_version` is not the current one (and
        nothing forces it), 400.68 there is no conflict to resolve, 400.65, 400.66.
    """
    access.require_read(actor, entity_list.project)
    known = property_names(entity_list.pk)
    with transaction.atomic():
        there = _locked(entity_list, uuid)
        if resolves and there.conflict is None:
            raise EntityRefused(400.68)
        if base_version != there.version and not is_forced:
            raise EntityRefused(
                409.65,
                current=there.version,
                provided="–" if base_version is None else base_version,
            )
        if wanted.label is not None or wanted.data or not resolves:
            change = _change(Wanted(wanted.label, wanted.data, there.uuid), known, is_update=True)
            verdict = Verdict(there.version, there.conflict)
            there = rows.update(there, change, Author(actor.pk, user_agent), verdict)
            _note("entity.update.version", actor, entity_list, there)
        if resolves:
            statements.run(
                "UPDATE entity SET conflict = NULL, updated_at = $2 WHERE id = $1",
                (there.id, rows.moment()),
            )
            _note("entity.update.resolve", actor, entity_list, there)
        rows.touch([entity_list.pk])


def delete(actor: Actor, entity_list: EntityList, uuids: Sequence[str]) -> list[str]:
    """Hide entities; phones drop them. Returns the uuids of those that were there."""
    return _hide(actor, entity_list, uuids, is_gone=True)


def restore(actor: Actor, entity_list: EntityList, uuids: Sequence[str]) -> list[str]:
    """Bring deleted entities back; returns the uuids of those that were deleted."""
    return _hide(actor, entity_list, uuids, is_gone=False)


def _hide(
    actor: Actor, entity_list: EntityList, uuids: Sequence[str], *, is_gone: bool
) -> list[str]:
    access.require_delete(actor, entity_list.project)
    wanted = sorted({known for each in uuids if (known := uuid_of(each)) is not None})
    done: dict[str, int] = {}
    with transaction.atomic():
        moment = timezone.now()
        for start in range(0, len(wanted), MOST_AT_ONCE):
            part = wanted[start : start + MOST_AT_ONCE]
            found = (
                Entity.objects.select_for_update()
                .filter(list=entity_list, uuid__in=part, deleted_at__isnull=is_gone)
                .exclude(label=GONE)
            )
            done.update(found.values_list("uuid", "id"))
            Entity.objects.filter(pk__in=[done[uuid] for uuid in part if uuid in done]).update(
                deleted_at=moment if is_gone else None, updated_at=moment
            )
        for action, entity_id, uuid in (
            ("entity.delete" if is_gone else "entity.restore", entity_id, uuid)
            for uuid, entity_id in done.items()
        ):
            _record(action, actor, entity_list, entity_id, {"uuid": uuid})
        if done:
            rows.touch([entity_list.pk])
    return sorted(done)


def _locked(entity_list: EntityList, uuid: str) -> Current:
    known = uuid_of(uuid)
    if known is not None:
        rows.lock([known])
        there = rows.find(entity_list.pk, known)
        if there is not None and not there.is_deleted:
            return there
    raise EntityRefused(404.62, uuid=uuid[:100], name=entity_list.name)


def _change(wanted: Wanted, known: Sequence[str], *, is_update: bool = False) -> Change:
    uuid = uuid_of(wanted.uuid) if wanted.uuid else str(uuid4())
    if uuid is None:
        raise EntityRefused(400.64, value=wanted.uuid[:100])
    if wanted.label is not None and not wanted.label.strip():
        raise EntityRefused(400.65)
    if wanted.label is None and (not is_update or not wanted.data):
        raise EntityRefused(400.65)
    for name in wanted.data:
        if name not in known:
            raise EntityRefused(400.66, name=name[:200])
    return Change(uuid, wanted.label, wanted.data)


def _refuse_taken(entity_list: EntityList, uuids: Sequence[str]) -> None:
    """Ids that stand twice among these, or that an entity of the list has, deleted or not."""
    twice = [uuid for uuid, count in Counter(uuids).items() if count > 1]
    if twice:
        raise EntityRefused(409.63, uuids=twice[:MOST_NAMED])
    for start in range(0, len(uuids), MOST_AT_ONCE):
        part = uuids[start : start + MOST_AT_ONCE]
        there = list(
            Entity.objects.filter(list=entity_list, uuid__in=part).values_list("uuid", "deleted_at")
        )
        gone = [uuid for uuid, deleted_at in there if deleted_at is not None]
        if there:
            taken = gone or [uuid for uuid, _ in there]
            raise EntityRefused(409.64 if gone else 409.63, uuids=taken[:MOST_NAMED])


def _note(action: str, actor: Actor, entity_list: EntityList, entity: Current) -> None:
    _record(action, actor, entity_list, entity.id, {"uuid": entity.uuid}, version=entity.version)


def _record(
    action: str,
    actor: Actor,
    entity_list: EntityList,
    entity_id: int,
    entity: dict[str, str],
    **details: object,
) -> None:
    AuditEvent.objects.create(
        action=action,
        actor=actor,
        project_id=entity_list.project_id,
        entity_id=entity_id,
        details={"entity": {**entity, "dataset": entity_list.name}, **details},
    )
