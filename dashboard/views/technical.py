"""For statisticians and auditors (R15), and the files that a run left."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from dashboard.access import access, page, round_frame, round_of, run_of
from dashboard.presentation.files import from_run
from dashboard.presentation.runs import error_percent, run_to_read
from surveys.collection import blobs
from surveys.collection.rights import Right
from surveys.results import withdrawal
from surveys.results.models import Artefact, Estimate, Run
from surveys.results.outreach import FILE_KIND  # handed out with their plan
from surveys.results.reading import RunReader, reader, technical_page
from surveys.results.reading.group_tests import GroupWord, equal_models, group_table
from surveys.results.recipe_words import said


@dataclass(frozen=True, slots=True)
class TestTable:
    """The tests of one page."""

    title: str
    rows: tuple[GroupWord, ...]


@require_safe
@page
def technical(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.READ_RUNS)
    run = run_to_read(request, found)
    if run is None:
        return render(request, "dashboard/no_run.html", round_frame(request, found, "technical"))
    known = reader(run)
    may_see_all = access(request).may(Right.READ_UNPUBLISHED_RUNS, found.project_id)
    runs = Run.objects.filter(round=found, finished_at__isnull=False).order_by("-pk")
    context = round_frame(
        request,
        found,
        "technical",
        run=run,
        read=technical_page(run, known),
        indicators=[
            {
                "id": name,
                "name": known.name(name),
                "figure": known.figure(name),
                "pooled": run.report.get("pooled_deff", {}).get(name),
                "missing": run.report.get("missing", {}).get(name),
            }
            for name in sorted(known.definitions)
            if (name, "", "round", "") in known.rows
        ],
        publications=_publications(run),
        choices=said(run.recipe),
        models=_models(known),
        tests=_tests(known),
        equal=equal_models(known),
        error_percent=error_percent(run),
        runs=runs[:10] if may_see_all else [],
        n_withdrawn=withdrawal.withdrawn_since(run),
        files=Artefact.objects.filter(run=run)
        .exclude(kind=FILE_KIND)
        .order_by("kind", "name", "language"),
    )
    return render(request, "dashboard/technical.html", context)


def _models(known: RunReader) -> list[dict[str, Any]]:
    """The small-area models of a run, by indicator."""
    stored = known.run.report.get("models", {})
    return [{"name": known.name(name), **facts} for name, facts in sorted(stored.items())]


def _tests(known: RunReader) -> list[TestTable]:
    """Every test of a table by group, by the page that it stands on."""
    found = (
        TestTable(gettext("Mức độ hài lòng"), group_table(known, "satisfaction")),
        TestTable(gettext("Sẵn sàng số"), group_table(known, "readiness")),
    )
    return [each for each in found if each.rows]


def _publications(run: Run) -> dict[str, int]:
    """How many cells are published, marked as uncertain, withheld."""
    direct = Estimate.objects.filter(run=run, method=Estimate.Method.DIRECT)
    counted = direct.values_list("publication").annotate(n=Count("pk"))
    return dict(counted)


@require_safe
@page
def artefact(request: HttpRequest, run_id: int, artefact_id: int) -> HttpResponseBase:
    """A file of a run, always as a download."""
    run = run_of(request, run_id)
    file = get_object_or_404(Artefact.objects.exclude(kind=FILE_KIND), pk=artefact_id, run=run)
    return from_run(blobs.open_blob(file.sha256), file.name, file.content_type)
