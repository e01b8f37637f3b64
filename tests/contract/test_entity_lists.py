"""Entity lists over `/v1`: made by staff and by forms, changed, filtered, deleted."""

import pytest

from surveys.collection.models import EntityList
from tests.cast import Cast
from tests.contract.central_api import code
from tests.entity_world import Office, creation, entity_form, new_uuid

PYODK_LIST = {"name", "projectId", "createdAt", "approvalRequired"}
PYODK_PROPERTY = {"name", "odataName", "publishedAt", "forms"}


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(cast)


def test_a_list_is_made_and_read_as_pyodk_does(office: Office) -> None:
    made = office.api.post(f"{office.p}/datasets", {"name": "people", "approvalRequired": False})
    assert made.status_code == 200
    assert set(made.json()) >= {*PYODK_LIST, "properties", "linkedForms", "sourceForms"}
    assert office.api.post(f"{office.d}/properties", {"name": "age"}).json() == {"success": True}
    (row,) = office.api.json(f"{office.p}/datasets")
    assert set(row) >= PYODK_LIST
    (prop,) = office.api.json(office.d)["properties"]
    assert set(prop) >= PYODK_PROPERTY
    assert (prop["name"], prop["odataName"]) == ("age", "age")


@pytest.mark.parametrize("name", ["", "a.b", "__mine", "1a", "có dấu cách", "x" * 201])
def test_a_name_that_no_file_can_have_is_refused(office: Office, name: str) -> None:
    assert code(office.api.post(f"{office.p}/datasets", {"name": name})) in (400.2, 400.62)


def test_letter_case_makes_no_other_list_and_no_other_property(office: Office) -> None:
    office.api.post(f"{office.p}/datasets", {"name": "people"})
    assert code(office.api.post(f"{office.p}/datasets", {"name": "People"})) == 409.61
    office.api.post(f"{office.d}/properties", {"name": "age"})
    assert code(office.api.post(f"{office.d}/properties", {"name": "AGE"})) == 409.62
    assert code(office.api.post(f"{office.d}/properties", {"name": "label"})) == 400.63


def test_the_generated_list_is_nobodys_to_make_or_change(office: Office) -> None:
    assert code(office.api.post(f"{office.p}/datasets", {"name": "sampled_hh"})) == 409.68
    path = f"{office.p}/datasets/sampled_hh"
    for method in ("PATCH", "DELETE"):
        assert code(office.api.send(method, path, {"approvalRequired": True})) == 409.68


def test_publishing_a_form_makes_its_list_and_properties_and_attaches_it(office: Office) -> None:
    office.with_form()
    shown = office.api.json(office.d)
    assert [each["name"] for each in shown["properties"]] == ["full_name", "phone"]
    assert shown["sourceForms"] == [{"xmlFormId": "E", "name": "Người"}]
    assert shown["linkedForms"] == [{"xmlFormId": "E", "name": "Người"}]
    assert shown["properties"][0]["forms"] == [{"xmlFormId": "E", "name": "Người"}]
    (file,) = office.api.json(f"{office.p}/forms/E/attachments")
    assert (file["exists"], file["blobExists"], file["datasetExists"]) == (True, False, True)


def test_a_draft_makes_nothing_and_tells_what_publishing_will_make(office: Office) -> None:
    office.api.post(f"{office.p}/forms", entity_form())
    assert office.api.json(f"{office.p}/datasets") == []
    (diff,) = office.api.json(f"{office.p}/forms/E/draft/dataset-diff")
    assert diff["isNew"]
    assert diff["properties"] == [
        {"name": "full_name", "inForm": True, "isNew": True},
        {"name": "phone", "inForm": True, "isNew": True},
    ]
    office.api.post(f"{office.p}/forms/E/draft/publish")
    (diff,) = office.api.json(f"{office.p}/forms/E/dataset-diff")
    assert diff["properties"][0] == {"name": "full_name", "inForm": True}


def test_a_further_version_adds_its_properties_to_the_list(office: Office) -> None:
    office.with_form()
    newer = entity_form(version="2", savetos=("full_name", "village"))
    office.api.post(f"{office.p}/forms/E/draft", newer)
    office.api.post(f"{office.p}/forms/E/draft/publish")
    names = [each["name"] for each in office.api.json(office.d)["properties"]]
    assert names == ["full_name", "phone", "village"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"spec": "2021.1.0"},
        {"spec": ""},
        {"spec": "2026.1.0"},
        {"dataset": "a.b"},
        {"actions": ""},
        {"savetos": ("name",)},
        {"savetos": ("__x",)},
    ],
    ids=str,
)
def test_a_form_whose_entities_are_declared_wrongly_is_refused_with_the_reason(
    office: Office, wrong: dict[str, str]
) -> None:
    refused = office.api.post(f"{office.p}/forms?publish=true", entity_form(**wrong))  # type: ignore[arg-type] # each key of its own type
    assert code(refused) == 400.61
    assert office.api.json(f"{office.p}/forms") == []


