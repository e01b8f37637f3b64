"""A project: its forms, rounds and uploads."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import access, actor, frame, page, project_of, reader
from dashboard.inputs import FormUpload, NewProject, posted
from dashboard.refusals import sentence
from surveys.collection import projects, publishing_job, rights
from surveys.collection.models import Form
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round


@require_safe
@page
def project(request: HttpRequest, project_id: int) -> HttpResponseBase:
    found = project_of(request, project_id)
    forms = (
        Form.objects.filter(project=found, deleted_at=None)
        .select_related("current", "draft")
        .defer("current__xform", "current__schema", "current__workbook")
        .defer("draft__xform", "draft__schema", "draft__workbook")
        .annotate(
            n_submissions=Count(
                "submissions",
                filter=Q(submissions__deleted_at=None, submissions__is_draft=False),
            )
        )
        .order_by("xml_form_id")
    )
    rounds = Round.objects.filter(project=found).order_by("-starts_on", "-pk")
    held = access(request)
    rows = [{"form": form, "readable": held.may_read_records(form)} for form in forms]
    context = frame(request, found, "project", rows=rows, rounds=rounds)
    return render(request, "dashboard/project.html", context)


@require_http_methods(["GET", "POST"])
@page
def new_project(request: HttpRequest) -> HttpResponseBase:
    rights.require(reader(request), Right.MAKE_PROJECTS)
    form = NewProject(*posted(request))
    if form.is_bound and form.is_valid():
        try:
            made = projects.create_project(actor(request), **form.cleaned_data)
        except projects.ProjectRefused as refusal:
            form.add_error("name", sentence(refusal))
        else:
            messages.success(request, gettext("Đã tạo dự án. Bước tiếp theo: tạo đợt khảo sát."))
            return redirect("new_round", made.pk)
    return render(request, "dashboard/new_project.html", {"form": form})


@require_http_methods(["GET", "POST"])
@page
def upload(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """A workbook or XForm becomes a job; its page shows the progress and the errors."""
    found = project_of(request, project_id, Right.MANAGE_FORMS)
    form = FormUpload(*posted(request))
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        order = publishing_job.Order(
            project_id=found.pk,
            filename=file.name,
            adds_version=True,
            publish=form.cleaned_data["publish"],
            rates_authority=form.cleaned_data["rates_authority"],
        )
        job = publishing_job.start(actor(request), order, file.read())
        return redirect("job", job.pk)
    context = frame(request, found, "project", form=form)
    return render(request, "dashboard/upload.html", context)
