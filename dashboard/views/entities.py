"""One entity: what it says now, how it came to this, and its conflicts."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import actor, frame, page, project_of, reader
from forms.entity_checks import uuid_of
from surveys.collection.entities import access, changes, history, purging, reading
from surveys.collection.entities.access import GENERATED
from surveys.collection.entities.changes import Wanted
from surveys.collection.entities.history import Judged
from surveys.collection.models import Entity, EntityList
from surveys.collection.rights import Right
from surveys.fieldwork import generated_list


@require_http_methods(["GET", "HEAD", "POST"])
@page
def entity(request: HttpRequest, project_id: int, name: str, uuid: str) -> HttpResponseBase:
    project = project_of(request, project_id, Right.READ_PROJECT)
    access.require_read(reader(request), project)
    if request.method != "POST":
        access.note_reading(actor(request), project, name, via="page", uuid=uuid[:100])
    if name in GENERATED:
        return _household(request, project_id, uuid)
    found_list = access.find_list(project, name)
    found = get_object_or_404(
        Entity.objects.select_related("creator").exclude(label=purging.GONE),
        list=found_list,
        uuid=uuid_of(uuid),
    )
    if request.method == "POST":
        return _changed(request, found_list, found)
    columns = reading.property_names(found_list.pk)
    rows = history.versions(found)
    judged = history.judged(found, rows)
    context = frame(
        request,
        project,
        "lists",
        list=found_list,
        entity=found,
        fields=[_field(n, column, found) for n, column in enumerate(columns)],
        versions=_timeline(judged, history.bulk_sources(rows)),
        relevant=_side_by_side([each for each in judged if each.is_relevant], columns),
        events=[each for each in history.events(found) if not _is_version(each.action)],
    )
    return render(request, "dashboard/entity.html", context)


@require_safe
@page
def confirm_delete(request: HttpRequest, project_id: int, name: str, uuid: str) -> HttpResponseBase:
    project = project_of(request, project_id, Right.DELETE_RECORDS)
    access.require_delete(reader(request), project)
    found_list = access.find_list(project, name)
    found = get_object_or_404(Entity, list=found_list, uuid=uuid_of(uuid), deleted_at=None)
    context = frame(request, project, "lists", list=found_list, entity=found)
    return render(request, "dashboard/entity_delete.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def purge_entity(request: HttpRequest, project_id: int, name: str, uuid: str) -> HttpResponseBase:
    """What cannot be undone is asked for by its id."""
    project = project_of(request, project_id, Right.ADMINISTER)
    found_list = access.find_list(project, name)
    found = get_object_or_404(purging.trash_of(found_list), uuid=uuid_of(uuid))
    if request.method == "POST":
        if request.POST.get("confirm", "").strip() == found.uuid:
            purging.purge(actor(request), found_list, found.uuid)
            messages.success(request, gettext("Đã xoá hẳn thực thể."))
            return redirect("entity_list", project.pk, found_list.name)
        messages.error(request, gettext("Chưa xoá: mã nhập vào không khớp. Hãy nhập đúng mã."))
        return redirect("entity_purge", project.pk, found_list.name, found.uuid)
    context = frame(request, project, "lists", list=found_list, entity=found)
    return render(request, "dashboard/entity_purge.html", context)


def _field(number: int, name: str, found: Entity) -> dict[str, object]:
    value = found.data.get(name, "")
    return {
        "number": number,
        "name": name,
        "value": value,
        "is_long": "\n" in value or len(value) > 80,
    }


def _changed(request: HttpRequest, found_list: EntityList, found: Entity) -> HttpResponseBase:
    said, who = request.POST, actor(request)
    what = said.get("what", "")
    address = redirect("entity", found_list.project_id, found_list.name, found.uuid)
    if what == "delete":
        changes.delete(who, found_list, [found.uuid])
        messages.success(request, gettext("Đã xoá thực thể. Điện thoại bỏ ở lần cập nhật sau."))
        return redirect("entity_list", found_list.project_id, found_list.name)
    if what == "restore":
        changes.restore(who, found_list, [found.uuid])
        messages.success(request, gettext("Đã khôi phục thực thể."))
        return address
    base = said.get("base", "")
    changes.update(
        who,
        found_list,
        found.uuid,
        _wanted(said, found_list, found) if what != "resolve" else Wanted(None, {}),
        base_version=int(base) if base.isascii() and base.isdecimal() and len(base) < 10 else None,
        resolves=what in {"resolve", "save_and_resolve"},
    )
    messages.success(
        request,
        gettext("Đã lưu.") if what == "save" else gettext("Đã giải quyết xung đột."),
    )
    return address


def _wanted(said: Mapping[str, str], found_list: EntityList, found: Entity) -> Wanted:
    """What the form changes; what was left as it was is not a part of the change."""
    label = said.get("label", "").strip()
    data = {}
    for number, column in enumerate(reading.property_names(found_list.pk)):
        value = said.get(f"p{number}")
        if value is not None and value != found.data.get(column, ""):
            data[column] = value.replace("\r\n", "\n").replace("\x00", "")
    return Wanted(label if label != found.label or not data else None, data)


def _timeline(
    judged: list[Judged], bulk: Mapping[int, Mapping[str, object]]
) -> list[dict[str, object]]:
    """The versions, newest first, each with what it changed."""
    rows = [each.row for each in judged]
    differences = [[], *history.diffs(rows)]
    return [
        {
            "judged": each,
            "row": each.row,
            "changes": difference,
            "file": bulk.get(each.row.bulk_event_id or 0, {}).get("name", ""),
        }
        for each, difference in reversed(list(zip(judged, differences, strict=True)))
    ]


def _side_by_side(relevant: list[Judged], columns: list[str]) -> dict[str, object]:
    """The versions of an open conflict as a table, one property a line."""
    names = ["label", *columns]
    values = [{"label": each.row.label, **each.row.data} for each in relevant]
    lines = []
    for name in names:
        cells = [
            {
                "value": value.get(name, ""),
                "is_said": name in each.row.data_received,
                "is_disputed": name in (each.row.conflicting_properties or []),
            }
            for each, value in zip(relevant, values, strict=True)
        ]
        if len({str(cell["value"]) for cell in cells}) > 1:
            lines.append({"name": name, "cells": cells})
    return {"versions": relevant, "lines": lines}


def _is_version(action: str) -> bool:
    """Whether the versions tell it already."""
    return action in {"entity.create", "entity.update.version", "entity.bulk.create"}


def _household(request: HttpRequest, project_id: int, name: str) -> HttpResponseBase:
    project = project_of(request, project_id, Right.READ_PROJECT)
    found = generated_list.find(project_id, name)
    if found is None:
        raise Http404
    context = frame(
        request, project, "lists", household=found, said=generated_list.said_of(project_id, name)
    )
    return render(request, "dashboard/generated_entity.html", context)
