"""The phone's door, described by hand: its answers are XML that a standard prescribes."""

from typing import Final

from api.openapi.description import Description, Parameter
from api.openapi.walk import Route

XML: Final = "text/xml"
KEYED: Final = "/v1/key/{token}/projects/{project_id}"
TRIAL: Final = "/v1/test/{token}/projects/{project_id}/forms/{form_id}/draft"
SIGNED: Final = "/v1/projects/{project_id}"
_TOKEN: Final = ("token", "string")
_PROJECT: Final = ("project_id", "integer")
_DEVICE: Final = Parameter(
    "deviceID", says="Collect sends it with every request.", example="collect:abcDEF123456"
)
_ENVELOPE: Final = (
    '<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">'
    '<message nature="">Đã nhận phiếu.</message></OpenRosaResponse>'
)
_FORM_LIST: Final = Description(
    "Forms that may be filled",
    "Open and published ones; for a phone those that it was given. `formID` narrows the list.",
    parameters=(_DEVICE, Parameter("formID", example="citizen_sat")),
    answer='<xforms xmlns="http://openrosa.org/xforms/xformsList"><xform>…</xform></xforms>',
    answer_type=XML,
)
_READY: Final = Description(
    "Ask how much one upload may hold",
    "Answers 204 with X-OpenRosa-Accept-Content-Length.",
    parameters=(_DEVICE,),
    status=204,
)
_SEND: Final = Description(
    "Send a filled form",
    "A part `xml_submission_file` and one part a file, named as the XML names it. The same again "
    "is a success; 202 means kept aside for staff, who see why.",
    parameters=(_DEVICE,),
    body={"xml_submission_file": "<data id='F' version='1'>…</data>", "photo.jpg": "…"},
    body_type="multipart/form-data",
    answer=_ENVELOPE,
    answer_type=XML,
    status=201,
)
_FORM_XML: Final = Description(
    "A form as it was published", answer="<h:html>…</h:html>", answer_type="application/xml"
)
_MANIFEST: Final = Description(
    "Files of a form",
    "With ETag: who has them gets 304.",
    parameters=(_DEVICE,),
    answer='<manifest xmlns="http://openrosa.org/xforms/xformsManifest">…</manifest>',
    answer_type=XML,
)
_FILE: Final = Description("A file of a form", answer_type="application/octet-stream")
_INTEGRITY: Final = Description(
    "Which entities of a phone were deleted here",
    parameters=(Parameter("id", says="UUIDs with commas between.", example="a,b"),),
    answer="<data><entities>…</entities></data>",
    answer_type=XML,
)


def _route(
    method: str, path: str, name: str, description: Description, *, is_anonymous: bool = True
) -> Route:
    known = {"token": _TOKEN, "project_id": _PROJECT}
    places = [part[1:-1] for part in path.replace(".xml", "").split("/") if part.startswith("{")]
    return Route(
        method=method,
        path=path,
        places=tuple(known.get(place, (place, "string")) for place in places),
        name=f"openrosa.{name}",
        description=description,
        is_anonymous=is_anonymous,
    )


ROUTES: Final[tuple[Route, ...]] = (
    _route("GET", f"{KEYED}/formList", "form_list", _FORM_LIST),
    _route("HEAD", f"{KEYED}/submission", "ready", _READY),
    _route("POST", f"{KEYED}/submission", "send", _SEND),
    _route("GET", f"{KEYED}/forms/{{form_id}}.xml", "form_xml", _FORM_XML),
    _route("GET", f"{KEYED}/forms/{{form_id}}/manifest", "manifest", _MANIFEST),
    _route("GET", f"{KEYED}/forms/{{form_id}}/attachments/{{name}}", "file", _FILE),
    _route("GET", f"{KEYED}/datasets/{{entity_list}}/integrity", "integrity", _INTEGRITY),
    _route("GET", f"{TRIAL}/formList", "trial_form_list", _FORM_LIST),
    _route("HEAD", f"{TRIAL}/submission", "trial_ready", _READY),
    _route("POST", f"{TRIAL}/submission", "trial_send", _SEND),
    _route("GET", f"{TRIAL}.xml", "trial_form_xml", _FORM_XML),
    _route("GET", f"{TRIAL}/manifest", "trial_manifest", _MANIFEST),
    _route("GET", f"{TRIAL}/attachments/{{name}}", "trial_file", _FILE),
    _route("GET", f"{SIGNED}/formList", "own_form_list", _FORM_LIST, is_anonymous=False),
    _route("HEAD", f"{SIGNED}/submission", "own_ready", _READY, is_anonymous=False),
    _route("POST", f"{SIGNED}/submission", "own_send", _SEND, is_anonymous=False),
    _route(
        "GET", f"{SIGNED}/forms/{{form_id}}/manifest", "own_manifest", _MANIFEST, is_anonymous=False
    ),
    _route(
        "GET",
        f"{SIGNED}/datasets/{{entity_list}}/integrity",
        "own_integrity",
        _INTEGRITY,
        is_anonymous=False,
    ),
)
