"""`/v1/projects/{p}/forms/{f}/draft`: the version that is being prepared."""

from typing import Any

from django.http import HttpResponse

from api.central import bodies
from api.central.door import SUCCESS, Call
from api.central.form_shapes import fields_shape, form_shape, version_shape
from api.central.forms import workbook_response, xform_response
from api.central.lookups import draft_of, form_of, published_version
from api.central.workbooks import is_sent_as_workbook, publish_and_wait
from surveys.collection import publishing
from surveys.collection.publishing_job import Order
from surveys.collection.rights import Right


def show_draft(call: Call, project_id: int, form_id: str) -> dict[str, Any]:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return {**form_shape(form), **version_shape(draft_of(form))}


def set_draft(call: Call, project_id: int, form_id: str) -> dict[str, bool]:
    """A new draft; an empty body copies what is published."""
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    data = bodies.bytes_of(call.request, bodies.MOST_FORM)
    if is_sent_as_workbook(call, data):
        publish_and_wait(call, Order(form.project_id, "", form_id=form.pk), data)
    else:
        publishing.set_draft(call.actor, form, data or None)
    return SUCCESS


def restore_version(call: Call, project_id: int, form_id: str, version: str) -> dict[str, bool]:
    """A draft that is a copy of a published version, with its files."""
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    publishing.restore_as_draft(call.actor, form, published_version(form, version))
    return SUCCESS


def publish_draft(call: Call, project_id: int, form_id: str) -> dict[str, bool]:
    form = form_of(call, project_id, form_id)
    publishing.publish_draft(call.actor, form, call.request.GET.get("version") or None)
    return SUCCESS


def delete_draft(call: Call, project_id: int, form_id: str) -> dict[str, bool]:
    publishing.delete_draft(call.actor, form_of(call, project_id, form_id))
    return SUCCESS


def draft_xml(call: Call, project_id: int, form_id: str) -> HttpResponse:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return xform_response(draft_of(form))


def draft_workbook(call: Call, project_id: int, form_id: str, suffix: str) -> HttpResponse:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return workbook_response(draft_of(form), suffix)


def draft_fields(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return fields_shape(draft_of(form), for_odata=call.flag("odata"))
