"""For planners: readiness by commune with the map (R6, R7), and the map document itself."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from dashboard.access import page, round_frame, round_of, run_of
from dashboard.presentation import figures
from dashboard.presentation.map_block import map_block
from dashboard.presentation.methods import methods_view
from dashboard.presentation.patterns import pattern_part
from dashboard.presentation.runs import error_percent, reports_of, run_to_read
from dashboard.views.claims import beside_figures
from surveys.collection.rights import Right
from surveys.results.reading import (
    ReadinessPage,
    ladder_page,
    map_file,
    own_indicators,
    reader,
    readiness_page,
)
from surveys.results.reading.change import change_table
from surveys.results.reading.group_tests import group_words
from surveys.results.reading.readiness import COLUMNS, ReadinessRow

READY: Final = COLUMNS[-1]


@require_safe
@page
def readiness(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.READ_RUNS)
    run = run_to_read(request, found)
    known = reader(run) if run else None
    read = readiness_page(run, known) if run else None
    if run is None or read is None or not read.has_figures:
        context = round_frame(request, found, "readiness", run=run, form="A")
        return render(request, "dashboard/no_run.html", context)
    sort, is_descending = request.GET.get("sort", READY), request.GET.get("dir") == "desc"
    context = round_frame(
        request,
        found,
        "readiness",
        run=run,
        read=read,
        rows=_sorted(read, sort, is_descending=is_descending),
        ladder=ladder_page(run, known),
        sort=sort,
        dir="desc" if is_descending else "asc",
        heads=[{"id": c, "name": n} for c, n in zip(COLUMNS, read.columns, strict=True)],
        reasons=figures.reasons(
            ((row.name, row.figures) for row in (*read.communes, read.whole, *read.groups)),
            [figures.words(name) for name in read.columns],
        ),
        nothing_shown=not any(each.is_shown for row in read.communes for each in row.figures),
        map=map_block(request, run, known, "readiness", READY) if known else None,
        patterns=pattern_part(known, "A") if known else None,
        reports=reports_of(run),
        **(beside_figures(request, found, known) if known else {}),
        group_words=group_words(known, "readiness", COLUMNS) if known else (),
        error_percent=error_percent(run),
        change=change_table(known, COLUMNS) if known else None,
        view=methods_view(request, known, (*reversed(COLUMNS), *own_indicators(known, "A")))
        if known
        else None,
    )
    return render(request, "dashboard/readiness.html", context)


def _sorted(read: ReadinessPage, sort: str, *, is_descending: bool) -> list[ReadinessRow]:
    """By the column asked for; communes without a published figure stand last either way."""

    def key(row: ReadinessRow) -> Any:
        if sort in COLUMNS:
            return row.figures[COLUMNS.index(sort)].estimate
        if sort == "persons":
            return row.not_ready.value if row.not_ready else None
        return row.name.vi

    shown = [row for row in read.communes if key(row) is not None]
    hidden = [row for row in read.communes if key(row) is None]
    return [*sorted(shown, key=key, reverse=is_descending), *hidden]


@require_safe
@page
def map_document(request: HttpRequest, run_id: int, indicator: str) -> HttpResponseBase:
    """The map of a run under the policy that it carries: sandboxed, framed by this site alone."""
    run = run_of(request, run_id)
    found = map_file(run, indicator, get_language() or "vi")
    if found is None:
        raise Http404
    response = HttpResponse(found.document, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = found.policy
    return response
