"""What arrived and fits no form: shown with its reason, and handed out byte for byte."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import access, actor, frame, page, project_of
from dashboard.presentation.files import download, from_respondent
from dashboard.presentation.formats import number
from dashboard.presentation.paging import number_of, page_of
from dashboard.refusals import of_code
from surveys.collection import audit, blobs, quarantine
from surveys.collection.audit import Reading
from surveys.collection.models import FormVersion, Project, Quarantined, Submission
from surveys.collection.quarantine_repair import Repair
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
        discarded=quarantine.discarded(found.pk).defer("xml")[:PAGE_SIZE],
        n_takeable=n_takeable,
    )
    return render(request, "dashboard/quarantine.html", context)


def _take_all(request: HttpRequest, found: Project) -> HttpResponseBase:
    done = quarantine_changes.take_all(actor(request), found)
    text = gettext("Đã nhận %(n)s phiếu vào biểu mẫu; còn %(left)s phiếu chờ.")
    messages.success(request, text % {"n": number(done.stored), "left": number(done.left)})
    for code, n_refused in done.refused.items():
        why = gettext("%(n)s phiếu chưa nhận được: %(why)s")
        messages.warning(request, why % {"n": number(n_refused), "why": of_code(code)})
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
        return _settle(request, found)
    context = frame(
        request,
        found.project,
        "quarantine",
        item=found,
        reason=of_code(found.reason),
        can_be_taken=quarantine_changes.can_be_taken(found),
        can_be_repaired=quarantine_changes.can_be_repaired(found),
        is_early=found.reason == quarantine_changes.EARLY_EDIT,
        is_stale=found.reason == quarantine_changes.STALE_EDIT,
        is_discarded=quarantine_changes.is_discarded(found),
        choices=_versions(found.project),
    )
    return render(request, "dashboard/quarantined.html", context)


def _versions(project: Project) -> QuerySet[FormVersion]:
    """What a kept record can be assigned to, the current versions of the forms first."""
    return (
        FormVersion.objects.filter(
            form__project=project, form__deleted_at=None, published_at__isnull=False
        )
        .select_related("form")
        .only("version", "name", "published_at", "form__xml_form_id", "form__project_id")
        .order_by("form__xml_form_id", "-published_at", "-pk")
    )


def _settle(request: HttpRequest, found: Quarantined) -> HttpResponseBase:
    """Take the record in as staff say, set it aside, or take that back."""
    said = request.POST.get("action", "take")
    if said == "discard":
        quarantine_changes.discard(actor(request), found, request.POST.get("reason", ""))
        messages.success(request, gettext("Đã bỏ qua. Có thể lấy lại ở chính trang này."))
        return redirect("quarantined", found.project_id, found.pk)
    if said == "reopen":
        quarantine_changes.reopen(actor(request), found)
        messages.success(request, gettext("Phiếu lại chờ xem xét trong khu cách ly."))
        return redirect("quarantined", found.project_id, found.pk)
    version = None
    if said == "assign":
        chosen = request.POST.get("version", "")
        version = _versions(found.project).filter(pk=number_of(chosen) or 0).first()
        if version is None:
            messages.error(request, gettext("Chưa chọn biểu mẫu. Hãy chọn rồi bấm lại."))
            return redirect("quarantined", found.project_id, found.pk)
    repair = Repair(version, as_original=said == "original", on_newest=said == "newest")
    receipt = quarantine_changes.take(actor(request), found, repair)
    messages.success(request, gettext("Đã nhận phiếu vào biểu mẫu."))
    return redirect("record", receipt.form_id, receipt.submission_id)


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
