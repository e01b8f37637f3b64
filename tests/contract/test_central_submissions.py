"""Submissions over `/v1`: sent, read, judged, deleted."""

import pytest

from surveys.collection.models import AuditEvent, Submission
from tests.cast import Cast, filled, published
from tests.contract.central_api import Api, code, part

IID = "uuid:1"
# What pyodk's models have no default for.
PYODK_SUBMISSION = {"instanceId", "submitterId", "createdAt"}
PYODK_COMMENT = {"body", "actorId", "createdAt"}


@pytest.fixture
def alice(cast: Cast) -> Api:
    published(cast.alice.actor, cast.project)
    return Api(cast.alice)


@pytest.fixture
def f(cast: Cast) -> str:
    return f"projects/{cast.project.pk}/forms/F"


@pytest.fixture
def s(f: str) -> str:
    return f"{f}/submissions/{part(IID)}"


def edit(deprecated: str = IID, instance_id: str = "uuid:2", name: str = "Hoa") -> bytes:
    return filled(instance_id=instance_id, answers=f"<name>{name}</name>").replace(
        b"</meta>", f"<deprecatedID>{deprecated}</deprecatedID></meta>".encode()
    )


def test_a_submission_is_stored_and_read_as_pyodk_does(
    cast: Cast, alice: Api, f: str, s: str
) -> None:
    made = alice.post(f"{f}/submissions?deviceID=pyodk", filled(), headers={"User-Agent": "x/1"})
    assert made.status_code == 200, made.content
    assert set(made.json()) >= PYODK_SUBMISSION
    assert (made.json()["deviceId"], made.json()["userAgent"]) == ("pyodk", "x/1")
    assert made.json()["submitterId"] == cast.alice.actor_id
    assert alice.json(s) == made.json()
    assert alice.json(f"{f}/submissions") == [made.json()]
    assert alice.get(f"{s}.xml").content == filled()


def test_the_newest_submission_is_listed_first(alice: Api, f: str) -> None:
    for number in range(3):
        alice.post(f"{f}/submissions", filled(instance_id=f"uuid:{number}"))
    listed = [row["instanceId"] for row in alice.json(f"{f}/submissions")]
    assert listed == ["uuid:2", "uuid:1", "uuid:0"]


def test_the_same_bytes_again_are_fine_and_others_a_conflict(alice: Api, f: str) -> None:
    alice.post(f"{f}/submissions", filled())
    assert alice.post(f"{f}/submissions", filled()).status_code == 200
    changed = filled(answers="<name>Lam</name>")
    assert code(alice.post(f"{f}/submissions", changed)) == 409.1
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", 400.3),
        (b"<data", 400.3),
        (b"<!DOCTYPE data []><data id='F'/>", 400.4),
        (filled("G"), 400.9),
        (b"<data id='F' version='1'/>", 400.8),
    ],
)
def test_a_body_that_is_no_filled_form_is_refused(
    alice: Api, f: str, body: bytes, expected: float
) -> None:
    assert code(alice.post(f"{f}/submissions", body)) == expected
    assert not Submission.objects.exists()


def test_an_unknown_version_is_kept_in_quarantine(cast: Cast, alice: Api, f: str) -> None:
    answer = alice.post(f"{f}/submissions", filled(version="9"))
    assert code(answer) == 202.2
    (row,) = alice.json(f"projects/{cast.project.pk}/quarantine")
    assert row["instanceId"] == IID
    assert "phiên bản" in row["reason"]
    assert "version" in row["reason"]


def test_an_edit_is_a_second_version_of_the_same_submission(alice: Api, f: str, s: str) -> None:
    alice.post(f"{f}/submissions", filled())
    changed = alice.send("PUT", s, edit())
    assert changed.status_code == 200, changed.content
    assert changed.json()["instanceId"] == IID
    assert changed.json()["currentVersion"]["instanceId"] == "uuid:2"
    assert changed.json()["reviewState"] == "edited"
    assert [row["instanceId"] for row in alice.json(f"{s}/versions")] == ["uuid:2", IID]
    assert alice.get(f"{s}.xml").content == edit()
    assert alice.get(f"{s}/versions/{part(IID)}.xml").content == filled()


def test_an_edit_that_names_no_former_copy_is_refused(alice: Api, f: str, s: str) -> None:
    alice.post(f"{f}/submissions", filled())
    assert code(alice.send("PUT", s, filled(instance_id="uuid:2"))) == 400.2
    alice.send("PUT", s, edit())
    assert code(alice.send("PUT", s, edit(instance_id="uuid:3"))) == 409.3


def test_an_attachment_that_the_form_asks_for_is_taken(alice: Api, f: str, s: str) -> None:
    answers = "<name>Lan</name><photo>mặt trước.jpg</photo>"
    alice.post(f"{f}/submissions", filled(answers=answers))
    (slot,) = alice.json(f"{s}/attachments")
    assert (slot["name"], slot["exists"]) == ("mặt trước.jpg", False)
    name = part("mặt trước.jpg")
    assert code(alice.get(f"{s}/attachments/{name}")) == 404.7
    sent = alice.post(f"{s}/attachments/{name}", b"\xff\xd8", content_type="image/jpeg")
    assert sent.json() == {"success": True}
    answer = alice.get(f"{s}/attachments/{name}")
    assert (answer.body, answer["Content-Type"]) == (b"\xff\xd8", "image/jpeg")
    assert code(alice.post(f"{s}/attachments/other.jpg", b"x")) == 404.6


def test_a_review_state_is_set_and_taken_back(alice: Api, f: str, s: str) -> None:
    alice.post(f"{f}/submissions", filled())
    for state in ("approved", "hasIssues", "rejected", None):
        assert alice.send("PATCH", s, {"reviewState": state}).json()["reviewState"] == state
    assert alice.send("PATCH", s, {}).json()["reviewState"] is None  # pyodk: leave it
    for wrong in ({"reviewState": "fine"}, {"reviewState": 1}):
        assert code(alice.send("PATCH", s, wrong)) == 400.2
    seen = [event["action"] for event in alice.json(f"{s}/audits")]
    assert seen.count("submission.review") == 4


def test_comments_stand_newest_first(alice: Api, f: str, s: str) -> None:
    alice.post(f"{f}/submissions", filled())
    for body in ("một", "hai"):
        assert set(alice.post(f"{s}/comments", {"body": body}).json()) >= PYODK_COMMENT
    assert [row["body"] for row in alice.json(f"{s}/comments")] == ["hai", "một"]
    assert code(alice.post(f"{s}/comments", {"body": " "})) == 400.2


def test_a_deleted_submission_is_gone_and_stays_gone(alice: Api, f: str, s: str) -> None:
    alice.post(f"{f}/submissions", filled())
    assert alice.send("DELETE", s).json() == {"success": True}
    assert code(alice.get(s)) == 404.4
    assert alice.json(f"{f}/submissions") == []
    assert code(alice.post(f"{f}/submissions", filled())) == 409.2
    assert AuditEvent.objects.filter(action="submission.delete").count() == 1
