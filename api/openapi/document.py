"""The OpenAPI document of all doors, put together once a process."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from rest_framework import serializers

from api.openapi import openrosa, schemas, walk
from api.openapi.description import JSON, Description, Parameter
from api.openapi.details import DETAILS
from api.openapi.walk import Route

VERSION: Final = "3.1.0"
ABOUT: Final = (
    "Thu thập phiếu, đọc dữ liệu, đợt khảo sát và kết quả. `/v1` nói như ODK Central; `/api` là "
    "tài nguyên riêng của khaosat; `/v1/key/…` là cửa của điện thoại (OpenRosa).\n\n"
    "Collects records, reads them out, shows rounds and results. `/v1` speaks as ODK Central "
    "does; `/api` are resources of our own; `/v1/key/…` is the phone's door (OpenRosa)."
)
TAGS: Final[tuple[tuple[str, str], ...]] = (
    ("sign-in", "Đăng nhập · signing in"),
    ("projects", "Dự án · projects"),
    ("people", "Người dùng, điện thoại, quyền · users, phones, rights"),
    ("forms", "Biểu mẫu và phiên bản · forms and versions"),
    ("drafts", "Bản nháp và phiếu thử · drafts and their tests"),
    ("submissions", "Phiếu · submissions"),
    ("quarantine", "Phiếu giữ riêng · quarantine"),
    ("read-out", "Đọc dữ liệu (OData, CSV, tệp) · read-out"),
    ("entities", "Danh sách đối tượng · entity lists"),
    ("rounds", "Đợt khảo sát và kết quả · rounds and results"),
    ("server", "Máy chủ · the server"),
    ("openrosa", "Cửa của điện thoại · the phone's door"),
)
_BY_WORD: Final[tuple[tuple[str, str], ...]] = (
    # The first word that stands in the address decides.
    ("/draft", "drafts"),
    ("quarantine", "quarantine"),
    (".svc", "read-out"),
    (".csv", "read-out"),
    (".geojson", "read-out"),
    ("export", "read-out"),
    ("datasets", "entities"),
    ("entit", "entities"),
    ("submissions", "submissions"),
    ("sessions", "sign-in"),
    ("users", "people"),
    ("roles", "people"),
    ("assignments", "people"),
    ("public-links", "people"),
    ("actor", "people"),
    ("forms", "forms"),
    ("rounds", "rounds"),
    ("runs", "rounds"),
    ("projects", "projects"),
)
PROBLEM: Final[dict[str, Any]] = {
    "message": "Không có biểu mẫu này. … / There is no such form. …",
    "code": 404.3,
    "details": {"vi": "Không có biểu mẫu này. …", "en": "There is no such form. …"},
}


@cache
def document() -> dict[str, Any]:
    """The document; it says nothing about data, so anybody may read it."""
    paths: dict[str, dict[str, Any]] = {}
    seen: dict[str, int] = {}
    for route in routes():
        operation = _operation(route)
        number = seen[route.name] = seen.get(route.name, 0) + 1
        operation["operationId"] = route.name if number == 1 else f"{route.name}.{number}"
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": VERSION,
        "info": {"title": "khaosat", "version": "1", "description": ABOUT},
        "tags": [{"name": name, "description": says} for name, says in TAGS],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
            "responses": {
                "problem": {
                    "description": "A code of docs/problems.md; its whole part is the status.",
                    "content": {JSON: {"schema": schemas.of_example(PROBLEM), "example": PROBLEM}},
                }
            },
        },
    }


def routes() -> tuple[Route, ...]:
    """Every operation, in the order of the addresses."""
    # The address tables import the views, and those of `/api` the view of this document.
    from api.central.urls import urlpatterns as central  # noqa: PLC0415 - see above
    from api.rest.urls import urlpatterns as rest  # noqa: PLC0415 - see above

    return (*walk.of_central(central, DETAILS), *walk.of_rest(rest), *openrosa.ROUTES)


def tag_of(route: Route) -> str:
    if route.name.startswith("openrosa."):
        return "openrosa"
    return next((tag for word, tag in _BY_WORD if word in route.path), "server")


def _operation(route: Route) -> dict[str, Any]:
    said = route.description
    operation: dict[str, Any] = {
        "tags": [tag_of(route)],
        "summary": said.summary,
        "description": said.says,
        "parameters": [
            *(_place(name, kind) for name, kind in route.places),
            *(_parameter(each) for each in said.parameters),
        ],
        "responses": {
            str(said.status): _answer(said),
            "4XX": {"$ref": "#/components/responses/problem"},
        },
        "security": _security(route),
    }
    if said.body is not None:
        content = _content(said.body, is_body=True)
        if said.body_example is not None:
            content["example"] = said.body_example
        operation["requestBody"] = {"content": {said.body_type: content}}
    return operation


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.is_anonymous:
        return []
    ways: Iterable[str] = ("bearer", "basic")
    if route.path.startswith("/api/") and route.method == "GET":
        ways = (*ways, "cookie")
    return [{way: []} for way in ways]


def _place(name: str, kind: str) -> dict[str, Any]:
    schema = {"type": kind, **({"minimum": 0} if kind == "integer" else {"minLength": 1})}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _parameter(each: Parameter) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": each.name,
        "in": each.where,
        "schema": {"type": each.kind},
        "description": each.says,
    }
    return shown if each.example is None else {**shown, "example": each.example}


def _answer(said: Description) -> dict[str, Any]:
    if said.answer is None and said.answer_type == JSON:
        return {"description": said.summary}
    content = _content(said.answer, is_list=said.is_list)
    return {"description": said.summary, "content": {said.answer_type: content}}


def _content(value: Any, *, is_body: bool = False, is_list: bool = False) -> dict[str, Any]:
    if isinstance(value, type) and issubclass(value, serializers.BaseSerializer):
        schema = schemas.of_serializer(value, is_body=is_body)
        return {"schema": {"type": "array", "items": schema} if is_list else schema}
    if value is None:
        return {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
    return {"schema": schemas.of_example(value), "example": value}
