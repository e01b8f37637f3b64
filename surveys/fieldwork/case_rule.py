"""From the visits of one household and form to the record that counts and one disposition.

A pure, tabulated rule: no order of arrival, no clock and no database enters it. It flags what
contradicts itself and never decides between contradictions; that is a supervisor's work.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from surveys.fieldwork.conflicts import CONFLICT_TEXTS, Conflict
from surveys.fieldwork.dispositions import (
    BREAK_OFF,
    COMPLETE,
    DISPOSITIONS,
    MET_SOMEBODY,
    NOT_ATTEMPTED,
    ORDER,
    PARTIAL,
    UNKNOWN,
    Disposition,
    Fin,
    Rank,
)
from surveys.fieldwork.kish import Draw, drawn_line, draws_differ

__all__ = [
    "CONFLICT_TEXTS",
    "Conflict",
    "Decision",
    "Draw",
    "Outcome",
    "Ruling",
    "Status",
    "VisitFacts",
    "case_outcome",
]

MAX_VISITS: Final = 4


class Status(StrEnum):
    OPEN = "open"
    REVIEW = "review"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One submission as its latest edit says it; `edit` tells which of two is the later one."""

    submission_id: int
    visited_at: datetime
    disposition: str
    contact: str = ""
    reaches_minimum: bool = False
    sender_id: int | None = None
    draw: Draw | None = None
    edit: int = 0
    is_count_unreadable: bool = False

    @property
    def code(self) -> str:
        """The disposition as the rule reads it.

        An interview that does not reach the minimum is a break-off, whatever the phone called it;
        a code that no list knows says only that something is unknown.
        """
        if self.disposition in (COMPLETE, PARTIAL) and not self.reaches_minimum:
            return BREAK_OFF
        return self.disposition if self.disposition in DISPOSITIONS else UNKNOWN

    @property
    def is_result_unreadable(self) -> bool:
        return self.disposition not in DISPOSITIONS


class Ruling(StrEnum):
    CONFIRMED = "confirmed"
    REVISIT = "revisit"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Decision:
    """A supervisor's word, and on which visits it was given: {submission id: code seen}.

    It speaks of no visit that came, or was edited to another result, after it.
    """

    ruling: Ruling
    seen: frozenset[tuple[int, str]] = frozenset()
    submission_id: int | None = None

    def covers(self, visit: VisitFacts) -> bool:
        return (visit.submission_id, visit.code) in self.seen


@dataclass(frozen=True, slots=True)
class Outcome:
    submission_id: int | None
    disposition: str
    status: Status
    n_visits: int
    draw: Draw | None = None
    conflicts: tuple[Conflict, ...] = field(default=())


def case_outcome(
    visits: Iterable[VisitFacts],
    decision: Decision | None = None,
    *,
    ended: bool = False,
    kish_u: float | None = None,
    is_drawn: bool = False,
) -> Outcome:
    """The record that counts and the disposition of one household and form.

    Parameters
    ----------
    visits : valid visits in any order; the same visit twice is one visit, a later edit of a
        submission replaces the earlier one.
    decision : the supervisor's last word, if any.
    ended : the round is over; what is open becomes final.
    kish_u : the household's number in [0, 1) that fixes the drawn line.
    is_drawn : one adult is drawn (form B), so two completes differ by the drawn person;
        without it (form A) they differ by who sent them.
    """
    latest = _latest_edits(visits)
    conflicts = _conflicts(latest, decision, kish_u=kish_u, is_drawn=is_drawn)
    draw = next((visit.draw for visit in latest if visit.draw), None)
    counts = _record(latest, decision)
    settled = counts if counts is not None else _without_record(latest, decision)
    disposition = DISPOSITIONS[settled.code if settled else NOT_ATTEMPTED]
    status = _status(disposition, settled, latest, decision)
    if ended:
        is_claim = status is not Status.FINAL and disposition.rank is Rank.NOT_ELIGIBLE
        disposition = DISPOSITIONS[UNKNOWN] if is_claim else disposition
        status = Status.FINAL
    return Outcome(
        submission_id=counts.submission_id if counts else None,
        disposition=disposition.code,
        status=status,
        n_visits=len(latest),
        draw=draw,
        conflicts=conflicts,
    )


def _latest_edits(visits: Iterable[VisitFacts]) -> list[VisitFacts]:
    """One value a submission, in the order in which the visits took place."""
    kept: dict[int, VisitFacts] = {}
    for visit in visits:
        known = kept.get(visit.submission_id)
        if known is None or visit.edit > known.edit:
            kept[visit.submission_id] = visit
    return sorted(kept.values(), key=lambda visit: (visit.visited_at, visit.submission_id))


def _record(visits: list[VisitFacts], decision: Decision | None) -> VisitFacts | None:
    """The visit whose answers count: the one chosen, else the latest 110, else the latest 120."""
    records = [visit for visit in visits if visit.code in (COMPLETE, PARTIAL)]
    if decision and decision.ruling is Ruling.CHOSEN:
        for visit in records:
            if visit.submission_id == decision.submission_id:
                return visit
    for code in (COMPLETE, PARTIAL):
        for visit in reversed(records):
            if visit.code == code:
                return visit
    return None


