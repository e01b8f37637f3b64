"""Two middlewares: security headers for everything, sessions and languages for pages alone."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string

from surveys.collection.problems import get

type_of_view = Callable[[HttpRequest], HttpResponseBase]
ViewHook = Callable[..., HttpResponseBase | None]

# The phone's door and the APIs authenticate by token: no cookie, no CSRF, no session query.
DOORS_WITHOUT_SESSION = ("/v1/", "/healthz")
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)


def _too_large() -> HttpResponse:
    """Before anything is read: Django would spool the files of anybody's form to the disk."""
    problem, details = get(413.1), {"limit": settings.MAX_REQUEST_BYTES // 1_000_000}
    said = f"{problem.vi_with(details)}\n{problem.en_with(details)}\n"
    return HttpResponse(said, status=413, content_type="text/plain; charset=utf-8")


class SecurityHeaders:
    def __init__(self, get_response: type_of_view) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        # A view that serves a document of its own (the map) brings its own policy.
        headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        if settings.BEHIND_HTTPS:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


class PagesOnly:
    """Runs settings.PAGE_MIDDLEWARE around pages; the phone's path goes straight to its view."""

    def __init__(self, get_response: type_of_view) -> None:
        self.straight = get_response
        self.view_hooks: list[ViewHook] = []
        wrapped = get_response
        for path in reversed(settings.PAGE_MIDDLEWARE):
            wrapped = import_string(path)(wrapped)
            # Django calls this hook only on what stands in MIDDLEWARE: the CSRF check lives in it.
            if hook := getattr(wrapped, "process_view", None):
                self.view_hooks.insert(0, hook)
        self.wrapped = wrapped

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(DOORS_WITHOUT_SESSION):
            return self.straight(request)
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_REQUEST_BYTES:
            return _too_large()
        return self.wrapped(request)

    def process_view(
        self,
        request: HttpRequest,
        view: type_of_view,
        arguments: tuple[Any, ...],
        named: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.path_info.startswith(DOORS_WITHOUT_SESSION):
            return None
        answers = (hook(request, view, arguments, named) for hook in self.view_hooks)
        return next((answer for answer in answers if answer is not None), None)
