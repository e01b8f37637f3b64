"""`/v1/sessions`: signing in and out."""

from typing import Any

from django.http import HttpRequest

from api.authentication import Via, address_of
from api.central import bodies
from api.central.door import SUCCESS, Call, instant
from api.problems import ProblemRaised
from surveys.collection import people, public_links, sign_in
from surveys.collection.models import AppUser, PublicLink


def sign_in_(request: HttpRequest) -> dict[str, Any]:
    said = bodies.json_of(request)
    user = sign_in.check_password(
        bodies.text(said, "email"), bodies.text(said, "password"), address_of(request)
    )
    opened = sign_in.open_session(user)
    return {
        "token": opened.token,
        "csrf": None,  # no cookie is set, so there is nothing to protect
        "expiresAt": instant(opened.expires_at),
        "createdAt": instant(opened.created_at),
    }


def restore(call: Call) -> dict[str, Any]:
    """Central's web client asks this; here it tells a script whether its token still lives."""
    return {"token": call.caller.token or None, "csrf": None}


def sign_out(call: Call, token: str) -> dict[str, bool]:
    """End one's own session, or revoke the token of a phone or of a public link."""
    if token == "current":  # noqa: S105 - a word of the address, no secret
        if call.caller.via is not Via.BEARER:
            raise ProblemRaised(404.1)
        token = call.caller.token
    phone = AppUser.objects.select_related("project", "actor").filter(token=token).first()
    if phone is not None:
        people.revoke_app_user(call.actor, phone)
        return SUCCESS
    link = PublicLink.objects.select_related("form__project").filter(token=token).first()
    if link is not None:
        public_links.revoke(call.actor, link)
        return SUCCESS
    owner = sign_in.actor_of_session(token)
    if owner is None or owner.pk != call.actor.pk:
        raise ProblemRaised(404.1)
    sign_in.close_session(token)
    return SUCCESS
