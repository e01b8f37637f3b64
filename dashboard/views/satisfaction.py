"""For reform staff: the satisfaction index as a page to read (R3, R4, R5)."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from dashboard.access import access, page, round_frame, round_of
from dashboard.presentation.figures import Figures, Shown, figures_of, group_name
from dashboard.presentation.round_results import commune_names, files_of, latest_run
from surveys.collection.rights import Right
from surveys.results.models import Run

INDEX: Final = "sat_users"
FACTORS: Final = (
    "factor_place",
    "factor_procedure",
    "factor_staff",
    "factor_result",
    "voice_know_users",
)
OTHERS: Final = ("sat_overall", "policy_sat", "extra_paid", "extra_hinted", "wait_30")
BY_CENTRE: Final = ("sat_users_commune", "sat_users_province", "sat_users_other")
ALONE: Final = ("voice_handled", "item_sat_f1_3", "item_sat_f4_3", "on_time_self")
GROUPS: Final = ("sex", "age_group", "urban_rural")
LOWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator with its figure."""

    indicator: str
    name: str
    base: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class Low:
    """The lowest factor; `is_clear` when its interval lies below the next one's."""

    line: Line
    next_name: str
    is_clear: bool


@require_safe
@page
def satisfaction(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.READ_RUNS)
    run = latest_run(found, access(request))
    if run is None:
        return render(request, "dashboard/no_run.html", round_frame(request, found, "satisfaction"))
    figures = figures_of(run, [*_items(run), INDEX, *FACTORS, *OTHERS, *BY_CENTRE, *ALONE])
    context = round_frame(request, found, "satisfaction", run=run, **_content(figures, run))
    return render(request, "dashboard/satisfaction.html", context)


def _items(run: Run) -> list[str]:
    return sorted(
        name for name in run.report.get("definitions", {}) if name.startswith("item_sat_")
    )


def _line(figures: Figures, indicator: str) -> Line:
    return Line(indicator, figures.name(indicator), figures.base(indicator), figures.get(indicator))


def _content(figures: Figures, run: Run) -> dict[str, Any]:
    factors = [_line(figures, name) for name in FACTORS]
    items = [_line(figures, name) for name in _items(run) if figures.has(name)]
    alone = set(ALONE)
    ranked = sorted(
        (line for line in items if line.shown.is_shown and line.indicator not in alone),
        key=lambda line: line.shown.at,
    )
    communes = figures.domains("commune")
    names = commune_names(communes)
    columns = [INDEX, "sat_overall", *FACTORS]
    return {
        "index": figures.get(INDEX),
        "index_base": figures.base(INDEX),
        "overall": figures.get("sat_overall"),
        "overall_base": figures.base("sat_overall"),
        "others": [_line(figures, name) for name in (*OTHERS, *ALONE) if figures.has(name)],
        "by_centre": [_line(figures, name) for name in BY_CENTRE if figures.has(name)],
        "factors": factors,
        "low": _lowest(factors),
        "low_items": ranked[:LOWEST],
        "items": items,
        "columns": [figures.name(name) for name in columns],
        "communes": [
            {
                "name": names.get(code, code),
                "code": code,
                "cells": [figures.get(name, "commune", code) for name in columns],
            }
            for code in communes
        ],
        "whole": [figures.get(name) for name in columns],
        "groups": [_group(figures, kind) for kind in GROUPS if figures.domains(kind)],
        "reasons": figures.reasons,
        "reports": files_of(run, "report", get_language() or "vi"),
    }


def _lowest(factors: list[Line]) -> Low | None:
    shown = sorted((f for f in factors if f.shown.is_shown), key=lambda line: line.shown.at)
    if len(shown) < 2:
        return None
    first, second = shown[0], shown[1]
    above, below = first.shown.row, second.shown.row
    is_clear = (
        above is not None
        and below is not None
        and above.upper is not None
        and below.lower is not None
        and above.upper < below.lower
    )
    return Low(first, second.name, is_clear)


def _group(figures: Figures, kind: str) -> dict[str, Any]:
    columns = (INDEX, "sat_overall")
    return {
        "kind": kind,
        "rows": [
            {
                "name": group_name(kind, domain),
                "cells": [figures.get(name, kind, domain) for name in columns],
            }
            for domain in figures.domains(kind)
        ],
    }
