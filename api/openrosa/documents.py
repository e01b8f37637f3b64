"""The documents of blank forms, the same for published forms and for drafts on trial."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

from api.openrosa import entity_files
from api.openrosa.addresses import file_url
from api.openrosa.caching import is_known, marked, not_modified, xml_document
from api.problems import ProblemRaised
from surveys.collection import blank_forms, blobs
from surveys.collection.blank_forms import BlankForm, FormFile, ListedForm

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def form_list(request: HttpRequest, entries: Iterable[str]) -> HttpResponseBase:
    return xml_document(
        request,
        f'{DECLARATION}<xforms xmlns="http://openrosa.org/xforms/xformsList">\n'
        f"{''.join(entries)}</xforms>\n",
    )


def list_entry(address: str, form: ListedForm) -> str:
    """`address` is where the form's files lie; with `.xml` it is the form."""
    manifest = f"<manifestUrl>{escape(address)}/manifest</manifestUrl>" if form.has_files else ""
    return (
        f"<xform><formID>{escape(form.xml_form_id)}</formID><name>{escape(form.name)}</name>"
        f"<version>{escape(form.version)}</version><hash>md5:{form.md5}</hash>"
        f"<downloadUrl>{escape(address)}.xml</downloadUrl>{manifest}</xform>\n"
    )


def form_xml(request: HttpRequest, form: BlankForm) -> HttpResponseBase:
    """The stored bytes, whose md5 the list names."""
    if is_known(request, form.md5):
        return not_modified(form.md5)
    content = blank_forms.xform(form.version)
    response = HttpResponse(content, content_type="application/xml; charset=utf-8")
    return marked(response, form.md5)


def manifest(request: HttpRequest, address: str, root: str, form: BlankForm) -> HttpResponseBase:
    """The files beside a form that are there; `root` is empty where no entity list has a check."""
    files = [each for each in blank_forms.files(form.version) if _is_for(form, each)]
    entries = "".join(_media(address, root, form, file) for file in files)
    return xml_document(
        request,
        f'{DECLARATION}<manifest xmlns="http://openrosa.org/xforms/xformsManifest">\n'
        f"{entries}</manifest>\n",
    )


def _is_for(form: BlankForm, file: FormFile) -> bool:
    """No entity list for a public link: households, names and points are nobody's to read."""
    return not (form.is_public and file.entity_list)


def _media(address: str, root: str, form: BlankForm, file: FormFile) -> str:
    kind = integrity = ""
    if file.entity_list:
        kind = f' type="{entity_files.kind_of(file)}"'
        if root:
            url = f"{root}/datasets/{quote(file.entity_list, safe='')}/integrity"
            integrity = f"<integrityUrl>{escape(url)}</integrityUrl>"
    return (
        f"<mediaFile{kind}><filename>{escape(file.name)}</filename>"
        f"<hash>md5:{_tag_of(form, file)}</hash>"
        f"<downloadUrl>{escape(file_url(address, file.name))}</downloadUrl>{integrity}"
        "</mediaFile>\n"
    )


def media(request: HttpRequest, form: BlankForm, name: str) -> HttpResponseBase:
    """One file beside a form, or the list that is made for the caller."""
    file = blank_forms.file(form.version, name)
    if file is None or not _is_for(form, file):
        raise ProblemRaised(404.7)
    tag = _tag_of(form, file)
    if is_known(request, tag):
        return not_modified(tag)
    if file.entity_list:
        return marked(entity_files.rows_of(form, file), tag)
    response = FileResponse(
        blobs.open_blob(file.sha256),
        content_type=file.content_type or "application/octet-stream",
        as_attachment=True,
        filename=name,
    )
    response.headers["Content-Length"] = str(file.size)
    return marked(response, tag)


def _tag_of(form: BlankForm, file: FormFile) -> str:
    """The md5 of a file; of a list a token of its state."""
    return entity_files.tag_of(form, file) if file.entity_list else file.md5
