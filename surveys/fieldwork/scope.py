"""Who sees which submissions: rights, the wall round rated offices, and areas.

An area is cut household → village → commune in force. Submissions that no sampled household
stands behind (slips, petitions, an unknown household id) have no area, so a role that is limited
to communes does not see them.
"""

from django.db.models import Q, QuerySet

from surveys.collection import deletion, rights
from surveys.collection.models import Form, Project, Submission
from surveys.collection.rights import Right, Who
from surveys.fieldwork.models import SampledHousehold

IN_COMMUNES = "household__village__village__unit"


def communes_of(user: Who, project: Project) -> frozenset[str] | None:
    """The communes whose records the person reads; None = the whole project, empty = none."""
    return rights.communes_with(user, Right.READ_RECORDS, project)


def visible_submissions(user: Who, form: Form) -> QuerySet[Submission]:
    """The living submissions of a form that the person may open; drafts' test records are not."""
    return _within(user, form, Right.READ_RECORDS)


def reviewable_submissions(user: Who, form: Form) -> QuerySet[Submission]:
    """Those whose raw bytes, files and personal answers the person reads, and which he or she
    judges. A role that only reads elsewhere in the project adds nothing to it.
    """
    return _within(user, form, Right.REVIEW)


def reads_restricted(user: Who, form: Form) -> bool | QuerySet[Submission]:
    """Whose restricted answers the person reads, as `readout.rows` takes it: everybody's, nobody's,
    or those of these submissions.
    """
    if not rights.may_read_records(user, form):
        return False
    communes = rights.communes_with(user, Right.REVIEW, form.project)
    if communes is None:
        return True
    return reviewable_submissions(user, form) if communes else False


def trash_of_project(user: Who, project: Project) -> QuerySet[Submission]:
    """Deleted submissions of the living forms of a project, for those who may take them back."""
    access = rights.access_of(user)
    rows = deletion.trashed_submissions().filter(form__project=project, form__deleted_at=None)
    if not access.may(Right.DELETE_RECORDS, project.pk):
        return rows.none()
    return rows.filter(form__rates_authority=False) if access.is_rated else rows


def may_review(user: Who, submission: Submission) -> bool:
    return reviewable_submissions(user, submission.form).filter(pk=submission.pk).exists()


def require_review(user: Who, submission: Submission) -> None:
    """Raise `Forbidden` unless `may_review`."""
    rights.require_records(user, submission.form)
    if not may_review(user, submission):
        raise rights.Forbidden(403.1, right=Right.REVIEW.value)


def visible_in_project(user: Who, project: Project) -> QuerySet[Submission]:
    """`visible_submissions` of all living forms of a project."""
    living = Submission.objects.filter(
        form__project=project, form__deleted_at=None, deleted_at=None, is_draft=False
    )
    if rights.access_of(user).is_rated:
        living = living.filter(form__rates_authority=False)
    return _in_area(user, project, Right.READ_RECORDS, living)


def _within(user: Who, form: Form, right: Right) -> QuerySet[Submission]:
    if not rights.may_read_records(user, form):
        return Submission.objects.none()
    living = Submission.objects.filter(form=form, deleted_at=None, is_draft=False)
    return _in_area(user, form.project, right, living)


def _in_area(
    user: Who, project: Project, right: Right, living: QuerySet[Submission]
) -> QuerySet[Submission]:
    communes = rights.communes_with(user, right, project)
    if communes is None:
        return living
    there = Q(
        **{
            f"visit__{IN_COMMUNES}__code__in": communes,
            f"visit__{IN_COMMUNES}__valid_to": None,
        }
    )
    if right == Right.READ_RECORDS and rights.may(user, Right.READ_OWN_RECORDS, project):
        return living.filter(there | Q(submitter_id=rights.actor_id_of(user)))
    return living.filter(there)


def may_supervise(user: Who, household: SampledHousehold) -> bool:
    """Whether the person decides about this household's cases."""
    communes = rights.communes_with(user, Right.SUPERVISE, household.round.project)
    unit = household.village.village.unit
    return communes is None or (unit.valid_to is None and unit.code in communes)
