"""Signing in, the language switch, headers, error pages, and how numbers are written."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dashboard.presentation import formats
from surveys.collection import sign_in
from surveys.collection.models import Project, Role, User
from tests.cast import PASSWORD, Cast, make_cast, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def _no_former_failures() -> None:
    sign_in._failures.times.clear()
    sign_in._believed.clear()


def signed_in(user: User, language: str = "vi") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def test_the_right_password_opens_the_page_that_was_asked_for(cast: Cast) -> None:
    target = reverse("project", args=[cast.project.pk])
    entry = {"email": "alice@example.vn", "password": PASSWORD, "next": target}
    answer = Client().post(reverse("login"), entry)
    assert answer.status_code == 302
    assert answer.headers["Location"] == target


def test_a_wrong_password_says_so_and_opens_nothing(cast: Cast) -> None:
    answer = Client().post(reverse("login"), {"email": "alice@example.vn", "password": "sai"})
    assert answer.status_code == 401
    assert 'role="alert"' in answer.content.decode()
    assert "sessionid" not in answer.cookies


def test_guessing_is_stopped_even_with_the_right_password_then(cast: Cast) -> None:
    client = Client()
    for _ in range(sign_in.FAILURES_PAIR):
        client.post(reverse("login"), {"email": "alice@example.vn", "password": "sai"})
    answer = client.post(reverse("login"), {"email": "alice@example.vn", "password": PASSWORD})
    assert answer.status_code == 429


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_signing_in_never_leads_away_from_this_site(cast: Cast, target: str) -> None:
    entry = {"email": "alice@example.vn", "password": PASSWORD, "next": target}
    assert Client().post(reverse("login"), entry).headers["Location"] == "/"
    switch = Client().post(reverse("language"), {"language": "en", "next": target})
    assert switch.headers["Location"] == "/"


def test_signing_out_needs_a_post_and_ends_the_session(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert client.get(reverse("logout")).status_code == 405
    client.post(reverse("logout"))
    assert client.get(reverse("home")).status_code == 302


def test_a_page_is_vietnamese_until_english_is_chosen_and_then_stays_english(cast: Cast) -> None:
    client = Client(headers={"accept-language": "en-US"})
    client.force_login(cast.alice)
    assert '<html lang="vi">' in client.get("/").content.decode()
    client.post(reverse("language"), {"language": "en", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="en">' in page
    assert "Sign out" in page
    client.post(reverse("language"), {"language": "xx", "next": "/"})
    assert '<html lang="en">' in client.get("/").content.decode()


def test_every_change_needs_the_token_of_its_form(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.alice)
    answer = client.post(reverse("people", args=[cast.project.pk]), {"display_name": "Lan"})
    assert answer.status_code == 403
    assert "Trang đã cũ" in answer.content.decode()
    assert not cast.project.app_users.exists()


def test_pages_forbid_inline_script_framing_by_others_and_shared_caches(cast: Cast) -> None:
    answer = signed_in(cast.alice).get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "<script>" not in answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("vi", "Không có trang này"), ("en", "no such")])
def test_a_wrong_address_says_what_to_do(cast: Cast, language: str, words: str) -> None:
    answer = signed_in(cast.alice, language).get("/nowhere/")
    assert answer.status_code == 404
    assert words in answer.content.decode()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_permission_says_whom_to_ask(cast: Cast, language: str) -> None:
    answer = signed_in(cast.bob, language).get(reverse("project", args=[cast.project.pk]))
    assert answer.status_code == 403
    words = {"vi": "người quản lý dự án", "en": "manager of the project"}[language]
    assert words in answer.content.decode()


def test_a_server_fault_is_said_in_both_languages(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("surveys.collection.rights.projects_of", broken)
    client = signed_in(cast.alice)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Máy chủ gặp lỗi" in answer.content.decode()
    assert "Server error" in answer.content.decode()


def test_home_shows_only_ones_own_projects(cast: Cast) -> None:
    page = signed_in(cast.alice).get("/").content.decode()
    assert cast.project.name in page
    assert cast.other.name not in page


def test_somebody_without_a_role_reads_whom_to_ask(cast: Cast) -> None:
    nobody = make_user("nobody", Role.VIEWER, cast.project)
    nobody.roles.all().delete()
    assert "chưa được giao dự án nào" in signed_in(nobody).get("/").content.decode()


def test_an_administrator_makes_projects_and_a_manager_of_one_does_not(cast: Cast) -> None:
    entry = {"name": "Dự án mới", "description": ""}
    assert signed_in(cast.alice).post(reverse("new_project"), entry).status_code == 403
    answer = signed_in(cast.admin).post(reverse("new_project"), entry)
    assert answer.status_code == 302
    assert Project.objects.filter(name="Dự án mới").exists()


def test_numbers_and_days_are_written_as_the_language_writes_them() -> None:
    moment = datetime(2026, 11, 5, 18, 30, tzinfo=UTC)
    with translation.override("vi"):
        assert formats.number(6352) == "6.352"
        assert formats.number(-1234.56, 1) == "−1.234,6"
        assert formats.percent(0.864) == "86,4\u00a0%"
        assert formats.moment(moment) == "06/11/2026 01:30"
    with translation.override("en"):
        assert formats.number(6352) == "6,352"
        assert formats.percent(0.864) == "86.4%"
        assert formats.day(moment) == "6 Nov 2026"
    assert formats.number(None) == formats.number(float("nan")) == "–"


def test_names_are_sorted_as_people_count() -> None:
    names = ["Thôn 13", "Thôn 2", "Bản Ná", "Thôn 2b", "12"]
    assert sorted(names, key=formats.natural) == ["Bản Ná", "Thôn 2", "Thôn 2b", "Thôn 13", "12"]
