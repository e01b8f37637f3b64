"""What the document says of `/v1` beyond addresses and docstrings, by method and address.

An address that is not here is described by the docstring of its view.
"""

from collections.abc import Iterator
from typing import Any, Final

from api.openapi import entity_details, people_details, readout_details
from api.openapi import examples as x
from api.openapi.description import Description, Parameter

P: Final = "projects/{project_id}"
F: Final = f"{P}/forms/{{form_id}}"
S: Final = f"{F}/submissions"
T: Final = f"{F}/draft/submissions"
BYTES: Final = "application/octet-stream"
XML: Final = "application/xml"
EXTENDED: Final = Parameter(
    "X-Extended-Metadata",
    where="header",
    says="`true`: with counts and the people behind ids.",
    example="true",
)
DELETED: Final = Parameter("deleted", "boolean", "`true`: what lies in the trash.")
IGNORED: Final = Parameter("ignoreWarnings", "boolean", "Taken, and means nothing: none refuses.")
PUBLISH: Final = Parameter("publish", "boolean", "`true`: at once, without a draft.")
VERSION: Final = Parameter("version", says="Replaces the version that the form says.", example="3")
FALLBACK: Final = Parameter(
    "X-XlsForm-FormId-Fallback", where="header", says="The form id, when the workbook has none."
)
DEVICE: Final = Parameter("deviceID", example="pyodk")
ODATA_NAMES: Final = Parameter("odata", "boolean", "`true`: names as the OData service has them.")
WINDOW: Final = (
    Parameter("limit", "integer", example=100),
    Parameter("offset", "integer", example=0),
)


def _read(summary: str, answer: Any, *parameters: Parameter, says: str = "") -> Description:
    return Description(summary, says, parameters, answer=answer)


def _bytes(summary: str, answer_type: str = BYTES, *, answer: Any = None) -> Description:
    return Description(summary, answer=answer, answer_type=answer_type)


def _change(
    summary: str, body: Any = None, answer: Any = x.DONE, says: str = "", *also: Parameter
) -> Description:
    return Description(summary, says, also, body=body, answer=answer)


def _upload(summary: str, answer: Any, *also: Parameter, xml: str = "") -> Description:
    return Description(
        summary,
        parameters=also,
        body=xml or "…",
        body_type=XML if xml else BYTES,
        answer=answer,
    )


