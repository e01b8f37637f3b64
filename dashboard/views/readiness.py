"""For planners: readiness by commune with the map (R6, R7), and the map document itself."""

import re
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from dashboard.access import access, need, page, round_frame, round_of
from dashboard.presentation.figures import Figures, Shown, figures_of
from dashboard.presentation.ladder import Ladder, ladder_of
from dashboard.presentation.people import Persons, not_ready
from dashboard.presentation.round_results import commune_names, files_of, latest_run
from surveys.collection import blobs
from surveys.collection.rights import Right
from surveys.results.models import Artefact, Run

READY: Final = "equipped"
COLUMNS: Final = ("smartphone_own", "net_3m", "vneid_level2", "account_any", READY)
OTHERS: Final = ("able", "equipped_hh", "filed_alone", "filed_online", "wants_help", "readiness")
GAP: Final = "first_gap"
# Sandboxed without an origin of its own: the map can neither read cookies nor call the server.
SANDBOX: Final = "; frame-ancestors 'self'; sandbox allow-scripts"
POLICY: Final = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">')


@dataclass(frozen=True, slots=True)
class Row:
    """One commune."""

    name: str
    code: str
    cells: tuple[Shown, ...]
    persons: Persons | None
    ladder: Ladder

    def key(self, sort: str) -> Any:
        if sort in COLUMNS:
            return self.cells[COLUMNS.index(sort)].at
        if sort == "persons":
            return self.persons.count if self.persons else -1
        return self.name


@require_safe
@page
def readiness(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.READ_RUNS)
    run = latest_run(found, access(request))
    if run is None:
        return render(request, "dashboard/no_run.html", round_frame(request, found, "readiness"))
    figures = figures_of(run, [*COLUMNS, *OTHERS, GAP])
    sort, is_descending = request.GET.get("sort", READY), request.GET.get("dir") == "desc"
    rows = _rows(figures)
    rows.sort(key=lambda row: row.key(sort), reverse=is_descending)
    context = round_frame(
        request,
        found,
        "readiness",
        run=run,
        sort=sort,
        dir="desc" if is_descending else "asc",
        heads=[{"id": name, "name": figures.name(name)} for name in COLUMNS],
        rows=rows,
        whole=Row(
            "",
            "",
            tuple(figures.get(name) for name in COLUMNS),
            not_ready(figures.get(READY)),
            ladder_of(figures, "round", ""),
        ),
        ready=figures.get(READY),
        ready_base=figures.base(READY),
        others=[
            {"name": figures.name(n), "base": figures.base(n), "shown": figures.get(n)}
            for n in OTHERS
            if figures.has(n)
        ],
        reasons=figures.reasons,
        has_map=_map_of(run, get_language() or "vi") is not None,
        reports=files_of(run, "report", get_language() or "vi"),
    )
    return render(request, "dashboard/readiness.html", context)


def _rows(figures: Figures) -> list[Row]:
    communes = figures.domains("commune")
    names = commune_names(communes)
    return [
        Row(
            names.get(code, code),
            code,
            tuple(figures.get(name, "commune", code) for name in COLUMNS),
            not_ready(figures.get(READY, "commune", code)),
            ladder_of(figures, "commune", code),
        )
        for code in communes
    ]


def _map_of(run: Run, language: str) -> Artefact | None:
    maps = Artefact.objects.filter(run=run, kind="map", language__in=[language, ""])
    return maps.order_by("name").first()


@require_safe
@page
def map_document(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """The map of a run, served under the policy that it carries and in a sandbox."""
    run = get_object_or_404(Run.objects.select_related("round__project"), pk=run_id)
    need(request, run.round.project, Right.READ_RUNS)
    if run.published_at is None:
        need(request, run.round.project, Right.READ_UNPUBLISHED_RUNS)
    found = _map_of(run, get_language() or "vi")
    if found is None:
        raise Http404
    with blobs.open_blob(found.sha256) as file:
        document = file.read()
    policy = POLICY.search(document[:20_000].decode(errors="replace"))
    response = HttpResponse(document, content_type="text/html; charset=utf-8")
    own = policy[1] if policy else "default-src 'none'; style-src 'unsafe-inline'"
    response.headers["Content-Security-Policy"] = own + SANDBOX
    return response
