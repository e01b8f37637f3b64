"""OpenAPI of `/api`, and a page that shows it without anything from outside."""

from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView


class CallerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # untyped library
    """Names our ways of signing in to the schema."""

    target_class = "api.authentication.BearerOrBasicOrSession"
    name = ["bearer", "basic", "session"]

    def get_security_definition(self, _auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "bearer"},
            {"type": "http", "scheme": "basic"},
            {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        ]


class Schema(SpectacularJSONAPIView):
    """The schema says nothing about data, so anybody may read it."""

    permission_classes = []
    authentication_classes = []


def docs(_request: HttpRequest) -> HttpResponse:
    """The schema as a page."""
    text = _template().render(Context({"info": _schema()["info"], "operations": _operations()}))
    return HttpResponse(text)


@cache
def _template() -> Any:
    page = Path(__file__).with_name("docs.html").read_text(encoding="utf-8")
    return Engine().from_string(page)


@cache
def _schema() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call] # no stubs
    return found


def _operations() -> list[dict[str, Any]]:
    """One entry per address and method, with its parameters and the fields of its answer."""
    schema = _schema()
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": operation.get("parameters", []),
            "fields": _fields(schema, operation),
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def _fields(schema: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, str]]:
    answer = operation["responses"].get("200", {}).get("content", {})
    found = answer.get("application/json", {}).get("schema", {})
    reference = found.get("items", found).get("$ref", "")
    shape = schema["components"]["schemas"].get(reference.rpartition("/")[2], {})
    return [
        {"name": name, "type": _type(each), "description": each.get("description", "")}
        for name, each in shape.get("properties", {}).items()
    ]


def _type(each: dict[str, Any]) -> str:
    if "type" in each:
        return str(each["type"])
    reference = each.get("$ref") or each.get("allOf", [{}])[0].get("$ref", "")
    return reference.rpartition("/")[2] or "any"
