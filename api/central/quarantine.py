"""`/v1/projects/{p}/quarantine`: what arrived and fits no form, and what staff do about it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase

from api import problems
from api.central import bodies
from api.central.door import SUCCESS, Call, instant
from api.central.form_files import download
from api.central.lookups import project_of
from api.central.streams import json_list, window
from api.central.submission_shapes import submission_shape
from api.problems import ProblemRaised
from surveys.collection import quarantine, rights
from surveys.collection.audit import Reading, note_reading
from surveys.collection.models import Form, FormVersion, Quarantined, Submission
from surveys.collection.quarantine_repair import Repair
from surveys.collection.rights import Right
from surveys.fieldwork import quarantine_changes

AT_ONCE = 500


def list_kept(call: Call, project_id: int) -> HttpResponseBase:
    """What waits, newest first; with `?discarded=true` what was set aside."""
    project = project_of(call, project_id, Right.READ_QUARANTINE)
    rows = quarantine.listing(project.pk)
    if call.flag("discarded"):
        rows = quarantine.discarded(project.pk)
    return json_list(_rows(call, rows))


def _rows(call: Call, rows: QuerySet[Quarantined]) -> Iterator[dict[str, Any]]:
    for row in rows.defer("xml")[window(call)].iterator(chunk_size=AT_ONCE):
        yield kept_shape(row)


def show_kept(call: Call, project_id: int, item_id: int) -> dict[str, Any]:
    return kept_shape(_kept(call, project_id, item_id))


def kept_xml(call: Call, project_id: int, item_id: int) -> HttpResponse:
    """The bytes as they arrived, even when they are no XML."""
    row = _kept(call, project_id, item_id)
    note_reading(Reading.QUARANTINE, call.actor, project=row.project, item=row.pk, part="xml")
    response = HttpResponse(bytes(row.xml), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="quarantine-{row.pk}.xml"'
    return response


def kept_file(call: Call, project_id: int, item_id: int, name: str) -> HttpResponseBase:
    row = _kept(call, project_id, item_id)
    rights.require(call.user, Right.REVIEW, row.project)
    file = next((each for each in row.files if each["name"] == name), None)
    if file is None:
        raise ProblemRaised(404.6, name=name)
    note_reading(Reading.QUARANTINE, call.actor, project=row.project, item=row.pk, part=name)
    return download(file["sha256"], name, file["content_type"])


def take(call: Call, project_id: int, item_id: int) -> dict[str, Any]:
    """Hand it to a form. `{}` tries it as it came; `xmlFormId` and `version` assign it, whatever
    its XML says; `asOriginal` makes an edit without original a record; `onNewest` puts a stale
    edit on top.
    """
    row = _kept(call, project_id, item_id)
    said = bodies.json_of(call.request)
    repair = Repair(
        form_version=_version(call, row, said),
        as_original=bool(bodies.optional_flag(said, "asOriginal")),
        on_newest=bool(bodies.optional_flag(said, "onNewest")),
    )
    receipt = quarantine_changes.take(call.actor, row, repair)
    assert receipt.submission_id is not None  # it was stored, or `take` raised
    submission = Submission.objects.get(pk=receipt.submission_id)
    return submission_shape(submission, submission.versions.get(is_current=True))


def take_all(call: Call, project_id: int) -> dict[str, Any]:
    """Take in whatever has its form now, at most 200 at once; `refused` counts why others stay."""
    done = quarantine_changes.take_all(call.actor, project_of(call, project_id))
    refused = {str(code): number for code, number in done.refused.items()}
    return {"stored": done.stored, "left": done.left, "refused": refused}


def discard(call: Call, project_id: int, item_id: int) -> dict[str, bool]:
    """Set it aside, with a reason; `reopen` takes that back."""
    row = _kept(call, project_id, item_id)
    quarantine_changes.discard(call.actor, row, bodies.text(bodies.json_of(call.request), "reason"))
    return SUCCESS


def reopen(call: Call, project_id: int, item_id: int) -> dict[str, bool]:
    """What was discarded waits again."""
    quarantine_changes.reopen(call.actor, _kept(call, project_id, item_id))
    return SUCCESS


def kept_shape(row: Quarantined) -> dict[str, Any]:
    problem = problems.get(row.reason)
    said = {"reason": row.details}
    return {
        "id": row.pk,
        "instanceId": row.instance_id or None,
        "xmlFormId": row.xml_form_id or None,
        "formVersion": row.form_version,
        "reason": f"{problem.vi_with(said)} / {problem.en_with(said)}",
        "code": problem.code,
        "details": row.details or None,
        "attachments": [file["name"] for file in row.files],
        "submitterId": row.submitter_id,
        "deviceId": row.device_id,
        "userAgent": row.user_agent,
        "createdAt": instant(row.received_at),
        "resolvedAt": instant(row.resolved_at),
        "resolution": row.resolution or None,
    }


def _kept(call: Call, project_id: int, item_id: int) -> Quarantined:
    project = project_of(call, project_id, Right.READ_QUARANTINE)
    row = Quarantined.objects.select_related("project").filter(project=project, pk=item_id).first()
    if row is None:
        raise ProblemRaised(404.4)
    return row


def _version(call: Call, row: Quarantined, said: dict[str, Any]) -> FormVersion | None:
    """The version that the body names; without `version` the current one of the form."""
    form_id = bodies.optional_text(said, "xmlFormId")
    name = bodies.optional_text(said, "version")
    if form_id is None and name is None:
        return None
    form = (
        Form.objects.select_related("current__form")
        .filter(project=row.project, xml_form_id=form_id or row.xml_form_id, deleted_at=None)
        .first()
    )
    if form is None:
        raise ProblemRaised(404.3)
    versions = FormVersion.objects.select_related("form").filter(
        form=form, published_at__isnull=False
    )
    found = versions.filter(version=name).first() if name is not None else form.current
    if found is None:
        raise ProblemRaised(404.8, version=name or "")
    return found
