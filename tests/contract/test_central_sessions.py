"""Signing in to `/v1`: bearer sessions, Basic, failures, and what an answer gives away."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from surveys.collection import people, sign_in
from surveys.collection.models import ApiSession
from tests.cast import PASSWORD, Cast
from tests.contract.central_api import Api, code, part


@pytest.fixture(autouse=True)
def _nobody_failed_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "_failures", sign_in.Failures())
    monkeypatch.setattr(sign_in, "_believed", {})


def basic(email: str, password: str) -> dict[str, str]:
    said = base64.b64encode(f"{email}:{password}".encode()).decode()
    return {"Authorization": f"Basic {said}"}


def test_a_session_opens_with_the_keys_that_clients_read(cast: Cast) -> None:
    answer = Api(None).post("sessions", {"email": "ALICE@example.vn", "password": PASSWORD})
    assert answer.status_code == 200
    assert {"token", "expiresAt", "createdAt", "csrf"} <= set(answer.json())
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    me = Api(None).get("users/current", headers=bearer).json()
    assert me["email"] == "alice@example.vn"
    assert me["id"] == cast.alice.actor_id


def test_only_the_digest_of_a_token_is_stored(cast: Cast) -> None:
    token = sign_in.open_session(cast.alice).token
    assert ApiSession.objects.get().token_sha256 == sign_in.digest(token)
    assert token not in str(ApiSession.objects.values())


@pytest.mark.parametrize("email", ["alice@example.vn", "nobody@example.vn", ""])
def test_a_wrong_password_and_an_unknown_account_answer_alike(cast: Cast, email: str) -> None:
    answer = Api(None).post("sessions", {"email": email, "password": "sai mật khẩu"})
    assert code(answer) == 401.1
    assert (
        answer.content
        == Api(None).post("sessions", {"email": "bob@example.vn", "password": "x"}).content
    )


def test_an_unknown_account_costs_the_same_hash(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(sign_in, "make_password", hashed.append)
    Api(None).post("sessions", {"email": "nobody@example.vn", "password": "x"})
    assert hashed == ["x"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", 400.1),
        (b"[]", 400.1),
        (b"\xff", 400.1),
        (b'{"email": "a"}', 400.2),
        (b'{"email": 1, "password": "x"}', 400.2),
        (b'{"email": "a\\u0000", "password": "x"}', 400.2),
        (b"[" * 100_000, 400.1),
    ],
)
def test_a_body_that_is_no_sign_in_is_refused(cast: Cast, body: bytes, expected: float) -> None:
    assert code(Api(None).post("sessions", body, content_type="application/json")) == expected


def test_too_many_failures_are_told_to_wait_even_with_the_right_password(cast: Cast) -> None:
    for _ in range(sign_in.FAILURES_PAIR):
        Api(None).post("sessions", {"email": "alice@example.vn", "password": "x"})
    right = {"email": "alice@example.vn", "password": PASSWORD}
    assert code(Api(None).post("sessions", right)) == 429.1
    assert Api(None).post("sessions", {**right, "email": "bob@example.vn"}).status_code == 200


def test_an_expired_session_is_refused(cast: Cast) -> None:
    api = Api(cast.alice)
    ApiSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert code(api.get("projects")) == 401.4


def test_a_session_ends_with_its_account(cast: Cast) -> None:
    api = Api(cast.alice)
    people.deactivate_user(cast.admin.actor, cast.alice)
    assert code(api.get("projects")) == 401.4


def test_a_new_password_ends_the_sessions(cast: Cast) -> None:
    api = Api(cast.alice)
    people.set_password(cast.alice.actor, cast.alice, "một mật khẩu khác")
    assert code(api.get("projects")) == 401.4


def test_a_session_is_ended_by_its_owner_alone(cast: Cast) -> None:
    token = sign_in.open_session(cast.alice).token
    assert code(Api(cast.bob).send("DELETE", f"sessions/{part(token)}")) == 404.1
    alice = {"Authorization": f"Bearer {token}"}
    assert Api(None).send("DELETE", "sessions/current", headers=alice).status_code == 200
    assert code(Api(None).get("projects", headers=alice)) == 401.4


def test_a_phones_token_is_revoked_by_its_project(cast: Cast) -> None:
    phone = people.create_app_user(cast.alice.actor, cast.project, "NV-01")
    path = f"sessions/{part(phone.token or '')}"
    assert code(Api(cast.bob).send("DELETE", path)) == 403.1
    assert Api(cast.alice).send("DELETE", path).status_code == 200
    phone.refresh_from_db()
    assert phone.token is None


def test_a_phones_token_is_no_bearer_session(cast: Cast) -> None:
    phone = people.create_app_user(cast.alice.actor, cast.project, "NV-01")
    headers = {"Authorization": f"Bearer {phone.token}"}
    assert code(Api(None).get("projects", headers=headers)) == 401.4


def test_basic_is_taken_over_https(cast: Cast) -> None:
    api = Api(None)
    answer = api.client.get(
        "/v1/projects", headers=basic("alice@example.vn", PASSWORD), secure=True
    )
    assert [row["id"] for row in answer.json()] == [cast.project.pk]


def test_a_password_with_a_colon_works_over_basic(cast: Cast) -> None:
    people.set_password(cast.alice.actor, cast.alice, "mật:khẩu:dài quá")
    answer = Api(None).get("projects", headers=basic("alice@example.vn", "mật:khẩu:dài quá"))
    assert answer.status_code == 200


def test_basic_over_http_is_refused_but_for_scripts_on_this_machine(
    cast: Cast, settings: Settings
) -> None:
    headers = basic("alice@example.vn", PASSWORD)
    assert Api(None).get("projects", headers=headers).status_code == 200
    proxied = {**headers, "X-Forwarded-For": "10.0.0.9"}
    assert code(Api(None).get("projects", headers=proxied)) == 401.3
    far = Api(None).client.get("/v1/projects", headers=headers, REMOTE_ADDR="10.0.0.9")
    assert code(far) == 401.3
    settings.PUBLIC_URL = "http://khaosat.example.vn"
    assert code(Api(None).get("projects", headers=headers)) == 401.3


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_use_a_password_that_a_browser_remembers(cast: Cast, site: str) -> None:
    headers = {**basic("admin@example.vn", PASSWORD), "Sec-Fetch-Site": site}
    made = {"name": "Do trang khác tạo"}
    assert code(Api(None).post("projects", made, headers=headers)) == 403.1
    assert Api(None).get("projects", headers=headers).status_code == 200
    headers["Sec-Fetch-Site"] = "same-origin"
    assert Api(None).post("projects", made, headers=headers).status_code == 200


def test_the_challenge_offers_only_what_is_taken(cast: Cast) -> None:
    api = Api(None)
    assert api.get("projects")["WWW-Authenticate"].startswith("Basic ")
    far = api.client.get("/v1/projects", REMOTE_ADDR="10.0.0.9")
    assert far["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"nocolon").decode(), "Digest x"]
)
def test_a_broken_header_is_refused(cast: Cast, header: str) -> None:
    assert code(Api(None).get("projects", headers={"Authorization": header})) in {401.1, 401.2}


def test_a_believed_password_is_forgotten_when_it_changes(cast: Cast) -> None:
    old = basic("alice@example.vn", PASSWORD)
    assert Api(None).get("projects", headers=old).status_code == 200
    people.set_password(cast.alice.actor, cast.alice, "một mật khẩu khác")
    assert code(Api(None).get("projects", headers=old)) == 401.1
