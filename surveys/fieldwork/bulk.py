"""One change for many submissions: judged, commented on, given out, deleted, restored.

Each row is changed by the function that changes a single one: it checks the right and the area of
that row and writes its event. What a row refuses is told of that row; the others go on. A few rows
are changed at once, many by a job that a killed worker's successor takes up where it stood.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from surveys.collection import audit, jobs, rights
from surveys.collection.jobs import Report
from surveys.collection.models import Actor, AppUser, Form, Job, Submission, SubmittedEntity
from surveys.collection.refusal import Refused
from surveys.collection.review import LONGEST_COMMENT
from surveys.collection.rights import Right
from surveys.fieldwork import assignments, outcomes, record_changes, scope
from surveys.fieldwork.models import Visit
from surveys.fieldwork.selection import Selection, submissions

KIND: Final = "bulk_change"
AT_ONCE: Final = 40  # rows that a request changes by itself
CHUNK: Final = 20  # rows a transaction: phones wait for no longer one on SQLite
WAITED_FOR: Final = 2000
MOST: Final = 200_000
MOST_TOLD: Final = 1000  # failures that the report names one by one


class Action(StrEnum):
    REVIEW = "review"
    COMMENT = "comment"
    ASSIGN = "assign"
    DELETE = "delete"
    RESTORE = "restore"


RIGHTS: Final[Mapping[Action, Right]] = {
    Action.REVIEW: Right.REVIEW,
    Action.COMMENT: Right.REVIEW,
    Action.ASSIGN: Right.SUPERVISE,
    Action.DELETE: Right.DELETE_RECORDS,
    Action.RESTORE: Right.DELETE_RECORDS,
}


class BulkRefused(Refused):
    """400.2 the change says too little, 409.71 no household, 409.72 too many, 404.5 no phone."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to every row."""

    action: Action
    review_state: str | None = None
    comment: str = ""
    to: int | None = None  # an enumerator's phone; None = everybody

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Change":
        return cls(Action(said["action"]), said["review_state"], said["comment"], said["to"])


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that stayed as it was, and why."""

    submission: int
    instance_id: str
    code: float
    vi: str
    en: str


def chosen(actor: Actor, form: Form, asked: Selection) -> list[int]:
    """The rows that match at this moment; those that arrive later are not among them.

    Raises
    ------
    BulkRefused : 409.72 more rows than one change takes.
    """
    ids = list(
        submissions(actor, form, asked).order_by("pk").values_list("pk", flat=True)[: MOST + 1]
    )
    if len(ids) > MOST:
        raise BulkRefused(409.72, limit=MOST)
    return ids


def order(actor: Actor, form: Form, change: Change, ids: Sequence[int]) -> Job:
    """Carry the change out; returns its job, which has ended already when the rows are few.

    Raises
    ------
    Forbidden : without the right in any part of the project.
    BulkRefused : see the class.
    """
    rights.require_records(actor, form)
    rights.require(actor, RIGHTS[change.action], form.project)
    _check(form, change)
    wanted = sorted(set(ids))
    if not wanted:
        raise BulkRefused(400.2, field="submissions")
    if len(wanted) > MOST:
        raise BulkRefused(409.72, limit=MOST)
    payload = {"form_id": form.pk, "change": change.to_json(), "ids": wanted}
    if len(wanted) > AT_ONCE:
        # Somebody waits for some hundred rows; very many would keep a form from being published.
        lane = Job.Lane.SHORT if len(wanted) <= WAITED_FOR else Job.Lane.LONG
        return jobs.enqueue(KIND, payload, lane=lane, actor=actor)
    job = Job.objects.create(
        kind=KIND,
        payload=payload,
        lane=Job.Lane.LONG,
        created_by=actor,
        # Held by this request; if it dies, a worker takes up the rest.
        state=Job.State.RUNNING,
        lease_until=Now() + timedelta(minutes=1),
    )
    jobs.run(job)
    job.refresh_from_db()
    return job


def undo(actor: Actor, job: Job) -> Job:
    """Take what a bulk deletion deleted out of the trash again."""
    form = Form.objects.select_related("project").get(pk=job.payload["form_id"])
    kept = {each["submission"] for each in job.result.get("failures", ())}
    ids = [each for each in job.payload["ids"] if each not in kept]
    return order(actor, form, Change(Action.RESTORE), ids)


@jobs.handles(KIND)
def run(job: Job, report: Report) -> dict[str, Any]:
    """The handler: piece by piece, each with its place in the list in one transaction."""
    form = Form.objects.select_related("project").get(pk=job.payload["form_id"])
    change = Change.from_json(job.payload["change"])
    actor = job.created_by
    assert actor is not None
    ids: list[int] = job.payload["ids"]
    state = {"at": 0, "done": 0, "unchanged": 0, "failed": 0, "failures": [], **job.result}
    while state["at"] < len(ids):
        piece = _piece(ids[state["at"] : state["at"] + CHUNK])
        with transaction.atomic():
            _hold(piece)
            for submission_id in piece:
                _one(actor, form, change, submission_id, state)
            state["at"] += len(piece)
            if state["at"] == len(ids):
                _tell(actor, form, change, job, state)
            Job.objects.filter(pk=job.pk).update(result=state)
        share = state["at"] / len(ids)
        report(share, f"Đã xong {state['at']}/{len(ids)}", f"{state['at']} of {len(ids)} done")
    return {**state, "form_id": form.pk}


def _piece(ids: list[int]) -> list[int]:
    """What one transaction changes. An approval that makes entities stands alone: it locks those
    of a submission in their order, and so does an upload."""
    awaiting = SubmittedEntity.State.AWAITING
    awaits = SubmittedEntity.objects.filter(submission__in=ids, state=awaiting)
    return ids[:1] if awaits.exists() else ids


def _hold(ids: list[int]) -> None:
    """Lock what the changes will lock, in the order of uploads: submissions, then households.

    One after the other they would be taken crosswise: an upload that edits the second submission
    waits for the household of the first, whose change waits for the second submission.
    """
    held = Submission.objects.select_for_update(no_key=True).filter(pk__in=ids)
    list(held.order_by("pk").values_list("pk", flat=True))
    visits = Visit.objects.filter(submission__in=ids)
    outcomes.lock_households(set(visits.values_list("household_id", flat=True)))


def _one(
    actor: Actor, form: Form, change: Change, submission_id: int, state: dict[str, Any]
) -> None:
    found = (
        Submission.objects.select_related("form__project")
        .filter(pk=submission_id, form=form, is_draft=False)
        .first()
    )
    try:
        if found is None:
            raise BulkRefused(404.4)
        with transaction.atomic():
            is_changed = _CHANGES[change.action](actor, found, change)
    except Refused as refusal:
        state["failed"] += 1
        if len(state["failures"]) < MOST_TOLD:
            instance_id = _told_id(actor, form, found) if found is not None else ""
            failure = Failure(submission_id, instance_id, refusal.code, refusal.vi, refusal.en)
            state["failures"].append(asdict(failure))
        return
    state["done" if is_changed else "unchanged"] += 1


def _told_id(actor: Actor, form: Form, found: Submission) -> str:
    """Its id, for those who may know of it: a number is guessed, an id is half of an edit."""
    visible = scope.visible_submissions(actor, form) | scope.trash_of_project(actor, form.project)
    return found.instance_id if visible.filter(pk=found.pk).exists() else ""


def _tell(actor: Actor, form: Form, change: Change, job: Job, state: Mapping[str, Any]) -> None:
    audit.record(
        "submission.bulk",
        actor=actor,
        form=form,
        job=job.pk,
        change=change.action.value,
        done=state["done"],
        unchanged=state["unchanged"],
        failed=state["failed"],
    )


def _check(form: Form, change: Change) -> None:
    if change.action is Action.REVIEW and change.review_state not in {
        None,
        *Submission.Review.values,
    }:
        raise BulkRefused(400.2, field="reviewState")
    if change.action is Action.COMMENT and not 0 < len(change.comment.strip()) <= LONGEST_COMMENT:
        raise BulkRefused(400.2, field="comment")
    if change.action is Action.ASSIGN and change.to is not None:
        living = Q(project=form.project_id, token__isnull=False, actor__deleted_at=None)
        if not AppUser.objects.filter(living, pk=change.to).exists():
            raise BulkRefused(404.5)


def _review(actor: Actor, found: Submission, change: Change) -> bool:
    if found.review_state == change.review_state:
        scope.require_review(actor, found)
        return False
    state = Submission.Review(change.review_state) if change.review_state is not None else None
    record_changes.set_review_state(actor, found, state)
    return True


def _comment(actor: Actor, found: Submission, change: Change) -> bool:
    record_changes.add_comment(actor, found, change.comment)
    return True


def _assign(actor: Actor, found: Submission, change: Change) -> bool:
    """The household that the submission is about goes to the enumerator."""
    visit = (
        Visit.objects.select_related("household__round__project").filter(submission=found).first()
    )
    if visit is None or found.deleted_at is not None:
        raise BulkRefused(409.71)
    to = AppUser.objects.filter(pk=change.to).first() if change.to is not None else None
    return bool(assignments.assign(actor, visit.household.round, [visit.household_id], to))


def _delete(actor: Actor, found: Submission, _change: Change) -> bool:
    return record_changes.delete_submission(actor, found)


def _restore(actor: Actor, found: Submission, _change: Change) -> bool:
    return record_changes.restore_submission(actor, found)


_CHANGES: Final[Mapping[Action, Callable[[Actor, Submission, Change], bool]]] = {
    Action.REVIEW: _review,
    Action.COMMENT: _comment,
    Action.ASSIGN: _assign,
    Action.DELETE: _delete,
    Action.RESTORE: _restore,
}
