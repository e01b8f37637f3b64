"""Ids and file names that hold slashes, dots and worse are reached at their addresses of `/v1`."""

import json

import pytest

from surveys.collection import blobs, intake
from surveys.collection.arrival import Arrival, FileArrived
from surveys.collection.models import Quarantined
from tests.cast import Cast, filled, published
from tests.contract.central_api import Api, code, part

NAMES = ("ảnh/nhà.jpg", "../../etc/passwd", "a b?c#d%2F.jpg", "a/versions/1")
IDS = ("nhà/12", "a/b/c.d", "submitters/1", "uuid:1.xml.1", "% &?=#")


@pytest.fixture
def alice(cast: Cast) -> Api:
    published(cast.alice.actor, cast.project)
    return Api(cast.alice)


def send(cast: Cast, instance_id: str, name: str, form_id: str = "F") -> None:
    file = FileArrived(name, "image/jpeg", blobs.store(name.encode()))
    escaped = instance_id.replace("&", "&amp;")
    xml = filled(form_id, escaped, answers=f"<photo>{name}</photo>")
    intake.receive(Arrival(cast.project.pk, cast.alice.actor_id, xml, (file,)))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_is_served_at_its_address(cast: Cast, alice: Api, name: str) -> None:
    send(cast, "uuid:1", name)
    one = f"projects/{cast.project.pk}/forms/F/submissions/{part('uuid:1')}"
    (listed,) = alice.json(f"{one}/attachments")
    assert listed["name"] == name
    for base in (one, f"{one}/versions/{part('uuid:1')}"):
        assert alice.get(f"{base}/attachments/{part(name)}").body == name.encode()
    assert alice.send("DELETE", f"{one}/attachments/{part(name)}").status_code == 200
    assert alice.post(f"{one}/attachments/{part(name)}", b"again").status_code == 200
    assert alice.get(f"{one}/attachments/{part(name)}").body == b"again"


@pytest.mark.parametrize("name", NAMES)
def test_a_kept_file_of_any_name_is_served_too(cast: Cast, alice: Api, name: str) -> None:
    send(cast, "uuid:1", name, form_id="unknown")
    row = Quarantined.objects.get()
    base = f"projects/{cast.project.pk}/quarantine/{row.pk}"
    assert alice.get(f"{base}/attachments/{part(name)}").body == name.encode()


@pytest.mark.parametrize("instance_id", IDS)
def test_a_submission_of_any_id_is_read_at_its_addresses(
    cast: Cast, alice: Api, instance_id: str
) -> None:
    send(cast, instance_id, "a.jpg")
    one = f"projects/{cast.project.pk}/forms/F/submissions/{part(instance_id)}"
    assert alice.json(one)["instanceId"] == instance_id
    assert b"<photo>a.jpg</photo>" in alice.get(f"{one}.xml").body
    assert alice.get(f"{one}/attachments/a.jpg").body == b"a.jpg"
    (version,) = alice.json(f"{one}/versions")
    assert version["instanceId"] == instance_id
    itself = f"{one}/versions/{part(instance_id)}"
    assert alice.json(itself)["instanceId"] == instance_id
    assert b"<photo>a.jpg</photo>" in alice.get(f"{itself}.xml").body
    assert alice.get(f"{one}/diffs").status_code == 200
    said = alice.send("PATCH", one, {"reviewState": "approved"})
    assert json.loads(said.body)["reviewState"] == "approved"
    assert alice.post(f"{one}/comments", {"body": "đã xem"}).status_code == 200
    assert alice.send("DELETE", one).status_code == 200
    assert alice.post(f"{one}/restore").status_code == 200


def test_a_file_that_the_record_does_not_name_is_kept_and_listed_on_request(
    cast: Cast, alice: Api
) -> None:
    files = tuple(FileArrived(n, "image/jpeg", blobs.store(n.encode())) for n in ("a", "b"))
    xml = filled(answers="<photo>a</photo>")
    intake.receive(Arrival(cast.project.pk, cast.alice.actor_id, xml, files))
    one = f"projects/{cast.project.pk}/forms/F/submissions/{part('uuid:1')}"
    assert [each["name"] for each in alice.json(f"{one}/attachments")] == ["a"]
    extended = alice.get(f"{one}/attachments", headers={"X-Extended-Metadata": "true"}).json()
    assert [(each["name"], each["isExpected"]) for each in extended] == [("a", True), ("b", False)]
    assert alice.get(f"{one}/attachments/b").body == b"b"


def test_what_is_not_there_is_still_not_found(cast: Cast, alice: Api) -> None:
    base = f"projects/{cast.project.pk}/forms/F/submissions"
    assert code(alice.get(f"{base}/nothing/attachments/x/y")) == 404.4
