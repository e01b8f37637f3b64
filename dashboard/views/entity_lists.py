"""Entity lists of a project: which there are, their columns, rules, what waits, files."""

from codecs import BOM_UTF8
from itertools import chain

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.access import actor, frame, page, project_of, reader
from dashboard.presentation.formats import number, pick
from dashboard.presentation.paging import number_of, page_of
from dashboard.refusals import sentence
from surveys.collection import problems, rights
from surveys.collection.blank_forms import GENERATED_LIST
from surveys.collection.entities import (
    access,
    backlog,
    lists,
    purging,
    reading,
    submitted,
    upload,
    usage,
)
from surveys.collection.entities.access import GENERATED, EntityRefused
from surveys.collection.entities.lists import Filter
from surveys.collection.models import ActorProperty, Entity, EntityList, Project, SubmittedEntity
from surveys.collection.rights import Right
from surveys.collection.spreadsheets import as_text
from surveys.fieldwork import generated_list

PAGE_SIZE = 50
MOST_ERRORS = 20
MOST_FILE = 20_000_000


@require_http_methods(["GET", "HEAD", "POST"])
@page
def entity_lists(request: HttpRequest, project_id: int) -> HttpResponseBase:
    project = project_of(request, project_id, Right.READ_PROJECT)
    if request.method == "POST":
        made = lists.create_list(actor(request), project, request.POST.get("name", "").strip())
        messages.success(request, gettext("Đã tạo danh sách. Hãy thêm thuộc tính."))
        return redirect("entity_list", project.pk, made.name)
    living = list(EntityList.objects.filter(project=project, deleted_at=None).order_by("name"))
    stats = usage.stats([each.pk for each in living])
    rows = [{"list": each, "stats": stats.get(each.pk, usage.ListStats())} for each in living]
    context = frame(
        request,
        project,
        "lists",
        rows=rows,
        generated=generated_list.of_project(project),
        may_read=access.may_read(reader(request), project),
    )
    return render(request, "dashboard/entity_lists.html", context)


