"""Who may do what: one table of role × right, and the wall between raters and the rated.

A role stands in one project or everywhere, for all communes or for some. What concerns the whole
project (forms, people, runs) needs a role that is not limited to communes. A person who works for
a rated office keeps only what the last lines of this module's table leave, whatever roles he or
she also has: a manager's right would otherwise be a way round the wall (a new account, a form no
longer marked).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from surveys.collection.models import Actor, Form, Project, Role, RoleAssignment, User
from surveys.collection.refusal import Refused

Who = User | Actor | AnonymousUser | None


class Right(StrEnum):
    READ_PROJECT = "read_project"  # that it exists, its forms, its rounds
    READ_RUNS = "read_runs"  # published runs
    READ_UNPUBLISHED_RUNS = "read_unpublished_runs"
    READ_RECORDS = "read_records"
    READ_OWN_RECORDS = "read_own_records"  # what one sent oneself
    READ_QUARANTINE = "read_quarantine"
    READ_AUDIT = "read_audit"
    SUBMIT = "submit"
    REVIEW = "review"  # comment on records, set their review state, edit them
    SUPERVISE = "supervise"  # decide on case outcomes, see enumerators' progress
    DELETE_RECORDS = "delete_records"
    RUN_ANALYSIS = "run_analysis"
    PLAN_OUTREACH = "plan_outreach"  # plan where teams go, of one's own communes
    HELP = "help"  # who asked for help in one's communes, and how to reach them
    MANAGE_HELP = "manage_help"  # give that work to others, take the list along
    MANAGE_FORMS = "manage_forms"
    MANAGE_ROUNDS = "manage_rounds"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_WEBHOOKS = "manage_webhooks"  # tell other systems what happens
    MAKE_PROJECTS = "make_projects"  # stands in no project: only a role everywhere gives it
    ADMINISTER = "administer"  # rename and hide projects, make administrators


# Planners and reform staff: published figures, and plans that rest on them.
_VIEWER: Final = frozenset({Right.READ_PROJECT, Right.READ_RUNS, Right.PLAN_OUTREACH})
_ANALYST: Final = _VIEWER | {
    Right.READ_UNPUBLISHED_RUNS,
    Right.READ_RECORDS,
    Right.RUN_ANALYSIS,
}
# Fills forms over the web or with an account on the phone; sees no results.
_ENUMERATOR: Final = frozenset({Right.READ_PROJECT, Right.SUBMIT, Right.READ_OWN_RECORDS})
# Community digital teams: those who asked for help, and nothing else.
_HELPER: Final = frozenset({Right.READ_PROJECT, Right.HELP})
_SUPERVISOR: Final = _VIEWER | {
    Right.HELP,
    Right.MANAGE_HELP,
    Right.READ_RECORDS,
    Right.READ_QUARANTINE,
    Right.SUBMIT,
    Right.REVIEW,
    Right.SUPERVISE,
}
_MANAGER: Final = frozenset(Right) - {Right.ADMINISTER}

RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.ADMINISTRATOR: frozenset(Right),
    Role.MANAGER: _MANAGER,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.ANALYST: _ANALYST,
    Role.VIEWER: _VIEWER,
    Role.ENUMERATOR: _ENUMERATOR,
    Role.HELPER: _HELPER,
}
# Rights that a role for some communes gives: what can be cut along communes.
AREA_RIGHTS: Final = frozenset(
    {
        Right.READ_PROJECT,
        Right.READ_RUNS,
        Right.READ_RECORDS,
        Right.REVIEW,
        Right.SUPERVISE,
        Right.PLAN_OUTREACH,
        Right.HELP,
        Right.MANAGE_HELP,
    }
)
# What a person of a rated office keeps at most; records only of forms that rate nobody.
RATED_RIGHTS: Final = frozenset({Right.READ_PROJECT, Right.READ_RUNS, Right.READ_RECORDS})


class Forbidden(Refused):
    """Signed in, but without the right (403.1), or not signed in at all (401.2)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role as stored; no project = everywhere, no communes = the whole project."""

    role: Role
    project_id: int | None
    communes: frozenset[str]

    @property
    def rights(self) -> frozenset[Right]:
        granted = RIGHTS[self.role]
        if self.role == Role.HELPER and not self.communes:
            return granted - {Right.HELP}  # "the whole project" was never meant: name the communes
        return granted & AREA_RIGHTS if self.communes else granted


@dataclass(frozen=True, slots=True)
class Access:
    """Everything that decides what one person may do, read once."""

    is_signed_in: bool
    is_system: bool = False
    is_rated: bool = False
    grants: tuple[Grant, ...] = ()

    def may(self, right: Right, project_id: int | None) -> bool:
        if self.is_system:
            return True
        if self.is_rated and right not in RATED_RIGHTS:
            return False
        return any(right in grant.rights for grant in self._reaching(project_id))

    def communes(self, right: Right, project_id: int) -> frozenset[str] | None:
        """The communes that the right reaches; None = all of them, empty = none."""
        if self.is_system:
            return None
        if self.is_rated and right not in RATED_RIGHTS:
            return frozenset()
        giving = [g for g in self._reaching(project_id) if right in g.rights]
        if any(not grant.communes for grant in giving):
            return None
        return frozenset().union(*(grant.communes for grant in giving))

    def may_read_records(self, form: Form) -> bool:
        """Whether any record, file, point or free text of the form may be shown."""
        if self.is_rated and form.rates_authority:
            return False
        return self.may(Right.READ_RECORDS, form.project_id) or self.may(
            Right.READ_OWN_RECORDS, form.project_id
        )

    def _reaching(self, project_id: int | None) -> Iterable[Grant]:
        return (g for g in self.grants if g.project_id is None or g.project_id == project_id)


NOBODY: Final = Access(is_signed_in=False)


def access_of(who: Who) -> Access:
    """Read a person's roles (one query). A phone and a deactivated account have none."""
    if isinstance(who, Actor):
        if who.kind == Actor.Kind.SYSTEM:
            return Access(is_signed_in=True, is_system=True)
        if who.kind != Actor.Kind.USER:
            return Access(is_signed_in=True)
        who = User.objects.filter(actor=who).first()
    if not isinstance(who, User) or not who.is_active:
        return NOBODY
    grants = tuple(
        Grant(Role(row.role), row.project_id, frozenset(row.communes))
        for row in RoleAssignment.objects.filter(user=who)
    )
    return Access(is_signed_in=True, is_rated=bool(who.rated_commune), grants=grants)


