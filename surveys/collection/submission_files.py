"""Files of a stored submission, put and taken away by staff."""

from django.db import transaction

from surveys.collection import audit, intake, rights
from surveys.collection.arrival import Admission, Arrival, FileArrived
from surveys.collection.models import Actor, Attachment, Submission, SubmissionVersion
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right


class FileNotTaken(Refused):
    """The intake's own reason, such as 409.2."""


def put(
    actor: Actor, version: SubmissionVersion, file: FileArrived, *, user_agent: str | None = None
) -> None:
    """Fill a slot of a version as a phone does: the same XML once more, with the file.

    Raises
    ------
    Forbidden : no right to submit, or, for a test record, to manage forms.
    FileNotTaken : the submission was deleted, replaced or purged meanwhile.
    """
    form = version.form
    rights.require(actor, Right.MANAGE_FORMS if version.is_draft else Right.SUBMIT, form.project)
    arrival = Arrival(
        project_id=form.project_id,
        actor_id=actor.pk,
        xml=bytes(version.xml),
        files=(file,),
        user_agent=user_agent,
        is_draft=version.is_draft,
        via="central",
    )
    receipt = intake.receive(
        arrival,
        Admission(
            project_id=form.project_id,
            actor_id=actor.pk,
            form_id=form.pk,
            form_state=form.state,
            form_version_id=version.form_version_id,
            form_md5=version.form_version.md5,
            may_submit=True,
        ),
    )
    if not receipt.is_stored:
        raise FileNotTaken(receipt.problem)


def clear(actor: Actor, submission: Submission, slot: Attachment) -> None:
    """Take a file away; the slot stays, and the file may be sent again.

    Raises
    ------
    Forbidden : no right to review the project's records, or, for a test, to manage its forms.
    """
    right = Right.MANAGE_FORMS if submission.is_draft else Right.REVIEW
    rights.require(actor, right, submission.form.project)
    with transaction.atomic():
        held = Attachment.objects.select_for_update().get(pk=slot.pk)
        if held.blob_id is None:
            return
        sha256, held.blob = held.blob_id, None
        held.save(update_fields=["blob"])
        audit.record(
            "submission.attachment.delete",
            actor=actor,
            submission=submission,
            name=held.name,
            sha256=sha256,
        )
