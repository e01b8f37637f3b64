"""A survey round: its facts, sample, forms, runs, and its end."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.access import (
    actor,
    frame,
    need,
    page,
    project_of,
    round_frame,
    round_of,
)
from dashboard.inputs import KINDS, RoundFactsInput, RoundFile, RoundFormUpload, posted
from dashboard.presentation.files import XLSX, download
from dashboard.presentation.formats import number
from dashboard.presentation.next_steps import round_steps
from dashboard.presentation.runs import run_to_read
from dashboard.refusals import sentence
from surveys.collection.models import Job
from surveys.collection.rights import Right
from surveys.fieldwork import rounds, rounds_job, sample_import
from surveys.fieldwork.models import Benchmark
from surveys.fieldwork.round_facts import RoundFacts
from surveys.fieldwork.sample_import import Kind
from surveys.results import runs
from surveys.results.models import Run
from surveys.results.reading import beside_published


@require_safe
@page
def round_page(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id)
    ties = {tie.kind: tie.form for tie in found.forms.select_related("form__current")}
    going = Run.objects.filter(
        round=found, job__state__in=[Job.State.QUEUED, Job.State.RUNNING]
    ).first()
    context = round_frame(
        request,
        found,
        "round",
        n_villages=found.villages.count(),
        n_households=found.households.count(),
        n_benchmarks=Benchmark.objects.filter(round=found).count(),
        strata=found.villages.values("stratum").annotate(n=Count("pk")).order_by("stratum"),
        forms=[{"kind": kind, "name": name, "form": ties.get(kind)} for kind, name in KINDS],
        run=run_to_read(request, found),
        going=going,
        imports=list(Kind),
    )
    if context["allowed"][Right.MANAGE_ROUNDS.value]:
        context["steps"] = round_steps(found)
    return render(request, "dashboard/round.html", context)


@require_http_methods(["GET", "POST"])
@page
def new_round(request: HttpRequest, project_id: int) -> HttpResponseBase:
    project = project_of(request, project_id, Right.MANAGE_ROUNDS)
    form = RoundFactsInput(*posted(request))
    if form.is_bound and form.is_valid():
        try:
            made = rounds.create_round(actor(request), project, RoundFacts(**form.cleaned_data))
        except rounds.RoundRefused as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, gettext("Đã tạo đợt. Bước tiếp theo: nhập mẫu thôn và hộ."))
            return redirect("round", made.pk)
    return render(
        request, "dashboard/new_round.html", frame(request, project, "project", form=form)
    )


@require_http_methods(["GET", "POST"])
@page
def publish_form(request: HttpRequest, round_id: int) -> HttpResponseBase:
    """The shipped instruments, or a workbook of one's own, as a job."""
    found = round_of(request, round_id, Right.MANAGE_ROUNDS)
    form = RoundFormUpload(*posted(request))
    if request.method == "POST" and "shipped" in request.POST:
        kinds = tuple(kind for kind in request.POST.getlist("kinds") if kind in rounds_job.SHIPPED)
        if kinds:
            return redirect("job", rounds_job.start(actor(request), found, kinds).pk)
        messages.error(request, gettext("Hãy chọn ít nhất một loại phiếu."))
        return redirect("round_forms", found.pk)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        job = rounds_job.start_own(
            actor(request), found, form.cleaned_data["kind"], file.name, file.read()
        )
        return redirect("job", job.pk)
    context = round_frame(request, found, "round", form=form, kinds=KINDS)
    return render(request, "dashboard/round_forms.html", context)


@require_POST
@page
def start_run(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.RUN_ANALYSIS)
    run = runs.start(actor(request), found)
    return redirect("job", run.job_id) if run.job_id else redirect("round", found.pk)


@require_http_methods(["GET", "POST"])
@page
def publish_run(request: HttpRequest, run_id: int) -> HttpResponseBase:
    run = get_object_or_404(
        Run.objects.select_related("round__project").exclude(finished_at=None), pk=run_id
    )
    need(request, run.round.project, Right.MANAGE_ROUNDS)
    if request.method == "POST":
        runs.publish(actor(request), run, is_told="known" in request.POST)
        messages.success(request, gettext("Đã công bố kết quả."))
        return redirect("round", run.round_id)
    context = round_frame(request, run.round, "round", run=run, beside=beside_published(run))
    return render(request, "dashboard/run_publish.html", context)


@require_http_methods(["GET", "POST"])
@page
def lock(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.MANAGE_ROUNDS)
    if request.method == "POST":
        rounds.lock(actor(request), found)
        messages.success(request, gettext("Đã khoá số liệu của đợt."))
        return redirect("round", found.pk)
    n_open = found.outcomes.exclude(status="final").count()
    context = round_frame(request, found, "round", n_open=n_open)
    return render(request, "dashboard/round_lock.html", context)


@require_http_methods(["GET", "POST"])
@page
def import_file(request: HttpRequest, round_id: int, kind: str) -> HttpResponseBase:
    """All or nothing: with one wrong row nothing is stored, and every wrong row is named."""
    found = round_of(request, round_id, Right.MANAGE_ROUNDS)
    if kind not in set(Kind):
        raise Http404
    form = RoundFile(*posted(request))
    refusal = None
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            done = sample_import.import_file(actor(request), found, kind, file.read())
        except sample_import.ImportRefused as error:
            refusal = error
        else:
            _tell(request, done)
            return redirect("round", found.pk)
    context = round_frame(
        request,
        found,
        "round",
        form=form,
        kind=kind,
        columns=sample_import.COLUMNS[Kind(kind)],
        refusal=refusal,
    )
    return render(request, "dashboard/round_import.html", context, status=400 if refusal else 200)


def _tell(request: HttpRequest, done: sample_import.Imported) -> None:
    text = gettext("Đã nhập %(n)s dòng.") % {"n": number(done.rows)}
    if done.needs_publishing:
        text += " " + gettext("Hãy phát hành lại biểu mẫu của đợt để điện thoại có danh sách mới.")
    messages.success(request, text)


@require_safe
@page
def template(request: HttpRequest, round_id: int, kind: str) -> HttpResponseBase:
    """An empty file with the right columns: XLSX, or CSV for those who ask."""
    round_of(request, round_id, Right.MANAGE_ROUNDS)
    if kind not in set(Kind):
        raise Http404
    if request.GET.get("format") == "csv":
        return download(sample_import.template_csv(kind), f"{kind}.csv", "text/csv; charset=utf-8")
    return download(sample_import.template_xlsx(kind), f"{kind}.xlsx", XLSX)
