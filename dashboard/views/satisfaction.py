"""For reform staff: the satisfaction index as a page to read (R3, R4, R5)."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from dashboard.access import page, round_frame, round_of
from dashboard.presentation import figures
from dashboard.presentation.map_block import map_block
from dashboard.presentation.methods import methods_view
from dashboard.presentation.patterns import pattern_part
from dashboard.presentation.runs import error_percent, reports_of, run_to_read
from surveys.collection.rights import Right
from surveys.results.reading import (
    Names,
    SatisfactionPage,
    own_indicators,
    reader,
    satisfaction_page,
)
from surveys.results.reading.change import change_table
from surveys.results.reading.group_tests import WordRow, group_words
from surveys.results.reading.index_weights import index_weights
from surveys.results.reading.priorities import priorities
from surveys.results.reading.satisfaction import FACTORS, GROUP_TYPES, INDEX, AreaRow

GROUP_COLUMNS: Final = (INDEX, "sat_overall")


@dataclass(frozen=True, slots=True)
class Group:
    """A table by group with the words below it."""

    title: Names
    rows: tuple[AreaRow, ...]
    words: WordRow | None


@require_safe
@page
def satisfaction(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.READ_RUNS)
    run = run_to_read(request, found)
    known = reader(run) if run else None
    read = satisfaction_page(run, known) if run else None
    if run is None or known is None or read is None or not read.has_figures:
        context = round_frame(request, found, "satisfaction", run=run, form="B")
        return render(request, "dashboard/no_run.html", context)
    context = round_frame(
        request,
        found,
        "satisfaction",
        run=run,
        read=read,
        next_factor=_next_factor(read),
        is_clearly_lowest=run.report.get("lowest_factor", {}).get("is_clear", False),
        reasons=_reasons(read),
        nothing_shown=not any(row.is_shown for row in read.communes),
        reports=reports_of(run),
        map=map_block(request, run, known, "satisfaction", INDEX),
        patterns=pattern_part(known, "B"),
        priorities=priorities(known),
        weights=index_weights(known),
        groups=_groups(read, words := group_words(known, "satisfaction", GROUP_COLUMNS)),
        has_group_words=bool(words),
        error_percent=error_percent(run),
        change=change_table(known, (INDEX, "sat_overall", *FACTORS, "policy_sat")),
        view=methods_view(
            request,
            known,
            (INDEX, "sat_overall", *FACTORS, "policy_sat", *own_indicators(known, "B")),
        ),
    )
    return render(request, "dashboard/satisfaction.html", context)


def _reasons(read: SatisfactionPage) -> list[figures.Reason]:
    """Why cells of the table of communes are withheld, by its columns."""
    titles = (*(factor.title for factor in read.factors), read.policy.title)
    columns = [gettext("Chỉ số hài lòng"), gettext("Hài lòng chung"), *map(figures.words, titles)]
    rows = ((row.name, (row.index, row.overall, *row.factors, row.policy)) for row in read.communes)
    return figures.reasons(rows, columns)


def _groups(read: SatisfactionPage, words: tuple[WordRow, ...]) -> list[Group]:
    by_kind = {row.kind: row for row in words}
    return [
        Group(table.title, table.rows, by_kind.get(kind))
        for kind, table in zip(GROUP_TYPES, read.groups, strict=True)
    ]


def _next_factor(read: SatisfactionPage) -> object | None:
    """The second lowest factor, to compare the lowest with."""
    shown = [factor for factor in read.factors if factor.figure.is_shown]
    ranked = sorted(shown, key=lambda factor: factor.figure.estimate or 0.0)
    return ranked[1] if len(ranked) > 1 else None
