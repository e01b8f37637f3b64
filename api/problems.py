"""Every way in which the server says no, as HTTP: a stable code and what to do next.

The whole part of a code is its HTTP status; a code is never used for anything else later. The
sentences are data in `surveys.collection.problems`; `docs/problems.md` lists them for readers.
"""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpResponse, JsonResponse

from surveys.collection.problems import CATALOGUE, PROBLEMS, Problem, as_markdown, filled, get

__all__ = [
    "CATALOGUE",
    "PROBLEMS",
    "Problem",
    "ProblemRaised",
    "as_markdown",
    "filled",
    "get",
    "json_response",
    "openrosa_response",
    "rest_exception_handler",
]


class ProblemRaised(Exception):
    """Raised inside a view to answer with a problem."""

    def __init__(self, code: float, **details: Any) -> None:
        super().__init__(str(code))
        self.code = code
        self.details = details


def json_response(
    problem: Problem | float, details: Mapping[str, Any] | None = None
) -> JsonResponse:
    """`{message, code, details}` as Central answers it; the message in both languages."""
    found = problem if isinstance(problem, Problem) else get(problem)
    vi, en = found.vi_with(details or {}), found.en_with(details or {})
    body = {
        "message": f"{vi} / {en}",
        "code": found.code,
        "details": {**(details or {}), "vi": vi, "en": en},
    }
    response = JsonResponse(body, status=found.status, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/json; charset=utf-8"
    response["Cache-Control"] = "no-store"
    return response


def openrosa_response(
    said: Problem | float | str, status: int | None = None, details: Mapping[str, Any] | None = None
) -> HttpResponse:
    """An OpenRosaResponse; Collect shows its one sentence to the enumerator, in Vietnamese."""
    if isinstance(said, str):
        sentence, code = said, status or 201
    else:
        found = said if isinstance(said, Problem) else get(said)
        sentence, code = found.vi_with(details or {}), status or found.status
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">'
        f'<message nature="">{escape(sentence)}</message></OpenRosaResponse>\n'
    )
    response = HttpResponse(body, status=code, content_type="text/xml; charset=utf-8")
    response["Content-Language"] = "vi"
    response["X-OpenRosa-Version"] = "1.0"
    response["X-OpenRosa-Accept-Content-Length"] = str(settings.ADVERTISED_CONTENT_LENGTH)
    response["Cache-Control"] = "no-store"
    return response


def rest_exception_handler(error: Exception, _context: Mapping[str, Any]) -> HttpResponse | None:
    """What DRF's views raise, as a problem; None leaves our own faults to the server's log."""
    from api.rest.errors import response_for  # noqa: PLC0415 - the phone's path loads no DRF

    return response_for(error)
