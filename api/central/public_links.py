"""`…/forms/{f}/public-links`: web forms that anybody with the address may fill."""

from typing import Any

from api.central import bodies
from api.central.door import SUCCESS, Call, instant
from api.central.lookups import form_of
from api.problems import ProblemRaised
from surveys.collection import public_links
from surveys.collection.models import Form, PublicLink
from surveys.collection.rights import Right


def list_links(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return [link_shape(each, extended=call.is_extended) for each in public_links.links_of(form)]


def create_link(call: Call, project_id: int, form_id: str) -> dict[str, Any]:
    form = form_of(call, project_id, form_id)
    said = bodies.json_of(call.request)
    made = public_links.create(
        call.actor,
        form,
        bodies.text(said, "displayName"),
        once=bool(bodies.optional_flag(said, "once")),
    )
    return link_shape(made)


def show_link(call: Call, project_id: int, form_id: str, actor_id: int) -> dict[str, Any]:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return link_shape(_link_of(form, actor_id), extended=call.is_extended)


def delete_link(call: Call, project_id: int, form_id: str, actor_id: int) -> dict[str, bool]:
    form = form_of(call, project_id, form_id)
    public_links.delete(call.actor, _link_of(form, actor_id))
    return SUCCESS


def link_shape(link: PublicLink, *, extended: bool = False) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "id": link.pk,
        "type": link.actor.kind,
        "displayName": link.actor.display_name,
        "token": link.token,
        "once": link.once or None,
        "expiresAt": instant(link.expires_at),
        "createdAt": instant(link.actor.created_at),
        "updatedAt": instant(link.actor.updated_at),
        "deletedAt": instant(link.actor.deleted_at),
    }
    if extended:
        maker = link.created_by
        shape["createdBy"] = maker and {
            "id": maker.pk,
            "type": maker.kind,
            "displayName": maker.display_name,
            "createdAt": instant(maker.created_at),
            "updatedAt": instant(maker.updated_at),
            "deletedAt": instant(maker.deleted_at),
        }
    return shape


def _link_of(form: Form, actor_id: int) -> PublicLink:
    found = public_links.links_of(form).filter(pk=actor_id).first()
    if found is None:
        raise ProblemRaised(404.1)
    return found
