"""The frame of every `/v1` view: who calls, by which method, and how a refusal is answered.

A view is a plain function `(call, **path) -> value`; what it returns is the JSON, or a response of
its own. It raises `ProblemRaised` or a `Refused` of the rooms below for everything else.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import DataError, InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.http.request import UnreadablePostError
from django.utils.cache import get_conditional_response, patch_vary_headers

from api import problems
from api.authentication import Caller, identify, with_challenge
from api.problems import ProblemRaised
from surveys.collection.models import Actor, User
from surveys.collection.refusal import Refused

log = logging.getLogger("khaosat.central")

RETRY_AFTER_SECONDS: Final = 30
LARGEST_NUMBER: Final = 2**63 - 1
READS: Final = frozenset({"GET", "HEAD"})
VARY: Final = ("Accept-Encoding", "Origin")
JSON: Final = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """A request of somebody who is signed in."""

    request: HttpRequest
    caller: Caller

    @property
    def user(self) -> User:
        return self.caller.user

    @property
    def actor(self) -> Actor:
        return self.caller.actor

    def flag(self, name: str) -> bool:
        """A boolean of the query, written by Python, JavaScript or hand."""
        return self.request.GET.get(name, "").lower() in {"true", "1", "yes"}

    @property
    def is_extended(self) -> bool:
        """Whether counts and the people behind ids are asked for as well."""
        return self.request.headers.get("X-Extended-Metadata", "").lower() == "true"


class Elsewhere(Exception):
    """What was asked for stands at another address, as Central says with 302."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


View = Callable[..., Any]
Answering = Callable[..., HttpResponseBase]


def door(*, anonymous: bool = False, **views: View) -> Answering:
    """One address: a view per method, `door(GET=show, DELETE=remove)`.

    With `anonymous` the views take the bare request: signing in is the one such address.
    """
    allowed = sorted({*views, *({"HEAD"} if "GET" in views else set()), "OPTIONS"})

    def answer(request: HttpRequest, **path: Any) -> HttpResponseBase:
        method = request.method or "GET"
        try:
            if method == "OPTIONS":
                return _with_allow(HttpResponse(status=204), allowed)
            view = views.get("GET" if method == "HEAD" else method)
            if view is None:
                refusal = problems.json_response(405.1, {"method": method})
                return _with_allow(refusal, allowed)
            _refuse_nul(request, path)
            value = view(request if anonymous else _signed_in(request), **_bounded(path))
            return _unless_known(request, _as_response(value, is_read=method in READS))
        except Elsewhere as moved:
            return HttpResponseRedirect(moved.location)
        except Exception as error:  # the outermost door: every failure is JSON with a code
            return with_challenge(request, _refusal(error))

    # No cookie is read here, so no other site can make a browser act.
    answer.csrf_exempt = True  # type: ignore[attr-defined] # Django reads this attribute
    # `api.openapi` reads these.
    answer.views, answer.is_anonymous = views, anonymous  # type: ignore[attr-defined] # as above
    return answer


def nowhere(_request: HttpRequest, **_path: Any) -> HttpResponse:
    """Every other address below `/v1`: programs get JSON, not the page for people."""
    return problems.json_response(404.1)


nowhere.csrf_exempt = True  # type: ignore[attr-defined] # Django reads this attribute


def _refuse_nul(request: HttpRequest, path: dict[str, Any]) -> None:
    """No name and no value holds it, and PostgreSQL cannot be asked for it."""
    if any(isinstance(part, str) and "\x00" in part for part in path.values()):
        raise ProblemRaised(404.1)
    if "%00" in request.META.get("QUERY_STRING", ""):
        names = [name for name, value in request.GET.items() if "\x00" in f"{name}{value}"]
        raise ProblemRaised(400.2, field=", ".join(names).replace("\x00", ""))


def _bounded(path: dict[str, Any]) -> dict[str, Any]:
    """Numbers that the databases can be asked for: nobody has a larger one, nor this one."""
    return {
        name: min(part, LARGEST_NUMBER) if isinstance(part, int) else part
        for name, part in path.items()
    }


def _signed_in(request: HttpRequest) -> Call:
    caller = identify(request)
    if caller is None:
        raise ProblemRaised(401.2)
    return Call(request, caller)


def _as_response(value: Any, *, is_read: bool) -> HttpResponseBase:
    if isinstance(value, HttpResponseBase):
        response = value
    else:
        response = JsonResponse(value, safe=False, json_dumps_params={"ensure_ascii": False})
        response["Content-Type"] = JSON
    response.headers.setdefault("Cache-Control", "private, no-cache" if is_read else "no-store")
    if is_read:
        patch_vary_headers(response, VARY)
    return response


def _unless_known(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """304 when the client holds these very bytes."""
    if request.method not in READS or "ETag" not in response:
        return response
    answer = get_conditional_response(
        request,
        etag=response["ETag"],
        response=response,  # type: ignore[arg-type] # a streamed one works as well
    )
    if answer is not response:
        response.close()
    return answer or response


def _refusal(error: Exception) -> HttpResponse:
    if isinstance(error, ProblemRaised | Refused):
        return problems.json_response(error.code, error.details)
    if isinstance(error, UnreadablePostError):
        return problems.json_response(400.7)
    if isinstance(error, DataError):
        log.info("the database refuses a value: %s", error)
        return problems.json_response(400.18)
    if isinstance(error, OperationalError | InterfaceError):
        log.warning("database is away: %s", error)
        response = problems.json_response(503.1)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    log.error("fault in /v1", exc_info=error)
    return problems.json_response(500.1)


def _with_allow(response: HttpResponse, allowed: list[str]) -> HttpResponse:
    response["Allow"] = ", ".join(allowed)
    return response


def instant(moment: datetime | None) -> str | None:
    """A moment as Central writes it: `2026-11-22T02:59:36.032Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


SUCCESS: Final = {"success": True}
