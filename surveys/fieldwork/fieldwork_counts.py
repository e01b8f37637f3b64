"""Fieldwork today: where each village and each enumerator stands, by form."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from surveys.fieldwork.dispositions import NOT_ATTEMPTED, Group
from surveys.fieldwork.models import CaseOutcome, Round, SampledHousehold, Visit
from surveys.fieldwork.response_rates import RatedCase, ResponseRates, response_rates


@dataclass(frozen=True, slots=True)
class FieldworkRow:
    """Counts of households. `key` is a PSU or commune code, or the enumerator's actor id."""

    key: str
    name: str
    commune_code: str
    commune: str
    households: int
    assigned: int  # given to an enumerator
    visited: int
    complete: int
    partial: int
    refused: int
    non_contact: int
    other: int  # eligible without interview: appointment, ill, language …
    unknown: int
    not_eligible: int
    not_attempted: int
    in_review: int  # waiting for a supervisor
    final: int
    rr1: float | None
    visits_per_complete: float | None
    enumerators: int
    last_submission: datetime | None


@dataclass(frozen=True, slots=True)
class FieldworkCounts:
    kind: str
    villages: tuple[FieldworkRow, ...]
    communes: tuple[FieldworkRow, ...]  # subtotals; `key` is the commune's code
    enumerators: tuple[FieldworkRow, ...]
    total: FieldworkRow
    rates: ResponseRates
    rates_weighted: ResponseRates
    active_today: int
    days_left: int  # field days to come, today included; 0 after the end


@dataclass(frozen=True, slots=True)
class _Case:
    """A household with what became of it."""

    psu: str
    village: str
    commune_code: str
    commune: str
    weight: float
    owner: str  # of the assignment
    owner_name: str
    disposition: str
    status: str
    visits: tuple["_Sent", ...]

    @property
    def rated(self) -> RatedCase:
        return RatedCase(self.disposition, self.status == CaseOutcome.Status.FINAL, self.weight)


@dataclass(frozen=True, slots=True)
class _Sent:
    sender: str
    sender_name: str
    arrived_at: datetime


def counts(
    round_: Round, kind: str, *, communes: frozenset[str] | None = None, today: date | None = None
) -> FieldworkCounts:
    """The tables of one form; `communes` cuts them to a supervisor's area.

    An enumerator's households are those given to him or her, and of those given to nobody the
    ones that he or she visited.
    """
    today = today or timezone.localdate()
    cases = _cases(round_, kind, communes)
    by_village: dict[str, list[_Case]] = defaultdict(list)
    by_commune: dict[str, list[_Case]] = defaultdict(list)
    by_enumerator: dict[str, list[_Case]] = defaultdict(list)
    names: dict[str, str] = {}
    for case in cases:
        by_village[case.psu].append(case)
        by_commune[case.commune_code].append(case)
        for key, name in _enumerators(case).items():
            by_enumerator[key].append(case)
            names[key] = name
    senders_today = {
        sent.sender
        for case in cases
        for sent in case.visits
        if timezone.localdate(sent.arrived_at) == today
    }
    first_day = max(today, round_.starts_on)
    return FieldworkCounts(
        kind=kind,
        villages=tuple(_row(psu, some[0].village, some) for psu, some in by_village.items()),
        communes=tuple(_row(code, some[0].commune, some) for code, some in by_commune.items()),
        enumerators=tuple(
            _row(key, names[key], some, is_village=False)
            for key, some in sorted(by_enumerator.items(), key=lambda item: names[item[0]])
        ),
        total=_row("", "", cases, is_village=False),
        rates=response_rates(case.rated for case in cases),
        rates_weighted=response_rates((case.rated for case in cases), weighted=True),
        active_today=len(senders_today),
        days_left=max(0, (round_.ends_on - first_day).days + 1),
    )


def _cases(round_: Round, kind: str, communes: frozenset[str] | None) -> list[_Case]:
    households = SampledHousehold.objects.filter(round=round_)
    if communes is not None:
        households = households.filter(
            village__village__unit__code__in=communes, village__village__unit__valid_to=None
        )
    outcomes = {
        row[0]: row[1:]
        for row in CaseOutcome.objects.filter(round=round_, kind=kind).values_list(
            "household_id", "disposition", "status"
        )
    }
    visits: dict[int, list[_Sent]] = defaultdict(list)
    sent = Visit.objects.filter(household__round=round_, kind=kind)
    for household, sender, name, arrived_at in sent.values_list(
        "household_id", "sender_id", "sender__display_name", "submission__created_at"
    ):
        visits[household].append(_Sent(str(sender or ""), name or "", arrived_at))
    rows = households.select_related("village__village__unit", "assignment__app_user__actor")
    return [
        _case(row, outcomes.get(row.pk, (NOT_ATTEMPTED, "open")), tuple(visits[row.pk]))
        for row in rows.order_by("village__selection_order", "village__psu", "hh_seq")
    ]


def _case(row: SampledHousehold, outcome: tuple[str, str], visits: tuple[_Sent, ...]) -> _Case:
    unit = row.village.village.unit
    assignment = getattr(row, "assignment", None)  # none: Django raises for a missing row
    disposition, status = outcome
    return _Case(
        psu=row.village.psu,
        village=row.village.village.name,
        commune_code=unit.code,
        commune=unit.full_name,
        weight=1 / (row.village.pi_psu * row.pi_hh),
        owner=str(assignment.app_user_id) if assignment else "",
        owner_name=assignment.app_user.actor.display_name if assignment else "",
        disposition=disposition,
        status=status,
        visits=visits,
    )


def _enumerators(case: _Case) -> dict[str, str]:
    """Whose household it is, name by id."""
    if case.owner:
        return {case.owner: case.owner_name}
    return {sent.sender: sent.sender_name for sent in case.visits if sent.sender}


def _row(key: str, name: str, cases: list[_Case], *, is_village: bool = True) -> FieldworkRow:
    groups = [case.rated.group for case in cases if case.disposition != NOT_ATTEMPTED]
    complete = groups.count(Group.INTERVIEW)
    sent = [visit for case in cases for visit in case.visits]
    return FieldworkRow(
        key=key,
        name=name,
        commune_code=cases[0].commune_code if is_village else "",
        commune=cases[0].commune if is_village else "",
        households=len(cases),
        assigned=_count(case.owner != "" for case in cases),
        visited=_count(bool(case.visits) for case in cases),
        complete=complete,
        partial=groups.count(Group.PARTIAL),
        refused=groups.count(Group.REFUSAL),
        non_contact=groups.count(Group.NON_CONTACT),
        other=groups.count(Group.OTHER),
        unknown=groups.count(Group.UNKNOWN_HOUSING) + groups.count(Group.UNKNOWN_OTHER),
        not_eligible=groups.count(Group.NOT_ELIGIBLE),
        not_attempted=len(cases) - len(groups),
        in_review=_count(case.status == CaseOutcome.Status.REVIEW for case in cases),
        final=_count(case.status == CaseOutcome.Status.FINAL for case in cases),
        rr1=response_rates(case.rated for case in cases).rr1,
        visits_per_complete=len(sent) / complete if complete else None,
        enumerators=len({visit.sender for visit in sent if visit.sender}),
        last_submission=max((visit.arrived_at for visit in sent), default=None),
    )


def _count(facts: Iterable[bool]) -> int:
    return sum(1 for fact in facts if fact)
