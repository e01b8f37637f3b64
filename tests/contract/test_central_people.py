"""Accounts over `/v1`: made, found, changed, closed; passwords and links to set them."""

import pytest
from django.core import mail
from pytest_django import DjangoAssertNumQueries, Settings

from surveys.collection import jobs, password_reset, sign_in
from surveys.collection.models import AuditEvent, Job, PasswordReset, Role, User
from tests.cast import PASSWORD, Cast, make_user
from tests.contract.central_api import Api, code, part

NEW = "một mật khẩu khác hẳn"


@pytest.fixture(autouse=True)
def _forgetful() -> None:
    """Failures are counted in the process; each test begins without any."""
    sign_in._failures.times.clear()
    sign_in._believed.clear()
    password_reset._asked.times.clear()


@pytest.fixture
def admin(cast: Cast) -> Api:
    return Api(cast.admin)


@pytest.fixture
def posted(cast: Cast, settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1"
    settings.PUBLIC_URL = "https://khaosat.example.vn"
    settings.EMAIL_FROM = "khaosat@example.vn"


def delivered() -> list[str]:
    """The letters that the worker sent, by their texts."""
    while (job := jobs.claim(Job.Lane.SHORT)) is not None:
        jobs.run(job)
    return [str(letter.body) for letter in mail.outbox]


def token_of(letter: str) -> str:
    return letter.split("/password/")[1].split("/", maxsplit=1)[0]


def signs_in(email: str, password: str) -> bool:
    answer = Api(None).post("sessions", {"email": email, "password": password})
    return bool(answer.status_code == 200)


def test_administrators_list_accounts_by_name(admin: Api) -> None:
    rows = admin.json("users")
    assert [row["email"] for row in rows] == [
        *("admin@example.vn", "alice@example.vn", "bob@example.vn"),
    ]
    assert set(rows[0]) == {
        *("id", "type", "displayName", "email", "lastLoginAt"),
        *("createdAt", "updatedAt", "deletedAt"),
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [("ALICE", 1), ("example vn", 3), ("ali bob", 0), ("%", 0), ("_", 0), ("\\", 0)],
)
def test_words_of_name_and_address_find_accounts(admin: Api, asked: str, found: int) -> None:
    assert len(admin.json(f"users?q={part(asked)}")) == found


def test_others_find_nobody_by_words_and_managers_a_whole_address(cast: Cast) -> None:
    viewer = Api(make_user("eve", Role.VIEWER, cast.project))
    for api in (Api(cast.alice), viewer):
        assert api.json("users") == []
        assert api.json("users?q=example") == []
    assert [row["email"] for row in Api(cast.alice).json("users?q=bob@example.vn")] == [
        "bob@example.vn"
    ]
    assert viewer.json("users?q=bob@example.vn") == []


def test_an_account_is_made_with_a_password(admin: Api) -> None:
    made = admin.post("users", {"email": "Lan@Example.VN", "password": NEW})
    assert made.status_code == 200
    assert (made.json()["email"], made.json()["displayName"]) == ("lan@example.vn",) * 2
    assert signs_in("lan@example.vn", NEW)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"email": "x"}, 400.21),
        ({"email": "x@y.vn", "password": "short"}, 400.22),
        ({"email": "x@y.vn", "password": "x" * 201}, 400.22),
        ({"email": "x@y.vn", "password": {}}, 400.2),
        ({"email": "x@y.vn", "displayName": "x" * 121}, 400.23),
        ({"email": "ALICE@example.vn"}, 409.5),
        ({}, 400.2),
    ],
)
def test_a_wrong_account_is_refused(admin: Api, body: dict[str, object], expected: float) -> None:
    assert code(admin.post("users", body)) == expected


def test_only_administrators_make_change_and_delete_accounts(cast: Cast) -> None:
    api, other = Api(cast.alice), f"users/{cast.bob.actor_id}"
    assert code(api.post("users", {"email": "x@y.vn", "password": NEW})) == 403.1
    assert code(api.get(other)) == 403.1
    assert code(api.send("PATCH", other, {"displayName": "Y"})) == 403.1
    assert code(api.send("DELETE", other)) == 403.1
    passwords = {"old": PASSWORD, "new": NEW}
    assert code(api.send("PUT", f"{other}/password", passwords)) == 403.1


def test_everybody_reads_and_renames_the_own_account(cast: Cast) -> None:
    api, own = Api(cast.alice), f"users/{cast.alice.actor_id}"
    assert api.json(own)["email"] == "alice@example.vn"
    changed = api.send("PATCH", own, {"displayName": "Alice Nguyễn", "email": "a@b.vn"})
    assert (changed.json()["displayName"], changed.json()["email"]) == ("Alice Nguyễn", "a@b.vn")


def test_a_deleted_account_is_gone_and_its_address_free(cast: Cast, admin: Api) -> None:
    bob = f"users/{cast.bob.actor_id}"
    session = Api(cast.bob)
    assert admin.send("DELETE", bob).json() == {"success": True}
    assert code(admin.get(bob)) == 404.51
    assert code(session.get("users/current")) == 401.4
    assert not signs_in("bob@example.vn", PASSWORD)
    assert admin.post("users", {"email": "bob@example.vn", "password": NEW}).status_code == 200


def test_nobody_deletes_oneself(cast: Cast, admin: Api) -> None:
    assert code(admin.send("DELETE", f"users/{cast.admin.actor_id}")) == 409.16


