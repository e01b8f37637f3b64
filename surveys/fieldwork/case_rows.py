"""The rows of a case: read after its lock in one statement, written together in another."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from surveys.collection import statements
from surveys.collection.statements import Asked, Row, decoded
from surveys.fieldwork.case_rule import Decision, Outcome, Ruling, Status, VisitFacts
from surveys.fieldwork.visit_reading import draw_json, draw_of

# One row a visit, each with the case; a case without visits is one row too.
_CASE: Final = """
SELECT h.id, f.kind, h.round_id, h.kish_u, r.state, o.submission_id, o.disposition, o.status,
       o.n_visits, o.draw, o.conflicts, o.decision, v.submission_id, v.visited_at, v.disposition,
       v.contact, v.reaches_minimum, v.sender_id, v.draw, v.is_count_unreadable
  FROM {found}
  JOIN round r ON r.id = h.round_id
  LEFT JOIN case_outcome o
    ON o.household_id = h.id AND o.kind = f.kind AND o.round_id = h.round_id
  LEFT JOIN visit v ON v.household_id = h.id AND v.kind = f.kind
 WHERE {which}"""
_CASE_BY_ID: Final = _CASE.format(
    found="sampled_household h CROSS JOIN (SELECT CAST($1 AS text) AS kind) f", which="h.id = $2"
)
_CASE_BY_NAME: Final = _CASE.format(
    found="round_form f JOIN sampled_household h ON h.round_id = f.round_id AND h.name = $1",
    which="f.form_id = $2 AND f.kind IN ('A', 'B')",
)
_PUT_VISIT: Final = """
INSERT INTO visit (submission_id, household_id, kind, visited_at, disposition, contact,
                   reaches_minimum, sender_id, draw, is_count_unreadable)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (submission_id) DO UPDATE SET
  household_id = excluded.household_id, kind = excluded.kind, visited_at = excluded.visited_at,
  disposition = excluded.disposition, contact = excluded.contact,
  reaches_minimum = excluded.reaches_minimum, sender_id = excluded.sender_id,
  draw = excluded.draw, is_count_unreadable = excluded.is_count_unreadable"""


_PUT_OUTCOME: Final = """
INSERT INTO case_outcome (round_id, household_id, kind, submission_id, disposition, status,
                          n_visits, draw, conflicts, decision, revision, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '{}', 1, $10)
ON CONFLICT (household_id, kind, round_id) DO UPDATE SET
  submission_id = excluded.submission_id, disposition = excluded.disposition,
  status = excluded.status, n_visits = excluded.n_visits, draw = excluded.draw,
  conflicts = excluded.conflicts, revision = case_outcome.revision + 1,
  updated_at = excluded.updated_at"""

_RECOUNT: Final = """
UPDATE assignment
   SET n_final = (SELECT COUNT(*) FROM case_outcome o
                   WHERE o.household_id = assignment.household_id
                     AND o.round_id = assignment.round_id
                     AND o.kind IN ('A', 'B') AND o.status = 'final')"""
_RECOUNT_HOUSEHOLD: Final = f"{_RECOUNT} WHERE household_id = $1"
_RECOUNT_ENUMERATOR: Final = f"{_RECOUNT} WHERE app_user_id = $1 AND round_id = $2"


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
    return case_of(statements.run(_CASE_BY_ID, (kind, household_id)))


def case_named(household: str, form_id: int) -> Asked:
    """What `case_of` takes for the household of this name in the form's round."""
    return Asked(_CASE_BY_NAME, (household, form_id))


def case_of(rows: list[Row]) -> Case | None:
    """The case in the rows of its visits; None: no household of a round by one of its forms."""
    if not rows:
        return None
    household_id, kind, round_id, kish_u, round_state, *stored, draw, conflicts, decision = rows[0][
        :12
    ]
    return Case(
        round_id=round_id,
        household_id=household_id,
        kind=kind,
        kish_u=kish_u,
        round_state=round_state,
        is_new=stored[1] is None,
        stored=(*stored, loads(draw), loads(conflicts)),
        decision=decision_of(loads(decision)),
        visits=tuple(_visit(row[12:]) for row in rows if row[12] is not None),
    )


def changes_of(case: Case, outcome: Outcome, visit: VisitFacts | None) -> tuple[Asked, ...]:
    """What writes a visit of the case, and its outcome if that is another one than before."""
    facts = (outcome.submission_id, outcome.disposition, outcome.status.value, outcome.n_visits)
    draw, conflicts = draw_json(outcome.draw), [each.value for each in outcome.conflicts]
    # nobody was there yet: no row says the same as a row
    is_nothing = case.is_new and not outcome.n_visits and outcome.status is Status.OPEN
    visited = () if visit is None else _visit_row(case, visit)
    put_visit = (Asked(_PUT_VISIT, visited),) if visited else ()
    if is_nothing or case.stored == (*facts, draw, conflicts):
        return put_visit
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    key = (case.round_id, case.household_id, case.kind)
    row = (*key, *facts, json.dumps(draw), json.dumps(conflicts), now)
    changes = (*put_visit, Asked(_PUT_OUTCOME, row))
    was_final = case.stored[2] == Status.FINAL.value
    if was_final == (outcome.status is Status.FINAL):
        return changes
    return (*changes, Asked(_RECOUNT_HOUSEHOLD, (case.household_id,)))


def recount(app_user_id: int, round_id: int) -> None:
    """Count what is final of all that an enumerator was given; under the households' locks."""
    statements.run(_RECOUNT_ENUMERATOR, (app_user_id, round_id))


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
