"""`/v1/projects/{p}/forms`: forms, and their published versions."""

from typing import Any

from django.http import HttpResponse

from api.central import bodies
from api.central.door import SUCCESS, Call
from api.central.form_shapes import (
    EXCEL_TYPES,
    counted_shape,
    excel_type,
    fields_shape,
    form_shape,
    version_shape,
)
from api.central.lookups import (
    HEAVY,
    form_of,
    project_of,
    published_of,
    published_version,
    trashed_form_of,
)
from api.central.submission_shapes import actor_shape
from api.central.workbooks import is_sent_as_workbook, publish_and_wait
from api.problems import ProblemRaised
from surveys.collection import deletion, publishing
from surveys.collection.models import Form, FormVersion
from surveys.collection.publishing_job import Order
from surveys.collection.rights import Right
from surveys.fieldwork import form_counts

XFORM_TYPE = "application/xml; charset=utf-8"


def list_forms(call: Call, project_id: int) -> list[dict[str, Any]]:
    """Living forms; with `?deleted=true` those in the trash, for those who manage forms."""
    if call.flag("deleted"):
        project = project_of(call, project_id, Right.MANAGE_FORMS)
        chosen = deletion.trashed_forms(project)
    else:
        project = project_of(call, project_id)
        chosen = Form.objects.filter(project=project, deleted_at=None)
        chosen = chosen.order_by("xml_form_id", "id")
    people = ("current__created_by", "draft__created_by") if call.is_extended else ()
    forms = list(chosen.select_related("current", "draft", *people).defer(*HEAVY))
    if not call.is_extended:
        return [form_shape(each) for each in forms]
    counts = form_counts.of_forms(call.user, project, forms)
    return [counted_shape(each, counts[each.pk]) for each in forms]


def create_form(call: Call, project_id: int) -> dict[str, Any]:
    """An XForm, or a workbook that the worker converts while the request waits."""
    project = project_of(call, project_id, Right.MANAGE_FORMS)
    data = bodies.bytes_of(call.request, bodies.MOST_FORM)
    publish = call.flag("publish")
    if is_sent_as_workbook(call, data):
        form = publish_and_wait(call, Order(project.pk, "", publish=publish), data)
    else:
        form = publishing.create_form(call.actor, project, data, publish=publish)
    draft_token = form.draft.draft_token if form.draft is not None else None
    return {**form_shape(form), "draftToken": draft_token}


def show_form(call: Call, project_id: int, form_id: str) -> dict[str, Any]:
    form = form_of(call, project_id, form_id)
    if not call.is_extended:
        return form_shape(form)
    counts = form_counts.of_forms(call.user, form.project, [form])
    return counted_shape(form, counts[form.pk])


def update_form(call: Call, project_id: int, form_id: str) -> dict[str, Any]:
    """Central changes `state` here and passes over everything else: a form's name and version are
    its file's. A body without `state` changes nothing.
    """
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    said = bodies.json_of(call.request)
    if "state" in said:
        state = bodies.text(said, "state")
        if state not in Form.State.values:
            raise ProblemRaised(400.2, field="state")
        publishing.set_state(call.actor, form, Form.State(state))
    return form_shape(form)


def delete_form(call: Call, project_id: int, form_id: str) -> dict[str, bool]:
    deletion.delete_form(call.actor, form_of(call, project_id, form_id))
    return SUCCESS


def restore_form(call: Call, project_id: int, form_number: int) -> dict[str, bool]:
    """Out of the trash, by the `id` that `?deleted=true` lists."""
    deletion.restore_form(call.actor, trashed_form_of(call, project_id, form_number))
    return SUCCESS


def purge_form(call: Call, project_id: int, form_number: int) -> dict[str, bool]:
    """Remove for good what lies in the trash; `confirm` repeats the form id."""
    form = trashed_form_of(call, project_id, form_number)
    if bodies.text(bodies.json_of(call.request), "confirm") != form.xml_form_id:
        raise ProblemRaised(400.2, field="confirm")
    deletion.purge_form(call.actor, form)
    return SUCCESS


def form_xml(call: Call, project_id: int, form_id: str) -> HttpResponse:
    return xform_response(published_of(form_of(call, project_id, form_id)))


def form_workbook(call: Call, project_id: int, form_id: str, suffix: str) -> HttpResponse:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return workbook_response(published_of(form), suffix)


def list_fields(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    """What ruODK and pyodk ask before they read data."""
    form = form_of(call, project_id, form_id)
    version = form.current or form.draft
    if version is None:
        raise ProblemRaised(404.8, version="")
    return fields_shape(version, for_odata=call.flag("odata"))


def list_versions(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    form = form_of(call, project_id, form_id)
    versions = publishing.versions_of(form).select_related("created_by")
    return [_version(call, form, each) for each in versions]


def show_version(call: Call, project_id: int, form_id: str, version: str) -> dict[str, Any]:
    form = form_of(call, project_id, form_id)
    return _version(call, form, published_version(form, version))


def version_xml(call: Call, project_id: int, form_id: str, version: str) -> HttpResponse:
    form = form_of(call, project_id, form_id)
    return xform_response(published_version(form, version))


def version_workbook(
    call: Call, project_id: int, form_id: str, version: str, suffix: str
) -> HttpResponse:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return workbook_response(published_version(form, version), suffix)


def version_fields(call: Call, project_id: int, form_id: str, version: str) -> list[dict[str, Any]]:
    form = form_of(call, project_id, form_id)
    return fields_shape(published_version(form, version), for_odata=call.flag("odata"))


def xform_response(version: FormVersion) -> HttpResponse:
    response = HttpResponse(bytes(version.xform), content_type=XFORM_TYPE)
    response["ETag"] = f'"{version.md5}"'
    return response


def workbook_response(version: FormVersion, suffix: str) -> HttpResponse:
    """The workbook that a version was made of, when it is of this kind."""
    if version.workbook is None or excel_type(version) != EXCEL_TYPES[suffix]:
        raise ProblemRaised(404.7)
    response = HttpResponse(bytes(version.workbook), content_type=EXCEL_TYPES[suffix])
    response["Content-Disposition"] = f'attachment; filename="form.{suffix}"'
    return response


def _version(call: Call, form: Form, version: FormVersion) -> dict[str, Any]:
    people = {"publishedBy": actor_shape(version.created_by)} if call.is_extended else {}
    return {**form_shape(form), **version_shape(version), **people}
