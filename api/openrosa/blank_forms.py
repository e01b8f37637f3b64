"""S/formList, the forms it names, their manifests and media."""

import hashlib
from typing import Final
from xml.sax.saxutils import escape

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

from api.openrosa.addresses import file_url, form_root, integrity_url, root_of
from api.openrosa.answers import openrosa
from api.openrosa.caching import is_known, marked, not_modified, xml_document
from api.openrosa.senders import sender_of, token_in
from api.problems import ProblemRaised
from surveys.collection import blank_forms, blobs
from surveys.collection.blank_forms import BlankForm, FormFile, ListedForm
from surveys.fieldwork import household_list

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
SAFE_METHODS = ("GET", "HEAD")
HOUSEHOLDS: Final = "sampled_hh"
MOST_IDS: Final = 5000


@openrosa
def form_list(request: HttpRequest, project_id: int, token: str = "") -> HttpResponseBase:
    """Open and assigned forms; `formID` narrows, other parameters mean nothing here."""
    _only_reading(request)
    token = token_in(request, token)
    sender = sender_of(request, project_id, token)
    forms = blank_forms.listed(project_id, sender.actor_id if token else None)
    if wanted := request.GET.get("formID"):
        forms = [form for form in forms if form.xml_form_id == wanted]
    root = root_of(request, project_id, token)
    entries = "".join(_entry(root, form) for form in forms)
    return xml_document(
        request,
        f'{DECLARATION}<xforms xmlns="http://openrosa.org/xforms/xformsList">\n{entries}</xforms>\n',
    )


def _entry(root: str, form: ListedForm) -> str:
    address = form_root(root, form.xml_form_id)
    manifest = f"<manifestUrl>{escape(address)}/manifest</manifestUrl>" if form.has_files else ""
    return (
        f"<xform><formID>{escape(form.xml_form_id)}</formID><name>{escape(form.name)}</name>"
        f"<version>{escape(form.version)}</version><hash>md5:{form.md5}</hash>"
        f"<downloadUrl>{escape(address)}.xml</downloadUrl>{manifest}</xform>\n"
    )


@openrosa
def form_xml(
    request: HttpRequest, project_id: int, xml_form_id: str, token: str
) -> HttpResponseBase:
    """The published bytes, whose md5 the list names."""
    form, version_id = _readable(request, project_id, token, xml_form_id)
    if is_known(request, form.md5):
        return not_modified(form.md5)
    content = blank_forms.xform(version_id)
    response = HttpResponse(content, content_type="application/xml; charset=utf-8")
    return marked(response, form.md5)


@openrosa
def manifest(
    request: HttpRequest, project_id: int, xml_form_id: str, token: str = ""
) -> HttpResponseBase:
    """The files beside a form that are there."""
    token = token_in(request, token)
    form, version_id = _readable(request, project_id, token, xml_form_id)
    root = root_of(request, project_id, token)
    entries = "".join(
        _media(root, xml_form_id, form, file) for file in blank_forms.files(version_id)
    )
    return xml_document(
        request,
        f'{DECLARATION}<manifest xmlns="http://openrosa.org/xforms/xformsManifest">\n'
        f"{entries}</manifest>\n",
    )


def _media(root: str, xml_form_id: str, form: BlankForm, file: FormFile) -> str:
    address = file_url(form_root(root, xml_form_id), file.name)
    kind = integrity = ""
    if file.entity_list:
        kind = ' type="entityList"'
        integrity = f"<integrityUrl>{escape(integrity_url(root, file.entity_list))}</integrityUrl>"
    return (
        f"<mediaFile{kind}><filename>{escape(file.name)}</filename>"
        f"<hash>md5:{_tag_of(form, file)}</hash>"
        f"<downloadUrl>{escape(address)}</downloadUrl>{integrity}</mediaFile>\n"
    )


def _tag_of(form: BlankForm, file: FormFile) -> str:
    """The md5 of a file; of a list made for the caller a token of its state, never its bytes.

    Collect compares a list's hash only with the one it saw before, so it need not be read.
    """
    if not file.entity_list:
        return file.md5
    state = household_list.version_token(form.form_id, form.actor_id)
    return hashlib.md5(state.encode(), usedforsecurity=False).hexdigest()


@openrosa
def media(
    request: HttpRequest, project_id: int, xml_form_id: str, name: str, token: str
) -> HttpResponseBase:
    """One file beside a form."""
    form, version_id = _readable(request, project_id, token, xml_form_id)
    file = blank_forms.file(version_id, name)
    if file is None:
        raise ProblemRaised(404.7)
    tag = _tag_of(form, file)
    if is_known(request, tag):
        return not_modified(tag)
    if file.entity_list:
        rows = household_list.csv_for(form.form_id, form.actor_id)
        return marked(HttpResponse(rows, content_type="text/csv; charset=utf-8"), tag)
    response = FileResponse(
        blobs.open_blob(file.sha256),
        content_type=file.content_type or "application/octet-stream",
        as_attachment=True,
        filename=name,
    )
    response.headers["Content-Length"] = str(file.size)
    return marked(response, tag)


@openrosa
def integrity(
    request: HttpRequest, project_id: int, entity_list: str, token: str = ""
) -> HttpResponseBase:
    """Which of the entities on a phone were deleted here. Unknown ids are left out.

    The households of a sample are never deleted, so every known one is there.
    """
    _only_reading(request)
    sender_of(request, project_id, token_in(request, token))
    asked = [each for each in request.GET.get("id", "").split(",") if each][:MOST_IDS]
    known = household_list.known_names(project_id, asked) if entity_list == HOUSEHOLDS else []
    entries = "".join(
        f'<entity id="{escape(name)}"><deleted>false</deleted></entity>' for name in known
    )
    return xml_document(request, f"{DECLARATION}<data><entities>{entries}</entities></data>\n")


def _readable(
    request: HttpRequest, project_id: int, token: str, xml_form_id: str
) -> tuple[BlankForm, int]:
    """The form and its current version, for somebody who may fill it."""
    _only_reading(request)
    if token:
        form = blank_forms.by_token(token, project_id, xml_form_id)
        if form is None:
            raise ProblemRaised(403.3)
    else:
        sender_of(request, project_id, token)
        form = blank_forms.by_project(project_id, xml_form_id)
    if form is None or not form.form_id:
        raise ProblemRaised(404.3)
    if not form.may_read:
        raise ProblemRaised(403.1)
    if form.version_id is None:
        raise ProblemRaised(404.3)
    return form, form.version_id


def _only_reading(request: HttpRequest) -> None:
    if request.method not in SAFE_METHODS:
        raise ProblemRaised(405.1, method=request.method)
