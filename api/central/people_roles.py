"""`/v1/roles` and assignments: Central's roles and ours, on the server, a project or a form.

Numbers and names are Central's where it has the role; its manager has no areas, ours may have. A
role is given here for the whole project; areas are chosen on the pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from api.central.door import SUCCESS, Call
from api.central.lookups import account_of, form_of, project_of
from api.central.submission_shapes import actor_shape
from api.problems import ProblemRaised
from surveys.collection import people, rights, roles
from surveys.collection.models import (
    Actor,
    AppUser,
    Form,
    FormAssignment,
    Project,
    Role,
    RoleAssignment,
    User,
)
from surveys.collection.rights import RIGHTS, Right

# What each right of ours is called by Central's clients; only its own verbs, so that they see
# what they may do here.
VERBS: Final[dict[Right, tuple[str, ...]]] = {
    Right.READ_PROJECT: ("project.read", "form.list", "form.read", "dataset.list", "dataset.read"),
    Right.READ_RECORDS: ("submission.list", "submission.read", "entity.list", "entity.read"),
    Right.READ_AUDIT: ("audit.read",),
    Right.SUBMIT: ("submission.create",),
    Right.REVIEW: ("submission.update",),
    Right.DELETE_RECORDS: ("submission.delete", "submission.restore", "entity.delete"),
    Right.MANAGE_FORMS: (
        *("form.create", "form.update", "form.delete", "form.restore", "open_form.list"),
        *("public_link.create", "public_link.list", "public_link.read", "public_link.update"),
        *("public_link.delete", "dataset.create", "dataset.update", "dataset.delete"),
        *("entity.create", "entity.update", "entity.restore"),
    ),
    Right.MANAGE_PEOPLE: (
        *("field_key.create", "field_key.list", "field_key.delete", "session.end"),
        *("assignment.list", "assignment.create", "assignment.delete"),
    ),
    Right.MAKE_PROJECTS: ("project.create",),
    Right.ADMINISTER: (
        *("project.update", "project.delete", "user.create", "user.list", "user.read"),
        *("user.update", "user.delete", "user.password.invalidate", "role.create", "role.update"),
        *("role.delete", "config.read", "config.set", "analytics.read", "submission.purge"),
    ),
}


@dataclass(frozen=True, slots=True)
class ApiRole:
    """A role as `/v1/roles` shows it; `ours` is None for phones and links."""

    id: int
    system: str
    name: str
    ours: Role | None
    verbs: tuple[str, ...]

    @classmethod
    def of(cls, number: int, system: str, name: str, ours: Role) -> "ApiRole":
        return cls(number, system, name, ours, _verbs(RIGHTS[ours]))


def _verbs(granted: Iterable[Right]) -> tuple[str, ...]:
    given = set(granted)
    return tuple(verb for right, verbs in VERBS.items() if right in given for verb in verbs)


_PHONE: Final = ("form.list", "form.read", "open_form.list", "open_form.read", "submission.create")
ROLES: Final = (
    ApiRole.of(1, "admin", "Administrator", Role.ADMINISTRATOR),
    ApiRole(2, "app-user", "App User", None, _PHONE),
    ApiRole.of(5, "manager", "Project Manager", Role.MANAGER),
    ApiRole.of(6, "viewer", "Project Viewer", Role.VIEWER),
    ApiRole.of(8, "formfill", "Data Collector", Role.ENUMERATOR),
    ApiRole(9, "pub-link", "Public Link", None, ("form.read", "submission.create")),
    ApiRole.of(101, "supervisor", "Supervisor", Role.SUPERVISOR),
    ApiRole.of(102, "analyst", "Analyst", Role.ANALYST),
    ApiRole.of(103, "helper", "Digital Team", Role.HELPER),
)
_APP_USER: Final = ROLES[1]
_BY_NAME: Final = {key: role for role in ROLES for key in (str(role.id), role.system)}
_BY_OURS: Final = {role.ours: role for role in ROLES if role.ours is not None}


def list_roles(_call: Call) -> list[dict[str, Any]]:
    return [_shape(role) for role in ROLES]


def show_role(_call: Call, role: str) -> dict[str, Any]:
    return _shape(_role(role))


def verbs_of(user: User, project_id: int | None) -> list[str]:
    """What an account may do, in Central's words."""
    access = rights.access_of(user)
    return list(_verbs(right for right in Right if access.may(right, project_id)))


