"""Encrypted records in the CSV archive, over `/v1` and from the page of exports."""

import io
import zipfile

import pytest
from django.test import Client

from surveys.collection import blobs, intake
from surveys.collection.arrival import Arrival, FileArrived
from surveys.collection.encryption.managed import encrypt_project
from surveys.collection.models import Form, Role, User
from surveys.collection.publishing import create_form
from surveys.fieldwork import pipeline
from tests.cast import Cast, filled, make_cast, make_user, published, xform
from tests.contract.central_api import Api, code
from tests.encryptor import encrypt, own_pair

pytestmark = pytest.mark.django_db
PASSPHRASE = "một câu dài & dễ nhớ"
SECRET = "Bí mật của Lan"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def sent(cast: Cast, form: Form, instance_id: str = "uuid:1", *, without: str = "") -> int:
    """An encrypted submission; the number of its key."""
    form.refresh_from_db()
    assert form.current is not None
    key = form.current.key
    assert key is not None
    version = form.current.version
    answers = f"<name>{SECRET}</name><age>34</age><photo>1.jpg</photo>"
    one = encrypt(
        key.public,
        "F",
        version,
        instance_id,
        record=filled("F", instance_id, version=version, answers=answers),
        media={"1.jpg": b"\xff\xd8 anh"},
    )
    files = tuple(
        FileArrived(name, "application/octet-stream", blobs.store(data))
        for name, data in one.files.items()
        if name != without
    )
    receipt = intake.receive(
        Arrival(
            project_id=cast.project.pk, actor_id=cast.alice.actor_id, xml=one.envelope, files=files
        )
    )
    assert receipt.submission_id is not None
    pipeline.derive(receipt.submission_id)
    return key.pk


@pytest.fixture
def form(cast: Cast) -> Form:
    form = published(cast.alice.actor, cast.project)
    encrypt_project(cast.alice.actor, cast.project, PASSPHRASE, "câu hát")
    return form


def client(user: User) -> Client:
    found = Client()
    found.force_login(user)
    return found


def archive(answer: object) -> dict[str, str]:
    data = getattr(answer, "body", None) or b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {
            name: opened.read(name).decode("utf-8-sig", "replace") for name in opened.namelist()
        }


def export(form: Form) -> str:
    return f"projects/{form.project_id}/forms/F/submissions.csv.zip"


def test_the_page_gives_the_opened_archive_to_who_knows_the_passphrase(
    cast: Cast, form: Form
) -> None:
    key = sent(cast, form)
    alice = client(cast.alice)
    page = alice.get(f"/forms/{form.pk}/exports/").content.decode()
    assert f'name="{key}"' in page
    assert "câu hát" in page
    found = archive(alice.post(f"/forms/{form.pk}/opened.csv.zip", {key: PASSPHRASE}))
    assert SECRET in found["F.csv"]
    assert set(found) == {"F.csv", "media/1.jpg"}


def test_a_wrong_passphrase_is_said_on_the_page(cast: Cast, form: Form) -> None:
    key = sent(cast, form)
    answer = client(cast.alice).post(
        f"/forms/{form.pk}/opened.csv.zip", {key: "sai mật khẩu"}, follow=True
    )
    said = answer.content.decode()
    assert "mật khẩu sai" in said
    assert "sai mật khẩu" not in said


def test_who_may_not_read_the_answers_gets_none_with_the_passphrase_either(
    cast: Cast, form: Form
) -> None:
    key = sent(cast, form)
    address = f"/forms/{form.pk}/opened.csv.zip"
    analyst = make_user("pt", Role.ANALYST, cast.project)
    assert SECRET not in "".join(archive(client(analyst).post(address, {key: PASSPHRASE})).values())
    for user in (cast.bob, make_user("vu", Role.VIEWER, cast.project)):
        answer = client(user).post(address, {key: PASSPHRASE})
        assert answer.status_code == 302
        assert not answer.streaming
    assert "/login/" in Client().post(address, {key: PASSPHRASE}).headers["Location"]
    assert client(cast.alice).get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.alice)
    assert strict.post(address, {key: PASSPHRASE}).status_code == 403


def test_an_own_key_is_given_as_its_private_part(cast: Cast) -> None:
    public, pem = own_pair()
    own = xform().replace(
        b"</model>", f'<submission base64RsaPublicKey="{public}"/></model>'.encode()
    )
    form = create_form(cast.alice.actor, cast.project, own, publish=True)
    key = sent(cast, form)
    alice = client(cast.alice)
    assert "<textarea" in alice.get(f"/forms/{form.pk}/exports/").content.decode()
    typed = pem.replace("\n", "\r\n")  # as browsers send it
    found = archive(alice.post(f"/forms/{form.pk}/opened.csv.zip", {key: typed}))
    assert SECRET in found["F.csv"]


def test_what_stayed_closed_is_listed_beside_the_tables(cast: Cast, form: Form) -> None:
    key = sent(cast, form)
    sent(cast, form, "uuid:2", without="submission.xml.enc")
    sent(cast, form, "uuid:3", without="1.jpg.enc")
    api = Api(cast.alice)
    found = archive(api.post(export(form), {str(key): PASSPHRASE}))
    lines = found["F - encryption.csv"].splitlines()
    assert lines[0] == "instance ID,problem,file"
    assert sorted(lines[1:]) == [
        "uuid:2,missing encrypted form data,",
        "uuid:3,missing encrypted file,1.jpg",
    ]
    closed = archive(api.get(export(form)))
    assert closed["F.csv"].count("not decrypted") == 2
    assert closed["F.csv"].count("missing encrypted form data") == 1
    assert "F - encryption.csv" not in closed


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"a=1&" * 3000, "application/x-www-form-urlencoded"),
        (b"--x", "multipart/form-data"),
        (b"12=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
    ],
)
def test_bodies_that_are_none_are_refused(cast: Cast, form: Form, body: bytes, kind: str) -> None:
    assert code(Api(cast.alice).post(export(form), body, content_type=kind)) == 400.1


def test_keys_of_others_and_empty_passphrases_open_nothing(cast: Cast, form: Form) -> None:
    key = sent(cast, form)
    api = Api(cast.alice)
    for said in ({"999999": PASSPHRASE}, {str(key): ""}, {"abc": "x"}, {str(key): 12}):
        assert "not decrypted" in archive(api.post(export(form), said))["F.csv"]
    assert code(api.get(f"{export(form)}?{key}=sai")) == 400.92
