"""Fieldwork today (R1): where to send whom."""

from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.access import page, reader, round_frame, round_of
from dashboard.inputs import KINDS
from surveys.collection import rights
from surveys.collection.rights import Right
from surveys.fieldwork import outcomes
from surveys.fieldwork.fieldwork_counts import FieldworkRow, counts

SORTS: Final = {
    "name": lambda row: row.name,
    "commune": lambda row: (row.commune, row.name),
    "left": lambda row: row.households - row.final,
    "complete": lambda row: row.complete,
    "review": lambda row: row.in_review,
    "rr1": lambda row: -1.0 if row.rr1 is None else row.rr1,
}
HOUSEHOLD_KINDS: Final = ("A", "B")


@require_safe
@page
def fieldwork(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.SUPERVISE)
    communes = rights.communes_with(reader(request), Right.SUPERVISE, found.project)
    there = found.forms.filter(kind__in=HOUSEHOLD_KINDS).values_list("kind", flat=True)
    kinds = sorted(set(there)) or list(HOUSEHOLD_KINDS[:1])
    kind = request.GET.get("kind", kinds[0])
    kind = kind if kind in kinds else kinds[0]
    sort = request.GET.get("sort", "commune")
    sort = sort if sort in SORTS else "commune"
    is_descending = request.GET.get("dir") == "desc"
    found_counts = counts(found, kind, communes=communes)

    def ordered(rows: tuple[FieldworkRow, ...]) -> list[FieldworkRow]:
        return sorted(rows, key=SORTS[sort], reverse=is_descending)

    context = round_frame(
        request,
        found,
        "fieldwork",
        kind=kind,
        kinds=[(code, name) for code, name in KINDS if code in kinds],
        counts=found_counts,
        villages=ordered(found_counts.villages),
        enumerators=ordered(found_counts.enumerators),
        sort=sort,
        dir="desc" if is_descending else "asc",
        n_unmatched=outcomes.unmatched(found).count() if communes is None else None,
    )
    return render(request, "dashboard/fieldwork.html", context)
