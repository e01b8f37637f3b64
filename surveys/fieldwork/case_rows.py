"""The rows of a case: read after its lock in one statement, written together in another."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from surveys.collection import statements
from surveys.collection.statements import Row, decoded
from surveys.fieldwork.case_rule import Decision, Outcome, Ruling, Status, VisitFacts
from surveys.fieldwork.visit_reading import draw_json, draw_of

# One row a visit, each with the case; a case without visits is one row too.
_CASE: Final = """
SELECT h.round_id, h.kish_u, r.state, o.submission_id, o.disposition, o.status, o.n_visits, o.draw,
       o.conflicts, o.decision, v.submission_id, v.visited_at, v.disposition, v.contact,
       v.reaches_minimum, v.sender_id, v.draw, v.is_count_unreadable
  FROM sampled_household h
  JOIN round r ON r.id = h.round_id
  LEFT JOIN case_outcome o
    ON o.household_id = h.id AND o.kind = $1 AND o.round_id = h.round_id
  LEFT JOIN visit v ON v.household_id = h.id AND v.kind = $1
 WHERE h.id = $2"""
_PUT_VISIT: Final = """
INSERT INTO visit (submission_id, household_id, kind, visited_at, disposition, contact,
                   reaches_minimum, sender_id, draw, is_count_unreadable)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (submission_id) DO UPDATE SET
  household_id = excluded.household_id, kind = excluded.kind, visited_at = excluded.visited_at,
  disposition = excluded.disposition, contact = excluded.contact,
  reaches_minimum = excluded.reaches_minimum, sender_id = excluded.sender_id,
  draw = excluded.draw, is_count_unreadable = excluded.is_count_unreadable"""


def _put_outcome(first: int) -> str:
    """The statement with its parameters counted from `first`."""
    marks = [f"${number}" for number in range(first, first + 10)]
    before, now = ", ".join(marks[:9]), marks[9]
    return f"""
INSERT INTO case_outcome (round_id, household_id, kind, submission_id, disposition, status,
                          n_visits, draw, conflicts, decision, revision, updated_at)
VALUES ({before}, '{{}}', 1, {now})
ON CONFLICT (household_id, kind, round_id) DO UPDATE SET
  submission_id = excluded.submission_id, disposition = excluded.disposition,
  status = excluded.status, n_visits = excluded.n_visits, draw = excluded.draw,
  conflicts = excluded.conflicts, revision = case_outcome.revision + 1,
  updated_at = excluded.updated_at"""  # noqa: S608 - constants only


_PUT_OUTCOME: Final = _put_outcome(1)
_PUT_BOTH: Final = f"WITH visited AS ({_PUT_VISIT}){_put_outcome(11)}"


@dataclass(frozen=True, slots=True)
class Case:
    """A household by one form of its round, as the tables have it."""

    round_id: int
    household_id: int
    kind: str
    kish_u: float
    round_state: str
    is_new: bool  # no outcome stands there yet
    # submission, disposition, status, visits, draw, conflicts
    stored: tuple[Any, ...]
    decision: Decision | None
    visits: tuple[VisitFacts, ...]


def read_case(household_id: int, kind: str) -> Case | None:
    """The case; where visits can change, under the lock of its household."""
    rows = statements.run(_CASE, (kind, household_id))
    if not rows:
        return None
    round_id, kish_u, round_state, *stored, draw, conflicts, decision = rows[0][:10]
    return Case(
        round_id=round_id,
        household_id=household_id,
        kind=kind,
        kish_u=kish_u,
        round_state=round_state,
        is_new=stored[1] is None,
        stored=(*stored, loads(draw), loads(conflicts)),
        decision=decision_of(loads(decision)),
        visits=tuple(_visit(row[10:]) for row in rows if row[10] is not None),
    )


def write_case(case: Case, outcome: Outcome, visit: VisitFacts | None) -> None:
    """Write a visit of the case, and its outcome if that is another one than before."""
    facts = (outcome.submission_id, outcome.disposition, outcome.status.value, outcome.n_visits)
    draw, conflicts = draw_json(outcome.draw), [each.value for each in outcome.conflicts]
    # nobody was there yet: no row says the same as a row
    is_nothing = case.is_new and not outcome.n_visits and outcome.status is Status.OPEN
    visited = () if visit is None else _visit_row(case, visit)
    if is_nothing or case.stored == (*facts, draw, conflicts):
        if visited:
            statements.run(_PUT_VISIT, visited)
        return
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    key = (case.round_id, case.household_id, case.kind)
    row = (*key, *facts, json.dumps(draw), json.dumps(conflicts), now)
    if visited and statements.is_postgres():
        statements.run(_PUT_BOTH, (*visited, *row))
        return
    if visited:
        statements.run(_PUT_VISIT, visited)
    statements.run(_PUT_OUTCOME, row)


def decision_of(stored: dict[str, Any]) -> Decision | None:
    """The supervisor's word as the rule takes it, from the outcome row."""
    if not stored:
        return None
    seen = frozenset((int(key), str(code)) for key, code in stored.get("seen", {}).items())
    if stored.get("submission"):
        return Decision(Ruling.CHOSEN, seen, int(stored["submission"]))
    return Decision(Ruling.CONFIRMED if stored.get("confirmed") else Ruling.REVISIT, seen)


def loads(value: Any) -> Any:
    return {} if value is None else decoded(value)


def aware(value: Any) -> datetime:
    """SQLite gives text or a naive time in UTC, PostgreSQL an aware one."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    assert isinstance(moment, datetime)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _visit_row(case: Case, visit: VisitFacts) -> Row:
    return (
        visit.submission_id,
        case.household_id,
        case.kind,
        connection.ops.adapt_datetimefield_value(visit.visited_at),
        visit.disposition,
        visit.contact,
        visit.reaches_minimum,
        visit.sender_id,
        json.dumps(draw_json(visit.draw)),
        visit.is_count_unreadable,
    )


def _visit(row: Row) -> VisitFacts:
    submission_id, visited_at, disposition, contact, reaches_minimum, *rest = row
    sender_id, draw, is_count_unreadable = rest
    return VisitFacts(
        submission_id=submission_id,
        visited_at=aware(visited_at),
        disposition=disposition,
        contact=contact,
        reaches_minimum=bool(reaches_minimum),
        sender_id=sender_id,
        draw=draw_of(loads(draw)),
        is_count_unreadable=bool(is_count_unreadable),
    )
