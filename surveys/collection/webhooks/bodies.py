"""What a delivery says. It is made when it is sent, so that the outbox holds no answers.

A delivery that is tried again says how things stand then; its key stays the same.
"""

import json
from typing import Any

from surveys.collection.models import Actor, Delivery, Form, Record, Submission, SubmissionVersion
from surveys.collection.models import Webhook as Hook
from surveys.collection.privacy import classes_of
from surveys.collection.schemas import schema_of
from surveys.collection.webhooks.hooks import may_send_all


def body_of(delivery: Delivery) -> bytes:
    """The JSON of a delivery."""
    hook, facts = delivery.hook, delivery.facts
    said: dict[str, Any] = {
        "id": str(delivery.key),
        "event": delivery.event,
        "at": facts.get("at"),
        "project": {"id": hook.project_id, "name": hook.project.name},
        "actor": _actor(facts.get("actor")),
        "details": facts.get("details", {}),
    }
    form = Form.objects.filter(pk=facts["form"]).first() if facts.get("form") else None
    if form is not None:
        said["form"] = {"id": form.pk, "xmlFormId": form.xml_form_id}
    if form is not None and facts.get("submission"):
        said["submission"] = _submission(hook, form, facts["submission"])
    return json.dumps(said, ensure_ascii=False).encode()


def _actor(actor_id: int | None) -> dict[str, Any] | None:
    found = Actor.objects.filter(pk=actor_id).first() if actor_id else None
    return {"id": found.pk, "displayName": found.display_name} if found is not None else None


def _submission(hook: Hook, form: Form, submission_id: int) -> dict[str, Any] | None:
    found = Submission.objects.filter(pk=submission_id, form=form).first()
    if found is None:
        return None
    version = (
        SubmissionVersion.objects.filter(submission=found, is_current=True)
        .select_related("form_version")
        .defer("xml", "form_version__xform", "form_version__workbook", "form_version__schema")
        .first()
    )
    said: dict[str, Any] = {
        "instanceId": found.instance_id,
        "currentInstanceId": version.instance_id if version is not None else None,
        "formVersion": version.form_version.version if version is not None else None,
        "submitterId": found.submitter_id,
        "createdAt": found.created_at.isoformat(),
        "updatedAt": found.updated_at.isoformat() if found.updated_at is not None else None,
        "reviewState": found.review_state,
        "isDeleted": found.deleted_at is not None,
    }
    if hook.answers != Hook.Answers.NONE and version is not None and found.deleted_at is None:
        said["answers"] = _answers(hook, form, version)
    return said


def _answers(hook: Hook, form: Form, version: SubmissionVersion) -> list[dict[str, Any]]:
    schema = schema_of(version.form_version_id, version.form_version.md5)
    # The right of who chose it counts today, not on the day of the choice.
    is_all = hook.answers == Hook.Answers.ALL and may_send_all(hook.chosen_by, hook.project)
    classes = classes_of(form)
    shown = {
        (each.table, each.column)
        for each in schema.fields
        if is_all or not classes.is_restricted(each)
    }
    records = Record.objects.filter(submission=version.submission_id)
    return [
        {
            "table": record.table,
            "ordinal": record.ordinal,
            "parentOrdinal": record.parent_ordinal,
            "values": {
                column: value
                for column, value in record.values.items()
                if (record.table, column) in shown
            },
        }
        for record in records.order_by("table", "ordinal")
    ]
