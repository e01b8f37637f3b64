"""The submissions of a form, and one record with its answers, files and history."""

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from dashboard.access import access, actor, frame, page, reader, records_form_of
from dashboard.presentation import answers, bulk_words, version_changes
from dashboard.presentation.files import download, from_respondent, is_picture
from dashboard.presentation.submission_search import Filters, address, pages, selection_of
from forms.schema import FormSchema
from surveys.collection import audit, blobs, consent, privacy, saved_filters, version_diffs
from surveys.collection.audit import Reading
from surveys.collection.encryption.envelopes import is_sealed
from surveys.collection.entities import access as entity_access
from surveys.collection.models import (
    Attachment,
    AuditEvent,
    Record,
    Submission,
    SubmissionVersion,
)
from surveys.fieldwork import record_changes, scope, selection
from surveys.fieldwork.selection import Selection

PAGE_SIZE = 50
MOST_COUNTED = 10_000
JUDGEMENTS: Final[dict[str, Submission.Review | None]] = {
    "none": None,
    "approved": Submission.Review.APPROVED,
    "hasIssues": Submission.Review.HAS_ISSUES,
    "rejected": Submission.Review.REJECTED,
}


@require_safe
@page
def submissions(request: HttpRequest, form_id: int) -> HttpResponseBase:
    found = records_form_of(request, form_id)
    user = reader(request)
    filters = Filters(request.GET or {}, user, found, scope.communes_of(user, found.project))
    asked = selection_of(filters)
    rows = selection.submissions(user, found, asked)
    listed = pages(
        user,
        found,
        rows.select_related("submitter", "visit__household__village__village"),
        asked,
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    # On a page that holds everything the number is known; else it is counted up to a bound.
    is_all = listed.is_first and not listed.following
    n_found = len(listed.rows) if is_all else rows.order_by()[: MOST_COUNTED + 1].count()
    context = frame(
        request,
        found.project,
        "project",
        form=found,
        filters=filters,
        asked=asked,
        listed=listed,
        n_found=min(n_found, MOST_COUNTED),
        is_more=n_found > MOST_COUNTED,
        kept=[
            {"filter": each, "address": address(Selection.from_json(each.query))}
            for each in saved_filters.of_form(actor(request), found)
        ],
        address=address(asked),
        changes=bulk_words.changes_for(access(request), found.project_id),
        phones=bulk_words.phones_of(found),
    )
    return render(request, "dashboard/submissions.html", context)


def _submission(request: HttpRequest, form_id: int, submission_id: int) -> Submission:
    """A submission that the user may read: rights, the rated office, and the area of the role."""
    form = records_form_of(request, form_id)
    found = get_object_or_404(
        Submission.objects.select_related(
            "submitter", "form__project", "visit__household__village__village"
        ),
        pk=submission_id,
        form=form,
        deleted_at=None,
    )
    if not scope.visible_submissions(reader(request), form).filter(pk=found.pk).exists():
        raise PermissionDenied
    return found


def _may_review(request: HttpRequest, found: Submission) -> bool:
    return scope.may_review(reader(request), found)


@require_safe
@page
def record(request: HttpRequest, form_id: int, submission_id: int) -> HttpResponseBase:
    found = _submission(request, form_id, submission_id)
    versions = list(
        found.versions.select_related("submitter", "form_version")
        .defer("xml", "form_version__xform", "form_version__workbook")
        .order_by("-pk")
    )
    current = next((each for each in versions if each.is_current), versions[0])
    may_review = _may_review(request, found)
    schema = FormSchema.from_json(current.form_version.schema)
    records = list(found.records.all())
    context = frame(
        request,
        found.form.project,
        "project",
        form=found.form,
        submission=found,
        current=current,
        versions=versions,
        may_review=may_review,
        reading=answers.read(
            schema, records, privacy.classes_of(found.form), may_review=may_review
        ),
        consent=consent.proof(consent.text_of(current.form_version_id), _root(records)),
        erasures=found.erasures.order_by("pk"),
        attachments=[
            {"file": file, "is_picture": is_picture(file.content_type)}
            for file in current.attachments.select_related("blob").order_by("name")
        ],
        events=AuditEvent.objects.filter(submission_id=found.pk)
        .exclude(action__in=list(Reading))
        .select_related("actor")
        .order_by("-at")[:100],
        edits=version_changes.shown(version_diffs.of_submission(found)) if may_review else [],
        comments=found.comments.select_related("actor").order_by("-pk"),
        blocks=found.entity_blocks.exclude(entity_uuid="").order_by("pk"),
        may_read_entities=entity_access.may_read(reader(request), found.form.project),
        is_sealed=is_sealed(current),
    )
    if may_review:
        audit.note_reading(Reading.RECORD, actor(request), submission=found)
    return render(request, "dashboard/record.html", context)


def _root(records: list[Record]) -> dict[str, str]:
    return next((each.values for each in records if each.table == ""), {})


@require_POST
@page
def judge(request: HttpRequest, form_id: int, submission_id: int) -> HttpResponseBase:
    """Set the review state, write a comment, or both."""
    found = _submission(request, form_id, submission_id)
    state, body = request.POST.get("state", "keep"), request.POST.get("comment", "")
    if state in JUDGEMENTS:
        record_changes.set_review_state(actor(request), found, JUDGEMENTS[state])
    if body.strip():
        record_changes.add_comment(actor(request), found, body)
    messages.success(request, gettext("Đã lưu."))
    return redirect("record", form_id, submission_id)


@require_safe
@page
def raw_xml(
    request: HttpRequest, form_id: int, submission_id: int, version_id: int
) -> HttpResponseBase:
    """The bytes that the phone sent. They hold every answer, so reviewers only."""
    found = _submission(request, form_id, submission_id)
    if not _may_review(request, found):
        raise PermissionDenied
    version = get_object_or_404(SubmissionVersion, pk=version_id, submission=found)
    audit.note_reading(Reading.XML, actor(request), submission=found, version=version.instance_id)
    return download(bytes(version.xml), f"submission-{found.pk}-{version.pk}.xml", "text/xml")


@require_safe
@page
def attachment(
    request: HttpRequest, form_id: int, submission_id: int, attachment_id: int
) -> HttpResponseBase:
    found = _submission(request, form_id, submission_id)
    if not _may_review(request, found):
        raise PermissionDenied
    file = get_object_or_404(
        Attachment.objects.select_related("blob"), pk=attachment_id, version__submission=found
    )
    if file.blob is None:
        raise Http404
    audit.note_reading(Reading.FILE, actor(request), submission=found, name=file.name)
    return from_respondent(blobs.open_blob(file.blob.sha256), file.name, file.content_type)
