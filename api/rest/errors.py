"""What goes wrong below `/api`, as a problem of the catalogue."""

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from rest_framework import exceptions

from api import problems
from api.problems import ProblemRaised
from surveys.collection.refusal import Refused


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
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return problems.json_response(401.2)
    if isinstance(error, exceptions.PermissionDenied | PermissionDenied):
        return problems.json_response(403.1)
    if isinstance(error, exceptions.NotFound | Http404):
        return problems.json_response(404.1)
    if isinstance(error, exceptions.MethodNotAllowed):
        method = str(error.detail).partition('"')[2].partition('"')[0]
        return problems.json_response(405.1, {"method": method})
    if isinstance(error, exceptions.ValidationError):
        return problems.json_response(400.2, {"field": ", ".join(_names(error.detail))})
    if isinstance(error, exceptions.ParseError):
        return problems.json_response(400.1)
    if isinstance(error, exceptions.NotAcceptable | exceptions.UnsupportedMediaType):
        return problems.json_response(415.1, {"content_type": str(error.detail)})
    if isinstance(error, OperationalError | InterfaceError):
        response = problems.json_response(503.1)
        response["Retry-After"] = "30"
        return response
    return None


def _names(detail: object) -> list[str]:
    return [str(key) for key in detail] if isinstance(detail, dict) else [str(detail)]
