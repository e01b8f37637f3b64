"""What strangers may cost: memory, disk, tries; and where they may send a reader."""

import time

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from api.openrosa import upload
from api.problems import ProblemRaised
from dashboard.access import page_before
from surveys.collection import sign_in
from tests.cast import PASSWORD, Cast, make_cast, published
from tests.openrosa_phone import MULTIPART, body_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    sign_in._failures.times.clear()
    sign_in._believed.clear()
    return make_cast()


def test_a_stranger_cannot_fill_the_memory_through_a_page() -> None:
    answer = Client().post(
        "/login/", b"a=" + b"x" * 6_000_000, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400


def test_a_stranger_cannot_fill_the_disk_through_a_page() -> None:
    too_much = str(settings.MAX_REQUEST_BYTES + 1)
    answer = Client().post("/login/", b"", content_type=MULTIPART, CONTENT_LENGTH=too_much)
    assert answer.status_code == 413
    assert "Hãy chia nhỏ" in answer.content.decode()


@pytest.mark.parametrize("hold_files", [True, False])
def test_more_files_than_any_phone_sends_are_refused(
    monkeypatch: pytest.MonkeyPatch, *, hold_files: bool
) -> None:
    assert upload.MOST_FILES > 101  # Collect closes a request only after the 101st file
    monkeypatch.setattr(upload, "MOST_FILES", 3)

    def read(count: int) -> upload.Upload:
        body = body_of(b"<a/>", {f"{n}.jpg": b"x" for n in range(count)})
        request = RequestFactory().post("/", body, content_type=MULTIPART)
        return upload.read_upload(request, hold_files=hold_files)

    assert len(read(3).settle()) == 3
    with pytest.raises(ProblemRaised) as refusal:
        read(4)
    assert refusal.value.code == 413.2


@pytest.mark.parametrize("content_type", ["text/xml", "multipart/mixed", ""])
def test_a_body_that_is_no_form_of_a_phone_is_kept_as_it_came(content_type: str) -> None:
    request = RequestFactory().post("/", b"<data id='F'/>", content_type=content_type)
    found = upload.read_upload(request, hold_files=True)
    assert (found.xml, found.has_xml) == (b"<data id='F'/>", False)
    assert found.broken is not None


def test_a_content_type_of_control_characters_can_still_be_handed_out() -> None:
    body = body_of(b"<a/>", {"a.jpg": b"x"}).replace(
        b"application/octet-stream", b"image/\n\x00png"
    )
    request = RequestFactory().post("/", body, content_type=MULTIPART)
    (file,) = upload.read_upload(request, hold_files=False).settle()
    assert file.content_type == "image/png"


def test_behind_a_proxy_one_guesser_does_not_lock_the_others_out(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "BEHIND_HTTPS", True)
    for now in range(sign_in.FAILURES_ADDRESS):
        sign_in._failures.note("address 10.0.0.1", time.monotonic() + now / 1000)
    entry = {"email": "alice@example.vn", "password": PASSWORD}

    def come(address: str) -> int:
        forwarded = {"X-Forwarded-For": f"1.2.3.4, {address}"}
        return Client().post("/login/", entry, headers=forwarded).status_code

    assert come("10.0.0.1") == 429
    assert come("10.0.0.2") == 302


@pytest.mark.parametrize("path", ["//evil.example/x", "///evil.example", "/\\evil.example"])
def test_a_refusal_never_leads_away_from_this_site(path: str) -> None:
    request = RequestFactory().get("/", headers={"Referer": f"http://testserver{path}"})
    assert page_before(request) == "/"


def test_the_list_of_forms_costs_the_same_however_many_there_are(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice)
    path = reverse("project", args=[cast.project.pk])
    published(cast.alice.actor, cast.project, "F0")
    costs = []
    for more in (1, 5):
        for n in range(more):
            published(cast.alice.actor, cast.project, f"F{more}{n}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    "path",
    [
        "key/a%00b/projects/1/formList",
        "projects/1/formList?st=a%00b",
        "key/abc/projects/1/forms/a%00b.xml",
        "key/abc/projects/1/datasets/hh/integrity?id=%00",
        "test/a%00/projects/1/forms/F/draft/formList",
        "sessions/a%00b",
        "projects/99999999999999999999999",
    ],
)
def test_names_that_no_database_takes_are_no_fault_of_the_server(path: str) -> None:
    assert 400 <= Client().get(f"/v1/{path}").status_code < 500


def test_a_bent_cursor_is_the_first_page(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice)
    path = reverse("quarantine", args=[cast.project.pk])
    assert client.get(path, {"after": "9" * 5000}).status_code == 200
