"""`/v1/projects/{p}/datasets/{n}/entities`: entities of staff and of submissions."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import F
from django.http import StreamingHttpResponse

from api.central import bodies
from api.central.dataset_shapes import (
    diff_shape,
    entity_shape,
    event_shape,
    judged_shape,
    source_of,
)
from api.central.datasets import is_extended, list_of
from api.central.door import SUCCESS, Call
from api.central.streams import json_list, window
from api.central.submission_shapes import actor_shape
from api.problems import ProblemRaised
from forms.entity_checks import uuid_of
from surveys.collection.entities import access, changes, history, purging, reading
from surveys.collection.entities.access import EntityRefused
from surveys.collection.entities.changes import Upload, Wanted
from surveys.collection.models import Actor, Entity, EntityList, EntityVersion

CHUNK: Final = 500
MOST_BODY: Final = 50_000_000
KEYS: Final = frozenset({"uuid", "label", "data"})


def list_entities(call: Call, project_id: int, name: str) -> StreamingHttpResponse:
    """The living entities, newest first; `?deleted=true` those in the trash."""
    found = readable_list(call, project_id, name)
    _note(call, found)
    rows = purging.trash_of(found)
    if not call.flag("deleted"):
        rows = Entity.objects.filter(list=found, deleted_at=None)
    if conflict := call.request.GET.get("conflict"):
        if conflict not in Entity.Conflict.values:
            raise ProblemRaised(400.2, field="conflict")
        rows = rows.filter(conflict=conflict)
    wanted = rows.order_by("-id")[window(call)]
    return json_list(_shapes(list(wanted.values_list("id", flat=True)), is_extended(call)))


def create_entities(call: Call, project_id: int, name: str) -> dict[str, Any]:
    """One entity, or many with `{"entities": [...], "source": {"name", "size"?}}`."""
    found = readable_list(call, project_id, name)
    said = bodies.json_of(call.request, MOST_BODY)
    agent = user_agent(call)
    if "entities" not in said:
        uuid = changes.create(call.actor, found, _wanted(said), agent)
        return _shown(call, found, uuid)
    many = said["entities"]
    if not isinstance(many, list) or not many:
        raise ProblemRaised(400.2, field="entities")
    if not all(isinstance(each, dict) for each in many):
        raise ProblemRaised(400.2, field="entities")
    changes.create_many(call.actor, found, [_wanted(each) for each in many], _upload(said, agent))
    return SUCCESS


def show_entity(call: Call, project_id: int, name: str, uuid: str) -> dict[str, Any]:
    found = readable_list(call, project_id, name)
    _note(call, found, uuid)
    return _shown(call, found, uuid)


def update_entity(call: Call, project_id: int, name: str, uuid: str) -> dict[str, Any]:
    """`?baseVersion=n` or `?force=true`; `?resolve=true` ends a conflict."""
    found = readable_list(call, project_id, name)
    resolves = call.flag("resolve")
    said = bodies.json_of(call.request) if bodies.length_of(call.request, MOST_BODY) else {}
    if not said and not resolves:
        raise ProblemRaised(400.2, field="data")
    base = call.request.GET.get("baseVersion", "")
    changes.update(
        call.actor,
        found,
        uuid,
        _wanted(said),
        base_version=int(base) if base.isascii() and base.isdecimal() and len(base) < 10 else None,
        is_forced=call.flag("force"),
        resolves=resolves,
        user_agent=user_agent(call),
    )
    return _shown(call, found, uuid)


def delete_entity(call: Call, project_id: int, name: str, uuid: str) -> dict[str, bool]:
    found = readable_list(call, project_id, name)
    if not changes.delete(call.actor, found, [uuid]):
        raise EntityRefused(404.62, uuid=uuid[:100], name=name)
    return SUCCESS


def restore_entity(call: Call, project_id: int, name: str, uuid: str) -> dict[str, bool]:
    found = readable_list(call, project_id, name)
    if not changes.restore(call.actor, found, [uuid]):
        raise EntityRefused(404.62, uuid=uuid[:100], name=name)
    return SUCCESS


def purge_entity(call: Call, project_id: int, name: str, uuid: str) -> dict[str, bool]:
    """Remove for good what a deleted entity said; `confirm` repeats its uuid."""
    found = readable_list(call, project_id, name)
    if bodies.text(bodies.json_of(call.request), "confirm") != uuid:
        raise ProblemRaised(400.2, field="confirm")
    purging.purge(call.actor, found, uuid_of(uuid) or uuid)
    return SUCCESS


def bulk_delete(call: Call, project_id: int, name: str) -> dict[str, int]:
    found = readable_list(call, project_id, name)
    return {"count": len(changes.delete(call.actor, found, _ids(call)))}


def bulk_restore(call: Call, project_id: int, name: str) -> dict[str, int]:
    found = readable_list(call, project_id, name)
    return {"count": len(changes.restore(call.actor, found, _ids(call)))}


def list_versions(call: Call, project_id: int, name: str, uuid: str) -> list[dict[str, Any]]:
    """All versions with their conflicts; `?relevantToConflict=true` those that matter to one."""
    found = readable_list(call, project_id, name)
    entity = entity_of(found, uuid)
    _note(call, found, uuid)
    rows = history.versions(entity)
    bulk = history.bulk_sources(rows)
    shown = history.judged(entity, rows)
    if call.flag("relevantToConflict"):
        shown = [each for each in shown if each.is_relevant]
    return [
        judged_shape(
            each,
            source_of(each.row, bulk),
            is_current=each.row.version == entity.version,
            extended=is_extended(call),
        )
        for each in shown
    ]


def list_diffs(call: Call, project_id: int, name: str, uuid: str) -> list[list[dict[str, Any]]]:
    found = readable_list(call, project_id, name)
    entity = entity_of(found, uuid)
    _note(call, found, uuid)
    return [diff_shape(each) for each in history.diffs(history.versions(entity))]


def list_audits(call: Call, project_id: int, name: str, uuid: str) -> list[dict[str, Any]]:
    entity = entity_of(readable_list(call, project_id, name), uuid)
    return [event_shape(each) for each in history.events(entity)]


def list_creators(call: Call, project_id: int, name: str) -> list[dict[str, Any] | None]:
    found = readable_list(call, project_id, name)
    ids = Entity.objects.filter(list=found, deleted_at=None).order_by().values("creator_id")
    rows = Actor.objects.filter(pk__in=ids.distinct()).order_by("display_name", "id")
    return [actor_shape(row) for row in rows]


def readable_list(call: Call, project_id: int, name: str) -> EntityList:
    """A list whose entities the caller reads."""
    found = list_of(call, project_id, name)
    access.require_read(call.user, found.project)
    return found


def entity_of(found: EntityList, uuid: str) -> Entity:
    """A living entity by its uuid."""
    entity = None
    if (known := uuid_of(uuid)) is not None:
        rows = Entity.objects.select_related("creator")
        entity = rows.filter(list=found, uuid=known, deleted_at=None).first()
    if entity is None:
        raise EntityRefused(404.62, uuid=uuid[:100], name=found.name)
    return entity


def user_agent(call: Call) -> str | None:
    return call.request.headers.get("User-Agent", "").replace("\x00", "")[:255] or None


def _note(call: Call, found: EntityList, uuid: str = "") -> None:
    access.note_reading(call.actor, found.project, found.name, via="central", uuid=uuid[:100])


def _shown(call: Call, found: EntityList, uuid: str) -> dict[str, Any]:
    entity = entity_of(found, uuid)
    current = EntityVersion.objects.select_related("creator").get(
        entity=entity, version=entity.version
    )
    return entity_shape(
        entity,
        current,
        with_data=True,
        properties=reading.property_names(found.pk),
        extended=is_extended(call),
    )


def _shapes(ids: list[int], extended: bool) -> Iterator[dict[str, Any]]:
    """Entities by the hundred with their current versions."""
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        rows = Entity.objects.select_related("creator").defer("data").in_bulk(part)
        versions = {
            row.entity_id: row
            for row in EntityVersion.objects.select_related("creator")
            .defer("data", "data_received")
            .filter(entity__in=part, version=F("entity__version"))
        }
        for entity_id in part:
            if entity_id in rows:
                yield entity_shape(
                    rows[entity_id], versions[entity_id], with_data=False, extended=extended
                )


def _wanted(said: dict[str, Any]) -> Wanted:
    unknown = sorted(said.keys() - KEYS)
    if unknown:
        raise ProblemRaised(400.2, field=unknown[0][:100])
    data = said.get("data")
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise ProblemRaised(400.2, field="data")
    for key, value in data.items():
        if not bodies.is_storable(value) or not bodies.is_storable(key):
            raise ProblemRaised(400.2, field=key[:100])
    return Wanted(
        bodies.optional_text(said, "label"), data, bodies.optional_text(said, "uuid") or ""
    )


def _upload(said: dict[str, Any], agent: str | None) -> Upload:
    source = said.get("source")
    if not isinstance(source, dict):
        raise ProblemRaised(400.2, field="source")
    size = source.get("size")
    if size is not None and (isinstance(size, bool) or not isinstance(size, int)):
        raise ProblemRaised(400.2, field="source.size")
    name = source.get("name")
    if not bodies.is_storable(name) or not str(name).strip():
        raise ProblemRaised(400.2, field="source.name")
    return Upload(str(name)[:255], size, agent)


def _ids(call: Call) -> list[str]:
    ids = bodies.json_of(call.request, MOST_BODY).get("ids")
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise ProblemRaised(400.2, field="ids")
    return ids
