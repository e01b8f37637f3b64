"""Who sees which submissions: rights, the wall round rated offices, and areas.

An area is cut household → village → commune in force. Submissions that no sampled household
stands behind (slips, petitions, an unknown household id) have no area, so a role that is limited
to communes does not see them.
"""

from django.db.models import QuerySet

from surveys.collection import rights
from surveys.collection.models import Form, Project, Submission
from surveys.collection.rights import Right, Who
from surveys.fieldwork.models import SampledHousehold

IN_COMMUNES = "household__village__village__unit"


def communes_of(user: Who, project: Project) -> frozenset[str] | None:
    """The communes whose records the person reads; None = the whole project, empty = none."""
    return rights.communes_with(user, Right.READ_RECORDS, project)


def visible_submissions(user: Who, form: Form) -> QuerySet[Submission]:
    """The living submissions of a form that the person may open; drafts' test records are not."""
    if not rights.may_read_records(user, form):
        return Submission.objects.none()
    living = Submission.objects.filter(form=form, deleted_at=None, is_draft=False)
    communes = communes_of(user, form.project)
    if communes is None:
        return living
    return living.filter(
        **{
            f"visit__{IN_COMMUNES}__code__in": communes,
            f"visit__{IN_COMMUNES}__valid_to": None,
        }
    )


def may_supervise(user: Who, household: SampledHousehold) -> bool:
    """Whether the person decides about this household's cases."""
    communes = rights.communes_with(user, Right.SUPERVISE, household.round.project)
    unit = household.village.village.unit
    return communes is None or (unit.valid_to is None and unit.code in communes)
