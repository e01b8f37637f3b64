"""The submissions of a form, and one record with its answers, files and history."""

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from dashboard.access import actor, frame, page, reader, records_form_of
from dashboard.presentation import answers
from dashboard.presentation.files import download, from_respondent, is_picture
from dashboard.presentation.paging import page_of
from dashboard.presentation.submission_search import Filters, search_of
from forms.schema import FormSchema
from surveys.collection import blobs
from surveys.collection.models import Attachment, AuditEvent, Submission, SubmissionVersion
from surveys.fieldwork import record_changes, scope

PAGE_SIZE = 50
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
    communes = scope.communes_of(reader(request), found.project)
    filters = Filters(request.GET or None, found, communes)
    search = search_of(filters) if filters.is_bound else search_of(Filters({}, found, communes))
    rows = (
        search.within(scope.visible_submissions(reader(request), found))
        .filter(is_draft=False, deleted_at=None)
        .select_related("submitter", "visit__household__village__village")
    )
    listed = page_of(
        rows,
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
        is_descending=search.is_descending,
    )
    context = frame(
        request, found.project, "project", form=found, filters=filters, search=search, listed=listed
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
    context = frame(
        request,
        found.form.project,
        "project",
        form=found.form,
        submission=found,
        current=current,
        versions=versions,
        may_review=may_review,
        reading=answers.read(schema, found.records.all(), may_review=may_review),
        attachments=[
            {"file": file, "is_picture": is_picture(file.content_type)}
            for file in current.attachments.select_related("blob").order_by("name")
        ],
        events=AuditEvent.objects.filter(submission_id=found.pk)
        .select_related("actor")
        .order_by("-at")[:100],
        comments=found.comments.select_related("actor").order_by("-pk"),
    )
    return render(request, "dashboard/record.html", context)


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
    return from_respondent(blobs.open_blob(file.blob.sha256), file.name, file.content_type)
