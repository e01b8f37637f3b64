"""A code that no other phone can use says so on the page and on the printed sheet."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dashboard.presentation.phones import is_this_machine_only
from surveys.collection import people
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
WORDS = {"vi": "Điện thoại khác không tới được", "en": "No other phone can reach"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def pages(cast: Cast, language: str, host: str) -> list[str]:
    phone = people.create_app_user(cast.alice.actor, cast.project, "Lan")
    client = Client(headers={"host": host})
    client.force_login(cast.alice)
    client.cookies["django_language"] = language
    project = cast.project.pk
    addresses = [
        reverse("phone", args=[project, phone.pk]),
        reverse("phone_sheets", args=[project]),
    ]
    return [client.get(address).content.decode() for address in addresses]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8001", "[::1]:8000"])
def test_an_address_of_this_machine_alone_is_warned_of(
    cast: Cast, settings: Settings, language: str, host: str
) -> None:
    settings.PUBLIC_URL = ""
    for page in pages(cast, language, host):
        assert WORDS[language] in page
        assert "serve --lan" in page
        assert "PUBLIC_URL" in page


def test_the_warning_stands_once_above_all_sheets(cast: Cast, settings: Settings) -> None:
    settings.PUBLIC_URL = ""
    for name in ("Minh", "Thu"):
        people.create_app_user(cast.alice.actor, cast.project, name)
    sheets = pages(cast, "vi", "localhost:8001")[1]
    assert sheets.count('class="card sheet"') == 3
    assert sheets.count(WORDS["vi"]) == 1


def test_what_serve_tells_without_lan_is_warned_of_too(cast: Cast, settings: Settings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert all(WORDS["vi"] in page for page in pages(cast, "vi", "khaosat.example.vn"))


@pytest.mark.parametrize("url", ["https://khaosat.example.vn", "http://192.168.1.7:8000"])
def test_an_address_that_phones_reach_is_not_warned_of(
    cast: Cast, settings: Settings, url: str
) -> None:
    settings.PUBLIC_URL = url
    assert not any("serve --lan" in page for page in pages(cast, "vi", "localhost"))


@pytest.mark.parametrize(
    ("url", "alone"),
    [("http://127.8.0.1", True), ("http://0.0.0.0:80", True), ("http://[::1]:8", True),
     ("http://LOCALHOST", True), ("http://a.localhost", True), ("http://10.0.0.3", False),
     ("https://localhost.example.vn", False)],
)  # fmt: skip
def test_the_machines_own_names_are_known(url: str, alone: bool) -> None:
    assert is_this_machine_only(url) == alone
