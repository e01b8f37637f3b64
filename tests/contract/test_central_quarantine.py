"""The quarantine over `/v1`: seen, assigned, taken in, set aside and taken back."""

import pytest

from surveys.collection import blobs, intake, publishing
from surveys.collection.arrival import Arrival, FileArrived
from surveys.collection.models import AuditEvent, Quarantined, Role, Submission
from tests.cast import Cast, filled, make_user, published, xform
from tests.contract.central_api import Api, code, part

IID = "uuid:1"


@pytest.fixture
def alice(cast: Cast) -> Api:
    published(cast.alice.actor, cast.project)
    return Api(cast.alice)


@pytest.fixture
def q(cast: Cast) -> str:
    return f"projects/{cast.project.pk}/quarantine"


def keep(cast: Cast, xml: bytes) -> int:
    photo = FileArrived("a.jpg", "image/jpeg", blobs.store(b"picture"))
    receipt = intake.receive(Arrival(cast.project.pk, cast.alice.actor_id, xml, (photo,)))
    assert not receipt.is_stored
    return Quarantined.objects.latest("pk").pk


def edit(deprecated: str, own: str, name: str = "Hoa") -> bytes:
    return filled(instance_id=own, answers=f"<name>{name}</name>").replace(
        b"</meta>", f"<deprecatedID>{deprecated}</deprecatedID></meta>".encode()
    )


def test_what_is_kept_is_read_with_its_bytes_and_files(cast: Cast, alice: Api, q: str) -> None:
    xml = filled("other")
    number = keep(cast, xml)
    assert [row["id"] for row in alice.json(q)] == [number]
    assert alice.json(f"{q}/{number}")["xmlFormId"] == "other"
    assert alice.get(f"{q}/{number}.xml").body == xml
    assert alice.get(f"{q}/{number}/attachments/a.jpg").body == b"picture"
    assert code(alice.get(f"{q}/{number}/attachments/b.jpg")) == 404.6
    assert code(alice.get(f"{q}/{number + 1}")) == 404.4


def test_a_record_of_an_unknown_form_is_assigned_to_one(cast: Cast, alice: Api, q: str) -> None:
    xml = filled("renamed since", answers="<name>Lan</name><photo>a.jpg</photo>")
    number = keep(cast, xml)
    assert code(alice.post(f"{q}/{number}/take", {})) == 202.1
    assert code(alice.post(f"{q}/{number}/take", {"xmlFormId": "nothing"})) == 404.3
    made = alice.post(f"{q}/{number}/take", {"xmlFormId": "F"}).json()
    assert made["instanceId"] == IID
    stored = Submission.objects.get()
    assert stored.records.get().values["name"] == "Lan"
    one = f"projects/{cast.project.pk}/forms/F/submissions/{part(IID)}"
    assert alice.get(f"{one}.xml").body == xml  # byte for byte, whatever form it names
    assert alice.get(f"{one}/attachments/a.jpg").body == b"picture"
    assert alice.json(q) == []
    event = AuditEvent.objects.get(action="quarantine.take")
    assert event.details["xmlFormId"] == "F"
    assert code(alice.post(f"{q}/{number}/take", {"xmlFormId": "F"})) == 409.8


def test_a_record_of_an_unknown_version_is_assigned_to_one(cast: Cast, alice: Api, q: str) -> None:
    publishing.set_draft(cast.alice.actor, cast.project.forms.get(), xform(version="2"))
    publishing.publish_draft(cast.alice.actor, cast.project.forms.get())
    number = keep(cast, filled(version="9"))
    assert code(alice.post(f"{q}/{number}/take", {"version": "8"})) == 404.8
    assert alice.post(f"{q}/{number}/take", {"version": "1"}).status_code == 200
    assert Submission.objects.get().versions.get().form_version.version == "1"


def test_an_edit_of_nothing_becomes_a_record_of_its_own(cast: Cast, alice: Api, q: str) -> None:
    number = keep(cast, edit("uuid:lost", "uuid:2"))
    assert code(alice.post(f"{q}/{number}/take", {})) == 202.4
    made = alice.post(f"{q}/{number}/take", {"asOriginal": True}).json()
    assert made["instanceId"] == "uuid:2"
    assert alice.json(q) == []


def test_a_stale_edit_goes_on_top_when_staff_say_so(cast: Cast, alice: Api, q: str) -> None:
    f = f"projects/{cast.project.pk}/forms/F/submissions"
    alice.post(f, filled())
    alice.send("PUT", f"{f}/{part(IID)}", edit(IID, "uuid:2"))
    number = keep(cast, edit(IID, "uuid:3", "Mai"))
    assert code(alice.post(f"{q}/{number}/take", {})) == 409.3
    made = alice.post(f"{q}/{number}/take", {"onNewest": True}).json()
    assert made["instanceId"] == IID
    assert made["currentVersion"]["instanceId"] == "uuid:3"
    assert Submission.objects.get().versions.count() == 3


