"""Made files of a form: asked for, watched, downloaded, deleted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import actor, frame, page, reader, records_form_of
from dashboard.export_inputs import ExportInput
from dashboard.presentation.exports import shown
from dashboard.presentation.files import from_run
from surveys.collection.encryption import opening
from surveys.collection.models import Form
from surveys.results.exports import requests
from surveys.results.exports.published import tables_of
from surveys.results.exports.reach import reach_of


@require_http_methods(["GET", "POST"])
@page
def exports(request: HttpRequest, form_id: int) -> HttpResponseBase:
    found = records_form_of(request, form_id)
    given = _input(request, found)
    if request.method == "POST" and given.is_valid():
        requests.ask(actor(request), found, given.options(), is_confirmed=given.is_confirmed)
        messages.success(request, gettext("Đang làm tệp. Khi xong, tệp hiện ở dưới để tải."))
        return redirect("exports", found.pk)
    listed = [shown(each, reader(request)) for each in requests.exports_of(reader(request), found)]
    context = frame(
        request,
        found.project,
        "project",
        form=given,
        subject=found,
        listed=listed,
        # The page of a file that is being made renews itself, so it has no form to fill in.
        is_unfinished=any(each.is_unfinished for each in listed) and not _is_filling(request),
        days=requests.KEPT_FOR.days,
        keys=opening.keys_in_use(found),
    )
    return render(request, "dashboard/exports.html", context)


def _is_filling(request: HttpRequest) -> bool:
    return request.method == "POST" or "new" in request.GET


def _input(request: HttpRequest, form: Form) -> ExportInput:
    reach = reach_of(reader(request), form)
    return ExportInput(
        request.POST if request.method == "POST" else None,
        tables=tables_of(form) if reach.read is None else (),
        takes_personal=reach.reads_restricted,
        language="en" if get_language() == "en" else "vi",
    )


@require_safe
@page
def download(request: HttpRequest, export_id: int) -> HttpResponseBase:
    export = requests.find(reader(request), export_id)
    stream = requests.download(actor(request), export)
    return from_run(stream, export.name, export.content_type)


@require_http_methods(["GET", "POST"])
@page
def delete(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """Asked once more before the file goes."""
    export = requests.find(reader(request), export_id)
    if request.method == "POST":
        requests.delete(actor(request), export)
        messages.success(request, gettext("Đã xoá tệp."))
        return redirect("exports", export.form_id)
    context = frame(
        request,
        export.form.project,
        "project",
        subject=export.form,
        export=shown(export, reader(request)),
    )
    return render(request, "dashboard/export_delete.html", context)
