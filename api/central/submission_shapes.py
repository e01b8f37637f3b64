"""Submissions, their versions and comments as Central writes them."""

from typing import Any

from api.central.door import instant
from surveys.collection.models import Actor, AuditEvent, Comment, Submission, SubmissionVersion


def submission_shape(
    submission: Submission, current: SubmissionVersion, *, is_extended: bool = False
) -> dict[str, Any]:
    """`is_extended` asks for `submission.submitter`: select it with the rows."""
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
        **({"submitter": actor_shape(submission.submitter)} if is_extended else {}),
        "currentVersion": {
            **version_shape(current, is_extended=is_extended),
            "instanceName": submission.instance_name or None,
        },
    }


def version_shape(version: SubmissionVersion, *, is_extended: bool = False) -> dict[str, Any]:
    """`is_extended` asks for `submitter` and `form_version`: select them with the rows."""
    shape = {
        "instanceId": version.instance_id,
        "current": version.is_current,
        "submitterId": version.submitter_id,
        "deviceId": version.device_id,
        "userAgent": version.user_agent,
        "createdAt": instant(version.created_at),
    }
    if is_extended:
        shape["submitter"] = actor_shape(version.submitter)
        shape["formVersion"] = version.form_version.version
    return shape


def actor_shape(actor: Actor | None) -> dict[str, Any] | None:
    if actor is None:
        return None
    return {
        "id": actor.pk,
        "type": actor.kind,
        "displayName": actor.display_name,
        "createdAt": instant(actor.created_at),
        "updatedAt": instant(actor.updated_at),
        "deletedAt": instant(actor.deleted_at),
    }


def comment_shape(comment: Comment, *, is_extended: bool = False) -> dict[str, Any]:
    shape = {
        "body": comment.body,
        "actorId": comment.actor_id,
        "createdAt": instant(comment.created_at),
    }
    return {**shape, "actor": actor_shape(comment.actor)} if is_extended else shape


def audit_shape(event: AuditEvent, *, is_extended: bool = False) -> dict[str, Any]:
    shape = {
        "actorId": event.actor_id,
        "action": event.action,
        "details": event.details,
        "loggedAt": instant(event.at),
    }
    return {**shape, "actor": actor_shape(event.actor)} if is_extended else shape
