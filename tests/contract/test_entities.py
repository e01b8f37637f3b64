"""Entities over `/v1`: one by one, many at once, changed, deleted, restored, looked back on."""

import pytest

from surveys.collection.models import AuditEvent, Entity, EntityVersion
from tests.cast import Cast
from tests.contract.central_api import code
from tests.entity_world import Office, creation, new_uuid, update

PYODK_ENTITY = {"uuid", "creatorId", "createdAt", "currentVersion"}
PYODK_VERSION = {"label", "current", "createdAt", "creatorId", "userAgent", "version"}


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(cast).with_form()


def test_an_entity_is_made_and_read_as_pyodk_does(office: Office, cast: Cast) -> None:
    uuid = new_uuid()
    body = {"uuid": f"uuid:{uuid.upper()}", "label": "Như Thanh", "data": {"phone": "1"}}
    made = office.api.post(f"{office.d}/entities", body, headers={"User-Agent": "pyodk v1"})
    assert set(made.json()) >= PYODK_ENTITY
    assert made.json()["uuid"] == uuid
    version = made.json()["currentVersion"]
    assert set(version) >= PYODK_VERSION
    assert (version["version"], version["userAgent"]) == (1, "pyodk v1")
    assert (version["data"], version["creatorId"]) == ({"phone": "1"}, cast.alice.actor_id)
    assert office.entity(uuid) == made.json()
    (row,) = office.api.json(f"{office.d}/entities")
    assert set(row) >= PYODK_ENTITY
    assert set(row["currentVersion"]) >= PYODK_VERSION


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"label": "", "data": {}}, 400.65),
        ({"data": {"phone": "1"}}, 400.65),
        ({"label": "x", "uuid": "h1"}, 400.64),
        ({"label": "x", "data": {"age": "1"}}, 400.66),
        ({"label": "x", "data": {"phone": 1}}, 400.2),
        ({"label": "x", "data": ["phone"]}, 400.2),
        ({"label": "x\x00"}, 400.2),
        ({"label": "\ud800"}, 400.2),
        ({"label": 5}, 400.2),
        ({"label": "x", "more": 1}, 400.2),
        ({"entities": []}, 400.2),
        ({"entities": "x"}, 400.2),
        ({"entities": [{"label": "x"}]}, 400.2),
        ({"entities": [{"label": "x"}], "source": {"name": ""}}, 400.2),
        ({"entities": [{"label": "x"}], "source": {"name": "f", "size": "9"}}, 400.2),
    ],
    ids=str,
)
def test_a_wrong_entity_is_refused_and_nothing_is_made(
    office: Office, body: object, expected: float
) -> None:
    assert code(office.api.post(f"{office.d}/entities", body)) == expected
    assert not Entity.objects.exists()


def test_an_id_is_used_once_also_after_deletion(office: Office) -> None:
    uuid = office.add()
    assert code(office.api.post(f"{office.d}/entities", {"label": "x", "uuid": uuid})) == 409.63
    office.api.send("DELETE", f"{office.d}/entities/{uuid}")
    assert code(office.api.post(f"{office.d}/entities", {"label": "x", "uuid": uuid})) == 409.64


def test_many_are_made_at_once_or_none_at_all(office: Office) -> None:
    taken = office.add()
    many = [{"label": f"n{n}", "data": {"phone": str(n)}} for n in range(3)]
    source = {"name": "danh sách.csv", "size": 120}
    path = f"{office.d}/entities"
    assert office.api.post(path, {"entities": many, "source": source}).json() == {"success": True}
    labels = [row["currentVersion"]["label"] for row in office.api.json(path)]
    assert labels == ["n2", "n1", "n0", "Lan"]
    newest = office.api.json(path)[0]["uuid"]
    (version,) = office.versions(newest)
    assert version["source"]["name"] == "danh sách.csv"
    assert version["source"]["count"] == 3
    assert [e["action"] for e in office.api.json(f"{path}/{newest}/audits")] == [
        "entity.bulk.create"
    ]
    for wrong in ({"label": "y", "uuid": taken}, {"label": ""}, {"label": "y", "data": {"z": ""}}):
        bad = [{"label": "good"}, wrong]
        assert code(office.api.post(path, {"entities": bad, "source": source})) >= 400
    twice = {"label": "y", "uuid": new_uuid()}
    assert code(office.api.post(path, {"entities": [twice, twice], "source": source})) == 409.63
    assert Entity.objects.count() == 4


