"""What staff say about a stored submission: judge it, comment on it. Bytes never change.

Whether a submission counts for its household follows from these; so callers outside this room use
`surveys.fieldwork.record_changes`, which brings the outcome up to date in the same transaction.
"""

from django.db import transaction
from django.utils import timezone

from surveys.collection import audit, rights
from surveys.collection.models import Actor, Comment, Submission
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right

LONGEST_COMMENT = 10_000


class ReviewRefused(Refused):
    """The judgement or comment cannot be taken so."""


def set_state(actor: Actor, submission: Submission, state: Submission.Review | None) -> None:
    """Judge a submission; None takes the judgement back."""
    _require(actor, submission, Right.REVIEW)
    with transaction.atomic():
        submission.review_state = state
        submission.updated_at = timezone.now()
        submission.save(update_fields=["review_state", "updated_at"])
        audit.record(
            "submission.review",
            actor=actor,
            submission=submission,
            review_state=state.value if state is not None else None,
        )


def add_comment(actor: Actor, submission: Submission, body: str) -> Comment:
    """Write beside a submission."""
    _require(actor, submission, Right.REVIEW)
    body = body.strip()
    if not body or len(body) > LONGEST_COMMENT:
        raise ReviewRefused(400.2, field="body")
    with transaction.atomic():
        comment = Comment.objects.create(submission=submission, actor=actor, body=body)
        audit.record("submission.comment", actor=actor, submission=submission, comment=comment.pk)
    return comment


def _require(actor: Actor, submission: Submission, right: Right) -> None:
    rights.require_records(actor, submission.form)
    rights.require(actor, right, submission.form.project)
