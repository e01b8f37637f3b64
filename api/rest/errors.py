"""What goes wrong below `/api`, as a problem of the catalogue."""

from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from rest_framework import exceptions

from api import problems
from api.problems import ProblemRaised
from surveys.collection.refusal import Refused

AWAY: Final = 503.1
CODES: Final[dict[tuple[type[Exception], ...], float]] = {
    (exceptions.NotAuthenticated, exceptions.AuthenticationFailed): 401.2,
    (exceptions.PermissionDenied, PermissionDenied): 403.1,
    (exceptions.NotFound, Http404): 404.1,
    (exceptions.MethodNotAllowed,): 405.1,
    (exceptions.ValidationError,): 400.2,
    # JSON nested deeper than Python reads it: no code of ours nests so deep.
    (exceptions.ParseError, RecursionError): 400.1,
    (exceptions.NotAcceptable, exceptions.UnsupportedMediaType): 415.1,
    (OperationalError, InterfaceError): AWAY,
}


def response_for(error: Exception) -> HttpResponse | None:
    """The answer to an error; None when it is a fault of ours that the log should show."""
    challenge = getattr(error, "auth_header", None)
    response = _response(error)
    if response is not None and response.status_code == 401:
        response["WWW-Authenticate"] = challenge or 'Bearer realm="khaosat"'
    return response


def _response(error: Exception) -> HttpResponse | None:
    if isinstance(error, ProblemRaised | Refused):
        return problems.json_response(error.code, error.details)
    for kinds, code in CODES.items():
        if isinstance(error, kinds):
            response = problems.json_response(code, _details(error))
            if code == AWAY:
                response["Retry-After"] = "30"
            return response
    return None


def _details(error: Exception) -> dict[str, str]:
    if isinstance(error, exceptions.MethodNotAllowed):
        return {"method": str(error.detail).partition('"')[2].partition('"')[0]}
    if isinstance(error, exceptions.ValidationError):
        detail = error.detail
        names = [str(key) for key in detail] if isinstance(detail, dict) else [str(detail)]
        return {"field": ", ".join(names)}
    if isinstance(error, exceptions.NotAcceptable | exceptions.UnsupportedMediaType):
        return {"content_type": str(error.detail)}
    return {}