_SIGN_IN: Final = {
    "POST sessions": _change(
        "Sign in",
        {"email": "lan@example.vn", "password": "…"},
        {"token": "…", "csrf": None, "expiresAt": x.MOMENT, "createdAt": x.MOMENT},
    ),
    "GET sessions/restore": _read("The session that asks", {"token": "…", "csrf": None}),
    "DELETE sessions/{token}": _change("End a session, or revoke a phone's token"),
    "GET users/current": _read("Who asks", {**x.ACTOR, "email": "lan@example.vn"}),
}
_PROJECTS: Final = {
    "GET projects": _read("Projects that you may see", [x.PROJECT]),
    "POST projects": _change("Make a project", {"name": "Khảo sát Như Thanh 2026"}, x.PROJECT),
    f"GET {P}": _read("A project", x.PROJECT),
    f"PATCH {P}": _change("Rename or archive a project", {"archived": True}, x.PROJECT),
    f"DELETE {P}": _change("Hide a project with everything in it"),
    f"POST {P}/key": _change(
        "Encrypt all forms of a project",
        {"passphrase": "một câu dài dễ nhớ", "hint": "câu hát"},
    ),
    f"GET {F}/submissions/keys": _read("Keys that an export of the form needs", [x.KEY]),
    f"GET {P}/app-users": _read("Phones of a project", [x.PHONE]),
    f"POST {P}/app-users": _change("Make a phone", {"displayName": "NV-017"}, x.PHONE),
    f"DELETE {P}/app-users/{{actor_id}}": _change("Delete a phone"),
    f"GET {F}/public-links": _read(
        "Public links of a form, living ones first", [x.PUBLIC_LINK], EXTENDED
    ),
    f"GET {F}/public-links/{{actor_id}}": _read("A public link", x.PUBLIC_LINK, EXTENDED),
    f"POST {F}/public-links": _change(
        "Make a public link",
        {"displayName": "Bàn số 1", "once": False},
        x.PUBLIC_LINK,
        "Its token opens this form, to fetch and to fill, in the path and as `?st=`; "
        "`once`: one record a browser.",
    ),
    f"DELETE {F}/public-links/{{actor_id}}": _change("Delete a public link"),
    "GET key/{token}/projects/{project_id}/forms/{xml_form_id}/submissions": _read(
        "Nothing: a token sends and reads no record", None
    ),
    "POST key/{token}/projects/{project_id}/forms/{xml_form_id}/submissions": Description(
        "Send a filled form by a token",
        "The token of a phone or of a public link.",
        (DEVICE,),
        body=x.INSTANCE,
        body_type=XML,
        answer=x.SUBMISSION,
    ),
    f"GET {P}/quarantine": _read("What arrived and fits no form", [x.KEPT]),
    f"GET {F}/assignments/{{role}}": _read("Phones that have a form", [x.ACTOR]),
    f"POST {F}/assignments/{{role}}/{{actor_id}}": _change("Give a phone a form"),
    f"DELETE {F}/assignments/{{role}}/{{actor_id}}": _change("Take a form from a phone"),
}
_FORMS: Final = {
    f"GET {P}/forms": _read("Forms of a project", [x.FORM], DELETED, EXTENDED),
    f"POST {P}/forms": _upload(
        "Make a form of an XForm or a workbook", x.FORM, PUBLISH, IGNORED, FALLBACK, xml=x.XFORM
    ),
    f"POST {P}/forms/{{form_number}}/restore": _change("Take a form out of the trash"),
    f"POST {P}/forms/{{form_number}}/purge": _change(
        "Remove a form in the trash for good",
        {"confirm": "citizen_sat"},
        x.DONE,
        "`form_number` is the `id` of the list with `deleted=true`; `confirm` repeats the form id.",
    ),
    f"GET {F}": _read("A form with its current version", x.FORM, EXTENDED),
    f"PATCH {F}": _change(
        "Open or close a form",
        {"state": "closing"},
        x.FORM,
        "`open`; `closing`: not listed any more, still accepts; `closed`: what comes stands in "
        "quarantine.",
    ),
    f"DELETE {F}": _change("Put a form into the trash, for 30 days"),
    f"GET {F}.xml": _bytes("The form as it was published", XML, answer=x.XFORM),
    f"GET {F}.xlsx": _bytes("The workbook that the form was made of"),
    f"GET {F}.xls": _bytes("The workbook in the old format"),
    f"GET {F}/fields": _read("Questions, groups and repeats", [x.FIELD], ODATA_NAMES),
    f"GET {F}/versions": _read("Published versions, newest first", [x.FORM], EXTENDED),
    f"GET {F}/versions/{{version}}": _read(
        "A published version", x.FORM, EXTENDED, says="The empty version is written `___`."
    ),
    f"GET {F}/versions/{{version}}.xml": _bytes("A version's XForm", XML, answer=x.XFORM),
    f"GET {F}/versions/{{version}}.xlsx": _bytes("A version's workbook"),
    f"GET {F}/versions/{{version}}.xls": _bytes("A version's workbook in the old format"),
    f"GET {F}/versions/{{version}}/fields": _read("A version's fields", [x.FIELD], ODATA_NAMES),
    f"POST {F}/versions/{{version}}/draft": _change("Begin a draft that is a copy of a version"),
    f"GET {F}/versions/{{version}}/attachments": _read("A version's files", [x.FILE]),
    f"GET {F}/versions/{{version}}/attachments/{{name}}": _bytes("A file of a version"),
    f"GET {F}/attachments": _read("Files that a form needs", [x.FILE]),
    f"GET {F}/attachments/{{name}}": _bytes("A file of a form"),
}
_DRAFTS: Final = {
    f"GET {F}/draft": _read("The draft, with its test token", {**x.FORM, "draftToken": "…"}),
    f"POST {F}/draft": _upload(
        "Begin or replace the draft; an empty body copies what is published",
        x.DONE,
        IGNORED,
        FALLBACK,
        xml=x.XFORM,
    ),
    f"DELETE {F}/draft": _change("Drop the draft and its test records"),
    f"POST {F}/draft/publish": _change("Publish the draft", None, x.DONE, "", VERSION),
    f"GET {F}/draft.xml": _bytes("The draft's XForm", XML, answer=x.XFORM),
    f"GET {F}/draft.xlsx": _bytes("The draft's workbook"),
    f"GET {F}/draft.xls": _bytes("The draft's workbook in the old format"),
    f"GET {F}/draft/fields": _read("The draft's fields", [x.FIELD], ODATA_NAMES),
    f"GET {F}/draft/attachments": _read("Files that the draft needs", [x.FILE]),
    f"GET {F}/draft/attachments/{{name}}": _bytes("A file of the draft"),
    f"POST {F}/draft/attachments/{{name}}": _upload("Give the draft a file", x.FILE),
    f"DELETE {F}/draft/attachments/{{name}}": _change("Take a file from the draft"),
}