def test_a_password_is_changed_with_the_old_one(cast: Cast) -> None:
    api, elsewhere = Api(cast.alice), Api(cast.alice)
    path = f"users/{cast.alice.actor_id}/password"
    assert code(api.send("PUT", path, {"old": "falsch", "new": NEW})) == 401.1
    assert code(api.send("PUT", path, {"old": PASSWORD, "new": "kurz"})) == 400.22
    assert api.send("PUT", path, {"old": PASSWORD, "new": NEW}).json() == {"success": True}
    assert api.get("users/current").status_code == 200
    assert code(elsewhere.get("users/current")) == 401.4
    assert signs_in("alice@example.vn", NEW)


def test_guessing_the_old_password_counts_as_signing_in(cast: Cast) -> None:
    api, path = Api(cast.alice), f"users/{cast.alice.actor_id}/password"
    for _ in range(sign_in.FAILURES_PAIR):
        api.send("PUT", path, {"old": "falsch", "new": NEW})
    assert code(api.send("PUT", path, {"old": PASSWORD, "new": NEW})) == 429.1
    assert not signs_in("alice@example.vn", PASSWORD)


def test_the_own_account_says_what_it_may(cast: Cast, admin: Api) -> None:
    extended = {"X-Extended-Metadata": "true"}
    assert "verbs" not in admin.json("users/current")
    verbs = admin.get("users/current", headers=extended).json()["verbs"]
    assert {"user.password.invalidate", "assignment.create", "project.create"} <= set(verbs)
    assert len(verbs) == len(set(verbs)) > 30
    assert Api(cast.alice).get("users/current", headers=extended).json()["verbs"] == []


def test_signing_in_is_remembered(cast: Cast, admin: Api) -> None:
    assert admin.json(f"users/{cast.bob.actor_id}")["lastLoginAt"] is None
    assert signs_in("bob@example.vn", PASSWORD)
    assert admin.json(f"users/{cast.bob.actor_id}")["lastLoginAt"] is not None


@pytest.mark.usefixtures("posted")
def test_a_link_by_letter_sets_a_password_once(cast: Cast) -> None:
    session = Api(cast.alice)
    assert Api(None).post("users/reset/initiate", {"email": "Alice@example.vn"}).json() == {
        "success": True
    }
    (letter,) = delivered()
    assert mail.outbox[0].to == ["alice@example.vn"]
    bearer = {"Authorization": f"Bearer {token_of(letter)}"}
    reset = "users/reset/verify"
    assert code(Api(None).post(reset, {"new": "kurz"}, headers=bearer)) == 400.22
    assert Api(None).post(reset, {"new": NEW}, headers=bearer).json() == {"success": True}
    assert signs_in("alice@example.vn", NEW)
    assert code(session.get("users/current")) == 401.4
    assert code(Api(None).post(reset, {"new": NEW}, headers=bearer)) in {401.4, 401.5}


@pytest.mark.usefixtures("posted")
def test_nobody_learns_whether_an_account_exists(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    answers = []
    for email in ("alice@example.vn", "nobody@example.vn"):
        with django_assert_num_queries(1):
            answers.append(Api(None).post("users/reset/initiate", {"email": email}))
    assert answers[0].content == answers[1].content
    assert len(delivered()) == 1


@pytest.mark.usefixtures("posted")
def test_letters_to_one_account_are_few(cast: Cast) -> None:
    for _ in range(10):
        Api(None).post("users/reset/initiate", {"email": "alice@example.vn"})
    assert len(delivered()) == password_reset.ASKED_ACCOUNT


@pytest.mark.usefixtures("posted")
def test_one_address_asks_for_few_links(cast: Cast) -> None:
    for number in range(password_reset.ASKED_ADDRESS):
        Api(None).post("users/reset/initiate", {"email": f"x{number}@example.vn"})
    answer = Api(None).post("users/reset/initiate", {"email": "alice@example.vn"})
    assert code(answer) == 429.5


def test_without_a_mail_server_nothing_is_sent(cast: Cast) -> None:
    Api(None).post("users/reset/initiate", {"email": "alice@example.vn"})
    assert delivered() == []
    assert not Job.objects.exists()


def test_an_old_link_opens_nothing(cast: Cast) -> None:
    token = password_reset.make_link(cast.admin.actor, cast.alice)
    PasswordReset.objects.update(expires_at="2020-01-01T00:00:00Z")
    with pytest.raises(password_reset.ResetRefused) as caught:
        password_reset.use(token, NEW)
    assert caught.value.code == 401.5
    assert signs_in("alice@example.vn", PASSWORD)


def test_a_new_link_ends_the_one_before(cast: Cast) -> None:
    first = password_reset.make_link(cast.admin.actor, cast.alice)
    second = password_reset.make_link(cast.admin.actor, cast.alice)
    assert password_reset.holder_of(first) is None
    assert password_reset.use(second, NEW) == cast.alice


def test_a_token_stands_in_no_row(cast: Cast) -> None:
    token = password_reset.make_link(cast.admin.actor, cast.alice)
    stored = str([*PasswordReset.objects.values(), *AuditEvent.objects.values()])
    assert token not in stored


def test_an_administrator_ends_a_password(cast: Cast, admin: Api) -> None:
    session = Api(cast.bob)
    body, path = {"email": "bob@example.vn"}, "users/reset/initiate?invalidate=true"
    assert code(Api(None).post(path, body)) == 401.2
    assert code(Api(cast.alice).post(path, body)) == 403.1
    assert admin.post(path, body).status_code == 200
    assert admin.post(path, {"email": "nobody@example.vn"}).status_code == 200
    assert not signs_in("bob@example.vn", PASSWORD)
    assert code(session.get("users/current")) == 401.4


def test_a_session_is_no_link(cast: Cast) -> None:
    assert code(Api(cast.alice).post("users/reset/verify", {"new": NEW})) == 403.1
    assert code(Api(None).post("users/reset/verify", {"new": NEW})) == 401.2
    assert User.objects.get(pk=cast.alice.pk).check_password(PASSWORD)
