"""For statisticians and auditors (R15), and the files that a run left."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dashboard.access import access, need, page, round_frame, round_of
from dashboard.presentation.figures import figures_of
from dashboard.presentation.files import from_run
from dashboard.presentation.round_results import commune_names, latest_run
from surveys.collection import blobs
from surveys.collection.rights import Right
from surveys.fieldwork.dispositions import DISPOSITIONS
from surveys.results.models import Artefact, Estimate, Run


@require_safe
@page
def technical(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.READ_RUNS)
    run = latest_run(found, access(request))
    if run is None:
        return render(request, "dashboard/no_run.html", round_frame(request, found, "technical"))
    report: dict[str, Any] = run.report
    rates = report.get("response_rates", {})
    codes = {row["domain"] for rows in rates.values() for row in rows if row["domain"]}
    context = round_frame(
        request,
        found,
        "technical",
        run=run,
        report=report,
        rates=_rates(rates, commune_names(codes)),
        weights=report.get("weights", {}),
        deffs=_deffs(run),
        dispositions=_dispositions(run),
        suppressed=_suppressed(run),
        runs=Run.objects.filter(round=found, finished_at__isnull=False).order_by("-pk")[:10]
        if access(request).may(Right.READ_UNPUBLISHED_RUNS, found.project_id)
        else [],
        files=Artefact.objects.filter(run=run).order_by("kind", "name", "language"),
    )
    return render(request, "dashboard/technical.html", context)


def _rates(rates: dict[str, Any], names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "rows": [{**row, "name": names.get(row["domain"], "")} for row in rows]}
        for kind, rows in sorted(rates.items())
    ]


def _deffs(run: Run) -> list[dict[str, Any]]:
    figures = figures_of(run, run.report.get("definitions", {}))
    return [
        {"id": name, "name": figures.name(name), "shown": figures.get(name)}
        for name in sorted(run.report.get("definitions", {}))
        if figures.get(name).row is not None
    ]


def _dispositions(run: Run) -> list[dict[str, Any]]:
    """Final results by form, as they stand now, with their words and groups."""
    counted = (
        run.round.outcomes.values("kind", "disposition")
        .annotate(n=Count("pk"))
        .order_by("kind", "disposition")
    )
    return [{**row, "known": DISPOSITIONS.get(row["disposition"])} for row in counted]


def _suppressed(run: Run) -> dict[str, int]:
    rows = Estimate.objects.filter(run=run).values_list("publication", flat=True)
    found = list(rows)
    return {word: found.count(word) for word in Estimate.Publication.values}


@require_safe
@page
def artefact(request: HttpRequest, run_id: int, artefact_id: int) -> HttpResponseBase:
    """A file of a run, always as a download."""
    file = get_object_or_404(
        Artefact.objects.select_related("run__round__project"), pk=artefact_id, run_id=run_id
    )
    project = file.run.round.project
    need(request, project, Right.READ_RUNS)
    if file.run.published_at is None:
        need(request, project, Right.READ_UNPUBLISHED_RUNS)
    return from_run(blobs.open_blob(file.sha256), file.name, file.content_type)
