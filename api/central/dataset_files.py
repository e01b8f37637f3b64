"""Entities as files, what waits for a predecessor, and lists in place of a form's files."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponseBase

from api.central import bodies, generated_entities
from api.central.door import Call, instant
from api.central.entities import readable_list, user_agent
from api.central.form_shapes import file_shape
from api.central.list_files import csv_file
from api.central.lookups import draft_of, form_of, published_of
from api.problems import ProblemRaised
from surveys.collection import publishing_files
from surveys.collection.entities import access, backlog, filters, reading, upload
from surveys.collection.entities.access import GENERATED, EntityRefused
from surveys.collection.models import EntityList, EntityProperty, FormVersion
from surveys.collection.rights import Right

CSV = "text/csv; charset=utf-8"
MOST_CSV = 100_000_000
STAFF_COLUMNS = (
    "__createdAt",
    "__creatorId",
    "__creatorName",
    "__updates",
    "__updatedAt",
    "__version",
)


def entities_csv(call: Call, project_id: int, name: str) -> HttpResponseBase:
    """All living entities with who made them and when; 304 when nothing changed."""
    if name in GENERATED:
        generated_entities.list_of(call, project_id)
        return csv_file(generated_entities.phone_rows(project_id), f"{name}.csv", call)
    found = readable_list(call, project_id, name)
    access.note_reading(call.actor, found.project, name, via="csv")
    tag = filters.tag_of(found.pk, found.revision, filters.EVERYTHING)
    return csv_file(_staff_rows(found), f"{name}.csv", call, tag)


def upload_csv(call: Call, project_id: int, name: str) -> dict[str, Any]:
    """A CSV file with `label` and properties, one entity a line: all of them or none."""
    found = readable_list(call, project_id, name)
    content = bodies.bytes_of(call.request, MOST_CSV)
    checked = upload.read(content, found)
    if checked.errors:
        raise EntityRefused(400.71, errors=[each.to_json() for each in checked.errors])
    source = upload.source_of(call.request.GET.get("name", ""), content, user_agent(call))
    return {"success": True, "count": upload.take(call.actor, found, checked, source)}


def backlog_size(call: Call, project_id: int, name: str) -> dict[str, int]:
    found = readable_list(call, project_id, name)
    return {"count": backlog.held(found).count()}


def force_backlog(call: Call, project_id: int, name: str) -> dict[str, int]:
    """Apply what waits now, whatever is missing before it."""
    return {"count": backlog.force(call.actor, readable_list(call, project_id, name))}


def dataset_diff(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    """What the published form writes to lists, beside what the lists hold."""
    return _diff(published_of(form_of(call, project_id, form_id)), is_draft=False)


def draft_dataset_diff(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    """What publishing the draft will make: new lists, new properties."""
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return _diff(draft_of(form), is_draft=True)


def link_draft_file(call: Call, project_id: int, form_id: str, name: str) -> dict[str, Any]:
    """`{"dataset": true}` puts the list of the file's name in the file's place, `false` ends it."""
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    wanted = bodies.optional_flag(bodies.json_of(call.request), "dataset")
    if wanted is None:
        raise ProblemRaised(400.2, field="dataset")
    slot = publishing_files.draft_slot(form, name)
    list_name = name.removesuffix(".csv")
    if wanted and (slot.kind != "file" or list_name == name):
        raise EntityRefused(400.72)
    found = access.find_list(form.project, list_name)
    if wanted:
        return file_shape(publishing_files.link_list_to_draft(call.actor, form, name, found.name))
    if slot.entity_list:
        publishing_files.detach_from_draft(call.actor, form, name)
        slot = publishing_files.draft_slot(form, name)
    return file_shape(slot)


def _staff_rows(found: EntityList) -> Iterator[list[object]]:
    names = reading.property_names(found.pk)
    yield ["__id", "label", *names, *STAFF_COLUMNS]
    for row in reading.rows_for_staff(found.pk):
        yield [
            row.uuid,
            row.label,
            *(row.data.get(name, "") for name in names),
            instant(row.created_at),
            row.creator_id,
            row.creator_name,
            row.version - 1,
            instant(row.updated_at),
            row.version,
        ]


def _diff(version: FormVersion, *, is_draft: bool) -> list[dict[str, Any]]:
    there = {
        each.name: each
        for each in EntityList.objects.filter(project=version.form.project_id, deleted_at=None)
    }
    rows = []
    for source in version.entity_sources.order_by("id"):
        stored = there.get(source.list_name)
        held = _held(stored)
        news = {"isNew": False} if is_draft else {}
        properties = [
            {"name": name, "inForm": False, **news}
            for name in held
            if name not in source.properties
        ]
        for name in source.properties:
            is_new = {"isNew": name not in held} if is_draft else {}
            properties.append({"name": name, "inForm": True, **is_new})
        is_new = {"isNew": stored is None} if is_draft else {}
        rows.append({"name": source.list_name, "properties": properties, **is_new})
    return rows


def _held(stored: EntityList | None) -> list[str]:
    if stored is None:
        return []
    rows = EntityProperty.objects.filter(list=stored, deleted_at=None).order_by("id")
    return list(rows.values_list("name", flat=True))
