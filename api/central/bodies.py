"""Request bodies: whole, within a limit, and of the kind that the address takes."""

import json
from typing import Any, BinaryIO, Final, cast

from django.conf import settings
from django.http import HttpRequest

from api.problems import ProblemRaised

MOST_JSON: Final = 1_000_000
MOST_FORM: Final = 50_000_000
MOST_SUBMISSION: Final = 20_000_000
MEGABYTE: Final = 1_000_000
BLOCK: Final = 262_144


class WholeBody:
    """A body read piece by piece; one that ends early is refused, never stored as if whole."""

    def __init__(self, request: HttpRequest, limit: int) -> None:
        self._request = request
        self._left = length_of(request, limit)

    def read(self, size: int = BLOCK) -> bytes:
        if self._left == 0:
            return b""
        piece: bytes = self._request.read(min(size, self._left))
        if not piece:
            raise ProblemRaised(400.7)
        self._left -= len(piece)
        return piece


def length_of(request: HttpRequest, limit: int) -> int:
    """The announced length, within the limit (a chunked body was measured by `config.chunked`)."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    length = int(said) if str(said).isdecimal() else 0
    if length > limit:
        raise ProblemRaised(413.1, limit=limit // MEGABYTE)
    return length


def stream_of(request: HttpRequest) -> BinaryIO:
    """A file that is uploaded as the body."""
    return cast("BinaryIO", WholeBody(request, settings.MAX_REQUEST_BYTES))


def bytes_of(request: HttpRequest, limit: int) -> bytes:
    """A body in memory."""
    body = WholeBody(request, limit)
    pieces = []
    while piece := body.read():
        pieces.append(piece)
    return b"".join(pieces)


def json_of(request: HttpRequest, limit: int = MOST_JSON) -> dict[str, Any]:
    """A JSON object."""
    try:
        said = json.loads(bytes_of(request, limit))
    except (ValueError, RecursionError) as error:
        raise ProblemRaised(400.1) from error
    if not isinstance(said, dict):
        raise ProblemRaised(400.1)
    return said


def text(said: dict[str, Any], field: str, *, default: str | None = None) -> str:
    """A text of a JSON object; without a default it must be there."""
    value = said.get(field, default)
    if not is_storable(value):
        raise ProblemRaised(400.2, field=field)
    return str(value)


def is_storable(value: Any) -> bool:
    """Whether it is a text that the databases hold: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str) or "\x00" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def optional_text(said: dict[str, Any], field: str) -> str | None:
    return text(said, field) if said.get(field) is not None else None


def optional_flag(said: dict[str, Any], field: str) -> bool | None:
    value = said.get(field)
    if value is not None and not isinstance(value, bool):
        raise ProblemRaised(400.2, field=field)
    return value
