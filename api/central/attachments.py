"""`…/{id}/attachments`: files of a submission, of its newest or an older version."""

from typing import Any

from django.http import HttpResponseBase

from api.central import bodies
from api.central.door import SUCCESS, Call
from api.central.form_files import download
from api.central.lookups import read_contents, require_contents, submission_of, version_of
from api.problems import ProblemRaised
from surveys.collection import blobs, rights, submission_files
from surveys.collection.arrival import FileArrived
from surveys.collection.audit import Reading
from surveys.collection.models import Attachment, SubmissionVersion
from surveys.collection.rights import Right


def list_files(
    call: Call,
    project_id: int,
    form_id: str,
    instance_id: str,
    version_id: str | None = None,
    *,
    is_draft: bool = False,
) -> list[dict[str, Any]]:
    """The files that the record names, as Central lists them. What else a phone sent is kept,
    served at its address, and listed with `X-Extended-Metadata`.
    """
    submission = submission_of(call, project_id, form_id, instance_id, is_draft=is_draft)
    version = version_of(submission, version_id)
    slots = Attachment.objects.select_related("blob").filter(version=version).order_by("name")
    if not call.is_extended:
        slots = slots.filter(is_expected=True)
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
    is_draft: bool = False,
) -> HttpResponseBase:
    submission = submission_of(call, project_id, form_id, instance_id, is_draft=is_draft)
    read_contents(call, submission, Reading.FILE, name=name)
    slot = _slot(version_of(submission, version_id), name)
    if slot.blob_id is None:
        raise ProblemRaised(404.7)
    return download(slot.blob_id, slot.name, slot.content_type)


def put_file(
    call: Call,
    project_id: int,
    form_id: str,
    instance_id: str,
    *,
    name: str,
    is_draft: bool = False,
) -> dict[str, bool]:
    """A file that the submission names, as if the phone had sent it with the same XML again. It
    replaces one that is there: of what others sent, for those who review it.
    """
    submission = submission_of(call, project_id, form_id, instance_id, is_draft=is_draft)
    if submission.submitter_id != call.actor.pk:
        require_contents(call, submission)
    right = Right.MANAGE_FORMS if is_draft else Right.SUBMIT
    rights.require(call.user, right, submission.form.project)
    version = version_of(submission, None)
    _slot(version, name)
    blob = blobs.store(bodies.stream_of(call.request))
    content_type = call.request.headers.get("Content-Type", "")[:120]
    file = FileArrived(name, content_type, blob)
    submission_files.put(
        call.actor, version, file, user_agent=call.request.headers.get("User-Agent")
    )
    return SUCCESS


def delete_file(
    call: Call,
    project_id: int,
    form_id: str,
    instance_id: str,
    *,
    name: str,
    version_id: str | None = None,
    is_draft: bool = False,
) -> dict[str, bool]:
    """Empty the slot; the version goes on naming the file, which may be sent again."""
    submission = submission_of(call, project_id, form_id, instance_id, is_draft=is_draft)
    require_contents(call, submission)
    slot = _slot(version_of(submission, version_id), name)
    submission_files.clear(call.actor, submission, slot)
    return SUCCESS


def _slot(version: SubmissionVersion, name: str) -> Attachment:
    slot = Attachment.objects.filter(version=version, name=name).first()
    if slot is None:
        raise ProblemRaised(404.6, name=name)
    return slot
