"""`/v1/projects/{p}/datasets/sampled_hh/entities`: the household list, read-only."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import StreamingHttpResponse

from api.central.door import Call, instant
from api.central.lookups import project_of
from api.central.streams import json_list, window
from surveys.collection.blank_forms import GENERATED_LIST
from surveys.collection.entities import access
from surveys.collection.entities.access import EntityRefused
from surveys.collection.models import Project
from surveys.fieldwork import generated_list
from surveys.fieldwork.generated_list import GeneratedList, Household, Said


def list_households(call: Call, project_id: int) -> StreamingHttpResponse:
    """All households of the project's samples; `?offset=`, `?limit=`."""
    made = list_of(call, project_id)
    part = window(call)
    rows = islice(generated_list.rows(project_id), part.start, part.stop)
    return json_list(household_shape(each, made, with_data=False) for each in rows)


def show_household(call: Call, project_id: int, uuid: str) -> dict[str, Any]:
    made = list_of(call, project_id)
    return household_shape(_found(project_id, uuid), made, with_data=True)


def household_versions(call: Call, project_id: int, uuid: str) -> list[dict[str, Any]]:
    """What submissions said of a household: kept as they said it, never applied to the list."""
    list_of(call, project_id)
    _found(project_id, uuid)
    said = generated_list.said_of(project_id, uuid)
    return [_said_shape(each, number) for number, each in enumerate(said, 1)]


def list_of(call: Call, project_id: int) -> GeneratedList:
    """The household list, for those who read entities of the project."""
    project = project_of(call, project_id)
    access.require_read(call.user, project)
    made = require_list(project)
    access.note_reading(call.actor, project, made.name, via="central")
    return made


def require_list(project: Project) -> GeneratedList:
    made = generated_list.of_project(project)
    if made is None:
        raise EntityRefused(404.61, name=GENERATED_LIST)
    return made


def household_shape(
    household: Household, made: GeneratedList, *, with_data: bool
) -> dict[str, Any]:
    """A household as an entity; nobody but the server made or changed it."""
    version: dict[str, Any] = {
        "current": True,
        "label": household.label,
        "creatorId": None,
        "userAgent": None,
        "version": household.version,
        "baseVersion": None,
        "conflictingProperties": None,
        "createdAt": instant(made.created_at),
    }
    if with_data:
        version["data"] = household.data
    return {
        "uuid": household.name,
        "creatorId": None,
        "conflict": None,
        "createdAt": instant(made.created_at),
        "updatedAt": instant(made.updated_at),
        "deletedAt": None,
        "currentVersion": version,
    }


def phone_rows(project_id: int) -> Iterator[list[object]]:
    """The list as a file, header first."""
    yield ["name", "label", "__version", *generated_list.COLUMNS]
    for each in generated_list.rows(project_id):
        yield [each.name, each.label, each.version, *each.data.values()]


def _found(project_id: int, name: str) -> Household:
    household = generated_list.find(project_id, name)
    if household is None:
        raise EntityRefused(404.62, uuid=name[:100], name=GENERATED_LIST)
    return household


def _said_shape(said: Said, number: int) -> dict[str, Any]:
    change = said.change
    return {
        "current": False,
        "applied": False,
        "version": number,
        "label": change.label or None,
        "data": dict(change.properties),
        "dataReceived": dict(change.properties),
        "baseVersion": int(change.base_version) if change.base_version.isdecimal() else None,
        "creatorId": said.submitter_id,
        "createdAt": instant(said.sent_at),
        "source": {"submission": {"instanceId": said.instance_id, "xmlFormId": said.xml_form_id}},
    }
