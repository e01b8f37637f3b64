"""`/v1/users`: accounts, their passwords, and who one is oneself."""

from typing import Any

from django.http import HttpRequest

from api.authentication import address_of, identify
from api.central import bodies
from api.central.door import SUCCESS, Call, instant
from api.central.lookups import account_of
from api.central.people_roles import verbs_of
from api.problems import ProblemRaised
from surveys.collection import accounts, password_reset, people, rights, sign_in
from surveys.collection.models import User
from surveys.collection.rights import Right


def list_users(call: Call) -> list[dict[str, Any]]:
    """All accounts, or those that fit `?q=`; who does not administer finds whole e-mails alone."""
    asked = call.request.GET.get("q", "")
    if not asked and not rights.may(call.user, Right.ADMINISTER):
        return []
    return [user_shape(each) for each in accounts.search(call.actor, asked)]


def create_user(call: Call) -> dict[str, Any]:
    """Without a password the account waits for its owner, who is sent a link to set one."""
    said = bodies.json_of(call.request)
    email = bodies.text(said, "email")
    user = accounts.create_account(
        call.actor,
        email,
        bodies.text(said, "password", default="") or None,
        bodies.optional_text(said, "displayName") or "",
    )
    if not said.get("password"):
        password_reset.invite(user)
    return user_shape(user)


def current_user(call: Call) -> dict[str, Any]:
    shape = user_shape(call.user)
    if not call.is_extended:
        return shape
    return {
        **shape,
        "verbs": verbs_of(call.user, None),
        "preferences": {"site": {}, "projects": {}},
    }


def show_user(call: Call, actor_id: int) -> dict[str, Any]:
    user = account_of(actor_id)
    _require_own_or_all(call, user)
    return user_shape(user)


def update_user(call: Call, actor_id: int) -> dict[str, Any]:
    user = account_of(actor_id)
    _require_own_or_all(call, user)
    said = bodies.json_of(call.request)
    changed = accounts.update_account(
        call.actor,
        user,
        email=bodies.optional_text(said, "email"),
        display_name=bodies.optional_text(said, "displayName"),
    )
    return user_shape(changed)


def delete_user(call: Call, actor_id: int) -> dict[str, bool]:
    rights.require(call.user, Right.ADMINISTER)
    accounts.delete_account(call.actor, account_of(actor_id))
    return SUCCESS


def change_password(call: Call, actor_id: int) -> dict[str, bool]:
    """`{"old", "new"}`; wrong guesses of the old one count as failed sign-ins."""
    user = account_of(actor_id)
    _require_own_or_all(call, user)
    said = bodies.json_of(call.request)
    new = bodies.text(said, "new")
    sign_in.check_password(user.email, bodies.text(said, "old"), address_of(call.request))
    people.set_password(call.actor, user, new, spare=call.caller.token)
    return SUCCESS


def initiate_reset(request: HttpRequest) -> dict[str, bool]:
    """The same answer whether the account exists or not; `?invalidate=true` ends the old one."""
    said = bodies.json_of(request)
    email = bodies.text(said, "email")
    if not email.strip():
        raise ProblemRaised(400.2, field="email")
    if request.GET.get("invalidate", "").lower() == "true":
        caller = identify(request)
        if caller is None:
            raise ProblemRaised(401.2)
        rights.require(caller.user, Right.ADMINISTER)
        user = accounts.living().filter(email__iexact=email.strip()).first()
        if user is not None:
            password_reset.invalidate(caller.actor, user)
    password_reset.ask(email, address_of(request))
    return SUCCESS


def verify_reset(request: HttpRequest) -> dict[str, bool]:
    """`{"new"}` with the token of the link as the bearer."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise ProblemRaised(401.2)
    new = bodies.text(bodies.json_of(request), "new")
    if password_reset.holder_of(token.strip()) is None and identify(request) is not None:
        raise ProblemRaised(403.1)  # a session is no link
    password_reset.use(token.strip(), new)
    return SUCCESS


def user_shape(user: User) -> dict[str, Any]:
    return {
        "id": user.actor_id,
        "type": "user",
        "displayName": user.actor.display_name,
        "email": user.email,
        "lastLoginAt": instant(user.last_login),
        "createdAt": instant(user.actor.created_at),
        "updatedAt": instant(user.actor.updated_at),
        "deletedAt": instant(user.actor.deleted_at),
    }


def _require_own_or_all(call: Call, user: User) -> None:
    if user.pk != call.user.pk:
        rights.require(call.user, Right.ADMINISTER)
