"""OpenRosa answers: headers that every one carries, and sentences for the enumerator."""

import functools
import logging
from collections.abc import Callable
from typing import Any, Final
from xml.sax.saxutils import escape

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from api import problems
from api.authentication import with_challenge
from api.problems import ProblemRaised
from surveys.collection.refusal import Refused

log = logging.getLogger("khaosat.openrosa")

WITHOUT_BODY: Final = frozenset({204, 304})
TEXT_XML: Final = "text/xml; charset=utf-8"
RETRY_AFTER_SECONDS: Final = 30
_MESSAGE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">'
    '<message nature="">{}</message></OpenRosaResponse>\n'
)

View = Callable[..., HttpResponseBase]


def speaks_english(request: HttpRequest) -> bool:
    """Collect sends no Accept-Language and gets Vietnamese."""
    return request.headers.get("Accept-Language", "")[:2].lower() == "en"


def with_openrosa_headers(response: HttpResponseBase, language: str = "vi") -> HttpResponseBase:
    headers = response.headers
    headers["X-OpenRosa-Version"] = "1.0"
    headers["X-OpenRosa-Accept-Content-Length"] = str(settings.ADVERTISED_CONTENT_LENGTH)
    headers["Content-Language"] = language
    headers.setdefault("Cache-Control", "no-store")
    if isinstance(response, HttpResponse) and response.status_code not in WITHOUT_BODY:
        # without it the server would send the body chunked
        headers.setdefault("Content-Length", str(len(response.content)))
    return response


def said(request: HttpRequest, status: int, vi: str, en: str) -> HttpResponseBase:
    """An OpenRosaResponse with one sentence."""
    english = speaks_english(request)
    body = _MESSAGE.format(escape(en if english else vi))
    response = HttpResponse(body, status=status, content_type=TEXT_XML)
    return with_openrosa_headers(response, "en" if english else "vi")


def problem(request: HttpRequest, code: float, **details: Any) -> HttpResponseBase:
    """The OpenRosaResponse of a problem of the catalogue."""
    found = problems.get(code)
    vi, en = problems.filled(found.vi, details), problems.filled(found.en, details)
    response = said(request, found.status, vi, en)
    if found.status >= 500:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    elif found.status == 429 and "seconds" in details:
        response.headers["Retry-After"] = str(details["seconds"])
    # Django would log the address of every refusal, and with it the token that stands in it.
    setattr(response, "_has_been_logged", True)  # noqa: B010 - Django's own mark, not typed
    return with_challenge(request, response)


def only_reading(request: HttpRequest) -> None:
    if request.method not in {"GET", "HEAD"}:
        raise ProblemRaised(405.1, method=request.method)


def openrosa(view: View) -> View:
    """Whatever goes wrong inside is an OpenRosaResponse: Collect shows its sentence."""

    @functools.wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            asked = (*kwargs.values(), request.GET.get("st", ""), request.GET.get("id", ""))
            if any("\x00" in str(each) for each in asked):
                raise ProblemRaised(404.1)  # no name holds it, and PostgreSQL cannot be asked
            return view(request, *args, **kwargs)
        except (ProblemRaised, Refused) as refusal:
            return problem(request, refusal.code, **refusal.details)
        except (OperationalError, InterfaceError, OSError) as error:
            # The database is away or the disk is full: the phone keeps what it has and tries again.
            log.warning("not available: %s: %s", type(error).__name__, error)
            return problem(request, 503.1)
        except Exception:  # the outermost door: a fault of ours is a 500 that Collect can read
            log.exception("fault in %s", view.__name__)
            return problem(request, 500.1)

    # The token in the address is the proof; no cookie is read here.
    door.csrf_exempt = True  # type: ignore[attr-defined] # Django reads it off functions
    return door
