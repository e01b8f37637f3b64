"""`…/submissions/{id}/versions`, `diffs`, `comments`, `audits`: what became of a submission."""

from typing import Any

from django.http import HttpResponse

from api.central import bodies
from api.central.door import Call
from api.central.lookups import read_contents, submission_of, version_of
from api.central.submission_shapes import audit_shape, comment_shape, version_shape
from forms.instance_diff import Change
from surveys.collection import version_diffs
from surveys.collection.audit import Reading
from surveys.collection.models import AuditEvent, SubmissionVersion
from surveys.fieldwork import record_changes


def list_versions(
    call: Call, project_id: int, form_id: str, instance_id: str, *, is_draft: bool = False
) -> list[dict[str, Any]]:
    submission = submission_of(call, project_id, form_id, instance_id, is_draft=is_draft)
    rows = SubmissionVersion.objects.filter(submission=submission).defer("xml")
    if call.is_extended:
        rows = rows.select_related("submitter", "form_version").defer(
            "xml", "form_version__xform", "form_version__workbook", "form_version__schema"
        )
    newest = rows.order_by("-created_at", "-id")
    return [version_shape(row, is_extended=call.is_extended) for row in newest]


def show_version(
    call: Call,
    project_id: int,
    form_id: str,
    instance_id: str,
    version_id: str,
    *,
    is_draft: bool = False,
) -> dict[str, Any]:
    submission = submission_of(call, project_id, form_id, instance_id, is_draft=is_draft)
    return version_shape(version_of(submission, version_id), is_extended=call.is_extended)


def version_xml(
    call: Call,
    project_id: int,
    form_id: str,
    instance_id: str,
    version_id: str,
    *,
    is_draft: bool = False,
) -> HttpResponse:
    submission = submission_of(call, project_id, form_id, instance_id, is_draft=is_draft)
    read_contents(call, submission, Reading.XML, version=version_id)
    return instance_response(version_of(submission, version_id))


def list_diffs(
    call: Call, project_id: int, form_id: str, instance_id: str, *, is_draft: bool = False
) -> dict[str, list[dict[str, Any]]]:
    """What each version changed against the one before, by the instanceID of the newer one."""
    submission = submission_of(call, project_id, form_id, instance_id, is_draft=is_draft)
    read_contents(call, submission, Reading.RECORD)
    return {
        step.newer.instance_id: [_change(each) for each in step.changes]
        for step in version_diffs.of_submission(submission)
    }


def list_comments(
    call: Call, project_id: int, form_id: str, instance_id: str
) -> list[dict[str, Any]]:
    submission = submission_of(call, project_id, form_id, instance_id)
    comments = submission.comments.select_related("actor").order_by("-created_at", "-id")
    return [comment_shape(each, is_extended=call.is_extended) for each in comments]


def add_comment(call: Call, project_id: int, form_id: str, instance_id: str) -> dict[str, Any]:
    submission = submission_of(call, project_id, form_id, instance_id)
    body = bodies.text(bodies.json_of(call.request), "body")
    return comment_shape(record_changes.add_comment(call.actor, submission, body))


def list_audits(
    call: Call, project_id: int, form_id: str, instance_id: str
) -> list[dict[str, Any]]:
    submission = submission_of(call, project_id, form_id, instance_id)
    events = AuditEvent.objects.filter(submission_id=submission.pk).select_related("actor")
    return [
        audit_shape(event, is_extended=call.is_extended) for event in events.order_by("-at", "-id")
    ]


def instance_response(version: SubmissionVersion) -> HttpResponse:
    """The bytes as they arrived."""
    response = HttpResponse(bytes(version.xml), content_type="application/xml; charset=utf-8")
    response["ETag"] = f'"{version.sha256}"'
    return response


def _change(change: Change) -> dict[str, Any]:
    """Central writes a place in a repeat as `["person", 0]`, and leaves out the side that is not
    there.
    """
    path = [step.name if step.index is None else [step.name, step.index] for step in change.path]
    sides = {"old": change.old, "new": change.new}
    return {**{name: value for name, value in sides.items() if value is not None}, "path": path}