def actor_id_of(who: Who) -> int | None:
    """Under which number a person's changes and records stand."""
    if isinstance(who, User):
        return who.actor_id
    return who.pk if isinstance(who, Actor) else None


def may(who: Who, right: Right, project: Project | None = None) -> bool:
    """Whether a person has the right in the project (without one: everywhere)."""
    return access_of(who).may(right, project.pk if project is not None else None)


def may_read_records(who: Who, form: Form) -> bool:
    """Whether any record, file, point or free text of the form may be shown to the person.

    True may still mean "of some communes only" or "what one sent oneself": lists go through
    `surveys.fieldwork.scope.visible_submissions`.
    """
    return access_of(who).may_read_records(form)


def communes_with(who: Who, right: Right, project: Project) -> frozenset[str] | None:
    """The communes that a right reaches in a project; None = all of them, empty = none."""
    return access_of(who).communes(right, project.pk)


def projects_of(who: Who) -> QuerySet[Project]:
    """The living projects that a person may see."""
    living = Project.objects.filter(deleted_at__isnull=True).order_by("name", "id")
    access = access_of(who)
    if access.is_system or any(grant.project_id is None for grant in access.grants):
        return living
    return living.filter(
        Q(pk__in={grant.project_id for grant in access.grants if grant.project_id is not None})
    )


def require(who: Who, right: Right, project: Project | None = None) -> None:
    """Raise `Forbidden` unless `may`."""
    access = access_of(who)
    if access.may(right, project.pk if project is not None else None):
        return
    if not access.is_signed_in:
        raise Forbidden(401.2)
    raise Forbidden(403.4 if right == Right.MAKE_PROJECTS else 403.1, right=right.value)


def require_records(who: Who, form: Form) -> None:
    """Raise `Forbidden` unless `may_read_records`; the rated office hears why (403.2)."""
    access = access_of(who)
    if not access.is_signed_in:
        raise Forbidden(401.2)
    if access.is_rated and form.rates_authority:
        raise Forbidden(403.2)
    if not access.may_read_records(form):
        raise Forbidden(403.1, right=Right.READ_RECORDS.value)
