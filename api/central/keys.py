"""Keys of encrypted forms over `/v1`, and the passphrases that a request for an export brings."""

import json
from typing import Any, Final

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from api.central import bodies
from api.central.door import SUCCESS, Call, instant
from api.central.lookups import form_of, project_of
from api.problems import ProblemRaised
from surveys.collection import rights
from surveys.collection.encryption import managed, opening
from surveys.collection.models import Form, Key
from surveys.collection.rights import Right

MOST_SECRETS: Final = 100_000
LONGEST_ID: Final = 19  # digits of a number that a database can be asked for
WEB_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def set_project_key(call: Call, project_id: int) -> dict[str, bool]:
    """Managed encryption for all forms of a project: `{"passphrase", "hint"}`."""
    project = project_of(call, project_id, Right.MANAGE_FORMS)
    said = bodies.json_of(call.request)
    managed.encrypt_project(
        call.actor,
        project,
        bodies.text(said, "passphrase"),
        bodies.optional_text(said, "hint") or "",
    )
    return SUCCESS


def list_keys(
    call: Call, project_id: int, form_id: str, *, is_draft: bool = False
) -> list[dict[str, Any]]:
    """The keys that an export of the form's submissions needs."""
    right = Right.MANAGE_FORMS if is_draft else Right.READ_PROJECT
    form = form_of(call, project_id, form_id, right)
    rights.require_records(call.user, form)
    return [key_shape(each) for each in opening.keys_in_use(form, is_draft=is_draft)]


def key_shape(key: Key) -> dict[str, Any]:
    return {
        "id": key.pk,
        "public": key.public,
        "managed": key.is_managed,
        "hint": key.hint or None,
        "createdAt": instant(key.created_at),
    }


def opening_of(request: HttpRequest, form: Form) -> opening.Opening | None:
    """What opens the form's records with the passphrases of this request; None: it brings none.

    They stand by the id of their key in the query (`?12=…`) or, better, in the body of a POST as
    JSON or as a web form. A log that a proxy writes holds the query, never the body.

    Raises
    ------
    EncryptionRefused : 400.92 a wrong passphrase, 400.93 no fitting private key.
    """
    secrets = secrets_of(request)
    return opening.open_with(form, secrets) if secrets else None


def secrets_of(request: HttpRequest) -> dict[int, str]:
    """Passphrases by the id of their key."""
    said: dict[str, Any] = dict(request.GET.items())
    if request.method == "POST":
        said |= _body(request)
    return {
        int(name): value
        for name, value in said.items()
        if name.isascii()
        and name.isdecimal()
        and len(name) < LONGEST_ID
        and isinstance(value, str)
        and value
    }


def _body(request: HttpRequest) -> dict[str, Any]:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in WEB_FORMS:
        try:
            return dict(request.POST.items())
        except (SuspiciousOperation, MultiPartParserError) as error:  # too many, too long, cut
            raise ProblemRaised(400.1) from error
    data = bodies.bytes_of(request, MOST_SECRETS)
    if not data.strip():
        return {}
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ProblemRaised(400.1) from error
    if not isinstance(said, dict):
        raise ProblemRaised(400.1)
    return said
