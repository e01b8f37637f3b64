"""Entities over OData: service, metadata, rows, filters, pages."""

import json
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest

from tests.cast import Cast
from tests.contract.central_api import code
from tests.entity_world import Office, update

PYODK_ROW = {"__id", "label", "__system"}


@pytest.fixture
def office(cast: Cast) -> Office:
    office = Office(cast).with_form()
    office.api.post(f"{office.d}/properties", {"name": "so.nha"})
    return office


def rows(office: Office, query: str = "") -> Any:
    answer = office.api.get(f"{office.d}.svc/Entities{query}")
    assert answer.status_code == 200, answer.body
    assert answer["OData-Version"] == "4.0"
    return json.loads(answer.body)


def labels(office: Office, query: str) -> list[str]:
    return [row["label"] for row in rows(office, query)["value"]]


def by(text: str) -> str:
    return f"?$filter={quote(text)}"


def test_the_service_names_its_table_and_metadata_its_properties(office: Office) -> None:
    (table,) = office.api.json(f"{office.d}.svc")["value"]
    assert table == {"name": "Entities", "kind": "EntitySet", "url": "Entities"}
    answer = office.api.get(f"{office.d}.svc/$metadata")
    names = [each.get("Name") for each in ElementTree.fromstring(answer.body).iter()]
    assert {"full_name", "phone", "so_nha", "__system", "conflict"} <= set(names)
    assert office.api.get(f"{office.p}/datasets/none.svc/$metadata").body.startswith(b"<?xml")


def test_rows_are_what_pyodk_merges_by(office: Office, cast: Cast) -> None:
    uuid = office.add("Như Thanh", phone="1", **{"so.nha": "12"})
    office.api.send("PATCH", f"{office.d}/entities/{uuid}?force=true", {"data": {"phone": "2"}})
    (row,) = rows(office)["value"]
    assert set(row) == {*PYODK_ROW, "full_name", "phone", "so_nha"}
    assert (row["__id"], row["phone"], row["full_name"], row["so_nha"]) == (uuid, "2", "", "12")
    system = row["__system"]
    assert (system["version"], system["updates"], system["conflict"]) == (2, 1, None)
    assert system["creatorId"] == str(cast.alice.actor_id)
    assert system["updatedAt"]


def test_pages_follow_each_other_while_entities_arrive(office: Office) -> None:
    for n in range(5):
        office.add(str(n))
    page = rows(office, "?$top=2&$count=true")
    assert page["@odata.count"] == 5
    seen = [row["label"] for row in page["value"]]
    while link := page.get("@odata.nextLink"):
        office.add("new")
        parts = urlsplit(link)
        page = rows(office, f"?{parts.query}")
        seen += [row["label"] for row in page["value"]]
    assert seen == ["4", "3", "2", "1", "0"]
    assert labels(office, "?$top=1&$skip=6") == ["0"]
    assert code(office.api.get(f"{office.d}.svc/Entities?$skiptoken=x")) == 400.55


def test_filters_reach_system_and_own_properties(office: Office) -> None:
    lan, hoa = office.add("Lan", phone="1"), office.add("Hoa", phone="2", **{"so.nha": "7"})
    office.send(update(lan, 1, phone="3"))
    office.send(update(lan, 1, phone="4"))
    assert labels(office, by("__system/conflict eq 'hard'")) == ["Lan"]
    assert labels(office, by("__system/conflict ne null")) == ["Lan"]
    assert labels(office, by(f"__id eq '{hoa}'")) == ["Hoa"]
    assert labels(office, by("phone eq '2' and so_nha eq '7'")) == ["Hoa"]
    assert labels(office, by("startswith(label,'L')")) == ["Lan"]
    assert labels(office, by("__system/version ge 3")) == ["Lan"]
    assert labels(office, by("__system/createdAt lt 2000-01-01T00:00:00Z")) == []
    assert code(office.api.get(f"{office.d}.svc/Entities{by('nothing eq 1')}")) == 501.52


def test_deleted_entities_are_rows_only_for_those_who_ask(office: Office) -> None:
    uuid = office.add("Lan")
    office.api.send("DELETE", f"{office.d}/entities/{uuid}")
    assert labels(office, "") == []
    assert labels(office, by("__system/deletedAt ne null")) == ["Lan"]


def test_order_and_selection(office: Office) -> None:
    for name in ("b", "a", "c"):
        office.add(name, phone=name)
    assert labels(office, "?$orderby=label") == ["a", "b", "c"]
    first = rows(office, "?$orderby=phone%20desc&$top=2")
    assert [row["label"] for row in first["value"]] == ["c", "b"]
    second = rows(office, "?" + urlsplit(first["@odata.nextLink"]).query)
    assert [row["label"] for row in second["value"]] == ["a"]
    (row, *_) = rows(office, "?$select=label,__system/version")["value"]
    assert row == {"label": "c", "__system": {"version": 1}}
    assert code(office.api.get(f"{office.d}.svc/Entities?$select=nothing")) == 400.2


def test_unknown_tables_and_options_are_refused(office: Office) -> None:
    assert code(office.api.get(f"{office.d}.svc/Submissions")) == 404.14
    assert code(office.api.get(f"{office.d}.svc/Entities?$apply=x")) == 501.1
    assert code(office.api.get(f"{office.p}/datasets/x.svc/Entities")) == 404.61
