"""From names in an address to rows, with the right to see them checked on the way."""

from typing import Final

from django.db.models import QuerySet

from api.central.door import Call
from api.problems import ProblemRaised
from surveys.collection import rights
from surveys.collection.models import AppUser, Form, FormVersion, Project, Submission
from surveys.collection.models import SubmissionVersion as Version
from surveys.collection.rights import Right
from surveys.fieldwork.scope import visible_submissions

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


def published_version(form: Form, version: str) -> FormVersion:
    """A published version by its name; Central writes the empty one as `___`."""
    name = "" if version == "___" else version
    found = FormVersion.objects.filter(form=form, version=name, published_at__isnull=False).first()
    if found is None:
        raise ProblemRaised(404.8, version=name)
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


def submissions_of(call: Call, form: Form) -> QuerySet[Submission]:
    """What the caller may read of a form: never the rated office, only the caller's communes."""
    rights.require_records(call.user, form)
    visible = visible_submissions(call.user, form)
    return visible.filter(is_draft=False, deleted_at__isnull=True).order_by("-created_at", "-id")


def submission_of(call: Call, project_id: int, form_id: str, instance_id: str) -> Submission:
    """A submission by its first instanceID."""
    form = form_of(call, project_id, form_id)
    found = submissions_of(call, form).filter(instance_id=instance_id).first()
    if found is None:
        raise ProblemRaised(404.4)
    found.form = form
    return found


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
