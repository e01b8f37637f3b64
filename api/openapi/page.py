"""The document as a page for people: no script, nothing from outside."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from api.openapi.document import document

Operation = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """An operation as the page lists it."""

    anchor: str
    method: str
    path: str
    operation: Operation
    call: str
    body: str
    status: str
    answer: str


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    title: str
    operations: tuple[Shown, ...]


@cache
def page() -> str:
    """The whole page as HTML."""
    source = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    found = document()
    return (
        Engine()
        .from_string(source)
        .render(Context({"info": found["info"], "sections": _sections(found)}))
    )


def _sections(found: dict[str, Any]) -> list[Section]:
    operations = [
        (path, method, operation)
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
    ]
    return [
        Section(
            name=tag["name"],
            title=tag["description"],
            operations=tuple(
                _shown(path, method, operation)
                for path, method, operation in operations
                if tag["name"] in operation["tags"]
            ),
        )
        for tag in found["tags"]
    ]


def _shown(path: str, method: str, operation: Operation) -> Shown:
    status, answer = next(iter(operation["responses"].items()))
    return Shown(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        operation=operation,
        call=_call(path, method, operation),
        body=_example(operation.get("requestBody", {})),
        status=status,
        answer=_example(answer),
    )


def _example(said: dict[str, Any]) -> str:
    content: dict[str, Any] = next(iter(said.get("content", {}).values()), {})
    if "example" not in content:
        properties = _properties(content.get("schema", {}))
        return "\n".join(f"{name}: {kind}" for name, kind in properties)
    value = content["example"]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def _properties(schema: dict[str, Any]) -> list[tuple[str, str]]:
    shown = schema.get("items", schema).get("properties", {})
    return [(name, _kind(each)) for name, each in shown.items()]


def _kind(each: dict[str, Any]) -> str:
    kinds = each.get("type", "any")
    kind = " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
    choices = ", ".join(str(choice) for choice in each.get("enum", []) if choice is not None)
    return f"{kind} ({choices})" if choices else kind


def _call(path: str, method: str, operation: Operation) -> str:
    """The request as curl writes it."""
    words = ["curl", "-X", method.upper()] if method != "get" else ["curl"]
    if operation["security"]:
        words += ["-H", '"Authorization: Bearer $TOKEN"']
    body = operation.get("requestBody", {}).get("content", {})
    if kind := next(iter(body), ""):
        words += ["-H", f'"Content-Type: {kind}"', "--data-binary", "@body"]
    return " ".join([*words, f'"$SERVER{path}"'])
