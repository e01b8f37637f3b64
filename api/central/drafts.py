"""`/v1/projects/{p}/forms/{f}/draft`: the version that is being prepared, and its files."""

from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase

from api.central import bodies
from api.central.door import SUCCESS, Call, instant
from api.central.forms import fields_shape, form_shape, version_shape, xform_response
from api.central.lookups import draft_of, form_of, published_version
from api.central.workbooks import is_workbook, publish_and_wait
from api.problems import ProblemRaised
from surveys.collection import blobs, publishing, publishing_files
from surveys.collection.models import FormAttachment, FormVersion
from surveys.collection.publishing_job import Order
from surveys.collection.rights import Right


def show_draft(call: Call, project_id: int, form_id: str) -> dict[str, Any]:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return {**form_shape(form), **version_shape(draft_of(form))}


def set_draft(call: Call, project_id: int, form_id: str) -> dict[str, bool]:
    """A new draft; an empty body copies what is published."""
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    data = bodies.bytes_of(call.request, bodies.MOST_FORM)
    if is_workbook(data):
        publish_and_wait(call, Order(form.project_id, "", form_id=form.pk), data)
    else:
        publishing.set_draft(call.actor, form, data or None)
    return SUCCESS


def publish_draft(call: Call, project_id: int, form_id: str) -> dict[str, bool]:
    form = form_of(call, project_id, form_id)
    publishing.publish_draft(call.actor, form, call.request.GET.get("version"))
    return SUCCESS


def delete_draft(call: Call, project_id: int, form_id: str) -> dict[str, bool]:
    publishing.delete_draft(call.actor, form_of(call, project_id, form_id))
    return SUCCESS


def draft_xml(call: Call, project_id: int, form_id: str) -> HttpResponse:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return xform_response(draft_of(form))


def draft_fields(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return fields_shape(draft_of(form))


def list_draft_files(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return _files(draft_of(form))


def put_draft_file(call: Call, project_id: int, form_id: str, name: str) -> dict[str, Any]:
    """The body is the file; it goes to disk as it comes, never whole into memory."""
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    publishing_files.draft_slot(form, name)  # refused before the file is read
    slot = publishing_files.attach_to_draft(
        call.actor,
        form,
        name,
        bodies.stream_of(call.request),
        call.request.headers.get("Content-Type", ""),
    )
    return file_shape(slot)


def delete_draft_file(call: Call, project_id: int, form_id: str, name: str) -> dict[str, bool]:
    publishing_files.detach_from_draft(call.actor, form_of(call, project_id, form_id), name)
    return SUCCESS


def show_draft_file(call: Call, project_id: int, form_id: str, name: str) -> HttpResponseBase:
    form = form_of(call, project_id, form_id, Right.MANAGE_FORMS)
    return _file(draft_of(form), name)


def list_files(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    form = form_of(call, project_id, form_id)
    if form.current is None:
        raise ProblemRaised(404.8, version="")
    return _files(form.current)


def show_file(call: Call, project_id: int, form_id: str, name: str) -> HttpResponseBase:
    form = form_of(call, project_id, form_id)
    if form.current is None:
        raise ProblemRaised(404.8, version="")
    return _file(form.current, name)


def list_version_files(
    call: Call, project_id: int, form_id: str, version: str
) -> list[dict[str, Any]]:
    form = form_of(call, project_id, form_id)
    return _files(published_version(form, version))


def file_shape(slot: FormAttachment) -> dict[str, Any]:
    return {
        "name": slot.name,
        "type": slot.kind,
        "hash": slot.blob.md5 if slot.blob is not None else None,
        "exists": slot.blob_id is not None or bool(slot.entity_list),
        "blobExists": slot.blob_id is not None,
        "datasetExists": bool(slot.entity_list),
        "updatedAt": instant(slot.updated_at),
    }


def _files(version: FormVersion) -> list[dict[str, Any]]:
    slots = version.attachments.select_related("blob").order_by("name")
    return [file_shape(slot) for slot in slots]


def _file(version: FormVersion, name: str) -> HttpResponseBase:
    slot = version.attachments.filter(name=name).first()
    if slot is None:
        raise ProblemRaised(404.6, name=name)
    if slot.blob_id is None:
        raise ProblemRaised(404.7)
    return download(slot.blob_id, name, slot.content_type)


def download(sha256: str, name: str, content_type: str) -> HttpResponseBase:
    """A stored file, always as a download: what a phone sent must not run in our origin."""
    try:
        stream = blobs.open_blob(sha256)
    except FileNotFoundError as error:
        raise ProblemRaised(404.7) from error
    response = FileResponse(
        stream,
        as_attachment=True,
        filename=name,
        content_type=content_type or "application/octet-stream",
    )
    response["ETag"] = f'"{sha256}"'
    return response
