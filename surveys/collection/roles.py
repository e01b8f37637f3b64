"""Roles of an account: given, changed, withdrawn; and which office an account works for."""

from collections.abc import Sequence

from django.db import transaction

from surveys.collection import audit, rights
from surveys.collection.models import Actor, Project, Role, RoleAssignment, User
from surveys.collection.people import PersonRefused, require_another_administrator
from surveys.collection.rights import Right


def grant_role(
    actor: Actor,
    user: User,
    role: Role,
    *,
    project: Project | None = None,
    communes: Sequence[str] = (),
) -> RoleAssignment:
    """Give a role, or change the communes of one that stands.

    Raises
    ------
    rights.Forbidden : only an administrator everywhere gives a role everywhere, and only one of
        the project gives that of an administrator.
    """
    _require(actor, role, project)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # NULL projects are distinct to UNIQUE
        held = RoleAssignment.objects.filter(user=user, role=role, project=project).first()
        held = held or RoleAssignment(user=user, role=role, project=project)
        held.communes = sorted(set(communes))
        held.save()
        audit.record(
            "role.grant",
            actor=actor,
            project=project,
            email=user.email,
            role=role.value,
            communes=held.communes,
        )
    return held


def account_of(actor: Actor, email: str, project: Project) -> User | None:
    """The account of an e-mail: told to those alone who give roles in the project."""
    rights.require(actor, Right.MANAGE_PEOPLE, project)
    return User.objects.filter(email__iexact=email.strip()).first()


def grant_to_account(
    actor: Actor,
    user: User,
    role: Role,
    *,
    project: Project | None,
    communes: Sequence[str] = (),
    rated_commune: str = "",
) -> RoleAssignment:
    """Give somebody else's account a role; name, password and other roles stay.

    Raises
    ------
    PersonRefused : 409.16 the own account, 409.17 only an administrator says that it is a rated
        office's; without that word the role would be given, but not the wall that was meant.
    """
    if user.actor_id == actor.pk:
        raise PersonRefused(409.16)
    with transaction.atomic():
        if rated_commune not in ("", user.rated_commune):
            if not rights.may(actor, Right.ADMINISTER):
                raise PersonRefused(409.17)
            set_rated_commune(actor, user, rated_commune)
        return grant_role(actor, user, role, project=project, communes=communes)


def withdraw_role(actor: Actor, user: User, role: Role, *, project: Project | None = None) -> bool:
    """Take a role away; the last administrator everywhere stays one (409.15).

    False when there was no such role.
    """
    _require(actor, role, project)
    with transaction.atomic():
        held = RoleAssignment.objects.filter(role=role, project=project)
        if role == Role.ADMINISTRATOR and project is None:
            require_another_administrator(user)
        gone, _ = held.filter(user=user).delete()
        if gone:
            audit.record(
                "role.withdraw", actor=actor, project=project, email=user.email, role=role.value
            )
    return bool(gone)


def set_rated_commune(actor: Actor, user: User, commune: str) -> None:
    """Say for which rated commune's office a person works; "" = for none."""
    rights.require(actor, Right.ADMINISTER)
    with transaction.atomic():
        user.rated_commune = commune
        user.save(update_fields=["rated_commune"])
        audit.record("user.rated_commune", actor=actor, email=user.email, rated_commune=commune)


def _require(actor: Actor, role: Role, project: Project | None) -> None:
    needs_all = project is None or role == Role.ADMINISTRATOR
    rights.require(actor, Right.ADMINISTER if needs_all else Right.MANAGE_PEOPLE, project)
