"""Files of forms: of the published version, an older one, or the draft."""

from typing import Any

from django.http import FileResponse, HttpResponseBase

from api.central import bodies
from api.central.door import SUCCESS, Call
from api.central.form_shapes import file_shape
from api.central.list_files import list_file
from api.central.lookups import draft_of, form_of, published_of, published_version
from api.problems import ProblemRaised
from surveys.collection import blobs, publishing_files
from surveys.collection.models import FormVersion
from surveys.collection.rights import Right


def list_files(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    return _files(published_of(form_of(call, project_id, form_id)))


def show_file(call: Call, project_id: int, form_id: str, name: str) -> HttpResponseBase:
    return _file(call, published_of(form_of(call, project_id, form_id)), name)


def list_version_files(
    call: Call, project_id: int, form_id: str, version: str
) -> list[dict[str, Any]]:
    return _files(published_version(form_of(call, project_id, form_id), version))


def show_version_file(
    call: Call, project_id: int, form_id: str, version: str, name: str
) -> HttpResponseBase:
    return _file(call, published_version(form_of(call, project_id, form_id), version), name)


def list_draft_files(call: Call, project_id: int, form_id: str) -> list[dict[str, Any]]:
    return _files(draft_of(form_of(call, project_id, form_id, Right.MANAGE_FORMS)))


def show_draft_file(call: Call, project_id: int, form_id: str, name: str) -> HttpResponseBase:
    return _file(call, draft_of(form_of(call, project_id, form_id, Right.MANAGE_FORMS)), name)


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


def _files(version: FormVersion) -> list[dict[str, Any]]:
    slots = version.attachments.select_related("blob").order_by("name")
    return [file_shape(slot) for slot in slots]


def _file(call: Call, version: FormVersion, name: str) -> HttpResponseBase:
    slot = version.attachments.filter(name=name).first()
    if slot is None:
        raise ProblemRaised(404.6, name=name)
    if slot.entity_list:
        slot.form_version = version
        return list_file(call, slot)
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
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
