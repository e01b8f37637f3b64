"""What phones get of entity lists: manifest, hash, rows, deletions, filters."""

import csv
import io
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from surveys.collection import people
from surveys.collection.entities import reading
from surveys.collection.models import AppUser, Form
from tests.cast import Cast
from tests.entity_world import Office, creation, new_uuid, update
from tests.openrosa_phone import MULTIPART, body_of

MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(cast).with_form()


class Device:
    """A phone of the project, in the process."""

    def __init__(self, office: Office, name: str, *, is_assigned: bool = True) -> None:
        self.user: AppUser = people.create_app_user(office.cast.alice.actor, office.project, name)
        if is_assigned:
            people.assign_form(
                office.cast.alice.actor, Form.objects.get(xml_form_id="E"), self.user
            )
        self.base = f"/v1/key/{self.user.token}/{office.p}"
        self.client = Client()

    def get(self, path: str, **headers: str) -> Any:
        answer: Any = self.client.get(path, headers={"X-OpenRosa-Version": "1.0", **headers})
        answer.body = answer.getvalue() if answer.streaming else answer.content
        return answer

    def media(self) -> dict[str, str]:
        answer = self.get(f"{self.base}/forms/E/manifest")
        assert answer.status_code == 200
        (file,) = ElementTree.fromstring(answer.body).iter(f"{MANIFEST}mediaFile")
        found = {each.tag.removeprefix(MANIFEST): str(each.text) for each in file}
        return {"type": file.get("type", ""), **found}

    def rows(self) -> list[dict[str, str]]:
        answer = self.get(f"{self.base}/forms/E/attachments/people.csv")
        assert answer.status_code == 200
        return list(csv.DictReader(io.StringIO(answer.body.decode())))

    def states(self, *uuids: str) -> dict[str, str]:
        answer = self.get(f"{self.base}/datasets/people/integrity?id={','.join(uuids)}")
        assert answer.status_code == 200, answer.body
        assert answer["X-OpenRosa-Version"] == "1.0"
        root = ElementTree.fromstring(answer.body)
        return {each.get("id", ""): str(each.findtext("deleted")) for each in root.iter("entity")}

    def send(self, xml: bytes) -> None:
        answer = self.client.post(f"{self.base}/submission", body_of(xml), content_type=MULTIPART)
        assert answer.status_code == 201, answer.content


def test_a_phone_gets_the_list_with_exactly_its_columns(office: Office) -> None:
    lan = office.add("Lan, Anh", full_name="Lan\nAnh", phone='"1"')
    device = Device(office, "Minh")
    answer = device.get(f"{device.base}/forms/E/attachments/people.csv")
    assert answer.body.decode().splitlines()[0] == "name,label,__version,full_name,phone"
    (row,) = device.rows()
    assert row == {
        "name": lan,
        "label": "Lan, Anh",
        "__version": "1",
        "full_name": "Lan\nAnh",
        "phone": '"1"',
    }


def test_the_manifest_says_what_kind_of_list_it_is(office: Office) -> None:
    device = Device(office, "Minh")
    media = device.media()
    assert (media["type"], media["filename"]) == ("entityList", "people.csv")
    assert media["integrityUrl"].endswith(f"{device.base}/datasets/people/integrity")
    office.api.send("PATCH", office.d, {"approvalRequired": True})
    assert device.media()["type"] == "approvalEntityList"


def test_the_hash_changes_with_every_change_and_only_then(office: Office) -> None:
    device = Device(office, "Minh")
    seen = [device.media()["hash"]]

    def changed() -> bool:
        now = device.media()["hash"]
        is_new = now not in seen
        seen.append(now)
        return is_new

    assert not changed()
    uuid = office.add("Lan", phone="1")
    assert changed()
    office.send(update(uuid, 1, phone="2"))
    assert changed()
    office.send(update(uuid, 9, phone="2"))
    assert not changed()
    office.api.send("DELETE", f"{office.d}/entities/{uuid}")
    assert changed()
    office.api.post(f"{office.d}/entities/{uuid}/restore")
    assert changed()
    office.api.post(f"{office.d}/properties", {"name": "village"})
    assert changed()
    office.api.send("PATCH", office.d, {"ownerOnly": True})
    assert changed()


def test_a_list_that_the_phone_holds_is_not_sent_again(office: Office) -> None:
    device = Device(office, "Minh")
    path = f"{device.base}/forms/E/attachments/people.csv"
    first = device.get(path)
    assert first["ETag"].strip('"') == device.media()["hash"].removeprefix("md5:")
    assert device.get(path, **{"If-None-Match": first["ETag"]}).status_code == 304
    manifest = device.get(f"{device.base}/forms/E/manifest")
    again = device.get(f"{device.base}/forms/E/manifest", **{"If-None-Match": manifest["ETag"]})
    assert again.status_code == 304
    office.add("Lan")
    assert device.get(path, **{"If-None-Match": first["ETag"]}).status_code == 200


