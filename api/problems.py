"""Every way in which the server says no: a stable code and what to do next, in both languages.

The whole part of a code is its HTTP status; a code is never used for anything else later. The
list for readers is `docs/problems.md`, made from here by `as_markdown` (a test compares them).
"""

from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpResponse, JsonResponse

from api.problem_list import PROBLEMS, Problem

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

CATALOGUE: Final[Mapping[float, Problem]] = {problem.code: problem for problem in PROBLEMS}


class ProblemRaised(Exception):
    """Raised inside a view to answer with a problem."""

    def __init__(self, code: float, **details: Any) -> None:
        super().__init__(str(code))
        self.code = code
        self.details = details


def get(code: float | str) -> Problem:
    """The problem of a code; an unknown one is our fault and reads as 500.1."""
    return CATALOGUE.get(float(code), CATALOGUE[500.1])


def filled(sentence: str, details: Mapping[str, Any] | None) -> str:
    """The sentence with its {placeholders} filled from the details."""
    plain = {key: _plain(value) for key, value in (details or {}).items()}
    return sentence.format_map(_Filled(plain))


class _Filled(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(each) for each in value)
    return str(value)


def json_response(
    problem: Problem | float, details: Mapping[str, Any] | None = None
) -> JsonResponse:
    """`{message, code, details}` as Central answers it; the message in both languages."""
    found = problem if isinstance(problem, Problem) else get(problem)
    vi, en = filled(found.vi, details), filled(found.en, details)
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
        sentence, code = filled(found.vi, details), status or found.status
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


def as_markdown() -> str:
    """`docs/problems.md`."""
    lines = [
        "# Problems",
        "",
        "Every refusal carries one of these codes; the whole part is the HTTP status. Made by",
        "`manage.py problems > docs/problems.md`.",
        "",
        "| code | Tiếng Việt | English |",
        "|---|---|---|",
    ]
    lines += [f"| {problem.code} | {problem.vi} | {problem.en} |" for problem in PROBLEMS]
    return "\n".join(lines) + "\n"