def list_assignments(call: Call, project_id: int | None = None) -> list[dict[str, Any]]:
    """Who has which role on the server, or in a project."""
    rows = _held(_place(call, project_id)).order_by("user__actor_id", "role")
    return [_row(call, row.user.actor, _BY_OURS[Role(row.role)]) for row in rows]


def list_role_holders(call: Call, role: str, project_id: int | None = None) -> list[dict[str, Any]]:
    place, ours = _place(call, project_id), _role(role).ours
    held = _held(place).filter(role=ours).order_by("user__actor_id")
    return [shape for row in held if (shape := actor_shape(row.user.actor))]


def grant(call: Call, role: str, actor_id: int, project_id: int | None = None) -> dict[str, bool]:
    place = _place(call, project_id)
    roles.grant_to_account(call.actor, account_of(actor_id), _web_role(role), project=place)
    return SUCCESS


def withdraw(
    call: Call, role: str, actor_id: int, project_id: int | None = None
) -> dict[str, bool]:
    place = _place(call, project_id)
    if not roles.withdraw_role(call.actor, account_of(actor_id), _web_role(role), project=place):
        raise ProblemRaised(404.53)
    return SUCCESS


def list_form_assignments(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    """The phones that may fill a form."""
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return [_row(call, each.actor, _APP_USER) for each in _assigned([form])]


def list_form_role(call: Call, project_id: int, form_id: str, role: str) -> list[dict[str, Any]]:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    if _role(role) is not _APP_USER:
        return []
    return [shape for each in _assigned([form]) if (shape := actor_shape(each.actor))]


def assign_form(
    call: Call, project_id: int, form_id: str, role: str, actor_id: int
) -> dict[str, bool]:
    form = form_of(call, project_id, form_id)
    people.assign_form(call.actor, form, _phone(form.project, role, actor_id))
    return SUCCESS


def unassign_form(
    call: Call, project_id: int, form_id: str, role: str, actor_id: int
) -> dict[str, bool]:
    form = form_of(call, project_id, form_id)
    people.unassign_form(call.actor, form, _phone(form.project, role, actor_id))
    return SUCCESS


def list_all_form_assignments(
    call: Call, project_id: int, role: str | None = None
) -> list[dict[str, Any]]:
    """Which phone may fill which form of a project, in one list."""
    project = project_of(call, project_id, Right.MANAGE_PEOPLE)
    if role is not None and _role(role) is not _APP_USER:
        return []
    forms = Form.objects.filter(project=project, deleted_at__isnull=True)
    return [
        {**_row(call, each.actor, _APP_USER), "xmlFormId": each.form.xml_form_id}
        for each in _assigned(forms)
    ]


def _assigned(forms: Iterable[Form]) -> Iterable[FormAssignment]:
    return (
        FormAssignment.objects.select_related("actor", "form")
        .filter(form__in=forms, actor__deleted_at__isnull=True)
        .order_by("form_id", "actor_id")
    )


def _held(place: Project | None) -> Any:
    return RoleAssignment.objects.select_related("user__actor").filter(
        project=place, user__actor__deleted_at__isnull=True
    )


def _place(call: Call, project_id: int | None) -> Project | None:
    """The server for administrators, else a project for those who manage its people."""
    if project_id is None:
        rights.require(call.user, Right.ADMINISTER)
        return None
    return project_of(call, project_id, Right.MANAGE_PEOPLE)


def _role(name: str) -> ApiRole:
    found = _BY_NAME.get(name)
    if found is None:
        raise ProblemRaised(404.52, role=name)
    return found


def _web_role(name: str) -> Role:
    found = _role(name).ours
    if found is None:  # phones and links are no accounts
        raise ProblemRaised(404.52, role=name)
    return found


def _phone(project: Project, role: str, actor_id: int) -> AppUser:
    if _role(role) is not _APP_USER:
        raise ProblemRaised(404.52, role=role)
    found = AppUser.objects.select_related("actor", "project").filter(
        pk=actor_id, project=project, actor__deleted_at__isnull=True
    )
    phone = found.first()
    if phone is None:
        raise ProblemRaised(404.5)
    return phone


def _row(call: Call, actor: Actor, role: ApiRole) -> dict[str, Any]:
    if call.is_extended:
        return {"actor": actor_shape(actor), "roleId": role.id}
    return {"actorId": actor.pk, "roleId": role.id}


def _shape(role: ApiRole) -> dict[str, Any]:
    return {
        "id": role.id,
        "name": role.name,
        "system": role.system,
        "verbs": list(role.verbs),
        "createdAt": None,
        "updatedAt": None,
    }