def test_a_manifest_reads_no_entity(
    office: Office, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device(office, "Minh")
    monkeypatch.setattr(reading, "_chunk", None)
    with django_assert_max_num_queries(3):
        device.media()


def test_a_long_list_comes_whole_and_in_pieces(office: Office) -> None:
    many = [{"label": str(n), "data": {"phone": str(n)}} for n in range(2500)]
    office.api.post(f"{office.d}/entities", {"entities": many, "source": {"name": "f"}})
    device = Device(office, "Minh")
    rows = device.rows()
    assert [row["label"] for row in rows] == [str(n) for n in reversed(range(2500))]
    answer: Any = device.client.get(f"{device.base}/forms/E/attachments/people.csv")
    assert len(list(answer)) > 2


def test_deleted_entities_are_told_and_unknown_ids_left_out(office: Office) -> None:
    there, gone = office.add("a"), office.add("b")
    office.api.send("DELETE", f"{office.d}/entities/{gone}")
    states = Device(office, "Minh").states(there, f"uuid:{gone.upper()}", new_uuid(), "h1")
    assert states == {there: "false", gone: "true"}


def test_a_phone_gets_only_what_it_made_where_the_list_says_so(office: Office) -> None:
    office.api.send("PATCH", office.d, {"ownerOnly": True})
    minh, thu = Device(office, "Minh"), Device(office, "Thu")
    of_minh, of_staff = new_uuid(), office.add("Lan")
    minh.send(creation(of_minh, "của Minh").xml)
    assert [row["name"] for row in minh.rows()] == [of_minh]
    assert thu.rows() == []
    assert minh.media()["hash"] != thu.media()["hash"]
    assert minh.states(of_minh, of_staff) == {of_minh: "false", of_staff: "true"}
    assert len(office.api.json(f"{office.d}/entities")) == 2


def test_a_phone_gets_the_entities_that_a_rule_gives_it(office: Office) -> None:
    for name in ("village", "team"):
        office.api.post(f"{office.p}/actor-properties", {"name": name})
    rules = [
        {"datasetProperty": "phone", "actorProperty": "village"},
        {"datasetProperty": "full_name", "actorProperty": "team"},
    ]
    minh, thu = Device(office, "Minh"), Device(office, "Thu")
    one, two, three = office.add("1", phone="A"), office.add("2", phone="B"), office.add("3")
    four = office.add("4", full_name="X")
    wanted = {"accessFilter": {"type": "property", "rules": rules}}
    assert office.api.send("PATCH", office.d, wanted).status_code == 200
    assert minh.rows() == []
    before = minh.media()["hash"]
    path = f"{office.p}/app-users/{minh.user.pk}"
    answer = office.api.send("PATCH", path, {"properties": {"village": " A ", "team": "X"}})
    assert answer.status_code == 200, answer.content
    assert answer.json()["properties"] == {"village": "A", "team": "X"}
    assert {row["name"] for row in minh.rows()} == {one, four}
    assert minh.media()["hash"] != before
    assert thu.rows() == []
    assert minh.states(one, two, three) == {one: "false", two: "true", three: "true"}
    office.api.send("PATCH", path, {"properties": {"team": None}})
    assert {row["name"] for row in minh.rows()} == {one}
    wrong = office.api.send("PATCH", path, {"properties": {"unknown": "A"}})
    assert wrong.json()["code"] == 404.64


@pytest.mark.parametrize("limit", [{"ownerOnly": True}, {"accessFilter": {"type": "property"}}])
def test_the_link_of_a_draft_reads_no_list_that_is_limited(
    office: Office, limit: dict[str, Any]
) -> None:
    office.add("Lan", phone="1")
    assert office.api.post(f"{office.p}/forms/E/draft").status_code == 200
    token = office.api.json(f"{office.p}/forms/E/draft")["draftToken"]
    address = f"/v1/test/{token}/{office.p}/forms/E/draft"

    def rows_and_manifest() -> tuple[int, bytes]:
        answer: Any = Client().get(f"{address}/attachments/people.csv")
        manifest = Client().get(f"{address}/manifest").content
        return len(answer.getvalue().splitlines()) - 1, manifest

    rows, before = rows_and_manifest()
    assert rows == 1
    if "accessFilter" in limit:
        office.api.post(f"{office.p}/actor-properties", {"name": "village"})
        rule = {"datasetProperty": "phone", "actorProperty": "village"}
        limit = {"accessFilter": {"type": "property", "rules": [rule]}}
    assert office.api.send("PATCH", office.d, limit).status_code == 200
    rows, after = rows_and_manifest()
    assert rows == 0
    assert after != before


def test_a_phone_without_the_form_asks_in_vain(office: Office) -> None:
    stranger = Device(office, "Lạ", is_assigned=False)
    for path in ("forms/E/manifest", "forms/E/attachments/people.csv", "datasets/people/integrity"):
        assert stranger.get(f"{stranger.base}/{path}").status_code == 403
    minh = Device(office, "Minh")
    assert minh.get(f"{minh.base}/datasets/nowhere/integrity").status_code == 404


def test_a_deleted_list_leaves_the_manifest(office: Office) -> None:
    device = Device(office, "Minh")
    office.project.entity_lists.update(deleted_at="2026-11-22T00:00:00Z")
    answer = device.get(f"{device.base}/forms/E/manifest")
    assert b"people.csv" not in answer.body


def test_the_office_reads_the_list_beside_the_form_as_a_phone_does(office: Office) -> None:
    uuid = office.add("Lan", phone="1")
    answer = office.api.get(f"{office.p}/forms/E/attachments/people.csv")
    assert answer.body.decode().splitlines()[1] == f"{uuid},Lan,1,,1"
    headers = {"If-None-Match": answer["ETag"]}
    again = office.api.get(f"{office.p}/forms/E/attachments/people.csv", headers=headers)
    assert again.status_code == 304