def test_a_change_names_the_version_that_it_was_made_from(office: Office) -> None:
    uuid = office.add("Lan", full_name="Lan", phone="1")
    path = f"{office.d}/entities/{uuid}"
    changed = office.api.send("PATCH", f"{path}?baseVersion=1", {"data": {"phone": "2"}})
    assert changed.status_code == 200, changed.content
    version = changed.json()["currentVersion"]
    assert (version["version"], version["baseVersion"]) == (2, 1)
    assert version["data"] == {"full_name": "Lan", "phone": "2"}
    for query in ("", "?baseVersion=1", "?baseVersion=x", "?baseVersion=3"):
        assert code(office.api.send("PATCH", f"{path}{query}", {"label": "A"})) == 409.65
    forced = office.api.send("PATCH", f"{path}?force=True", {"label": "Lan Anh"}).json()
    assert (forced["currentVersion"]["label"], forced["currentVersion"]["version"]) == (
        "Lan Anh",
        3,
    )
    assert forced["updatedAt"]
    assert code(office.api.send("PATCH", f"{path}?force=true", {"label": " "})) == 400.65
    assert code(office.api.send("PATCH", f"{path}?force=true", {})) == 400.2
    assert code(office.api.send("PATCH", f"{path}?force=true", {"data": {"x": "1"}})) == 400.66
    missing = f"{office.d}/entities/{new_uuid()}?force=true"
    assert code(office.api.send("PATCH", missing, {"label": "A"})) == 404.62


def test_versions_and_diffs_tell_how_it_came(office: Office) -> None:
    uuid = office.add("Lan", full_name="Lan")
    path = f"{office.d}/entities/{uuid}"
    office.api.send("PATCH", f"{path}?force=true", {"label": "Hoa", "data": {"phone": "2"}})
    first, second = office.versions(uuid)
    assert (first["current"], second["current"]) == (False, True)
    assert second["dataReceived"] == {"phone": "2", "label": "Hoa"}
    assert second["lastGoodVersion"]
    assert office.api.json(f"{path}/diffs") == [
        [
            {"propertyName": "label", "old": "Lan", "new": "Hoa"},
            {"propertyName": "phone", "old": None, "new": "2"},
        ]
    ]
    actions = [each["action"] for each in office.api.json(f"{path}/audits")]
    assert actions == ["entity.update.version", "entity.create"]


def test_a_deleted_entity_is_gone_until_it_is_restored(office: Office) -> None:
    uuid = office.add()
    path = f"{office.d}/entities/{uuid}"
    assert office.api.send("DELETE", path).json() == {"success": True}
    for method, address in (("GET", path), ("DELETE", path), ("GET", f"{path}/versions")):
        assert code(office.api.send(method, address)) == 404.62
    assert office.api.json(f"{office.d}/entities") == []
    (gone,) = office.api.json(f"{office.d}/entities?deleted=true")
    assert gone["deletedAt"]
    assert office.api.post(f"{path}/restore").json() == {"success": True}
    assert code(office.api.post(f"{path}/restore")) == 404.62
    assert office.entity(uuid)["deletedAt"] is None
    actions = [each["action"] for each in office.api.json(f"{path}/audits")]
    assert actions == ["entity.restore", "entity.delete", "entity.create"]


def test_many_are_deleted_and_restored_at_once(office: Office) -> None:
    uuids = [office.add(str(n)) for n in range(3)]
    ids = {"ids": [*uuids[:2], new_uuid(), "x"]}
    assert office.api.post(f"{office.d}/entities/bulk-delete", ids).json() == {"count": 2}
    assert len(office.api.json(f"{office.d}/entities")) == 1
    assert office.api.post(f"{office.d}/entities/bulk-restore", ids).json() == {"count": 2}
    assert len(office.api.json(f"{office.d}/entities")) == 3
    assert code(office.api.post(f"{office.d}/entities/bulk-delete", {"ids": [1]})) == 400.2


