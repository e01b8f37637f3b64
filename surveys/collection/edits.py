"""Edits that come from phones: a new version under the first instanceID."""

from typing import Final

from django.db import IntegrityError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from surveys.collection import rights, store
from surveys.collection.arrival import Arrival, FileArrived, Outcome, Receipt
from surveys.collection.blobs import StoredBlob, register
from surveys.collection.durability import durable
from surveys.collection.known import known_version
from surveys.collection.models import (
    Actor,
    Attachment,
    AuditEvent,
    Quarantined,
    Submission,
    SubmissionVersion,
)
from surveys.collection.quarantine import EARLY_EDIT
from surveys.collection.rights import Right

MOST_AT_ONCE: Final = 100


def apply(new: store.NewSubmission, deprecated_id: str) -> Receipt:
    """Make `new` the current version of what `deprecated_id` names.

    Returns QUARANTINED (nothing done) when that is not there yet, STALE when it is not the newest
    version any more, CONFLICT when the new instanceID is used, DELETED.
    """
    base = known_version(new.form_id, deprecated_id, is_draft=new.is_draft)
    if base is None:
        return Receipt(Outcome.QUARANTINED, problem=202.4)
    if base.is_deleted:
        return Receipt(Outcome.DELETED, base.submission_id, problem=409.2)
    try:
        with durable():
            # One edit of a submission at a time: the second one sees what the first one did.
            submission = Submission.objects.select_for_update().get(pk=base.submission_id)
            again = known_version(new.form_id, deprecated_id, is_draft=new.is_draft)
            if again is None or not again.is_current:
                return Receipt(Outcome.STALE, base.submission_id, problem=409.3)
            version = _new_version(submission, base.version_id, new)
    except IntegrityError:
        return Receipt(Outcome.CONFLICT, base.submission_id, problem=409.1)
    return Receipt(Outcome.EDITED, submission.pk, version.pk, new.form_id, submission.instance_id)


def waiting(project_id: int, xml_form_id: str, instance_id: str) -> list[Quarantined]:
    """Edits of this instanceID that came before it, the oldest first."""
    rows = Quarantined.objects.filter(
        project_id=project_id,
        reason=EARLY_EDIT,
        details=instance_id,
        xml_form_id=xml_form_id,
        resolved_at__isnull=True,
    )
    return list(rows.order_by("received_at", "id"))


def missed() -> list[Quarantined]:
    """Waiting edits whose original is there: both came at the same moment, unseen by each other."""
    there = SubmissionVersion.objects.filter(
        instance_id=OuterRef("details"),
        form__project_id=OuterRef("project_id"),
        form__xml_form_id=OuterRef("xml_form_id"),
        form__deleted_at__isnull=True,
        is_draft=False,
    )
    rows = Quarantined.objects.filter(Exists(there), reason=EARLY_EDIT, resolved_at__isnull=True)
    return list(rows.order_by("received_at", "id")[:MOST_AT_ONCE])


def may_follow(row: Quarantined) -> bool:
    """Whether who sent a waiting edit may make it, now that its original is there: a phone by its
    token, a person of what he or she sent or reviews in the whole project.
    """
    sender = row.submitter
    if sender is None or sender.kind != Actor.Kind.USER:
        return True
    original = (
        Submission.objects.select_related("form__project")
        .filter(
            form__project=row.project_id,
            form__xml_form_id=row.xml_form_id,
            form__deleted_at__isnull=True,
            is_draft=False,
            versions__instance_id=row.details,
        )
        .first()
    )
    if original is None or original.submitter_id == sender.pk:
        return True
    communes = rights.communes_with(sender, Right.REVIEW, original.form.project)
    return communes is None and rights.may_read_records(sender, original.form)


def arrival_of(row: Quarantined) -> Arrival:
    """What was kept, as it arrived."""
    return Arrival(
        project_id=row.project_id,
        actor_id=row.submitter_id,
        xml=bytes(row.xml),
        files=tuple(
            FileArrived(
                each["name"],
                each["content_type"],
                StoredBlob(each["sha256"], each["md5"], each["size"]),
            )
            for each in row.files
        ),
        device_id=row.device_id,
        user_agent=row.user_agent,
        via="quarantine",
    )


def _new_version(
    submission: Submission, base_version: int, new: store.NewSubmission
) -> SubmissionVersion:
    SubmissionVersion.objects.filter(submission=submission, is_current=True).update(
        is_current=False
    )
    version = SubmissionVersion.objects.create(
        submission=submission,
        form_id=new.form_id,
        is_draft=new.is_draft,
        instance_id=new.instance_id,
        form_version_id=new.form_version_id,
        xml=new.xml,
        sha256=new.sha256,
        submitter_id=new.actor_id,
        device_id=new.device_id,
        user_agent=new.user_agent,
    )
    register(file.blob for file in new.files)
    store.put_slots(version.pk, _with_old_files(base_version, new))
    Submission.objects.filter(pk=submission.pk).update(
        state=Submission.State.RECEIVED,
        attempts=0,
        review_state=Submission.Review.EDITED,
        instance_name=new.instance_name,
        updated_at=timezone.now(),
    )
    AuditEvent.objects.create(
        actor_id=new.actor_id,
        action="submission.update.version",
        project_id=new.project_id,
        form_id=new.form_id,
        submission_id=submission.pk,
        details={"instanceId": new.instance_id, "via": new.via},
    )
    return version


def _with_old_files(base_version: int, new: store.NewSubmission) -> list[store.Slot]:
    """The edit's slots; a file that it names and does not bring is that of the version before."""
    old = {
        each.name: each
        for each in Attachment.objects.filter(version_id=base_version, blob__isnull=False)
    }
    slots = []
    for slot in store.slots_of(new.expected, new.files):
        before = old.get(slot.name)
        if slot.sha256 is None and before is not None:
            slots.append(
                store.Slot(slot.name, before.blob_id, before.content_type, slot.is_expected)
            )
        else:
            slots.append(slot)
    return slots
