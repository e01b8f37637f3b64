"""`/v1/projects/{p}/forms/{f}/submissions`: what was sent, read by those who may."""

from typing import Any

from django.http import HttpResponse

from api import problems
from api.central import bodies
from api.central.door import SUCCESS, Call, instant
from api.central.lookups import form_of, submission_of, submissions_of, version_of
from api.problems import ProblemRaised
from forms.instance import MalformedInstance
from surveys.collection import intake
from surveys.collection.arrival import Arrival, Outcome, Receipt
from surveys.collection.models import AuditEvent, Comment, Form, Submission, SubmissionVersion
from surveys.collection.rights import Right
from surveys.fieldwork import pipeline, record_changes, scope


def list_submissions(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    form = form_of(call, project_id, form_id)
    current = SubmissionVersion.objects.filter(
        submission__in=submissions_of(call, form), is_current=True
    )
    rows = current.select_related("submission").defer("xml")
    return [
        submission_shape(row.submission, row)
        for row in rows.order_by("-submission__created_at", "-submission_id")
    ]


def show_submission(call: Call, project_id: int, form_id: str, instance_id: str) -> dict[str, Any]:
    submission = submission_of(call, project_id, form_id, instance_id)
    return submission_shape(submission, version_of(submission, None))


def submission_xml(call: Call, project_id: int, form_id: str, instance_id: str) -> HttpResponse:
    submission = submission_of(call, project_id, form_id, instance_id)
    scope.require_review(call.user, submission)
    return _xml(version_of(submission, None))


def list_versions(
    call: Call, project_id: int, form_id: str, instance_id: str
) -> list[dict[str, Any]]:
    submission = submission_of(call, project_id, form_id, instance_id)
    rows = SubmissionVersion.objects.filter(submission=submission).defer("xml")
    return [version_shape(row) for row in rows.order_by("-created_at", "-id")]


def show_version(
    call: Call, project_id: int, form_id: str, instance_id: str, version_id: str
) -> dict[str, Any]:
    submission = submission_of(call, project_id, form_id, instance_id)
    return version_shape(version_of(submission, version_id))


def version_xml(
    call: Call, project_id: int, form_id: str, instance_id: str, version_id: str
) -> HttpResponse:
    submission = submission_of(call, project_id, form_id, instance_id)
    scope.require_review(call.user, submission)
    return _xml(version_of(submission, version_id))


def create_submission(call: Call, project_id: int, form_id: str) -> Any:
    """An XML body through the same door as the phones'."""
    form = form_of(call, project_id, form_id, Right.SUBMIT)
    return _received(call, form)


def edit_submission(call: Call, project_id: int, form_id: str, instance_id: str) -> Any:
    """A new version: XML with a new instanceID and the former one as deprecatedID."""
    submission = submission_of(call, project_id, form_id, instance_id)
    scope.require_review(call.user, submission)
    return _received(call, submission.form, edited=submission)


def review_submission(
    call: Call, project_id: int, form_id: str, instance_id: str
) -> dict[str, Any]:
    submission = submission_of(call, project_id, form_id, instance_id)
    said = bodies.json_of(call.request)
    state = bodies.optional_text(said, "reviewState")
    if "reviewState" not in said or state not in {None, *Submission.Review.values}:
        raise ProblemRaised(400.2, field="reviewState")
    record_changes.set_review_state(
        call.actor, submission, Submission.Review(state) if state is not None else None
    )
    return submission_shape(submission, version_of(submission, None))


def delete_submission(
    call: Call, project_id: int, form_id: str, instance_id: str
) -> dict[str, bool]:
    submission = submission_of(call, project_id, form_id, instance_id)
    record_changes.delete_submission(call.actor, submission)
    return SUCCESS


def list_comments(
    call: Call, project_id: int, form_id: str, instance_id: str
) -> list[dict[str, Any]]:
    submission = submission_of(call, project_id, form_id, instance_id)
    return [_comment(each) for each in submission.comments.order_by("-created_at", "-id")]


def add_comment(call: Call, project_id: int, form_id: str, instance_id: str) -> dict[str, Any]:
    submission = submission_of(call, project_id, form_id, instance_id)
    body = bodies.text(bodies.json_of(call.request), "body")
    return _comment(record_changes.add_comment(call.actor, submission, body))


def list_audits(
    call: Call, project_id: int, form_id: str, instance_id: str
) -> list[dict[str, Any]]:
    submission = submission_of(call, project_id, form_id, instance_id)
    events = AuditEvent.objects.filter(submission_id=submission.pk).order_by("-at", "-id")
    return [
        {
            "actorId": event.actor_id,
            "action": event.action,
            "details": event.details,
            "loggedAt": instant(event.at),
        }
        for event in events
    ]


def submission_shape(submission: Submission, current: SubmissionVersion) -> dict[str, Any]:
    return {
        "instanceId": submission.instance_id,
        "submitterId": submission.submitter_id,
        "deviceId": submission.device_id,
        "userAgent": current.user_agent,
        "instanceName": submission.instance_name or None,
        "reviewState": submission.review_state,
        "createdAt": instant(submission.created_at),
        "updatedAt": instant(submission.updated_at),
        "deletedAt": instant(submission.deleted_at),
        "currentVersion": version_shape(current),
    }


def version_shape(version: SubmissionVersion) -> dict[str, Any]:
    return {
        "instanceId": version.instance_id,
        "current": version.is_current,
        "submitterId": version.submitter_id,
        "deviceId": version.device_id,
        "userAgent": version.user_agent,
        "createdAt": instant(version.created_at),
    }


def _received(call: Call, form: Form, *, edited: Submission | None = None) -> Any:
    xml = bodies.bytes_of(call.request, bodies.MOST_SUBMISSION)
    _check_address(xml, form.xml_form_id, edited)
    arrival = Arrival(
        project_id=form.project_id,
        actor_id=call.actor.pk,
        xml=xml,
        device_id=call.request.GET.get("deviceID") or None,
        user_agent=call.request.headers.get("User-Agent"),
        via="central",
    )
    return answer_receipt(intake.receive(arrival))


def _check_address(xml: bytes, form_id: str, edited: Submission | None) -> None:
    """The XML names the form of the address, and an edit the submission of the address: the
    right was checked for that one alone.
    """
    try:
        _, head = intake.read(xml)
    except MalformedInstance:
        return  # the intake keeps the bytes and names the fault
    if head.form_id != form_id:
        raise ProblemRaised(400.9, sent=head.form_id, expected=form_id)
    if edited is None:
        return
    if not head.deprecated_id:
        raise ProblemRaised(400.2, field="deprecatedID")
    if not edited.versions.filter(instance_id=head.deprecated_id).exists():
        raise ProblemRaised(409.3)


def answer_receipt(receipt: Receipt) -> Any:
    """200 with the submission; 202 when it was kept aside; the problem otherwise."""
    if receipt.outcome is Outcome.QUARANTINED:
        return problems.json_response(receipt.problem, {"instanceId": receipt.instance_id})
    if not receipt.is_stored or receipt.submission_id is None:
        raise ProblemRaised(receipt.problem or 500.1, reason=receipt.detail)
    if receipt.needs_deriving:
        pipeline.derive(receipt.submission_id)
    submission = Submission.objects.get(pk=receipt.submission_id)
    return submission_shape(submission, version_of(submission, None))


def _xml(version: SubmissionVersion) -> HttpResponse:
    response = HttpResponse(bytes(version.xml), content_type="application/xml; charset=utf-8")
    response["ETag"] = f'"{version.sha256}"'
    return response


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "body": comment.body,
        "actorId": comment.actor_id,
        "createdAt": instant(comment.created_at),
    }
