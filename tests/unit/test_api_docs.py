"""docs/api.md names every address, method and right as the code has them."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import URLPattern

from api.central.urls import urlpatterns
from surveys.collection.rights import AREA_RIGHTS, RATED_RIGHTS, RIGHTS, Right

NOT_NAMED = {"HEAD", "OPTIONS"}


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "route",
    [each for each in urlpatterns if str(each.pattern) != "<path:rest>"],
    ids=lambda route: str(route.pattern),
)
def test_an_address_is_listed_with_its_methods(page: str, route: URLPattern) -> None:
    shown = re.sub(r"<(?:int|str):(\w+)>", r"{\1}", str(route.pattern))
    allow = route.callback(RequestFactory().options("/"))["Allow"].split(", ")
    methods = ", ".join(method for method in allow if method not in NOT_NAMED)
    assert f"| `{shown}` | {methods} |" in page


@pytest.mark.parametrize("right", Right)
def test_a_right_is_listed_with_its_roles(page: str, right: Right) -> None:
    cells = " | ".join("yes" if right in granted else "" for granted in RIGHTS.values())
    assert f"| `{right.value}` | {cells} |" in page


@pytest.mark.parametrize("limited", [AREA_RIGHTS, RATED_RIGHTS])
def test_limited_rights_are_listed(page: str, limited: frozenset[Right]) -> None:
    assert ", ".join(f"`{right.value}`" for right in Right if right in limited) in page
