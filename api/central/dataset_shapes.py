"""Entity lists and entities as `/v1` writes them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from api.central.door import instant
from api.central.odata_names import identifier
from api.central.submission_shapes import actor_shape
from surveys.collection.entities.history import Change, Judged
from surveys.collection.entities.usage import FormUse, ListStats
from surveys.collection.models import (
    AuditEvent,
    Entity,
    EntityList,
    EntityProperty,
    EntityVersion,
)


def list_shape(entity_list: EntityList, stats: ListStats | None = None) -> dict[str, Any]:
    """A list; with figures when they were asked for."""
    shape: dict[str, Any] = {
        "name": entity_list.name,
        "createdAt": instant(entity_list.created_at),
        "projectId": entity_list.project_id,
        "approvalRequired": entity_list.approval_required,
        "ownerOnly": entity_list.owner_only,
        "deletedAt": instant(entity_list.deleted_at),
        "generated": False,
    }
    if stats is not None:
        shape["entities"] = stats.entities
        shape["lastEntity"] = instant(stats.last_entity)
        shape["conflicts"] = stats.conflicts
    return shape


def details_shape(
    entity_list: EntityList,
    properties: Sequence[EntityProperty],
    sources: Sequence[FormUse],
    readers: Sequence[FormUse],
) -> dict[str, Any]:
    """What a list has beside `list_shape`: columns and the forms on both sides."""
    shape: dict[str, Any] = {
        "lastUpdate": instant(entity_list.updated_at),
        "linkedForms": [_form(use) for use in readers if not use.is_draft],
        "sourceForms": [_form(use) for use in sources if not use.is_draft],
        "draftLinkedForms": [_form(use) for use in readers if use.is_draft],
        "draftSourceForms": [_form(use) for use in sources if use.is_draft],
        "properties": [
            {
                "name": each.name,
                "publishedAt": instant(each.created_at),
                "odataName": identifier(each.name),
                "forms": [
                    {"xmlFormId": use.xml_form_id, "name": use.name}
                    for use in sources
                    if not use.is_draft and each.name in use.properties
                ],
            }
            for each in properties
        ],
    }
    if entity_list.owner_only:
        shape["accessFilter"] = {"type": "ownerOnly"}
    elif entity_list.access_rules:
        shape["accessFilter"] = {"type": "property", "rules": entity_list.access_rules}
    return shape


def entity_shape(
    entity: Entity,
    current: EntityVersion,
    *,
    with_data: bool,
    properties: Collection[str] = (),
    extended: bool = False,
) -> dict[str, Any]:
    """An entity with its current version; lists leave the values out, as Central does."""
    version = version_shape(current, is_current=True, extended=extended)
    if with_data:
        version["data"] = {name: entity.data[name] for name in properties if name in entity.data}
        version["dataReceived"] = current.data_received
    return {
        "uuid": entity.uuid,
        "creatorId": entity.creator_id,
        "conflict": entity.conflict,
        "createdAt": instant(entity.created_at),
        "updatedAt": instant(entity.updated_at),
        "deletedAt": instant(entity.deleted_at),
        "currentVersion": version,
        **({"creator": actor_shape(entity.creator)} if extended else {}),
    }


def version_shape(
    row: EntityVersion, *, is_current: bool, extended: bool = False
) -> dict[str, Any]:
    return {
        "current": is_current,
        "label": row.label,
        "creatorId": row.creator_id,
        "userAgent": row.user_agent,
        "version": row.version,
        "baseVersion": row.base_version,
        "conflictingProperties": row.conflicting_properties,
        "createdAt": instant(row.created_at),
        "branchId": row.branch_id,
        "trunkVersion": row.trunk_version,
        "branchBaseVersion": row.branch_base_version,
        **({"creator": actor_shape(row.creator)} if extended else {}),
    }


def judged_shape(
    judged: Judged, source: Mapping[str, object], *, is_current: bool, extended: bool
) -> dict[str, Any]:
    """A version with all its values and its part in a conflict."""
    return {
        **version_shape(judged.row, is_current=is_current, extended=extended),
        "data": judged.row.data,
        "dataReceived": judged.row.data_received,
        "source": dict(source),
        "conflict": judged.conflict,
        "resolved": judged.is_resolved,
        "baseDiff": judged.base_diff,
        "serverDiff": judged.server_diff,
        "lastGoodVersion": judged.is_last_good,
        "relevantToConflict": judged.is_relevant,
    }


def source_of(row: EntityVersion, bulk: Mapping[int, Mapping[str, object]]) -> dict[str, object]:
    """What brought a version: a submission, an upload of many, or (empty) a call of the API."""
    if row.bulk_event_id is not None:
        return dict(bulk.get(row.bulk_event_id, {}))
    submission = row.submission
    if submission is None:
        return {}
    return {
        "submission": {
            "instanceId": submission.instance_id,
            "xmlFormId": submission.form.xml_form_id,
            "createdAt": instant(submission.created_at),
            "submitterId": submission.submitter_id,
            "instanceName": submission.instance_name or None,
            "reviewState": submission.review_state,
            "deletedAt": instant(submission.deleted_at),
        },
        **({"forceProcessed": True} if row.is_forced else {}),
    }


def diff_shape(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [{"propertyName": each.name, "old": each.old, "new": each.new} for each in changes]


def event_shape(event: AuditEvent) -> dict[str, Any]:
    return {
        "actorId": event.actor_id,
        "action": event.action,
        "details": event.details,
        "loggedAt": instant(event.at),
        "actor": actor_shape(event.actor),
    }


def _form(use: FormUse) -> dict[str, Any]:
    return {
        "xmlFormId": use.xml_form_id,
        "name": use.name,
        **({"repeatPath": use.repeat_path} if use.repeat_path else {}),
    }
