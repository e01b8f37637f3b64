"""Changing many submissions: what it would do, what it did, taking a deletion back; filters."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from dashboard.access import access, actor, frame, page, page_before, reader, records_form_of
from dashboard.presentation import bulk_words
from dashboard.presentation.submission_search import Filters, address, selection_of
from surveys.collection import saved_filters
from surveys.collection.models import Form, Job, SavedFilter
from surveys.collection.rights import Right
from surveys.fieldwork import bulk, scope, selection_csv
from surveys.fieldwork.bulk import Action, Change
from surveys.fieldwork.selection import Selection

SHOWN = 20
EVERYTHING = "all"


def _asked(request: HttpRequest, form: Form) -> Selection:
    """The filter of the list that the request comes from; it stands in the address."""
    user = reader(request)
    filters = Filters(request.GET or {}, user, form, scope.communes_of(user, form.project))
    return selection_of(filters)


def _ticked(request: HttpRequest) -> list[int]:
    said = request.POST.getlist("row")
    return [int(each) for each in said if each.isascii() and each.isdecimal() and len(each) < 19]


@require_POST
@page
def change(request: HttpRequest, form_id: int) -> HttpResponseBase:
    """Say what would happen to how many; do it when that was confirmed."""
    form = records_form_of(request, form_id)
    asked = _asked(request, form)
    wanted = bulk_words.read(
        request.POST.get("change", ""), request.POST.get("comment", ""), request.POST.get("to", "")
    )
    back = f"{reverse('submissions', args=[form.pk])}?{address(asked)}"
    if wanted is None:
        messages.error(request, gettext("Chưa chọn việc cần làm, hoặc chưa chọn giao cho ai."))
        return redirect(page_before(request))
    if wanted.action is Action.COMMENT and not wanted.comment:
        messages.error(request, gettext("Chưa viết ghi chú. Hãy viết rồi gửi lại."))
        return redirect(page_before(request))
    is_all = request.POST.get("which") == EVERYTHING
    ids = bulk.chosen(actor(request), form, asked) if is_all else _ticked(request)
    if not ids:
        messages.error(request, gettext("Chưa chọn phiếu nào. Hãy đánh dấu rồi gửi lại."))
        return redirect(page_before(request))
    if request.POST.get("confirmed") == str(len(ids)):
        job = bulk.order(actor(request), form, wanted, ids)
        return redirect("bulk", form.pk, job.pk)
    context = frame(
        request,
        form.project,
        "project",
        form=form,
        question=bulk_words.question(wanted, len(ids)),
        is_deletion=wanted.action is Action.DELETE,
        comment=wanted.comment,
        count=len(ids),
        is_all=is_all,
        is_changed="confirmed" in request.POST,  # meanwhile others match
        hidden=_hidden(request, ids, is_all=is_all),
        shown=scope.visible_submissions(reader(request), form)
        .filter(pk__in=ids[:SHOWN])
        .order_by("-pk"),
        more=max(0, len(ids) - SHOWN),
        address=address(asked),
        back=back,
    )
    return render(request, "dashboard/bulk_confirm.html", context)


def _hidden(request: HttpRequest, ids: list[int], *, is_all: bool) -> list[tuple[str, str]]:
    said = [(key, request.POST.get(key, "")) for key in ("change", "comment", "to", "which")]
    return said if is_all else [*said, *(("row", str(each)) for each in ids)]


@require_safe
@page
def done(request: HttpRequest, form_id: int, job_id: int) -> HttpResponseBase:
    """How far a change is, and what it left as it was."""
    form = records_form_of(request, form_id)
    job = _job(request, form, job_id)
    wanted = Change.from_json(job.payload["change"])
    is_over = job.state in {Job.State.DONE, Job.State.FAILED}
    context = frame(
        request,
        form.project,
        "project",
        form=form,
        job=job,
        title=bulk_words.title(wanted, len(job.payload["ids"])),
        result=job.result,
        is_over=is_over,
        percent_done=round(job.progress * 100),
        may_undo=is_over
        and wanted.action is Action.DELETE
        and job.result.get("done", 0)
        and access(request).may(Right.DELETE_RECORDS, form.project_id),
        untold=max(0, job.result.get("failed", 0) - len(job.result.get("failures", ()))),
    )
    return render(request, "dashboard/bulk.html", context)


@require_POST
@page
def undo(request: HttpRequest, form_id: int, job_id: int) -> HttpResponseBase:
    """Take a bulk deletion back."""
    form = records_form_of(request, form_id)
    job = _job(request, form, job_id)
    if job.payload["change"]["action"] != Action.DELETE:
        raise PermissionDenied
    return redirect("bulk", form.pk, bulk.undo(actor(request), job).pk)


def _job(request: HttpRequest, form: Form, job_id: int) -> Job:
    job = get_object_or_404(
        Job.objects.defer("upload"), pk=job_id, kind=bulk.KIND, payload__form_id=form.pk
    )
    is_own = job.created_by_id == reader(request).actor_id
    if not is_own and not access(request).may(Right.READ_AUDIT, form.project_id):
        raise PermissionDenied
    return job


@require_POST
@page
def save_filter(request: HttpRequest, form_id: int) -> HttpResponseBase:
    """Keep the filter that stands in the address under a name."""
    form = records_form_of(request, form_id)
    asked = _asked(request, form)
    saved_filters.save(
        actor(request),
        form,
        request.POST.get("name", ""),
        asked.to_json(),
        is_shared="is_shared" in request.POST,
    )
    messages.success(request, gettext("Đã lưu bộ lọc."))
    return redirect(f"{reverse('submissions', args=[form.pk])}?{address(asked)}")


@require_POST
@page
def remove_filter(request: HttpRequest, form_id: int, filter_id: int) -> HttpResponseBase:
    form = records_form_of(request, form_id)
    kept = get_object_or_404(
        SavedFilter.objects.select_related("form__project"), pk=filter_id, form=form
    )
    saved_filters.remove(actor(request), kept)
    messages.success(request, gettext("Đã bỏ bộ lọc đã lưu."))
    return redirect(page_before(request))


@require_safe
@page
def as_csv(request: HttpRequest, form_id: int) -> HttpResponseBase:
    """What the filter finds, with the answers that the person may read."""
    form = records_form_of(request, form_id)
    response = StreamingHttpResponse(
        selection_csv.export(reader(request), form, _asked(request, form)),
        content_type="text/csv; charset=utf-8",
    )
    name = f"{form.xml_form_id}.csv"
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response
