"""Keeps Visit and CaseOutcome in step with the records.

Raw SQL because it runs within every upload: a handful of statements, no object graph. All of it
may run twice and in any order; the rule itself is `case_rule.case_outcome`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from forms.records import RecordRow
from surveys.collection import projection, statements
from surveys.collection.durability import Steps
from surveys.collection.models import Submission
from surveys.collection.statements import Asked, Row
from surveys.fieldwork.case_rows import (
    Case,
    aware,
    case_named,
    case_of,
    changes_of,
    decision_of,
    loads,
    read_case,
)
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
from surveys.fieldwork.visit_reading import VisitReading, household_of, read_visit

__all__ = [
    "Conflict",
    "Decision",
    "Draw",
    "Outcome",
    "Ruling",
    "Status",
    "VisitFacts",
    "apply",
    "apply_new",
    "case_outcome",
    "decision_of",
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
# Asked in the statement that writes the records (`projection.put_new`); $4 is the household that
# they name. The lock stands in the inner query, which PostgreSQL enters after the update of the
# submission: submission first, household second, as `apply` takes them.
_NEW = """
SELECT done.is_draft, done.submitter_id, done.created_at, k.household_id IS NOT NULL
  FROM done
  LEFT JOIN (SELECT h.id AS household_id
               FROM round_form f
               JOIN sampled_household h ON h.round_id = f.round_id AND h.name = $4
              WHERE f.form_id = $2 AND f.kind IN ('A', 'B'){lock}) AS k ON NOT done.is_draft"""
_NEW_POSTGRES = _NEW.format(lock=" FOR NO KEY UPDATE OF h")
_NEW_SQLITE = _NEW.format(lock="")


@dataclass(frozen=True, slots=True)
class _Found:
    """A submission of a household form as it stands now."""

    kind: str
    round_id: int
    sender_id: int | None
    known_household: int | None
    reading: VisitReading | None  # none: its answers do not count


def apply_new(
    steps: Steps, new: projection.Parsed, rows: tuple[RecordRow, ...], then: Asked
) -> list[Row] | None:
    """Write the records of a new submission and what follows from them, out of the memory.

    Leaves the same rows as `projection.project` and `apply`, which read the stored bytes: a test
    holds the two together. Ends the steps and gives the answer of `then`, asked after the commit.
    None: it is not new any more, and nothing was done.
    """
    root, person_1 = _values(rows, ""), _values(rows, "person")
    name = household_of(root)
    question = _NEW_POSTGRES if statements.is_postgres() else _NEW_SQLITE
    # The case is read after the lock, by a statement of its own: it sees what others committed.
    answer, case_rows = projection.put_new(
        steps, new, rows, Asked(question, (name,)), case_named(name, new.form_id)
    )
    if not answer:
        return None
    is_draft, sender_id, arrived_at, has_case = answer[0]
    case = case_of(case_rows)
    if is_draft or not has_case or case is None:
        return steps.end(then=then)
    reading = read_visit(case.kind, root, person_1, aware(arrived_at))
    changes = _changes(case, _facts(new.submission_id, sender_id, reading))
    return steps.end(*changes, then=then)


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
        visit = None
        if named is None or found.reading is None:
            statements.run("DELETE FROM visit WHERE submission_id = $1", (submission_id,))
        else:
            visit = _facts(submission_id, found.sender_id, found.reading)
        # The household it left comes last: by then the visit is out of its rows.
        for household_id in sorted(touched, key=lambda each: each != named):
            case = read_case(household_id, found.kind)
            if case is not None:
                _write(case, visit if household_id == named else None)


def recompute(household_ids: Iterable[int], kind: str) -> None:
    """Apply the rule again, for instance after a decision or at the end of a round."""
    wanted = sorted(set(household_ids))
    with transaction.atomic(savepoint=False):
        lock_households(wanted)
        for household_id in wanted:
            case = read_case(household_id, kind)
            if case is not None:
                _write(case, None)


def visits_of(household_id: int, kind: str) -> list[VisitFacts]:
    """The valid visits of a household by one form, in the order in which they took place."""
    case = read_case(household_id, kind)
    visits = case.visits if case else ()
    return sorted(visits, key=lambda visit: (visit.visited_at, visit.submission_id))


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
        reading = read_visit(kind, loads(root), loads(person_1), aware(arrived_at))
    return _Found(kind, round_id, sender_id, known_household, reading)


def _write(case: Case, visit: VisitFacts | None) -> None:
    statements.run_together(_changes(case, visit))


def _changes(case: Case, visit: VisitFacts | None) -> tuple[Asked, ...]:
    """The rule applied to the case with this visit, new or in place of what it said before."""
    visits = list(case.visits)
    if visit is not None:
        visits = [each for each in visits if each.submission_id != visit.submission_id]
        visits.append(visit)
    is_drawn = case.kind == RoundForm.Kind.SATISFACTION
    outcome = case_outcome(
        visits,
        case.decision,
        ended=case.round_state == Round.State.LOCKED,
        kish_u=case.kish_u if is_drawn else None,
        is_drawn=is_drawn,
    )
    return changes_of(case, outcome, visit)


def _facts(submission_id: int, sender_id: int | None, reading: VisitReading) -> VisitFacts:
    return VisitFacts(
        submission_id=submission_id,
        visited_at=reading.visited_at,
        disposition=reading.disposition,
        contact=reading.contact,
        reaches_minimum=reading.reaches_minimum,
        sender_id=sender_id,
        draw=reading.draw,
        is_count_unreadable=reading.is_count_unreadable,
    )


def _values(rows: Iterable[RecordRow], table: str) -> Mapping[str, str]:
    """The first record of a table."""
    return next((row.values for row in rows if row.table == table), {})