def test_a_form_that_spells_a_property_otherwise_is_refused(office: Office) -> None:
    office.with_form()
    other = entity_form("F", savetos=("Phone",), reads="")
    assert code(office.api.post(f"{office.p}/forms?publish=true", other)) == 409.62
    other = entity_form("F", dataset="PEOPLE", reads="")
    assert code(office.api.post(f"{office.p}/forms?publish=true", other)) == 409.61


def test_a_file_gives_way_to_a_list_and_back(office: Office) -> None:
    office.api.post(f"{office.p}/datasets", {"name": "people"})
    office.api.post(f"{office.p}/forms", entity_form())
    file = f"{office.p}/forms/E/draft/attachments/people.csv"
    office.api.send("POST", file, b"name,label\n1,x\n", content_type="text/csv")
    linked = office.api.send("PATCH", file, {"dataset": True}).json()
    assert (linked["blobExists"], linked["datasetExists"]) == (False, True)
    gone = office.api.send("PATCH", file, {"dataset": False}).json()
    assert (gone["exists"], gone["datasetExists"]) == (False, False)


def test_a_list_that_forms_use_stays_and_one_that_none_uses_goes(office: Office) -> None:
    office.with_form()
    assert code(office.api.send("DELETE", office.d)) == 409.66
    office.api.send("DELETE", f"{office.p}/forms/E")
    assert office.api.send("DELETE", office.d).json() == {"success": True}
    assert code(office.api.get(office.d)) == 404.61
    assert EntityList.objects.filter(name="people").count() == 1
    office.with_form(form_id="E2")
    assert office.api.json(f"{office.d}/entities") == []


def test_a_property_goes_when_nothing_writes_or_holds_it(office: Office) -> None:
    office.api.post(f"{office.p}/datasets", {"name": "people"})
    for name in ("a.b", "c"):
        office.api.post(f"{office.d}/properties", {"name": name})
    uuid = office.add("Lan", **{"a.b": "x"})
    assert code(office.api.send("DELETE", f"{office.d}/properties/a.b")) == 409.67
    assert office.api.send("DELETE", f"{office.d}/properties/c").json() == {"success": True}
    assert code(office.api.send("DELETE", f"{office.d}/properties/c")) == 404.64
    office.api.send("PATCH", f"{office.d}/entities/{uuid}?force=true", {"data": {"a.b": ""}})
    assert office.api.send("DELETE", f"{office.d}/properties/a.b").json() == {"success": True}
    assert office.current(uuid)["data"] == {}


def test_extended_figures_count_entities_and_conflicts(office: Office) -> None:
    office.with_form()
    uuid = new_uuid()
    office.send(creation(uuid, full_name="Lan"))
    headers = {"X-Extended-Metadata": "true"}
    (row,) = office.api.get(f"{office.p}/datasets", headers=headers).json()
    assert (row["entities"], row["conflicts"]) == (1, 0)
    assert row["lastEntity"]


def test_rules_name_properties_that_are_there(office: Office) -> None:
    office.with_form()
    wanted = {"type": "property", "rules": [{"datasetProperty": "x", "actorProperty": "y"}]}
    assert code(office.api.send("PATCH", office.d, {"accessFilter": wanted})) == 400.73
    office.api.post(f"{office.p}/actor-properties", {"name": "village"})
    assert office.api.json(f"{office.p}/actor-properties")[0]["name"] == "village"
    rules = [{"datasetProperty": "phone", "actorProperty": "village"}]
    wanted = {"type": "property", "rules": rules}
    shown = office.api.send("PATCH", office.d, {"accessFilter": wanted}).json()
    assert shown["accessFilter"] == {"type": "property", "rules": rules}
    shown = office.api.send("PATCH", office.d, {"ownerOnly": True}).json()
    assert (shown["ownerOnly"], shown["accessFilter"]) == (True, {"type": "ownerOnly"})
    shown = office.api.send("PATCH", office.d, {"accessFilter": None}).json()
    assert "accessFilter" not in shown
    for wrong in ({"type": "x"}, "x", {"type": "property", "rules": []}, {"type": "property"}):
        assert code(office.api.send("PATCH", office.d, {"accessFilter": wrong})) == 400.2
