"""The trash of a project: forms and records that were deleted, taken back, removed for good."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.access import actor, form_of, frame, page, project_of, reader, records_form_of
from dashboard.presentation.paging import page_of
from surveys.collection import deletion
from surveys.collection.models import Form, Submission
from surveys.collection.rights import Right
from surveys.fieldwork import record_changes, scope

PAGE_SIZE = 50


@require_safe
@page
def trash(request: HttpRequest, project_id: int) -> HttpResponseBase:
    found = project_of(request, project_id, Right.DELETE_RECORDS)
    records = scope.trash_of_project(reader(request), found).select_related("form", "submitter")
    listed = page_of(records, cursor=request.GET.get("after", ""), size=PAGE_SIZE)
    context = frame(
        request,
        found,
        "trash",
        forms=deletion.trashed_forms(found).select_related("current", "draft"),
        listed=listed,
        days=deletion.KEPT_FOR.days,
    )
    return render(request, "dashboard/trash.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def delete_form(request: HttpRequest, form_id: int) -> HttpResponseBase:
    found = form_of(request, form_id, Right.MANAGE_FORMS)
    if request.method == "POST":
        deletion.delete_form(actor(request), found)
        messages.success(request, gettext("Đã đưa biểu mẫu vào thùng rác."))
        return redirect("project", found.project_id)
    n_records = found.submissions.filter(deleted_at=None, is_draft=False).count()
    context = frame(request, found.project, "project", form=found, n_records=n_records)
    return render(request, "dashboard/form_delete.html", context)


@require_POST
@page
def restore_form(request: HttpRequest, project_id: int, form_id: int) -> HttpResponseBase:
    found = _trashed_form(request, project_id, form_id)
    deletion.restore_form(actor(request), found)
    messages.success(request, gettext("Đã khôi phục biểu mẫu cùng các phiếu của nó."))
    return redirect("form", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def purge_form(request: HttpRequest, project_id: int, form_id: int) -> HttpResponseBase:
    found = _trashed_form(request, project_id, form_id, Right.ADMINISTER)
    if request.method == "POST":
        if _is_confirmed(request, found.xml_form_id):
            deletion.purge_form(actor(request), found)
            messages.success(request, gettext("Đã xoá hẳn biểu mẫu cùng các phiếu của nó."))
            return redirect("trash", project_id)
        return redirect("purge_form", project_id, form_id)
    context = frame(
        request, found.project, "trash", form=found, n_records=found.submissions.count()
    )
    return render(request, "dashboard/purge_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def delete_record(request: HttpRequest, form_id: int, submission_id: int) -> HttpResponseBase:
    form = records_form_of(request, form_id)
    visible = scope.visible_submissions(reader(request), form)
    found = get_object_or_404(visible, pk=submission_id)
    if request.method == "POST":
        record_changes.delete_submission(actor(request), found)
        messages.success(request, gettext("Đã đưa phiếu vào thùng rác."))
        return redirect("submissions", form.pk)
    context = frame(request, form.project, "project", form=form, submission=found)
    if not context["allowed"]["delete_records"]:
        raise PermissionDenied
    return render(request, "dashboard/record_delete.html", context)


@require_POST
@page
def restore_record(request: HttpRequest, project_id: int, submission_id: int) -> HttpResponseBase:
    found = _trashed_record(request, project_id, submission_id)
    record_changes.restore_submission(actor(request), found)
    messages.success(request, gettext("Đã khôi phục phiếu."))
    return redirect("record", found.form_id, found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def purge_record(request: HttpRequest, project_id: int, submission_id: int) -> HttpResponseBase:
    found = _trashed_record(request, project_id, submission_id, Right.ADMINISTER)
    if request.method == "POST":
        if _is_confirmed(request, found.instance_id):
            record_changes.purge_submission(actor(request), found)
            messages.success(request, gettext("Đã xoá hẳn phiếu."))
            return redirect("trash", project_id)
        return redirect("purge_record", project_id, submission_id)
    context = frame(request, found.form.project, "trash", submission=found)
    return render(request, "dashboard/purge_record.html", context)


def _trashed_form(request: HttpRequest, project_id: int, form_id: int, *more: Right) -> Form:
    found = project_of(request, project_id, Right.MANAGE_FORMS, *more)
    forms = deletion.trashed_forms(found).select_related("project", "current", "draft")
    return get_object_or_404(forms, pk=form_id)


def _trashed_record(
    request: HttpRequest, project_id: int, submission_id: int, *more: Right
) -> Submission:
    found = project_of(request, project_id, Right.DELETE_RECORDS, *more)
    rows = scope.trash_of_project(reader(request), found)
    return get_object_or_404(rows.select_related("form__project"), pk=submission_id)


def _is_confirmed(request: HttpRequest, name: str) -> bool:
    """What cannot be undone is asked for by name."""
    if request.POST.get("confirm", "").strip() == name:
        return True
    messages.error(request, gettext("Chưa xoá: mã nhập vào không khớp. Hãy nhập đúng mã."))
    return False
