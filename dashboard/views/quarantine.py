"""What arrived and fits no form: shown with its reason, and handed out byte for byte."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import access, actor, frame, page, project_of
from dashboard.presentation.files import download, from_respondent
from dashboard.presentation.formats import number
from dashboard.presentation.paging import page_of
from dashboard.refusals import of_code
from surveys.collection import audit, blobs, quarantine
from surveys.collection.audit import Reading
from surveys.collection.models import Project, Quarantined, Submission
from surveys.collection.rights import Right
from surveys.fieldwork import quarantine_changes

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@page
def kept(request: HttpRequest, project_id: int) -> HttpResponseBase:
    found = project_of(request, project_id, Right.READ_QUARANTINE)
    if request.method == "POST":
        return _take_all(request, found)
    waiting = quarantine.listing(found.pk).select_related("submitter").defer("xml")
    listed = page_of(
        waiting,
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    unread = (
        Submission.objects.filter(
            form__project=found, state=Submission.State.QUARANTINED, deleted_at=None
        )
        .select_related("form")
        .order_by("-created_at")[:PAGE_SIZE]
    )
    rows = [{"item": item, "reason": of_code(item.reason)} for item in listed.rows]
    n_takeable = waiting.filter(reason__in=quarantine_changes.TAKEN_AGAIN).count()
    context = frame(
        request,
        found,
        "quarantine",
        rows=rows,
        listed=listed,
        unread=unread,
        n_takeable=n_takeable,
    )
    return render(request, "dashboard/quarantine.html", context)


def _take_all(request: HttpRequest, found: Project) -> HttpResponseBase:
    done = quarantine_changes.take_all(actor(request), found)
    text = gettext("Đã nhận %(n)s phiếu vào biểu mẫu; còn %(left)s phiếu chờ.")
    messages.success(request, text % {"n": number(done.stored), "left": number(done.left)})
    return redirect("quarantine", found.pk)


def _item(request: HttpRequest, project_id: int, item_id: int) -> Quarantined:
    project_of(request, project_id, Right.READ_QUARANTINE)
    return get_object_or_404(
        Quarantined.objects.select_related("submitter", "project"),
        pk=item_id,
        project_id=project_id,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def item(request: HttpRequest, project_id: int, item_id: int) -> HttpResponseBase:
    found = _item(request, project_id, item_id)
    if request.method == "POST":
        receipt = quarantine_changes.take(actor(request), found)
        messages.success(request, gettext("Đã nhận phiếu vào biểu mẫu."))
        return redirect("record", receipt.form_id, receipt.submission_id)
    context = frame(
        request,
        found.project,
        "quarantine",
        item=found,
        reason=of_code(found.reason),
        can_be_taken=quarantine_changes.can_be_taken(found),
    )
    return render(request, "dashboard/quarantined.html", context)


@require_safe
@page
def item_xml(request: HttpRequest, project_id: int, item_id: int) -> HttpResponseBase:
    found = _item(request, project_id, item_id)
    audit.note_reading(
        Reading.QUARANTINE, actor(request), project=found.project, item=found.pk, part="xml"
    )
    return download(bytes(found.xml), f"quarantine-{found.pk}.xml", "application/octet-stream")


@require_safe
@page
def item_file(request: HttpRequest, project_id: int, item_id: int, number: int) -> HttpResponseBase:
    found = _item(request, project_id, item_id)
    if not access(request).may(Right.REVIEW, found.project_id):
        raise PermissionDenied
    if number >= len(found.files):
        raise Http404
    file = found.files[number]
    audit.note_reading(
        Reading.QUARANTINE, actor(request), project=found.project, item=found.pk, part=file["name"]
    )
    opened = blobs.open_blob(file["sha256"])
    return from_respondent(opened, file["name"], file.get("content_type", ""))
