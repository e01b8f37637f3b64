"""Encrypted forms over `/v1`: the key of a project, its trace in forms, the keys in use."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection.models import Form, Role, Submission, SubmissionVersion
from tests.cast import Cast, filled, make_cast, make_user, published
from tests.contract.central_api import Api, code
from tests.encryptor import encrypt

pytestmark = pytest.mark.django_db
PASSPHRASE = "một câu dài dễ nhớ"


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    published(cast.alice.actor, cast.project)
    return cast


@pytest.fixture
def alice(cast: Cast) -> Api:
    return Api(cast.alice)


def encrypted(alice: Api, cast: Cast) -> str:
    path = f"projects/{cast.project.pk}"
    body = {"passphrase": PASSPHRASE, "hint": "câu hát"}
    answer = alice.post(f"{path}/key", body)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    return path


def envelope(cast: Cast) -> bytes:
    version = Form.objects.select_related("current__key").get(project=cast.project).current
    assert version is not None
    assert version.key is not None
    record = filled("F", "uuid:1", version=version.version)
    return encrypt(version.key.public, "F", version.version, "uuid:1", record=record).envelope


def test_a_key_of_the_project_is_in_every_form(cast: Cast, alice: Api) -> None:
    path = encrypted(alice, cast)
    key = alice.json(path)["keyId"]
    assert isinstance(key, int)
    form = alice.json(f"{path}/forms/F")
    assert form["keyId"] == key
    assert form["version"].startswith("1[encrypted:")
    assert b"base64RsaPublicKey" in alice.get(f"{path}/forms/F.xml").body
    versions = alice.json(f"{path}/forms/F/versions")
    assert [each["keyId"] for each in versions] == [key, None]
    assert alice.json(f"{path}/forms")[0]["keyId"] == key


def test_a_second_key_a_short_one_and_none_are_refused(cast: Cast, alice: Api) -> None:
    path = f"projects/{cast.project.pk}"
    for body, said in (
        ({}, 400.2),
        ({"passphrase": ""}, 400.2),
        ({"passphrase": 12}, 400.2),
        ({"passphrase": "ngắn"}, 400.91),
        ({"passphrase": PASSPHRASE, "hint": "x" * 300}, 400.2),
        ([], 400.1),
    ):
        assert code(alice.post(f"{path}/key", body)) == said
    encrypted(alice, cast)
    assert code(alice.post(f"{path}/key", {"passphrase": PASSPHRASE})) == 409.97


def test_only_managers_of_the_project_give_it_a_key(cast: Cast) -> None:
    path = f"projects/{cast.project.pk}/key"
    supervisor = make_user("sup", Role.SUPERVISOR, cast.project)
    body = {"passphrase": PASSPHRASE}
    assert Api(supervisor).post(path, body).status_code == 403
    assert Api(cast.bob).post(path, body).status_code in {403, 404}
    assert Api(None).post(path, body).status_code == 401
    assert Api(cast.alice).post("projects/9999/key", body).status_code == 404
    assert Form.objects.get().current.key is None  # type: ignore[union-attr] # it is published


def test_the_keys_in_use_are_those_of_what_was_sent(cast: Cast, alice: Api) -> None:
    path = encrypted(alice, cast)
    keys = f"{path}/forms/F/submissions/keys"
    assert alice.json(keys) == []
    answer = alice.post(f"{path}/forms/F/submissions", envelope(cast))
    assert answer.status_code == 200, answer.body
    (key,) = alice.json(keys)
    assert key["id"] == alice.json(path)["keyId"]
    assert (key["managed"], key["hint"]) == (True, "câu hát")
    assert "private" not in key
    assert alice.json(f"{path}/forms/F/draft/submissions/keys") == []
    viewer = make_user("vu", Role.VIEWER, cast.project)
    assert Api(viewer).get(keys).status_code == 403
    assert Api(cast.bob).get(keys).status_code in {403, 404}


def test_a_number_that_no_key_has_opens_nothing_and_harms_nothing(cast: Cast, alice: Api) -> None:
    published(cast.alice.actor, cast.project, "plain")
    f = f"projects/{cast.project.pk}/forms/plain/submissions.csv"
    for number in ("0", "9" * 18, "9" * 19, "9" * 5000):
        assert alice.get(f"{f}?{number}=x").status_code == 200


def test_an_envelope_without_an_instance_id_is_refused(cast: Cast, alice: Api) -> None:
    path = encrypted(alice, cast)
    without = envelope(cast).replace(b"orx:instanceID", b"orx:other")
    assert code(alice.post(f"{path}/forms/F/submissions", without)) == 400.8
    assert not SubmissionVersion.objects.exists()


def test_the_files_of_an_envelope_are_expected(cast: Cast, alice: Api) -> None:
    path = encrypted(alice, cast)
    sent = envelope(cast).replace(
        b"<encryptedXmlFile>",
        b"<media><file>zulu.jpg.enc</file></media><media><file>a.jpg.enc</file></media>"
        b"<encryptedXmlFile>",
    )
    assert alice.post(f"{path}/forms/F/submissions", sent).status_code == 200
    files = f"{path}/forms/F/submissions/uuid:1/attachments"
    names = {each["name"]: each["exists"] for each in alice.json(files)}
    assert names == dict.fromkeys(("zulu.jpg.enc", "a.jpg.enc", "submission.xml.enc"), False)
    put = alice.post(f"{files}/a.jpg.enc", b"\x01\x02", content_type="application/octet-stream")
    assert put.status_code == 200
    assert json.loads(put.body)["success"] is True


def test_the_page_of_a_record_says_when_it_came_encrypted(cast: Cast, alice: Api) -> None:
    plain = f"projects/{cast.project.pk}/forms/F/submissions"
    assert alice.post(plain, filled(instance_id="uuid:plain")).status_code == 200
    encrypted(alice, cast)
    assert alice.post(plain, envelope(cast)).status_code == 200
    reader = Client()
    reader.force_login(cast.alice)
    for instance_id, is_sealed in (("uuid:plain", False), ("uuid:1", True)):
        found = Submission.objects.get(instance_id=instance_id)
        page = reader.get(reverse("record", args=[found.form_id, found.pk])).content.decode()
        assert ("được mã hoá trên điện thoại" in page) == is_sealed
