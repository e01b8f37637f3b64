"""From names in an address to rows, with the right to see them checked on the way."""

from typing import Any, Final
from urllib.parse import quote

from django.db.models import QuerySet

from api.central.door import Call, Elsewhere
from api.problems import ProblemRaised
from surveys.collection import accounts, deletion, rights
from surveys.collection.audit import Reading, note_reading
from surveys.collection.models import AppUser, Form, FormVersion, Project, Submission, User
from surveys.collection.models import SubmissionVersion as Version
from surveys.collection.rights import Right
from surveys.fieldwork.scope import require_review, visible_submissions

# A version's bytes are read by the one address that serves them, not by all that name the form.
HEAVY: Final = tuple(
    f"{version}__{column}"
    for version in ("current", "draft")
    for column in ("xform", "workbook", "schema")
)


def project_of(call: Call, project_id: int, right: Right = Right.READ_PROJECT) -> Project:
    """A living project in which the caller has the right."""
    project = Project.objects.filter(pk=project_id, deleted_at__isnull=True).first()
    if project is None:
        raise ProblemRaised(404.2)
    rights.require(call.user, right, project)
    return project


def form_of(call: Call, project_id: int, form_id: str, right: Right = Right.READ_PROJECT) -> Form:
    """A living form; its project and versions come along."""
    project = project_of(call, project_id, right)
    form = (
        Form.objects.select_related("current", "draft", "project")
        .defer(*HEAVY)
        .filter(project=project, xml_form_id=form_id, deleted_at__isnull=True)
        .first()
    )
    if form is None:
        raise ProblemRaised(404.3)
    return form


def draft_of(form: Form) -> FormVersion:
    if form.draft is None:
        raise ProblemRaised(404.9)
    return form.draft


def published_of(form: Form) -> FormVersion:
    """The current published version."""
    if form.current is None:
        raise ProblemRaised(404.8, version="")
    return form.current


def trashed_form_of(call: Call, project_id: int, form_number: int) -> Form:
    """A form in the trash, by its number: its id may stand on a living one."""
    project = project_of(call, project_id, Right.MANAGE_FORMS)
    found = deletion.trashed_forms(project).filter(pk=form_number).first()
    if found is None:
        raise ProblemRaised(404.3)
    return found


def published_version(form: Form, version: str) -> FormVersion:
    """A published version by its name; Central writes the empty one as `___`."""
    name = "" if version == "___" else version
    found = FormVersion.objects.filter(form=form, version=name, published_at__isnull=False).first()
    if found is None:
        raise ProblemRaised(404.8, version=name)
    return found


def account_of(actor_id: int) -> User:
    """A living account; whoever calls checks the right to it."""
    found = accounts.living().filter(actor_id=actor_id).first()
    if found is None:
        raise ProblemRaised(404.51)
    return found


def app_user_of(project: Project, actor_id: int) -> AppUser:
    found = (
        AppUser.objects.select_related("actor", "project")
        .filter(pk=actor_id, project=project, actor__deleted_at__isnull=True)
        .first()
    )
    if found is None:
        raise ProblemRaised(404.5)
    return found


def submissions_of(call: Call, form: Form, *, is_draft: bool = False) -> QuerySet[Submission]:
    """What the caller may read of a form, newest first: never the rated office, only the caller's
    communes. A draft's test records are for those who manage forms.
    """
    if is_draft:
        rights.require(call.user, Right.MANAGE_FORMS, form.project)
        draft_of(form)
        visible = Submission.objects.filter(form=form, is_draft=True)
    else:
        rights.require_records(call.user, form)
        visible = visible_submissions(call.user, form)
    return visible.filter(deleted_at__isnull=True).order_by("-created_at", "-id")


def trash_of(call: Call, form: Form) -> QuerySet[Submission]:
    """Deleted submissions, for those who may take them back."""
    rights.require_records(call.user, form)
    rights.require(call.user, Right.DELETE_RECORDS, form.project)
    return deletion.trashed_submissions(form).order_by("-created_at", "-id")


def submission_of(
    call: Call, project_id: int, form_id: str, instance_id: str, *, is_draft: bool = False
) -> Submission:
    """A submission by its first instanceID.

    Raises
    ------
    ProblemRaised : 404.4 there is none that the caller may see.
    Elsewhere : reading under the id of an edit, whose own address is another one.
    """
    form = form_of(call, project_id, form_id)
    visible = submissions_of(call, form, is_draft=is_draft)
    found = visible.filter(instance_id=instance_id).first()
    if found is None:
        raise _moved(call, visible, instance_id) or ProblemRaised(404.4)
    found.form = form
    return found


def _moved(call: Call, visible: QuerySet[Submission], instance_id: str) -> Elsewhere | None:
    if call.request.method not in {"GET", "HEAD"}:
        return None
    root = visible.filter(versions__instance_id=instance_id).first()
    if root is None:
        return None
    head, _, tail = call.request.path_info.partition(f"/submissions/{instance_id}")
    new = f"/submissions/{quote(root.instance_id, safe='')}/versions/{quote(instance_id, safe='')}"
    return Elsewhere(quote(head) + new + quote(tail))


def require_contents(call: Call, submission: Submission) -> None:
    """Whole answers and files are for those who review the record; of a test, who manages forms
    (`submissions_of` asked for that right).
    """
    if not submission.is_draft:
        require_review(call.user, submission)


def read_contents(call: Call, submission: Submission, what: Reading, **details: Any) -> None:
    """`require_contents` for what is handed out next; the audit log keeps who read it."""
    require_contents(call, submission)
    if not submission.is_draft:
        note_reading(what, call.actor, submission=submission, **details)


def version_of(submission: Submission, instance_id: str | None) -> Version:
    """A version by its own instanceID, or the current one."""
    versions = Version.objects.filter(submission=submission)
    found = (
        versions.filter(is_current=True)
        if instance_id is None
        else versions.filter(instance_id=instance_id)
    ).first()
    if found is None:
        raise ProblemRaised(404.4)
    return found
