"""The OpenAPI document and docs say what the code has: addresses, methods, rights."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import URLPattern, resolve

from api.central.urls import urlpatterns
from api.openapi.details import DETAILS
from api.openapi.document import document
from api.openapi.markdown import as_markdown
from surveys.collection.rights import AREA_RIGHTS, RATED_RIGHTS, RIGHTS, Right

NOT_NAMED = {"HEAD", "OPTIONS"}
OUTSIDE = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//|@import|url\(""")
ADDRESSES = [each for each in urlpatterns if str(each.pattern) != "<path:rest>"]


def docs(name: str) -> str:
    return (Path(settings.BASE_DIR) / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("route", ADDRESSES, ids=lambda route: str(route.pattern))
def test_an_address_is_described_with_its_methods(route: URLPattern) -> None:
    shown = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(route.pattern))
    allow = set(route.callback(RequestFactory().options("/"))["Allow"].split(", ")) - NOT_NAMED
    said = {method.upper() for method in document()["paths"][f"/v1/{shown}"]}
    assert said - {"HEAD"} >= allow  # the phone's door may add its own
    assert all(each["summary"] for each in document()["paths"][f"/v1/{shown}"].values())


def test_what_is_described_further_exists() -> None:
    known = {
        f"{method.upper()} {path.removeprefix('/v1/')}"
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert sorted(DETAILS.keys() - known) == []


def test_the_phones_addresses_lead_somewhere() -> None:
    for path, methods in document()["paths"].items():
        if any("openrosa" in operation["tags"] for operation in methods.values()):
            sample = re.sub(r"\{(\w+)\}", lambda place: "1", path)
            assert resolve(sample).url_name != "nowhere", path
            assert "rest" not in resolve(sample).kwargs, path


def test_every_operation_has_an_id_of_its_own_and_its_places() -> None:
    operations: list[tuple[str, dict[str, Any]]] = [
        (path, operation)
        for path, methods in document()["paths"].items()
        for operation in methods.values()
    ]
    ids = [operation["operationId"] for _, operation in operations]
    assert len(set(ids)) == len(ids)
    for path, operation in operations:
        places = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
        assert places == set(re.findall(r"\{(\w+)\}", path)), path


def test_the_schema_and_the_page_are_served_to_anybody_and_once() -> None:
    answer = Client().get("/api/schema/")
    assert answer.json() == document()
    known = {"If-None-Match": answer["ETag"]}
    assert Client().get("/api/schema/", headers=known).status_code == 304
    assert Client().post("/api/schema/").status_code == 405


def test_the_page_shows_every_operation_and_asks_nothing_from_outside() -> None:
    page = Client().get("/api/docs/").content.decode()
    for path in document()["paths"]:
        assert path.replace("'", "&#x27;") in page
    assert not OUTSIDE.search(page)
    assert "<script" not in page


def test_the_list_of_addresses_is_up_to_date() -> None:
    """Made by `python manage.py openapi --markdown > docs/addresses.md`."""
    assert docs("addresses.md") == as_markdown()


@pytest.mark.parametrize("right", Right)
def test_a_right_is_listed_with_its_roles(right: Right) -> None:
    cells = " | ".join("yes" if right in granted else "" for granted in RIGHTS.values())
    assert f"| `{right.value}` | {cells} |" in docs("api.md")


@pytest.mark.parametrize("limited", [AREA_RIGHTS, RATED_RIGHTS])
def test_limited_rights_are_listed(limited: frozenset[Right]) -> None:
    listed = ", ".join(f"`{right.value}`" for right in Right if right in limited)
    assert listed in docs("api.md")