def _submissions() -> Iterator[tuple[str, Description]]:
    """Real submissions and the tests of a draft are read alike."""
    for base, what in ((S, "submission"), (T, "test record")):
        one = f"{base}/{{instance_id}}"
        old = f"{one}/versions/{{version_id}}"
        yield (
            f"GET {base}",
            _read(f"Every {what}, newest first", [x.SUBMISSION], DELETED, *WINDOW, EXTENDED),
        )
        yield f"POST {base}", _upload(f"Send a {what}", x.SUBMISSION, DEVICE, xml=x.INSTANCE)
        yield f"GET {base}/submitters", _read("Who sent", [x.ACTOR])
        yield f"GET {one}", _read(f"A {what}", x.SUBMISSION, EXTENDED)
        yield f"PUT {one}", _upload(f"Edit a {what}", x.SUBMISSION, DEVICE, xml=x.EDITED)
        yield f"GET {one}.xml", _bytes("The bytes as they arrived", XML, answer=x.INSTANCE)
        yield f"GET {one}/versions", _read("The original and its edits", [x.VERSION], EXTENDED)
        yield f"GET {one}/diffs", _read("What each edit changed", x.DIFFS)
        yield f"GET {old}", _read("A version", x.VERSION, EXTENDED)
        yield f"GET {old}.xml", _bytes("A version's bytes", XML, answer=x.INSTANCE)
        for holder in (one, old):
            yield f"GET {holder}/attachments", _read("Files", [x.ATTACHMENT])
            yield f"GET {holder}/attachments/{{name}}", _bytes("A file")
            yield f"DELETE {holder}/attachments/{{name}}", _change("Take a file away")
        yield f"POST {one}/attachments/{{name}}", _upload("Bring a file that is missing", x.DONE)


_REVIEW: Final = {
    f"PATCH {S}/{{instance_id}}": _change(
        "Judge a submission",
        {"reviewState": "approved"},
        x.SUBMISSION,
        "`approved`, `hasIssues`, `rejected`, `edited`, or null: not judged.",
    ),
    f"DELETE {S}/{{instance_id}}": _change("Put a submission into the trash, for 30 days"),
    f"POST {S}/{{instance_id}}/restore": _change("Take a submission out of the trash"),
    f"POST {S}/{{instance_id}}/purge": _change(
        "Remove a submission in the trash for good",
        {"confirm": x.IID},
        x.DONE,
        "`confirm` repeats the instanceID. Its phone cannot send it again.",
    ),
    f"GET {S}/{{instance_id}}/comments": _read("Comments, newest first", [x.COMMENT], EXTENDED),
    f"POST {S}/{{instance_id}}/comments": _change(
        "Write a comment", {"body": "Đã gọi lại hộ."}, x.COMMENT
    ),
    f"GET {S}/{{instance_id}}/audits": _read("What happened to it", [x.AUDIT], EXTENDED),
}

DETAILS: Final[dict[str, Description]] = {
    **_SIGN_IN,
    **_PROJECTS,
    **_FORMS,
    **_DRAFTS,
    **dict(_submissions()),
    **_REVIEW,
    **entity_details.DETAILS,
    **readout_details.DETAILS,
    **people_details.DETAILS,
}
