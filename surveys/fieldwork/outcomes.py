"""Keeps Visit and CaseOutcome in step with the records.

Raw SQL because it runs within every upload: five statements, no object graph. All of it may run
twice and in any order; the rule itself is `case_rule.case_outcome`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from surveys.collection import statements
from surveys.collection.models import Submission
from surveys.collection.statements import decoded
from surveys.fieldwork.case_rule import (
    Conflict,
    Decision,
    Draw,
    Outcome,
    Ruling,
    Status,
    VisitFacts,
    case_outcome,
)
from surveys.fieldwork.models import Round, RoundForm
from surveys.fieldwork.visit_reading import VisitReading, draw_json, draw_of, read_visit

__all__ = [
    "Conflict",
    "Decision",
    "Draw",
    "Outcome",
    "Ruling",
    "Status",
    "VisitFacts",
    "apply",
    "case_outcome",
    "recompute",
    "unmatched",
    "visits_of",
]

HOUSEHOLD_KINDS = (RoundForm.Kind.DIGITAL.value, RoundForm.Kind.SATISFACTION.value)

_SUBMISSION = """
SELECT f.kind, f.round_id, s.is_draft, s.state, s.review_state, s.deleted_at, s.submitter_id,
       s.created_at, r."values", p."values", v.household_id
  FROM submission s
  JOIN round_form f ON f.form_id = s.form_id
  LEFT JOIN record r ON r.submission_id = s.id AND r."table" = '' AND r.ordinal = 0
  LEFT JOIN record p ON p.submission_id = s.id AND p."table" = 'person' AND p.ordinal = 0
  LEFT JOIN visit v ON v.submission_id = s.id
 WHERE s.id = $1"""
_HOUSEHOLD = "SELECT id FROM sampled_household WHERE name = $1 AND round_id = $2"
_PUT_VISIT = """
INSERT INTO visit (submission_id, household_id, kind, visited_at, disposition, contact,
                   reaches_minimum, sender_id, draw)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (submission_id) DO UPDATE SET
  household_id = excluded.household_id, kind = excluded.kind, visited_at = excluded.visited_at,
  disposition = excluded.disposition, contact = excluded.contact,
  reaches_minimum = excluded.reaches_minimum, sender_id = excluded.sender_id,
  draw = excluded.draw"""
_CASE = """
SELECT h.round_id, h.kish_u, r.state, o.submission_id, o.disposition, o.status, o.n_visits, o.draw,
       o.conflicts, o.decision
  FROM sampled_household h
  JOIN round r ON r.id = h.round_id
  LEFT JOIN case_outcome o
    ON o.household_id = h.id AND o.kind = $1 AND o.round_id = h.round_id
 WHERE h.id = $2"""
_VISITS = """
SELECT submission_id, visited_at, disposition, contact, reaches_minimum, sender_id, draw
  FROM visit WHERE household_id = $1 AND kind = $2"""
_PUT_OUTCOME = """
INSERT INTO case_outcome (round_id, household_id, kind, submission_id, disposition, status,
                          n_visits, draw, conflicts, decision, revision, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '{}', 1, $10)
ON CONFLICT (household_id, kind, round_id) DO UPDATE SET
  submission_id = excluded.submission_id, disposition = excluded.disposition,
  status = excluded.status, n_visits = excluded.n_visits, draw = excluded.draw,
  conflicts = excluded.conflicts, revision = case_outcome.revision + 1,
  updated_at = excluded.updated_at"""


@dataclass(frozen=True, slots=True)
class _Found:
    """A submission of a household form as it stands now."""

    kind: str
    round_id: int
    sender_id: int | None
    known_household: int | None
    reading: VisitReading | None  # none: its answers do not count


def apply(submission_id: int) -> None:
    """Bring the visit and the outcome of this submission's household up to date.

    Call it after anything that changes whether or how the submission counts: its records were
    made again, it was edited, rejected, deleted. Forms outside a round and drafts change nothing.
    A household id that the sample does not know leaves the submission without a visit; staff see
    it in `unmatched(round)`, its records stay where they are.
    """
    with transaction.atomic(savepoint=False):
        found = _find(submission_id)
        if found is None:
            return
        named = None
        if found.reading is not None:
            rows = statements.run(_HOUSEHOLD, (found.reading.household, found.round_id))
            named = rows[0][0] if rows else None
        touched = {each for each in (named, found.known_household) if each is not None}
        if not touched:
            return
        lock_households(touched)
        if named is None or found.reading is None:
            statements.run("DELETE FROM visit WHERE submission_id = $1", (submission_id,))
        else:
            _put_visit(submission_id, named, found, found.reading)
        for household_id in sorted(touched):
            _recompute(household_id, found.kind)


def recompute(household_ids: Iterable[int], kind: str) -> None:
    """Apply the rule again, for instance after a decision or at the end of a round."""
    wanted = sorted(set(household_ids))
    with transaction.atomic(savepoint=False):
        lock_households(wanted)
        for household_id in wanted:
            _recompute(household_id, kind)


def visits_of(household_id: int, kind: str) -> list[VisitFacts]:
    """The valid visits of a household by one form, in the order in which they took place."""
    found = [_visit(row) for row in statements.run(_VISITS, (household_id, kind))]
    return sorted(found, key=lambda visit: (visit.visited_at, visit.submission_id))


def unmatched(round_: Round) -> QuerySet[Submission]:
    """Submissions of household forms whose household id is not in the round's sample."""
    return Submission.objects.filter(
        form__round_form__round=round_,
        form__round_form__kind__in=HOUSEHOLD_KINDS,
        state=Submission.State.DERIVED,
        is_draft=False,
        deleted_at=None,
        visit=None,
    ).exclude(review_state=Submission.Review.REJECTED)


