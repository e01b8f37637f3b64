"""The trash: submissions and forms are hidden, taken back, and in the end removed for good.

Deleting hides and restoring shows again; both may be done twice. Purging removes what was said and
cannot be undone. Of a purged submission its ids and the sha256 of its versions stay, so that a
phone which sends it once more hears "deleted" (409.2) instead of bringing it back.

Whether a submission counts for its household follows from these; so callers outside this room use
`surveys.fieldwork.record_changes`, which brings the outcome up to date in the same transaction.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import PROTECT, ForeignObjectRel, QuerySet
from django.utils import timezone

from surveys.collection import audit, rights
from surveys.collection.models import (
    Actor,
    AnswerText,
    Attachment,
    Comment,
    Form,
    FormVersion,
    Project,
    Quarantined,
    Record,
    Submission,
    SubmissionVersion,
)
from surveys.collection.quarantine import ERASED
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right

KEPT_FOR: Final = timedelta(days=30)
BATCH: Final = 500
# What a form takes with it; any other table that holds on to it keeps it in the trash.
_OF_A_FORM: Final = (FormVersion, Submission, SubmissionVersion, Record)


class DeletionRefused(Refused):
    """404.3 and 404.4 it is not in the trash, 409.6 a living form has the id, 409.22 in use."""


def delete_submission(actor: Actor, submission: Submission) -> bool:
    """Put a submission into the trash; False when it lies there already.

    Its bytes stay, and a phone that sends it again hears that it was deleted (409.2).
    """
    _require(actor, submission.form, Right.DELETE_RECORDS)
    with transaction.atomic():
        now = timezone.now()
        if not _change(submission, only=_living(), deleted_at=now):
            return False
        audit.record("submission.delete", actor=actor, submission=submission)
    submission.deleted_at = now
    return True


def restore_submission(actor: Actor, submission: Submission) -> bool:
    """Take a submission out of the trash as it was; False when it is not there (any more)."""
    _require(actor, submission.form, Right.DELETE_RECORDS)
    with transaction.atomic():
        if not _change(submission, only=trashed_submissions(), deleted_at=None):
            return False
        audit.record("submission.restore", actor=actor, submission=submission)
    submission.deleted_at = None
    return True


def purge_submission(actor: Actor | None, submission: Submission) -> bool:
    """Remove what a submission in the trash said; False when it is not there (any more).

    Its files go when nothing else names them (`blob_sweep`). Without an actor it is the worker
    that empties the trash.
    """
    if actor is not None:
        _require(actor, submission.form, Right.ADMINISTER)
    with transaction.atomic():
        if not _change(submission, only=trashed_submissions(), state=Submission.State.PURGED):
            return False
        _forget(submission)
        audit.record("submission.purge", actor=actor, submission=submission)
    submission.state = Submission.State.PURGED
    return True


def trashed_submissions(form: Form | None = None) -> QuerySet[Submission]:
    """What lies in the trash and can be taken back, in no order."""
    rows = Submission.objects.filter(deleted_at__isnull=False, is_draft=False).exclude(
        state=Submission.State.PURGED
    )
    return rows.filter(form=form) if form is not None else rows


def delete_form(actor: Actor, form: Form) -> bool:
    """Put a form into the trash; its submissions stay stored, its id may be used again."""
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    with transaction.atomic():
        now = timezone.now()
        if not Form.objects.filter(pk=form.pk, deleted_at=None).update(deleted_at=now):
            return False
        audit.record("form.delete", actor=actor, form=form)
    form.deleted_at = now
    return True


def restore_form(actor: Actor, form: Form) -> bool:
    """Take a form out of the trash, with its submissions; False when it is not there.

    Raises
    ------
    DeletionRefused : 409.6 a living form has its id meanwhile.
    """
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    try:
        with transaction.atomic():
            if not trashed_forms().filter(pk=form.pk).update(deleted_at=None):
                return False
            audit.record("form.restore", actor=actor, form=form)
    except IntegrityError as error:
        raise DeletionRefused(409.6, form_id=form.xml_form_id) from error
    form.deleted_at = None
    return True


def trashed_forms(project: Project | None = None) -> QuerySet[Form]:
    """Forms in the trash, the newest deletion first."""
    rows = Form.objects.filter(deleted_at__isnull=False).order_by("-deleted_at", "-id")
    return rows.filter(project=project) if project is not None else rows


def purge_form(actor: Actor | None, form: Form) -> bool:
    """Remove a form in the trash with all its versions and submissions; False: not there.

    The submissions go in pieces, each in a transaction of its own: one long one would keep the
    phones waiting. What a crash leaves is still in the trash and goes next time.

    Raises
    ------
    DeletionRefused : 409.22 a survey round or another table stands on the form.
    """
    if actor is not None:
        rights.require(actor, Right.ADMINISTER, form.project)
    if not trashed_forms().filter(pk=form.pk).exists():
        return False
    if _is_held(form):
        raise DeletionRefused(409.22, form_id=form.xml_form_id)
    n_gone = 0
    while ids := list(Submission.objects.filter(form=form).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            SubmissionVersion.objects.filter(submission__in=ids).delete()
            Submission.objects.filter(pk__in=ids).delete()
        n_gone += len(ids)
    with transaction.atomic():
        audit.record(
            "form.purge",
            actor=actor,
            project=form.project,
            form=form,
            xmlFormId=form.xml_form_id,
            submissions=n_gone,
        )
        Form.objects.filter(pk=form.pk).update(current=None, draft=None)
        FormVersion.objects.filter(form=form).delete()
        Form.objects.filter(pk=form.pk).delete()
    return True


def purge_due(now: datetime | None = None) -> int:
    """Empty the trash of what has lain there for 30 days; returns how much went."""
    before = (now or timezone.now()) - KEPT_FOR
    n_gone = 0
    for form in trashed_forms().filter(deleted_at__lt=before).select_related("project"):
        if not _is_held(form):
            n_gone += purge_form(None, form)
    due = trashed_submissions().filter(deleted_at__lt=before, form__deleted_at=None)
    for submission in due.select_related("form")[:BATCH]:
        n_gone += purge_submission(None, submission)
    return n_gone


def _living() -> QuerySet[Submission]:
    return Submission.objects.filter(deleted_at=None)


def _change(submission: Submission, *, only: QuerySet[Submission], **values: object) -> bool:
    """Change the row if it still is as `only` says: two people may do the same at once."""
    return bool(only.filter(pk=submission.pk).update(**values))


def _forget(submission: Submission) -> None:
    submission_id = submission.pk
    versions = SubmissionVersion.objects.filter(submission=submission_id)
    # The same bytes as they came another time: cut, or with files after the deletion.
    Quarantined.objects.filter(
        project=submission.form.project_id, sha256__in=versions.values("sha256")
    ).update(xml=b"", files=[], resolution=ERASED, resolved_at=timezone.now())
    Attachment.objects.filter(version__in=versions).delete()
    Record.objects.filter(submission=submission_id).delete()
    AnswerText.objects.filter(submission=submission_id).delete()
    Comment.objects.filter(submission=submission_id).delete()
    versions.update(xml=b"", device_id=None, user_agent=None)
    Submission.objects.filter(pk=submission_id).update(
        instance_name="", device_id=None, problem="", review_state=None
    )


def _is_held(form: Form) -> bool:
    """Whether a table of another room protects the form, such as a survey round's."""
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: form}).exists()
        for relation in form._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel)
        and relation.on_delete is PROTECT
        and relation.related_model not in _OF_A_FORM
    )


def _require(actor: Actor, form: Form, right: Right) -> None:
    rights.require_records(actor, form)
    rights.require(actor, right, form.project)
