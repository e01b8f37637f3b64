"""`/v1/projects/{p}/forms/{f}/submissions`, and `…/draft/submissions` for the tests of a draft."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.http import HttpResponseBase

from api import problems
from api.central import bodies
from api.central.door import SUCCESS, Call
from api.central.lookups import (
    draft_of,
    form_of,
    read_contents,
    require_contents,
    submission_of,
    submissions_of,
    trash_of,
    version_of,
)
from api.central.streams import json_list, window
from api.central.submission_history import instance_response
from api.central.submission_shapes import actor_shape, submission_shape
from api.problems import ProblemRaised
from forms.instance import MalformedInstance
from surveys.collection import instances, intake
from surveys.collection.arrival import Admission, Arrival, Outcome, Receipt
from surveys.collection.audit import Reading
from surveys.collection.models import Actor, Form, Submission, SubmissionVersion
from surveys.collection.rights import Right
from surveys.fieldwork import pipeline, record_changes

ROWS_AT_ONCE = 500


def list_submissions(
    call: Call, project_id: int, form_id: str, *, is_draft: bool = False
) -> HttpResponseBase:
    """Newest first; `?deleted=true` is the trash, `?limit=` and `?offset=` a part of the list."""
    form = form_of(call, project_id, form_id)
    if call.flag("deleted") and not is_draft:
        chosen = trash_of(call, form)
    else:
        chosen = submissions_of(call, form, is_draft=is_draft)
    return json_list(_rows(call, chosen))


def _rows(call: Call, chosen: QuerySet[Submission]) -> Iterator[dict[str, Any]]:
    people = ("submitter",) if call.is_extended else ()
    for batch in _batches(chosen.select_related(*people), window(call)):
        current = _current([each.pk for each in batch], is_extended=call.is_extended)
        for each in batch:
            yield submission_shape(each, current[each.pk], is_extended=call.is_extended)


def _batches(chosen: QuerySet[Submission], part: slice) -> Iterator[list[Submission]]:
    """The rows of the part, newest first. Each batch goes on behind the last row of the one
    before, along the index: the first row comes at once, however many there are.
    """
    left = part.stop - part.start if part.stop is not None else None
    rows = chosen.order_by("-created_at", "-id")
    batch = list(rows[part.start : part.start + _size(left)])
    while batch:
        yield batch
        left = left - len(batch) if left is not None else None
        if left == 0:
            return
        # As it is stored: SQLite keeps moments as texts, and not all of them as Django writes them.
        last = Subquery(Submission.objects.filter(pk=batch[-1].pk).values("created_at"))
        behind = Q(created_at__lt=last) | Q(pk__lt=batch[-1].pk)
        batch = list(rows.filter(behind, created_at__lte=last)[: _size(left)])


def _size(left: int | None) -> int:
    return ROWS_AT_ONCE if left is None else min(left, ROWS_AT_ONCE)


def _current(ids: list[int], *, is_extended: bool) -> dict[int, SubmissionVersion]:
    rows = SubmissionVersion.objects.filter(submission__in=ids, is_current=True).defer("xml")
    if is_extended:
        rows = rows.select_related("submitter", "form_version").defer(
            "xml", "form_version__xform", "form_version__workbook", "form_version__schema"
        )
    return {row.submission_id: row for row in rows}


def list_submitters(
    call: Call, project_id: int, form_id: str, *, is_draft: bool = False
) -> list[dict[str, Any] | None]:
    """Everybody who sent one of the submissions that the caller sees."""
    form = form_of(call, project_id, form_id)
    sent = submissions_of(call, form, is_draft=is_draft).order_by().values("submitter_id")
    return [actor_shape(each) for each in Actor.objects.filter(pk__in=sent).order_by("pk")]


def show_submission(
    call: Call, project_id: int, form_id: str, instance_id: str, *, is_draft: bool = False
) -> dict[str, Any]:
    submission = submission_of(call, project_id, form_id, instance_id, is_draft=is_draft)
    return submission_shape(submission, version_of(submission, None), is_extended=call.is_extended)


def submission_xml(
    call: Call, project_id: int, form_id: str, instance_id: str, *, is_draft: bool = False
) -> HttpResponseBase:
    submission = submission_of(call, project_id, form_id, instance_id, is_draft=is_draft)
    read_contents(call, submission, Reading.XML)
    return instance_response(version_of(submission, None))


def create_submission(call: Call, project_id: int, form_id: str, *, is_draft: bool = False) -> Any:
    """An XML body through the same door as the phones'."""
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS if is_draft else Right.SUBMIT)
    return _received(call, form, is_draft=is_draft)