def test_what_cannot_be_taken_in_says_why_and_what_to_do(cast: Cast, alice: Api, q: str) -> None:
    number = keep(cast, b"<data id='F'")
    for repair in ({}, {"xmlFormId": "F"}):
        answer = alice.post(f"{q}/{number}/take", repair)
        assert code(answer) == 409.18
        assert f"quarantine/{number}.xml" in answer.json()["details"]["en"]
    alice.post(f"{q}/{number}/discard", {"reason": "đã gửi lại"})
    assert code(alice.post(f"{q}/{number}/take", {})) == 409.8


def test_an_early_edit_by_somebody_who_may_not_edit_the_record_is_left_to_staff(
    cast: Cast, alice: Api, q: str
) -> None:
    eve = Api(make_user("eve", Role.ENUMERATOR, cast.project))
    f = f"projects/{cast.project.pk}/forms/F/submissions"
    assert eve.post(f, edit(IID, "uuid:2", "Mai")).status_code == 202
    alice.post(f, filled())
    assert Submission.objects.get().versions.count() == 1
    (row,) = alice.json(q)
    assert row["code"] == 202.7
    assert alice.post(f"{q}/take").json()["stored"] == 0  # nobody looked at it yet
    assert alice.post(f"{q}/{row['id']}/take", {}).status_code == 200
    assert Submission.objects.get().versions.count() == 2


def test_an_early_edit_of_ones_own_record_and_a_reviewers_are_applied(
    cast: Cast, alice: Api, q: str
) -> None:
    eve = Api(make_user("eve", Role.ENUMERATOR, cast.project))
    f = f"projects/{cast.project.pk}/forms/F/submissions"
    for sender, number in ((eve, 1), (alice, 2)):
        assert sender.post(f, edit(f"uuid:{number}", f"uuid:{number}-2")).status_code == 202
        assert eve.post(f, filled(instance_id=f"uuid:{number}")).status_code == 200
    assert [each.versions.count() for each in Submission.objects.all()] == [2, 2]
    assert alice.json(q) == []


def test_what_is_set_aside_can_be_taken_back(cast: Cast, alice: Api, q: str) -> None:
    number = keep(cast, filled("test"))
    assert code(alice.post(f"{q}/{number}/discard", {"reason": " "})) == 400.2
    assert alice.post(f"{q}/{number}/discard", {"reason": "phiếu thử"}).status_code == 200
    assert alice.json(q) == []
    (row,) = alice.json(f"{q}?discarded=true")
    assert row["resolution"] == "discarded: phiếu thử"
    assert code(alice.post(f"{q}/{number}/discard", {"reason": "lần nữa"})) == 409.8
    assert alice.post(f"{q}/{number}/reopen").status_code == 200
    assert [row["id"] for row in alice.json(q)] == [number]
    assert code(alice.post(f"{q}/{number}/reopen")) == 409.8


def test_all_are_tried_at_once_and_those_that_stay_say_why(cast: Cast, alice: Api, q: str) -> None:
    for number in range(3):
        keep(cast, filled("late", f"uuid:{number}"))
    keep(cast, filled("never", "uuid:9"))
    published(cast.alice.actor, cast.project, "late")
    done = alice.post(f"{q}/take").json()
    assert done == {"stored": 3, "left": 1, "refused": {"202.1": 1}}


def test_a_form_of_another_project_takes_nothing(cast: Cast, alice: Api, q: str) -> None:
    published(cast.bob.actor, cast.other, "theirs")
    number = keep(cast, filled("theirs"))
    assert code(alice.post(f"{q}/{number}/take", {"xmlFormId": "theirs"})) == 404.3


@pytest.mark.parametrize("tail", ["", ".xml", "/attachments/a.jpg"])
def test_only_staff_of_the_whole_project_read_it(cast: Cast, alice: Api, q: str, tail: str) -> None:
    address = f"{q}/{keep(cast, filled('other'))}{tail}"
    analyst = make_user("ana", Role.ANALYST, cast.project)
    local = make_user("local", Role.SUPERVISOR, cast.project, communes=("16228",))
    for who in (analyst, local, cast.bob):
        assert code(Api(who).get(address)) == 403.1
    assert code(Api(None).get(address)) == 401.2


@pytest.mark.parametrize("body", [b"{", b"[]"])
def test_a_body_that_is_no_json_object_is_refused(
    cast: Cast, alice: Api, q: str, body: bytes
) -> None:
    number = keep(cast, filled("other"))
    for what in ("take", "discard"):
        assert code(alice.post(f"{q}/{number}/{what}", body)) == 400.1
