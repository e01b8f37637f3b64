"""Accounts as such, without a project: made, found, renamed, closed for good, as `/v1/users` does.

Roles are given by `roles`; an account without one sees nothing but itself.
"""

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from surveys.collection import audit, people, rights
from surveys.collection.models import Actor, PasswordReset, RoleAssignment, User
from surveys.collection.people import LONGEST_DISPLAY_NAME, PersonRefused, checked_email
from surveys.collection.rights import Right

MOST_WORDS = 5


def create_account(actor: Actor, email: str, password: str | None, display_name: str = "") -> User:
    """Make an account without a role; without a password it waits for a link to set one.

    Raises
    ------
    rights.Forbidden : only an administrator everywhere.
    PersonRefused : 400.21 e-mail, 400.22 password, 400.23 name, 409.5 taken.
    """
    rights.require(actor, Right.ADMINISTER)
    address = checked_email(email)
    if password is not None:
        people.check_strength(password)
    name = _checked_name(display_name or address)
    try:
        with transaction.atomic():
            user = User.objects.create_user(address, password, name)
            audit.record("user.create", actor=actor, email=user.email)
    except IntegrityError as error:
        raise PersonRefused(409.5, email=address) from error
    return user


def update_account(
    actor: Actor, user: User, *, email: str | None = None, display_name: str | None = None
) -> User:
    """Rename an account or change its e-mail; oneself may do that too.

    Raises
    ------
    rights.Forbidden, PersonRefused : as for `create_account`.
    """
    if user.actor_id != actor.pk:
        rights.require(actor, Right.ADMINISTER)
    before = user.email
    try:
        with transaction.atomic():
            if email is not None:
                user.email = checked_email(email)
                user.save(update_fields=["email"])
                PasswordReset.objects.filter(user=user).delete()  # sent to the former address
            if display_name is not None:
                user.actor.display_name = _checked_name(display_name)
            user.actor.updated_at = timezone.now()
            user.actor.save(update_fields=["display_name", "updated_at"])
            audit.record("user.update", actor=actor, email=before, new_email=user.email)
    except IntegrityError as error:
        raise PersonRefused(409.5, email=email) from error
    return user


def delete_account(actor: Actor, user: User) -> None:
    """Close an account for good; its e-mail is free again, what it did keeps its name.

    Raises
    ------
    rights.Forbidden : only an administrator everywhere.
    PersonRefused : 409.16 the own account, 409.15 the last administrator.
    """
    rights.require(actor, Right.ADMINISTER)
    if user.actor_id == actor.pk:
        raise PersonRefused(409.16)
    with transaction.atomic():
        people.require_another_administrator(user)
        people.deactivate_user(actor, user)
        RoleAssignment.objects.filter(user=user).delete()
        now = timezone.now()
        Actor.objects.filter(pk=user.actor_id).update(deleted_at=now, updated_at=now)
        User.objects.filter(pk=user.pk).update(email=f"{user.actor_id}@deleted.invalid")


def living() -> QuerySet[User]:
    """Accounts that were not deleted, by name."""
    return (
        User.objects.select_related("actor")
        .filter(actor__deleted_at__isnull=True)
        .order_by(Lower("actor__display_name"), "email")
    )


def search(actor: Actor, asked: str) -> QuerySet[User]:
    """Accounts by words of name or e-mail, for administrators.

    Who only gives roles in a project gets the account of an e-mail that he or she knows whole;
    everybody else gets nobody: a list of accounts is a list to guess passwords for.
    """
    access = rights.access_of(actor)
    if access.may(Right.ADMINISTER, None):
        rows = living()
        for word in asked.replace("\x00", "").split()[:MOST_WORDS]:
            rows = rows.filter(Q(email__icontains=word) | Q(actor__display_name__icontains=word))
        return rows
    places = {None, *(grant.project_id for grant in access.grants)}
    if any(access.may(Right.MANAGE_PEOPLE, place) for place in places):
        return living().filter(email__iexact=asked.replace("\x00", "").strip())
    return living().none()


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_DISPLAY_NAME:
        raise PersonRefused(400.23)
    return name