@require_safe
@page
def entity_list(request: HttpRequest, project_id: int, name: str) -> HttpResponseBase:
    """Its entities by pages, and beside them what decides about the list."""
    project = _readable(request, project_id)
    access.note_reading(actor(request), project, name, via="page")
    if name in GENERATED:
        return _generated(request, project)
    found = access.find_list(project, name)
    query, conflict = request.GET.get("q", "").strip()[:200], request.GET.get("conflict", "")
    rows = purging.trash_of(found)
    if conflict != "deleted":
        rows = Entity.objects.filter(list=found, deleted_at=None)
    if query:
        rows = rows.filter(label__icontains=query.replace("\x00", ""))
    if conflict in Entity.Conflict.values:
        rows = rows.filter(conflict=conflict)
    elif conflict == "any":
        rows = rows.filter(conflict__isnull=False)
    listed = page_of(
        rows.select_related("creator"), cursor=request.GET.get("after", ""), size=PAGE_SIZE
    )
    columns = reading.property_names(found.pk)
    context = frame(
        request,
        project,
        "lists",
        list=found,
        listed=listed,
        columns=columns,
        rows=[
            {"entity": each, "cells": [each.data.get(column, "") for column in columns]}
            for each in listed.rows
        ],
        query=query,
        conflict=conflict,
        sources=usage.sources(project.pk, name),
        readers=usage.readers(project.pk, name),
        stats=usage.stats([found.pk]).get(found.pk, usage.ListStats()),
        actor_properties=ActorProperty.objects.filter(project=project).order_by("id"),
        **_unsettled(found),
    )
    return render(request, "dashboard/entity_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def upload_entities(request: HttpRequest, project_id: int, name: str) -> HttpResponseBase:
    """A CSV file: checked line by line, then all of it is taken or nothing."""
    project = _readable(request, project_id)
    found = access.find_list(project, name)
    errors: tuple[upload.LineError, ...] = ()
    file = request.FILES.get("file")
    if request.method == "POST" and file is not None:
        if (file.size or 0) > MOST_FILE:
            raise EntityRefused(413.1, limit=MOST_FILE // 1_000_000)
        content = file.read()
        checked = upload.read(content, found, from_spreadsheet=True)
        errors = checked.errors
        if not errors:
            source = upload.source_of(file.name or "", content)
            taken = upload.take(actor(request), found, checked, source)
            text = gettext("Đã thêm %(n)s thực thể.") % {"n": number(taken)}
            messages.success(request, text)
            return redirect("entity_list", project.pk, name)
    elif request.method == "POST":
        messages.error(request, gettext("Hãy chọn một tệp CSV."))
    context = frame(
        request,
        project,
        "lists",
        list=found,
        errors=errors,
        columns=reading.property_names(found.pk),
    )
    return render(request, "dashboard/entity_upload.html", context, status=400 if errors else 200)


@require_safe
@page
def entities_file(request: HttpRequest, project_id: int, name: str) -> HttpResponseBase:
    """The whole list for a spreadsheet; or (`?empty=1`) only its header, to be filled."""
    project = _readable(request, project_id)
    if name in GENERATED:
        return redirect("entity_list", project.pk, name)
    found = access.find_list(project, name)
    access.note_reading(actor(request), project, name, via="csv")
    columns = reading.property_names(found.pk)
    if request.GET.get("empty"):
        response: HttpResponse | StreamingHttpResponse = HttpResponse(
            BOM_UTF8 + f"{','.join(['label', *columns])}\n".encode(),
            content_type="text/csv; charset=utf-8",
        )
    else:
        rows = reading.rows_for_phone(found.pk, columns)
        shown = ([as_text(str(cell)) for cell in row] for row in rows)
        pieces = chain([BOM_UTF8], reading.as_csv(shown))
        response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    header = content_disposition_header(as_attachment=True, filename=f"{name}.csv")
    response["Content-Disposition"] = header or "attachment"
    return response


@require_POST
@page
def change_list(request: HttpRequest, project_id: int, name: str) -> HttpResponseBase:
    """One of the small forms beside the list."""
    project = project_of(request, project_id, Right.MANAGE_FORMS)
    found = access.find_list(project, name)
    said, who = request.POST, actor(request)
    change = said.get("change", "")
    if change == "property":
        lists.add_property(who, found, said.get("name", "").strip())
    elif change == "remove_property":
        lists.delete_property(who, found, said.get("name", ""))
    elif change == "approval":
        convert = {"yes": True, "no": False}.get(said.get("convert", ""))
        is_required = said.get("approval") == "1"
        waiting = lists.set_approval(who, found, is_required, convert=convert)
        submitted.process_all(waiting)
    elif change == "filter":
        lists.set_filter(who, found, _filter(request))
    elif change == "backlog":
        taken = backlog.force(who, found)
        messages.success(
            request, gettext("Đã xử lý %(n)s thay đổi đang chờ.") % {"n": number(taken)}
        )
        return redirect("entity_list", project.pk, name)
    else:
        raise EntityRefused(400.2, field="change")
    messages.success(request, gettext("Đã lưu. Điện thoại nhận ở lần cập nhật kế tiếp."))
    return redirect("entity_list", project.pk, name)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def delete_list(request: HttpRequest, project_id: int, name: str) -> HttpResponseBase:
    project = project_of(request, project_id, Right.MANAGE_FORMS)
    found = access.find_list(project, name)
    if request.method == "POST":
        try:
            lists.delete_list(actor(request), found)
        except rights.Forbidden:
            raise
        except EntityRefused as refusal:
            messages.error(request, sentence(refusal))
            return redirect("entity_list", project.pk, name)
        messages.success(request, gettext("Đã xoá danh sách."))
        return redirect("entity_lists", project.pk)
    n_entities = Entity.objects.filter(list=found, deleted_at=None).count()
    context = frame(request, project, "lists", list=found, n_entities=n_entities)
    return render(request, "dashboard/entity_list_delete.html", context)


def _readable(request: HttpRequest, project_id: int) -> Project:
    project = project_of(request, project_id, Right.READ_PROJECT)
    access.require_read(reader(request), project)
    return project


def _filter(request: HttpRequest) -> Filter:
    kind, said = request.POST.get("filter", ""), request.POST
    if kind == "property":
        pair = (said.get("property", ""), said.get("actor_property", ""))
        return Filter(rules=(pair,))
    return Filter(owner_only=kind == "owner")


def _unsettled(found: EntityList) -> dict[str, object]:
    """What waits and what failed, the newest failures with their reason."""
    blocks = SubmittedEntity.objects.filter(list=found)
    failed = blocks.filter(state=SubmittedEntity.State.FAILED, submission__deleted_at=None)
    rows = failed.select_related("submission").order_by("-id")[:MOST_ERRORS]
    return {
        "n_held": backlog.held(found).count(),
        "n_awaiting": blocks.filter(state=SubmittedEntity.State.AWAITING).count(),
        "failures": [{"block": each, "reason": _reason(each)} for each in rows],
    }


def _reason(block: SubmittedEntity) -> str:
    found = problems.get(block.problem)
    return pick(found.vi_with(block.details), found.en_with(block.details))


def _generated(request: HttpRequest, project: Project) -> HttpResponseBase:
    before = number_of(request.GET.get("after", ""))
    found = generated_list.page(project.pk, before, PAGE_SIZE + 1)
    following = str(found[PAGE_SIZE - 1].key) if len(found) > PAGE_SIZE else ""
    context = frame(
        request,
        project,
        "lists",
        made=generated_list.of_project(project),
        name=GENERATED_LIST,
        rows=found[:PAGE_SIZE],
        columns=generated_list.COLUMNS,
        listed={"following": following, "is_first": before is None},
    )
    return render(request, "dashboard/generated_list.html", context)
