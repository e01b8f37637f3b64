"""Drafts on trial: whoever has the link of a draft may fill it, until it is published.

What is sent stays apart from real records and goes with the draft.
"""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from api.openrosa import documents, sentences
from api.openrosa.answers import only_reading, openrosa, problem, with_openrosa_headers
from api.openrosa.multipart import MultipartCut
from api.openrosa.submission import check_length, derive, read_body
from api.problems import ProblemRaised
from forms.instance import MalformedInstance
from surveys.collection import admission, blank_forms, instances, intake
from surveys.collection.arrival import Admission, Arrival
from surveys.collection.blank_forms import BlankForm


@openrosa
def form_list(
    request: HttpRequest, token: str, project_id: int, xml_form_id: str
) -> HttpResponseBase:
    form = _readable(request, token, project_id, xml_form_id)
    address = _address(request, token, project_id, xml_form_id)
    entry = documents.list_entry(address, blank_forms.as_listed(form.version))
    return documents.form_list(request, [entry])


@openrosa
def form_xml(
    request: HttpRequest, token: str, project_id: int, xml_form_id: str
) -> HttpResponseBase:
    return documents.form_xml(request, _readable(request, token, project_id, xml_form_id))


@openrosa
def manifest(
    request: HttpRequest, token: str, project_id: int, xml_form_id: str
) -> HttpResponseBase:
    form = _readable(request, token, project_id, xml_form_id)
    address = _address(request, token, project_id, xml_form_id)
    return documents.manifest(request, address, "", form)


@openrosa
def media(
    request: HttpRequest, token: str, project_id: int, xml_form_id: str, name: str
) -> HttpResponseBase:
    return documents.media(request, _readable(request, token, project_id, xml_form_id), name)


@openrosa
def submission(
    request: HttpRequest, token: str, project_id: int, xml_form_id: str
) -> HttpResponseBase:
    """The form id has to be the draft's; the version is not looked at."""
    admitted = _admitted(token, project_id, xml_form_id)
    if request.method == "HEAD":
        return with_openrosa_headers(HttpResponse(status=204))
    if request.method != "POST":
        raise ProblemRaised(405.1, method=request.method)
    check_length(request)
    upload = read_body(request, hold_files=False)
    if upload.broken is not None or not upload.has_xml:
        return problem(request, 400.7 if isinstance(upload.broken, MultipartCut) else 400.6)
    try:
        root, head = instances.read(upload.xml)
    except MalformedInstance as fault:
        return problem(request, instances.FAULTS[fault.code], reason=fault.detail)
    if head.form_id != xml_form_id:
        raise ProblemRaised(400.9, sent=head.form_id, expected=xml_form_id)
    arrival = Arrival(
        project_id=project_id,
        actor_id=None,
        xml=upload.xml,
        files=upload.settle(),
        device_id=request.GET.get("deviceID"),
        user_agent=request.headers.get("User-Agent"),
        is_draft=True,
    )
    receipt = intake.receive_parsed(arrival, root, head, admitted)
    if not receipt.is_stored:
        return problem(request, receipt.problem)
    if receipt.needs_deriving:
        derive(receipt)
    return sentences.stored(request, receipt, admitted)


def _admitted(token: str, project_id: int, xml_form_id: str) -> Admission:
    found = admission.by_draft_token(token, project_id, xml_form_id)
    if found is None:
        raise ProblemRaised(404.11)
    return found


def _readable(request: HttpRequest, token: str, project_id: int, xml_form_id: str) -> BlankForm:
    only_reading(request)
    found = _admitted(token, project_id, xml_form_id)
    return BlankForm(
        found.form_id or 0,
        found.form_version_id or 0,
        found.form_md5,
        None,
        may_read=True,
        is_trial=True,
    )


def _address(request: HttpRequest, token: str, project_id: int, xml_form_id: str) -> str:
    base = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    return (
        f"{base}/v1/test/{quote(token, safe='!$')}/projects/{project_id}"
        f"/forms/{quote(xml_form_id, safe='')}/draft"
    )
