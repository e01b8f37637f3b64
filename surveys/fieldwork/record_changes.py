"""A submission is judged or deleted, and its household's outcome follows at once."""

from django.db import transaction

from surveys.collection import deletion, review
from surveys.collection.entities import submitted
from surveys.collection.models import Actor, Comment, Form, Submission
from surveys.fieldwork import outcomes, scope


def set_review_state(actor: Actor, submission: Submission, state: Submission.Review | None) -> None:
    """Judge a submission; a rejected one does not count for its household any more.

    An approved one makes the entities that waited for this.
    """
    scope.require_review(actor, submission)
    with transaction.atomic():
        review.set_state(actor, submission, state)
        outcomes.apply(submission.pk)
        if state == Submission.Review.APPROVED:
            submitted.approved(submission.pk)


def add_comment(actor: Actor, submission: Submission, body: str) -> Comment:
    """Write beside a submission of the communes that one reviews."""
    scope.require_review(actor, submission)
    return review.add_comment(actor, submission, body)


def require_edit(actor: Actor, form: Form, deprecated_id: str) -> None:
    """Raise `Forbidden` for an edit of what somebody else sent, unless one reviews it; phones are
    asked for no more than their token.
    """
    found = Submission.objects.filter(
        form=form, is_draft=False, versions__instance_id=deprecated_id
    ).first()
    if found is not None and found.submitter_id != actor.pk:
        found.form = form
        scope.require_review(actor, found)


def delete_submission(actor: Actor, submission: Submission) -> bool:
    """Put a submission into the trash; it does not count any more. False: it lies there already."""
    with transaction.atomic():
        is_changed = deletion.delete_submission(actor, submission)
        if is_changed:
            outcomes.apply(submission.pk)
    return is_changed


def restore_submission(actor: Actor, submission: Submission) -> bool:
    """Take a submission out of the trash; it counts again. False: it is not there (any more)."""
    with transaction.atomic():
        is_changed = deletion.restore_submission(actor, submission)
        if is_changed:
            outcomes.apply(submission.pk)
    return is_changed


def purge_submission(actor: Actor, submission: Submission) -> bool:
    """Remove for good what a submission in the trash said. False: it is not there (any more)."""
    return deletion.purge_submission(actor, submission)
