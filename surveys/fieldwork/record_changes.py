"""A submission is judged or deleted, and its household's outcome follows at once."""

from django.db import transaction

from surveys.collection import review
from surveys.collection.models import Actor, Comment, Submission
from surveys.fieldwork import outcomes, scope


def set_review_state(actor: Actor, submission: Submission, state: Submission.Review | None) -> None:
    """Judge a submission; a rejected one does not count for its household any more."""
    scope.require_review(actor, submission)
    with transaction.atomic():
        review.set_state(actor, submission, state)
        outcomes.apply(submission.pk)


def add_comment(actor: Actor, submission: Submission, body: str) -> Comment:
    """Write beside a submission of the communes that one reviews."""
    scope.require_review(actor, submission)
    return review.add_comment(actor, submission, body)


def delete_submission(actor: Actor, submission: Submission) -> None:
    """Hide a submission; it does not count any more."""
    with transaction.atomic():
        review.delete(actor, submission)
        outcomes.apply(submission.pk)