def test_a_conflict_is_resolved_with_or_without_a_change(office: Office) -> None:
    uuid = office.add("Lan", phone="1")
    path = f"{office.d}/entities/{uuid}"
    assert code(office.api.send("PATCH", f"{path}?resolve=true&force=true")) == 400.68
    for number in ("2", "3"):
        office.send(update(uuid, 1, phone=number))
    assert office.entity(uuid)["conflict"] == "hard"
    version = office.versions(uuid)[-1]
    assert (version["conflict"], version["resolved"]) == ("hard", False)
    assert version["baseDiff"] == ["phone"]
    assert version["conflictingProperties"] == ["phone"]
    relevant = office.api.json(f"{path}/versions?relevantToConflict=true")
    assert [each["version"] for each in relevant] == [1, 2, 3]
    (row,) = office.api.json(f"{office.d}/entities?conflict=hard")
    assert row["uuid"] == uuid
    solved = office.api.send(
        "PATCH", f"{path}?resolve=true&baseVersion=3", {"data": {"phone": "4"}}
    )
    assert solved.json()["conflict"] is None
    assert solved.json()["currentVersion"]["data"]["phone"] == "4"
    assert office.versions(uuid)[2]["resolved"]
    assert office.api.json(f"{path}/versions?relevantToConflict=true") == []
    office.send(update(uuid, 1, phone="5"))
    assert office.api.send("PATCH", f"{path}?resolve=true&force=true").json()["conflict"] is None
    assert office.current(uuid)["version"] == 5


def test_pages_are_cut_by_limit_and_offset(office: Office) -> None:
    for n in range(5):
        office.add(str(n))
    path = f"{office.d}/entities"
    labels = [r["currentVersion"]["label"] for r in office.api.json(f"{path}?limit=2&offset=1")]
    assert labels == ["3", "2"]
    for wrong in ("limit=x", "offset=-1", "conflict=%00", "conflict=other"):
        assert code(office.api.get(f"{path}?{wrong}")) == 400.2


def test_who_made_entities_is_listed_once(office: Office, cast: Cast) -> None:
    office.add("a")
    office.send(creation(new_uuid(), full_name="b"))
    (row,) = office.api.json(f"{office.d}/entities/creators")
    assert row["id"] == cast.alice.actor_id


def test_the_csv_file_tells_who_and_when_and_is_not_sent_twice(office: Office) -> None:
    uuid = office.add('Lan, "Hoa"', full_name="Lan\nAnh", phone="=1+1")
    answer = office.api.get(f"{office.d}/entities.csv")
    lines = answer.body.decode().splitlines()
    assert lines[0] == (
        "__id,label,full_name,phone,__createdAt,__creatorId,__creatorName,__updates,"
        "__updatedAt,__version"
    )
    assert lines[1].startswith(f'{uuid},"Lan, ""Hoa""","Lan')
    assert 'filename="people.csv"' in answer["Content-Disposition"]
    again = office.api.get(f"{office.d}/entities.csv", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    office.add("x")
    again = office.api.get(f"{office.d}/entities.csv", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 200


def test_each_state_is_kept_as_a_version(office: Office) -> None:
    uuid = office.add()
    office.send(update(uuid, 1, phone="2"))
    assert list(EntityVersion.objects.values_list("version", flat=True).order_by("version")) == [
        1,
        2,
    ]
    version = office.versions(uuid)[1]
    assert version["source"]["submission"]["xmlFormId"] == "E"


def test_readings_are_noted_and_changes_of_no_reading_are_not(office: Office) -> None:
    uuid = office.add("Lan", phone="0912000000")
    noted = AuditEvent.objects.filter(action="entity.read")
    assert not noted.exists()
    path = f"{office.d}/entities"
    for address in (path, f"{path}/{uuid}", f"{path}/{uuid}/versions", f"{path}.csv"):
        assert office.api.get(address).status_code == 200
    assert office.api.get(f"{office.d}.svc/Entities").status_code == 200
    assert [each.details["via"] for each in noted.order_by("pk")] == [
        "central",
        "central",
        "central",
        "csv",
        "odata",
    ]
    assert "0912000000" not in str([each.details for each in noted])