def lock_households(household_ids: Iterable[int]) -> None:
    """Two workers that hold visits of one household take turns, always in the same order.

    A statement of its own: the reads after it must see what the other one committed. SQLite has
    one writer at a time (BEGIN IMMEDIATE) and needs no lock.
    """
    if statements.is_postgres():
        statements.run(
            "SELECT id FROM sampled_household WHERE id = ANY($1::bigint[]) ORDER BY id"
            " FOR NO KEY UPDATE",
            (list(household_ids),),
        )


def _find(submission_id: int) -> _Found | None:
    rows = statements.run(_SUBMISSION, (submission_id,))
    if not rows or rows[0][0] not in HOUSEHOLD_KINDS:
        return None
    kind, round_id, is_draft, state, review, deleted_at, sender_id, arrived_at, *rest = rows[0]
    root, person_1, known_household = rest
    if is_draft:
        return None
    counts = (
        root is not None
        and state == Submission.State.DERIVED
        and review != Submission.Review.REJECTED
        and deleted_at is None
    )
    reading = None
    if counts:
        reading = read_visit(kind, _loads(root), _loads(person_1), _aware(arrived_at))
    return _Found(kind, round_id, sender_id, known_household, reading)


def _put_visit(submission_id: int, household_id: int, found: _Found, reading: VisitReading) -> None:
    statements.run(
        _PUT_VISIT,
        (
            submission_id,
            household_id,
            found.kind,
            connection.ops.adapt_datetimefield_value(reading.visited_at),
            reading.disposition,
            reading.contact,
            reading.reaches_minimum,
            found.sender_id,
            json.dumps(draw_json(reading.draw)),
        ),
    )


def _recompute(household_id: int, kind: str) -> None:
    case = statements.run(_CASE, (kind, household_id))
    if not case:
        return
    round_id, kish_u, round_state, *stored = case[0]
    is_drawn = kind == RoundForm.Kind.SATISFACTION
    outcome = case_outcome(
        visits_of(household_id, kind),
        decision_of(_loads(stored[6])),
        ended=round_state == Round.State.LOCKED,
        kish_u=kish_u if is_drawn else None,
        is_drawn=is_drawn,
    )
    draw, conflicts = draw_json(outcome.draw), [each.value for each in outcome.conflicts]
    facts = [outcome.submission_id, outcome.disposition, outcome.status.value, outcome.n_visits]
    is_new = stored[1] is None
    if is_new and not outcome.n_visits and outcome.status is Status.OPEN:
        return  # nobody was there yet: no row says the same as a row
    if not is_new and [*stored[:4], _loads(stored[4]), _loads(stored[5])] == [
        *facts,
        draw,
        conflicts,
    ]:
        return
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    statements.run(
        _PUT_OUTCOME,
        (round_id, household_id, kind, *facts, json.dumps(draw), json.dumps(conflicts), now),
    )


def _visit(row: tuple[Any, ...]) -> VisitFacts:
    submission_id, visited_at, disposition, contact, reaches_minimum, sender_id, draw = row
    return VisitFacts(
        submission_id=submission_id,
        visited_at=_aware(visited_at),
        disposition=disposition,
        contact=contact,
        reaches_minimum=bool(reaches_minimum),
        sender_id=sender_id,
        draw=draw_of(_loads(draw)),
    )


def decision_of(stored: dict[str, Any]) -> Decision | None:
    """The supervisor's word as the rule takes it, from the outcome row."""
    if not stored:
        return None
    seen = frozenset((int(key), str(code)) for key, code in stored.get("seen", {}).items())
    if stored.get("submission"):
        return Decision(Ruling.CHOSEN, seen, int(stored["submission"]))
    return Decision(Ruling.CONFIRMED if stored.get("confirmed") else Ruling.REVISIT, seen)


def _loads(value: Any) -> Any:
    return {} if value is None else decoded(value)


def _aware(value: Any) -> datetime:
    """SQLite gives text or a naive time in UTC, PostgreSQL an aware one."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    assert isinstance(moment, datetime)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
