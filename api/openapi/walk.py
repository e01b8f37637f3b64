"""Every operation of `/v1` and `/api`, found by walking the addresses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.urls import URLPattern

from api.openapi.description import Description, description_of

_PLACE: Final = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address."""

    method: str
    path: str
    places: tuple[tuple[str, str], ...]  # name and type of what stands in the address
    name: str  # of the module and the function, for the operation's id
    description: Description
    is_anonymous: bool = False


def of_central(patterns: list[URLPattern], details: dict[str, Description]) -> Iterator[Route]:
    """The views behind each `door`; `details` are keyed by method and address."""
    for pattern in patterns:
        views: dict[str, Callable[..., Any]] = getattr(pattern.callback, "views", {})
        for method, view in sorted(views.items()):
            shown, places = _address(str(pattern.pattern))
            yield Route(
                method=method,
                path=f"/v1/{shown}",
                places=places,
                name=f"{view.__module__.rpartition('.')[2]}.{view.__name__}",
                description=details.get(f"{method} {shown}") or description_of(view),
                is_anonymous=getattr(pattern.callback, "is_anonymous", False),
            )


def of_rest(patterns: list[URLPattern]) -> Iterator[Route]:
    """The methods of each class of views."""
    for pattern in patterns:
        view_class = getattr(pattern.callback, "view_class", None)
        if view_class is None:
            continue
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            view = getattr(view_class, method.lower(), None)
            if view is None:
                continue
            shown, places = _address(str(pattern.pattern))
            yield Route(
                method=method,
                path=f"/api/{shown}",
                places=places,
                name=f"api.{view_class.__name__}",
                description=description_of(view),
            )


def _address(pattern: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    places = tuple(
        (name, "integer" if kind == "int" else "string") for kind, name in _PLACE.findall(pattern)
    )
    return _PLACE.sub(r"{\2}", pattern), places
