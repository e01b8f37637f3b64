"""EMAIL_URL: what it gives Django, and a wrong one is an error at start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import mail_server

GIVEN = {"EMAIL_FROM": "khaosat@example.vn", "PUBLIC_URL": "https://khaosat.example.vn"}


def test_without_a_server_no_letters_are_sent() -> None:
    assert mail_server({}).url == ""


@pytest.mark.parametrize(
    ("url", "port", "is_ssl", "is_tls"),
    [
        ("smtps://an:m%40t@mail.example.vn", 465, True, False),
        ("smtp://an:m%40t@mail.example.vn", 587, False, True),
        ("smtp://127.0.0.1:25", 25, False, False),
    ],
)
def test_a_password_is_never_sent_in_the_clear(
    url: str, port: int, *, is_ssl: bool, is_tls: bool
) -> None:
    found = mail_server({**GIVEN, "EMAIL_URL": url})
    assert (found.port, found.is_ssl, found.is_tls) == (port, is_ssl, is_tls)
    assert found.password in {"m@t", ""}


@pytest.mark.parametrize(
    "given",
    [
        {**GIVEN, "EMAIL_URL": "https://mail.example.vn"},
        {**GIVEN, "EMAIL_URL": "smtp://"},
        {"EMAIL_URL": "smtp://127.0.0.1", "PUBLIC_URL": "https://khaosat.example.vn"},
        {"EMAIL_URL": "smtp://127.0.0.1", "EMAIL_FROM": "khaosat@example.vn"},
    ],
)
def test_a_wrong_or_half_setting_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured):
        mail_server(given)
