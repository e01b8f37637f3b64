"""A form: versions, media files, state, downloads."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.access import actor, form_of, frame, need, page, reader
from dashboard.inputs import OneFile
from dashboard.presentation.files import XLSX, download
from surveys.collection import people, publishing, publishing_files, rights
from surveys.collection.models import AppUser, Form, FormVersion
from surveys.collection.rights import Right


@require_safe
@page
def form(request: HttpRequest, form_id: int) -> HttpResponseBase:
    found = form_of(request, form_id)
    versions = found.versions.defer("xform", "schema").select_related("created_by").order_by("-pk")
    shown = found.draft or found.current
    context = frame(
        request,
        found.project,
        "project",
        form=found,
        versions=versions,
        shown=shown,
        files=shown.attachments.select_related("blob").order_by("name") if shown else [],
        n_submissions=found.submissions.filter(deleted_at=None, is_draft=False).count(),
        readable=rights.may_read_records(reader(request), found),
        n_phones=_phones(found).count(),
        n_given=_phones(found).filter(actor__form_assignments__form=found).count(),
    )
    return render(request, "dashboard/form.html", context)


def _phones(form: Form) -> QuerySet[AppUser]:
    """The living phones of the form's project."""
    return AppUser.objects.filter(project_id=form.project_id, token__isnull=False)


@require_POST
@page
def assign_everybody(request: HttpRequest, form_id: int) -> HttpResponseBase:
    found = form_of(request, form_id, Right.MANAGE_FORMS)
    for phone in _phones(found).exclude(actor__form_assignments__form=found):
        people.assign_form(actor(request), found, phone)
    messages.success(request, gettext("Đã giao. Điện thoại nhận biểu mẫu ở lần cập nhật kế tiếp."))
    return redirect("form", found.pk)


@require_http_methods(["GET", "POST"])
@page
def change_state(request: HttpRequest, form_id: int, state: str) -> HttpResponseBase:
    """Open, close softly or close a form; asked once more before it happens."""
    found = form_of(request, form_id, Right.MANAGE_FORMS)
    if state not in Form.State.values:
        raise Http404
    if request.method == "POST":
        publishing.set_state(actor(request), found, Form.State(state))
        messages.success(request, gettext("Đã đổi trạng thái biểu mẫu."))
        return redirect("form", found.pk)
    context = frame(request, found.project, "project", form=found, state=state)
    return render(request, "dashboard/form_state.html", context)


@require_POST
@page
def attach(request: HttpRequest, form_id: int, name: str) -> HttpResponseBase:
    """A media file or list for the draft."""
    found = form_of(request, form_id, Right.MANAGE_FORMS)
    given = OneFile(request.POST, request.FILES)
    if given.is_valid():
        file = given.cleaned_data["file"]
        publishing_files.attach_to_draft(actor(request), found, name, file, file.content_type or "")
        messages.success(request, gettext("Đã nhận tệp %(name)s.") % {"name": name})
    else:
        messages.error(request, gettext("Chưa chọn tệp nào. Hãy chọn tệp rồi bấm Tải lên."))
    return redirect("form", found.pk)


@require_safe
@page
def xform(request: HttpRequest, form_id: int, version_id: int) -> HttpResponse:
    """The published bytes, as phones get them; those of a draft for who manages forms."""
    found = form_of(request, form_id)
    version = get_object_or_404(FormVersion, pk=version_id, form=found)
    if version.published_at is None:
        need(request, found.project, Right.MANAGE_FORMS)
    name = f"{found.xml_form_id}-{version.version or 'draft'}.xml"
    return download(bytes(version.xform), name, "text/xml; charset=utf-8")


@require_safe
@page
def workbook(request: HttpRequest, form_id: int, version_id: int) -> HttpResponse:
    found = form_of(request, form_id, Right.MANAGE_FORMS)
    version = get_object_or_404(FormVersion, pk=version_id, form=found)
    if not version.workbook:
        raise Http404
    name = version.workbook_name or f"{found.xml_form_id}.xlsx"
    return download(bytes(version.workbook), name, XLSX)
