"""Fieldwork today (R1): where to send whom, and submissions of no household of the sample."""

from dataclasses import dataclass
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.access import page, reader, round_frame, round_of
from dashboard.inputs import KINDS
from dashboard.presentation.formats import natural
from dashboard.presentation.paging import page_of
from surveys.collection import rights
from surveys.collection.models import Record, Submission
from surveys.collection.rights import Right
from surveys.fieldwork import outcomes
from surveys.fieldwork.fieldwork_counts import FieldworkRow, counts
from surveys.fieldwork.visit_reading import household_of

SORTS: Final = {
    "name": lambda row: natural(row.name),
    "left": lambda row: row.households - row.final,
    "complete": lambda row: row.complete,
    "review": lambda row: row.in_review,
    "rr1": lambda row: -1.0 if row.rr1 is None else row.rr1,
}
HOUSEHOLD_KINDS: Final = ("A", "B")
FEW_VILLAGES: Final = 16
EVERY_COMMUNE: Final = "all"
PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class CommuneBlock:
    """A commune with its villages, folded up until somebody looks into it."""

    total: FieldworkRow
    villages: list[FieldworkRow]
    is_open: bool


@dataclass(frozen=True, slots=True)
class UnmatchedRow:
    submission: Submission
    household: str
    may_open: bool


@require_safe
@page
def fieldwork(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.SUPERVISE)
    communes = rights.communes_with(reader(request), Right.SUPERVISE, found.project)
    there = found.forms.filter(kind__in=HOUSEHOLD_KINDS).values_list("kind", flat=True)
    kinds = sorted(set(there)) or list(HOUSEHOLD_KINDS[:1])
    kind = request.GET.get("kind", kinds[0])
    kind = kind if kind in kinds else kinds[0]
    sort = request.GET.get("sort", "name")
    sort = sort if sort in SORTS else "name"
    is_descending = request.GET.get("dir") == "desc"
    found_counts = counts(found, kind, communes=communes)

    def ordered(rows: tuple[FieldworkRow, ...]) -> list[FieldworkRow]:
        return sorted(rows, key=SORTS[sort], reverse=is_descending)

    chosen = request.GET.get("commune", "")
    opens_all = chosen == EVERY_COMMUNE or len(found_counts.villages) <= FEW_VILLAGES
    blocks = [
        CommuneBlock(
            total,
            ordered(tuple(v for v in found_counts.villages if v.commune_code == total.key)),
            opens_all or chosen == total.key or len(found_counts.communes) == 1,
        )
        for total in ordered(found_counts.communes)
    ]
    context = round_frame(
        request,
        found,
        "fieldwork",
        kind=kind,
        kinds=[(code, name) for code, name in KINDS if code in kinds],
        counts=found_counts,
        blocks=blocks,
        opens_all=opens_all,
        n_villages=len(found_counts.villages),
        enumerators=ordered(found_counts.enumerators),
        sort=sort,
        dir="desc" if is_descending else "asc",
        n_unmatched=outcomes.unmatched(found).count() if communes is None else None,
    )
    return render(request, "dashboard/fieldwork.html", context)


@require_safe
@page
def unmatched(request: HttpRequest, round_id: int) -> HttpResponseBase:
    """No household stands behind these, so no commune does: for roles of the whole project."""
    found = round_of(request, round_id, Right.SUPERVISE)
    if rights.communes_with(reader(request), Right.SUPERVISE, found.project) is not None:
        raise PermissionDenied
    waiting = outcomes.unmatched(found)
    listed = page_of(
        waiting.select_related("submitter", "form__round_form"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    roots = dict(
        Record.objects.filter(
            submission__in=[row.pk for row in listed.rows], table="", ordinal=0
        ).values_list("submission_id", "values")
    )
    readable = {
        form: rights.may_read_records(reader(request), form)
        for form in {row.form for row in listed.rows}
    }
    rows = [
        UnmatchedRow(row, household_of(roots.get(row.pk, {})), readable[row.form])
        for row in listed.rows
    ]
    context = round_frame(
        request, found, "fieldwork", listed=listed, rows=rows, n_unmatched=waiting.count()
    )
    return render(request, "dashboard/unmatched.html", context)
