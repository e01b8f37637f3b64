"""S/formList, the forms it names, their manifests and media."""

from django.http import HttpRequest, HttpResponseBase

from api.openrosa import documents
from api.openrosa.addresses import form_root, root_of
from api.openrosa.answers import only_reading, openrosa
from api.openrosa.senders import link_by, sender_of, token_in
from api.problems import ProblemRaised
from surveys.collection import blank_forms, link_door
from surveys.collection.blank_forms import BlankForm


@openrosa
def form_list(request: HttpRequest, project_id: int, token: str = "") -> HttpResponseBase:
    """Open and assigned forms; `formID` narrows, other parameters mean nothing here."""
    only_reading(request)
    token = token_in(request, token)
    sender = sender_of(request, project_id, token)
    if sender.link is not None:
        forms = blank_forms.listed_for_link(sender.link.form_id)
    else:
        forms = blank_forms.listed(project_id, sender.actor_id if token else None)
    if wanted := request.GET.get("formID"):
        forms = [form for form in forms if form.xml_form_id == wanted]
    root = root_of(request, project_id, token)
    return documents.form_list(
        request, (documents.list_entry(form_root(root, form.xml_form_id), form) for form in forms)
    )


@openrosa
def form_xml(
    request: HttpRequest, project_id: int, xml_form_id: str, token: str
) -> HttpResponseBase:
    return documents.form_xml(request, _readable(request, project_id, token, xml_form_id))


@openrosa
def manifest(
    request: HttpRequest, project_id: int, xml_form_id: str, token: str = ""
) -> HttpResponseBase:
    token = token_in(request, token)
    form = _readable(request, project_id, token, xml_form_id)
    root = root_of(request, project_id, token)
    return documents.manifest(request, form_root(root, xml_form_id), root, form)


@openrosa
def media(
    request: HttpRequest, project_id: int, xml_form_id: str, name: str, token: str
) -> HttpResponseBase:
    return documents.media(request, _readable(request, project_id, token, xml_form_id), name)


def _readable(request: HttpRequest, project_id: int, token: str, xml_form_id: str) -> BlankForm:
    """The form, published, for somebody who may fill it."""
    only_reading(request)
    if token:
        form = blank_forms.by_token(token, project_id, xml_form_id)
        if form is None:
            form = link_door.blank_form(link_by(token, project_id), xml_form_id)
    else:
        sender_of(request, project_id, token)
        form = blank_forms.by_project(project_id, xml_form_id)
    if form is None or not form.form_id:
        raise ProblemRaised(404.3)
    if not form.may_read:
        raise ProblemRaised(403.1)
    if not form.version:
        raise ProblemRaised(404.3)
    return form
