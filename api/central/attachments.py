"""`…/{id}/attachments`: files of a submission, of its newest or an older version."""

from typing import Any

from django.http import HttpResponseBase

from api.central import bodies
from api.central.door import SUCCESS, Call
from api.central.drafts import download
from api.central.lookups import submission_of, version_of
from api.problems import ProblemRaised
from surveys.collection import blobs, intake, rights
from surveys.collection.arrival import Arrival, FileArrived
from surveys.collection.models import Attachment, SubmissionVersion
from surveys.collection.rights import Right
from surveys.fieldwork import scope


def list_files(
    call: Call, project_id: int, form_id: str, instance_id: str, version_id: str | None = None
) -> list[dict[str, Any]]:
    submission = submission_of(call, project_id, form_id, instance_id)
    version = version_of(submission, version_id)
    slots = Attachment.objects.select_related("blob").filter(version=version).order_by("name")
    return [
        {
            "name": slot.name,
            "exists": slot.blob_id is not None,
            "hash": slot.blob.md5 if slot.blob is not None else None,
            "isExpected": slot.is_expected,
        }
        for slot in slots
    ]


def show_file(
    call: Call,
    project_id: int,
    form_id: str,
    instance_id: str,
    *,
    name: str,
    version_id: str | None = None,
) -> HttpResponseBase:
    submission = submission_of(call, project_id, form_id, instance_id)
    scope.require_review(call.user, submission)
    slot = _slot(version_of(submission, version_id), name)
    if slot.blob_id is None:
        raise ProblemRaised(404.7)
    return download(slot.blob_id, slot.name, slot.content_type)


def put_file(
    call: Call, project_id: int, form_id: str, instance_id: str, name: str
) -> dict[str, bool]:
    """A file that the submission names, as if the phone had sent it with the same XML again."""
    submission = submission_of(call, project_id, form_id, instance_id)
    rights.require(call.user, Right.SUBMIT, submission.form.project)
    version = version_of(submission, None)
    _slot(version, name)
    blob = blobs.store(bodies.stream_of(call.request))
    content_type = call.request.headers.get("Content-Type", "")[:120]
    receipt = intake.receive(
        Arrival(
            project_id=submission.form.project_id,
            actor_id=call.actor.pk,
            xml=bytes(version.xml),
            files=(FileArrived(name, content_type, blob),),
            user_agent=call.request.headers.get("User-Agent"),
            via="central",
        )
    )
    if not receipt.is_stored:
        raise ProblemRaised(receipt.problem or 500.1)
    return SUCCESS


def _slot(version: SubmissionVersion, name: str) -> Attachment:
    slot = Attachment.objects.filter(version=version, name=name).first()
    if slot is None:
        raise ProblemRaised(404.6, name=name)
    return slot