def edit_submission(
    call: Call, project_id: int, form_id: str, instance_id: str, *, is_draft: bool = False
) -> Any:
    """A new version: XML with a new instanceID and the former one as deprecatedID."""
    submission = submission_of(call, project_id, form_id, instance_id, is_draft=is_draft)
    require_contents(call, submission)
    return _received(call, submission.form, edited=submission, is_draft=is_draft)


def review_submission(
    call: Call, project_id: int, form_id: str, instance_id: str
) -> dict[str, Any]:
    submission = submission_of(call, project_id, form_id, instance_id)
    said = bodies.json_of(call.request)
    state = bodies.optional_text(said, "reviewState")
    if state not in {None, *Submission.Review.values}:
        raise ProblemRaised(400.2, field="reviewState")
    if "reviewState" in said:  # pyodk sends {} to leave it
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


def restore_submission(
    call: Call, project_id: int, form_id: str, instance_id: str
) -> dict[str, bool]:
    """Out of the trash, as it was."""
    record_changes.restore_submission(call.actor, _trashed(call, project_id, form_id, instance_id))
    return SUCCESS


def purge_submission(
    call: Call, project_id: int, form_id: str, instance_id: str
) -> dict[str, bool]:
    """Remove for good what lies in the trash; `confirm` repeats the instanceID."""
    submission = _trashed(call, project_id, form_id, instance_id)
    if bodies.text(bodies.json_of(call.request), "confirm") != instance_id:
        raise ProblemRaised(400.2, field="confirm")
    record_changes.purge_submission(call.actor, submission)
    return SUCCESS


def _trashed(call: Call, project_id: int, form_id: str, instance_id: str) -> Submission:
    form = form_of(call, project_id, form_id)
    found = trash_of(call, form).filter(instance_id=instance_id).first()
    if found is None:
        raise ProblemRaised(404.4)
    found.form = form
    return found


def _received(
    call: Call, form: Form, *, edited: Submission | None = None, is_draft: bool = False
) -> Any:
    xml = bodies.bytes_of(call.request, bodies.MOST_SUBMISSION)
    deprecated_id = _checked_address(xml, form.xml_form_id, edited)
    if edited is None and deprecated_id and not is_draft:
        record_changes.require_edit(call.actor, form, deprecated_id)
    arrival = Arrival(
        project_id=form.project_id,
        actor_id=call.actor.pk,
        xml=xml,
        device_id=call.request.GET.get("deviceID") or None,
        user_agent=call.request.headers.get("User-Agent"),
        is_draft=is_draft,
        via="central",
    )
    admitted = _to_the_draft(call, form) if is_draft else None
    return answer_receipt(intake.receive(arrival, admitted))


def _to_the_draft(call: Call, form: Form) -> Admission:
    """Tests go to the draft, whatever version their XML names."""
    draft = draft_of(form)
    return Admission(
        project_id=form.project_id,
        actor_id=call.actor.pk,
        form_id=form.pk,
        form_state=form.state,
        form_version_id=draft.pk,
        form_md5=draft.md5,
        never_stored=frozenset(form.never_stored),
        may_submit=True,
    )


def _checked_address(xml: bytes, form_id: str, edited: Submission | None) -> str:
    """The XML names the form of the address, and an edit the submission of the address: the
    right was checked for that one alone. Returns what it says to replace.
    """
    try:
        _, head = instances.read(xml)
    except MalformedInstance:
        return ""  # the intake keeps the bytes and names the fault
    if head.form_id != form_id:
        raise ProblemRaised(400.9, sent=head.form_id, expected=form_id)
    if edited is not None and not head.deprecated_id:
        raise ProblemRaised(400.2, field="deprecatedID")
    if edited and not edited.versions.filter(instance_id=head.deprecated_id).exists():
        raise ProblemRaised(409.3)
    return head.deprecated_id


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
