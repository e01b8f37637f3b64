"""What local reports say of a commune: entered and removed by those who analyse the round."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from dashboard.access import access, actor, page, round_of
from dashboard.presentation.claims import held_line
from dashboard.presentation.runs import run_to_read
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round
from surveys.results import claims
from surveys.results.claims import ClaimRefused, Said
from surveys.results.reading import RunReader
from surveys.results.reading.claims import claimable, held_rows
from surveys.results.reading.left_behind import left_behind


def beside_figures(request: HttpRequest, round_: Round, known: RunReader) -> dict[str, Any]:
    """What the page of readiness shows of targets, claims and groups."""
    held = [held_line(row) for row in held_rows(known)]
    return {
        "held": held,
        "has_claims": any(line.claims for line in held),
        "claimable": claimable(known),
        "may_claim": access(request).may(Right.RUN_ANALYSIS, round_.project_id),
        "left_behind": left_behind(known.run),
    }


@require_POST
@page
def claim_add(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.RUN_ANALYSIS)
    run = run_to_read(request, found)
    if run is None:
        return redirect("readiness", found.pk)
    claims.add(actor(request), run, _said(request))
    messages.success(request, gettext("Đã ghi."))
    return redirect("readiness", found.pk)


def _said(request: HttpRequest) -> Said:
    given = request.POST
    try:
        percent = float(given.get("percent", "").strip().replace("%", "").replace(",", "."))
        stated_on = date.fromisoformat(given.get("stated_on", ""))
    except ValueError:
        raise ClaimRefused(400.163) from None
    return Said(
        commune=given.get("commune", ""),
        indicator=given.get("indicator", ""),
        percent=percent,
        source=given.get("source", ""),
        stated_on=stated_on,
        is_at_least=bool(given.get("is_at_least")),
    )


@require_POST
@page
def claim_remove(request: HttpRequest, round_id: int, claim_id: int) -> HttpResponseBase:
    """Gone at once: what it said stands in the log, and it is entered again in a minute."""
    found = round_of(request, round_id, Right.RUN_ANALYSIS)
    claims.remove(actor(request), found, claim_id)
    messages.success(request, gettext("Đã xoá con số."))
    return redirect("readiness", found.pk)
