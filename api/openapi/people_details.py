"""What the document says of accounts, roles, the audit log and the quarantine over `/v1`."""

from typing import Any, Final

from api.openapi import examples as x
from api.openapi.description import Description, Parameter

P: Final = "projects/{project_id}"
Q: Final = f"{P}/quarantine"
USER: Final[dict[str, Any]] = {**x.ACTOR, "email": "lan@example.vn", "lastLoginAt": x.MOMENT}
ROLE: Final[dict[str, Any]] = {
    "id": 5,
    "system": "manager",
    "name": "Project Manager",
    "verbs": ["project.read", "form.create"],
}
HOLDING: Final[dict[str, Any]] = {"actorId": 5, "roleId": 5}
EVENT: Final[dict[str, Any]] = {**x.AUDIT, "acteeId": "form:3", "notes": None}
WINDOW: Final = (
    Parameter("action", says="A name of Central's or ours, or a group.", example="submission"),
    Parameter("start", example="2026-11-01T00:00:00Z"),
    Parameter("end", example="2026-12-01T00:00:00Z"),
    Parameter("limit", "integer", example=100),
    Parameter("offset", "integer", example=0),
)


def _read(summary: str, answer: Any, *parameters: Parameter) -> Description:
    return Description(summary, parameters=parameters, answer=answer)


def _change(summary: str, body: Any = None, answer: Any = x.DONE, says: str = "") -> Description:
    return Description(summary, says, body=body, answer=answer)


_ACCOUNTS: Final = {
    "GET users": _read("Accounts", [USER], Parameter("q", says="A part of name or e-mail.")),
    "POST users": _change(
        "Make an account",
        {"email": "lan@example.vn", "displayName": "Nguyễn Thị Lan", "password": "…"},
        USER,
        "Without a password the owner is sent a link to set one.",
    ),
    "GET users/{actor_id}": _read("An account", USER),
    "PATCH users/{actor_id}": _change("Change an account", {"displayName": "Trần Lan"}, USER),
    "DELETE users/{actor_id}": _change("Close an account"),
    "PUT users/{actor_id}/password": _change("Change a password", {"old": "…", "new": "…"}),
    "POST users/reset/initiate": _change("Send a link to set a password", {"email": "lan@…"}),
    "POST users/reset/verify": _change("Set a password with the token of a link", {"new": "…"}),
    "GET roles": _read("Roles", [ROLE]),
    "GET roles/{role}": _read("A role, by its number or name", ROLE),
    "GET audits": _read("The audit log, newest first", [EVENT], *WINDOW),
    f"GET {P}/audits": _read("The audit log of a project, newest first", [EVENT], *WINDOW),
    f"GET {P}/app-users/{{actor_id}}": _read("A phone", x.PHONE),
}


def _assignments() -> dict[str, Description]:
    found: dict[str, Description] = {}
    for base, where in (("assignments", "the server"), (f"{P}/assignments", "a project")):
        found |= {
            f"GET {base}": _read(f"Who has which role on {where}", [HOLDING]),
            f"GET {base}/{{role}}": _read(f"Who has a role on {where}", [x.ACTOR]),
            f"POST {base}/{{role}}/{{actor_id}}": _change(f"Give a role on {where}"),
            f"DELETE {base}/{{role}}/{{actor_id}}": _change(f"Take a role on {where}"),
        }
    return found


_QUARANTINE: Final = {
    f"POST {Q}/take": _change(
        "Take in whatever has its form now",
        None,
        {"stored": 3, "left": 1, "refused": {"202.1": 1}},
        "At most 200 at once; `refused` counts, by problem, why others stay.",
    ),
    f"GET {Q}/{{item_id}}": _read("What is kept", x.KEPT),
    f"GET {Q}/{{item_id}}.xml": Description(
        "The bytes as they arrived", answer_type="application/octet-stream"
    ),
    f"GET {Q}/{{item_id}}/attachments/{{name}}": Description(
        "A file that came with it", answer_type="application/octet-stream"
    ),
    f"POST {Q}/{{item_id}}/take": _change(
        "Hand it to a form",
        {"xmlFormId": "citizen_sat", "version": "2026101501"},
        x.SUBMISSION,
        "`{}` tries it as it came; `xmlFormId` and `version` assign it, whatever its XML says; "
        "`asOriginal` makes an edit without original a record; `onNewest` puts a stale edit on "
        "top of the newest version. What cannot be stored is refused with the reason and stays.",
    ),
    f"POST {Q}/{{item_id}}/discard": _change("Set it aside", {"reason": "phiếu thử"}),
    f"POST {Q}/{{item_id}}/reopen": _change("Take back what was set aside"),
}

DETAILS: Final[dict[str, Description]] = {**_ACCOUNTS, **_assignments(), **_QUARANTINE}
