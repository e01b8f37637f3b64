"""Households that a supervisor has to look at, and the decision about one."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import actor, page, reader, round_frame, round_of
from dashboard.presentation.formats import pick
from dashboard.presentation.paging import number_of
from surveys.collection import rights
from surveys.collection.rights import Right
from surveys.fieldwork import decisions, outcomes, scope
from surveys.fieldwork.case_rule import CONFLICT_TEXTS, Conflict, Ruling, VisitFacts
from surveys.fieldwork.dispositions import COMPLETE, DISPOSITIONS, PARTIAL
from surveys.fieldwork.models import CaseOutcome, Round, Visit

MOST_CASES = 200
UNIT = "household__village__village__unit"


@dataclass(frozen=True, slots=True)
class Case:
    """An outcome with its words."""

    outcome: CaseOutcome
    disposition: str
    conflicts: tuple[str, ...]


def _cases(request: HttpRequest, found: Round) -> QuerySet[CaseOutcome]:
    """The outcomes of the round in the communes that the user supervises."""
    rows = CaseOutcome.objects.filter(round=found)
    communes = rights.communes_with(reader(request), Right.SUPERVISE, found.project)
    if communes is not None:
        rows = rows.filter(**{f"{UNIT}__code__in": communes, f"{UNIT}__valid_to": None})
    return rows.select_related(f"{UNIT}")


def _case(outcome: CaseOutcome) -> Case:
    return Case(outcome, _words(outcome.disposition), _conflicts(outcome.conflicts))


def _words(code: str) -> str:
    known = DISPOSITIONS.get(code)
    return pick(known.vi, known.en) if known else code


def _conflicts(codes: list[str]) -> tuple[str, ...]:
    texts = [CONFLICT_TEXTS[Conflict(code)] for code in codes if code in set(Conflict)]
    return tuple(pick(text.vi, text.en) for text in texts)


@require_safe
@page
def cases(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.SUPERVISE)
    waiting = _cases(request, found).filter(Q(status=CaseOutcome.Status.REVIEW) | ~Q(conflicts=[]))
    kind = request.GET.get("kind", "")
    if kind in {"A", "B"}:
        waiting = waiting.filter(kind=kind)
    rows = waiting.order_by("decision", "household__village__psu", "household__hh_seq")
    listed = [_case(outcome) for outcome in rows[:MOST_CASES]]
    context = round_frame(
        request, found, "cases", cases=listed, n_cases=waiting.count(), most=MOST_CASES, kind=kind
    )
    return render(request, "dashboard/cases.html", context)


@require_http_methods(["GET", "POST"])
@page
def case(request: HttpRequest, round_id: int, outcome_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.SUPERVISE)
    outcome = get_object_or_404(
        CaseOutcome.objects.select_related("round__project", UNIT), pk=outcome_id, round=found
    )
    if not scope.may_supervise(reader(request), outcome.household):
        raise PermissionDenied
    if request.method == "POST":
        return _decide(request, found, outcome)
    visits = outcomes.visits_of(outcome.household_id, outcome.kind)
    context = round_frame(
        request,
        found,
        "cases",
        case=_case(outcome),
        outcome=outcome,
        visits=_visits(visits),
        form=found.forms.filter(kind=outcome.kind).select_related("form").first(),
        may_read=_may_read(request, found, outcome),
    )
    return render(request, "dashboard/case.html", context)


def _may_read(request: HttpRequest, found: Round, outcome: CaseOutcome) -> bool:
    tie = found.forms.filter(kind=outcome.kind).select_related("form__project").first()
    return tie is not None and rights.may_read_records(reader(request), tie.form)


def _visits(visits: list[VisitFacts]) -> list[dict[str, Any]]:
    senders = dict(
        Visit.objects.filter(submission__in=[visit.submission_id for visit in visits]).values_list(
            "submission_id", "sender__display_name"
        )
    )
    return [
        {
            "facts": visit,
            "disposition": _words(visit.code),
            "sender": senders.get(visit.submission_id),
            "can_count": visit.code in (COMPLETE, PARTIAL),
        }
        for visit in visits
    ]


def _decide(request: HttpRequest, found: Round, outcome: CaseOutcome) -> HttpResponseBase:
    """The decision speaks of the case as the page showed it, so the page sends its revision."""
    revision, chosen = request.POST.get("revision", ""), request.POST.get("submission", "")
    ruling, seen = request.POST.get("ruling", ""), number_of(revision)
    if ruling == "withdraw":
        decisions.withdraw(actor(request), outcome)
        messages.success(request, gettext("Đã rút quyết định; quy tắc chung áp dụng lại."))
        return redirect("cases", found.pk)
    if ruling not in set(Ruling) or seen is None:
        messages.error(request, gettext("Hãy chọn một trong các quyết định."))
        return redirect("case", found.pk, outcome.pk)
    outcome.revision = seen
    decisions.decide(
        actor(request),
        outcome,
        Ruling(ruling),
        submission_id=number_of(chosen),
        note=request.POST.get("note", ""),
    )
    messages.success(request, gettext("Đã ghi quyết định."))
    return redirect("cases", found.pk)