def _without_record(visits: list[VisitFacts], decision: Decision | None) -> VisitFacts | None:
    """The visit that gives the disposition when there is no record; within a rank the latest.

    "Not eligible" takes a household out of every response rate, so it wins only when a supervisor
    confirmed it; as a mere claim it stands last, before "not attempted".
    """

    def place(visit: VisitFacts) -> int:
        rank = DISPOSITIONS[visit.code].rank
        if rank is Rank.NOT_ELIGIBLE and not _is_confirmed(visit, decision):
            return len(ORDER)
        return ORDER.index(rank)

    # min() takes the first of equals: walking backwards makes that the latest visit
    return min(reversed(visits), key=place, default=None)


def _is_confirmed(visit: VisitFacts, decision: Decision | None) -> bool:
    return decision is not None and decision.ruling is Ruling.CONFIRMED and decision.covers(visit)


def _status(
    disposition: Disposition,
    settled: VisitFacts | None,
    visits: list[VisitFacts],
    decision: Decision | None,
) -> Status:
    if settled is None or _is_sent_again(disposition, visits, decision):
        return Status.OPEN
    if disposition.fin is Fin.NOW or _is_chosen(settled, decision):
        return Status.FINAL
    if _has_open_claim(visits, decision) or _is_unreadable(settled, decision):
        return Status.REVIEW
    if _is_confirmed(settled, decision) or len(visits) >= MAX_VISITS:
        return Status.FINAL
    is_answered = decision is not None and decision.covers(settled)
    return Status.REVIEW if disposition.fin is Fin.REVIEW and not is_answered else Status.OPEN


def _is_sent_again(
    disposition: Disposition, visits: list[VisitFacts], decision: Decision | None
) -> bool:
    """A supervisor asked for another visit and none has come since, not even beyond the fourth."""
    return (
        decision is not None
        and decision.ruling is Ruling.REVISIT
        and disposition.fin is not Fin.NOW
        and all(decision.covers(visit) for visit in visits)
    )


def _is_chosen(visit: VisitFacts, decision: Decision | None) -> bool:
    """The record that was chosen, unless an edit has made something else of it."""
    is_meant = decision is not None and decision.submission_id == visit.submission_id
    return is_meant and visit.code in (COMPLETE, PARTIAL)


def _has_open_claim(visits: list[VisitFacts], decision: Decision | None) -> bool:
    """Somebody said "not eligible" and no supervisor has answered: even four visits do not end it.

    A visit after the claim that gave a record settles it without a word.
    """
    claims = [visit for visit in visits if DISPOSITIONS[visit.code].rank is Rank.NOT_ELIGIBLE]
    if any(visit.code == PARTIAL for visit in visits):
        return False
    return any(decision is None or not decision.covers(visit) for visit in claims)


def _is_unreadable(visit: VisitFacts, decision: Decision | None) -> bool:
    """The case rests on a result that nobody can read, and no supervisor has answered."""
    return visit.is_result_unreadable and not (decision and decision.covers(visit))


def _conflicts(
    visits: list[VisitFacts], decision: Decision | None, *, kish_u: float | None, is_drawn: bool
) -> tuple[Conflict, ...]:
    """What contradicts itself, unless a supervisor has answered after seeing all of it."""
    settles = decision is not None and decision.ruling in (Ruling.CONFIRMED, Ruling.CHOSEN)
    if settles and decision is not None and all(decision.covers(visit) for visit in visits):
        return ()
    found = []
    completes = [visit for visit in visits if visit.code == COMPLETE]
    if _are_several(completes, is_drawn=is_drawn):
        found.append(Conflict.TWO_PEOPLE)
    if _contact_then_ineligible(visits):
        found.append(Conflict.CONTACT_THEN_INELIGIBLE)
    draws = [visit.draw for visit in visits if visit.draw]
    if kish_u is not None and any(each.line != drawn_line(kish_u, each.n18) for each in draws):
        found.append(Conflict.DRAW_MISMATCH)
    if draws_differ(draws):
        found.append(Conflict.DRAW_CHANGED)
    # a complete answers for the household; an earlier result is not needed any more
    if not completes and any(visit.is_result_unreadable for visit in visits):
        found.append(Conflict.RESULT_UNREADABLE)
    if any(visit.is_count_unreadable for visit in visits):
        found.append(Conflict.COUNT_UNREADABLE)
    return tuple(found)


def _are_several(completes: list[VisitFacts], *, is_drawn: bool) -> bool:
    if not is_drawn:
        return len({visit.sender_id for visit in completes}) > 1
    draws = [visit.draw for visit in completes if visit.draw]
    return 0 < len(draws) < len(completes) or draws_differ(draws)


def _contact_then_ineligible(visits: list[VisitFacts]) -> bool:
    met = False
    for visit in visits:
        if met and DISPOSITIONS[visit.code].rank is Rank.NOT_ELIGIBLE:
            return True
        met = met or visit.contact in MET_SOMEBODY
    return False
