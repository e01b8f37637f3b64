"""The OpenAPI document of all doors, and its page; they say nothing about data."""

import json
from functools import cache
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from api.openapi.document import document
from api.openapi.page import page


@cache
def _text() -> bytes:
    return json.dumps(document(), ensure_ascii=False).encode()


@cache
def _etag() -> str:
    return f'"{sha256(_text()).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=lambda _request: _etag())
def schema(_request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON."""
    return HttpResponse(_text(), content_type="application/json; charset=utf-8")


@require_safe
def docs(_request: HttpRequest) -> HttpResponse:
    """The document as a page."""
    return HttpResponse(page())
