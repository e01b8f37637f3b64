"""An account that stands gets a role in another project; who works everywhere is listed."""

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection import rights
from surveys.collection.models import Role, User
from surveys.collection.rights import Right
from tests.cast import PASSWORD, Cast, make_cast, make_user

pytestmark = pytest.mark.django_db
ENTRY = {"email": "BOB@example.vn", "role": "supervisor", "communes": "16228"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def signed_in(user: User, language: str = "vi") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def new_account(cast: Cast) -> str:
    return reverse("new_account", args=[cast.project.pk])


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", "duyệt phiếu, quyết định"), ("en", "review")],
)
def test_an_email_that_has_an_account_leads_to_a_question_first(
    cast: Cast, language: str, words: str
) -> None:
    page = signed_in(cast.alice, language).post(new_account(cast), ENTRY)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert 'name="existing"' in page.content.decode()
    assert "Bob" not in page.content.decode()  # the e-mail was typed; no more is told
    assert not rights.may(cast.bob, Right.READ_PROJECT, cast.project)


def test_the_account_gets_the_role_and_keeps_what_it_had(cast: Cast) -> None:
    client = signed_in(cast.alice)
    answer = client.post(new_account(cast), {**ENTRY, "existing": "yes"}, follow=True)
    assert answer.redirect_chain == [(reverse("people", args=[cast.project.pk]), 302)]
    assert "giám sát viên" in answer.content.decode()
    assert rights.communes_with(cast.bob, Right.SUPERVISE, cast.project) == frozenset({"16228"})
    assert rights.may(cast.bob, Right.MANAGE_PEOPLE, cast.other)
    cast.bob.refresh_from_db()
    assert cast.bob.check_password(PASSWORD)


@pytest.mark.parametrize("name", ["bob", "sup", "ana", "view", "rated"])
def test_without_the_right_the_answer_is_the_same_for_every_email(cast: Cast, name: str) -> None:
    roles = {"sup": Role.SUPERVISOR, "ana": Role.ANALYST, "view": Role.VIEWER}
    rated = "16228" if name == "rated" else ""
    user = cast.bob
    if name != "bob":
        role = roles.get(name, Role.MANAGER)
        user = make_user(name, role, cast.project, rated_commune=rated)
    client = signed_in(user)
    for email in ("alice@example.vn", "nobody@example.vn"):
        for extra in ({}, {"existing": "yes"}):
            answer = client.post(new_account(cast), {**ENTRY, "email": email, **extra})
            assert answer.status_code == 403
            assert email not in answer.content.decode()
    assert cast.alice.roles.count() == 1


def test_nobody_signed_in_gives_no_role(cast: Cast) -> None:
    answer = Client().post(new_account(cast), {**ENTRY, "existing": "yes"})
    assert answer.headers["Location"].startswith("/login/")
    assert cast.bob.roles.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "administrator"},
        {"role": "god"},
        {"communes": "Xuân Du"},
        {"email": "nobody@example.vn"},
        {"email": "alice@example.vn"},  # her own: she could lock herself out
        {"rated_commune": "16228"},  # only an administrator says so of an account that stands
    ],
)
def test_a_bent_grant_changes_nothing(cast: Cast, wrong: dict[str, str]) -> None:
    entry = {**ENTRY, "existing": "yes", **wrong}
    answer = signed_in(cast.alice).post(new_account(cast), entry)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "errorlist" in page or 'role="alert"' in page
    assert (cast.bob.roles.count(), cast.alice.roles.count()) == (1, 1)
    cast.bob.refresh_from_db()
    assert cast.bob.rated_commune == ""


def test_an_administrator_gives_the_role_of_a_manager_everywhere(cast: Cast) -> None:
    client = signed_in(cast.admin)
    assert 'name="everywhere"' in client.get(new_account(cast)).content.decode()
    entry = {"email": "bob@example.vn", "role": "manager", "everywhere": "on"}
    client.post(new_account(cast), {**entry, "existing": "yes", "rated_commune": ""})
    assert rights.may(cast.bob, Right.MAKE_PROJECTS)
    whole = {**entry, "email": "new@example.vn", "display_name": "New", "password": PASSWORD}
    client.post(new_account(cast), whole)
    assert rights.may(User.objects.get(email="new@example.vn"), Right.MAKE_PROJECTS)


def test_a_manager_of_one_project_gives_no_role_everywhere(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert 'name="everywhere"' not in client.get(new_account(cast)).content.decode()
    entry = {"email": "bob@example.vn", "role": "manager", "everywhere": "on", "existing": "yes"}
    client.post(new_account(cast), entry)
    assert not cast.bob.roles.filter(project=None).exists()


@pytest.mark.parametrize(("language", "words"), [("vi", "mọi dự án"), ("en", "all projects")])
def test_accounts_with_a_role_everywhere_are_listed_as_such(
    cast: Cast, language: str, words: str
) -> None:
    planner = make_user("planner", Role.VIEWER, None)
    path = reverse("people", args=[cast.project.pk])
    page = signed_in(cast.alice, language).get(path).content.decode()
    assert "Planner" in page
    assert words in page
    address = reverse("account", args=[cast.project.pk, planner.pk])
    assert address not in page  # not hers to change
    assert signed_in(cast.alice).get(address).status_code == 404
    assert address in signed_in(cast.admin).get(path).content.decode()


def test_an_administrator_withdraws_a_role_everywhere(cast: Cast) -> None:
    planner = make_user("planner", Role.VIEWER, None)
    path = reverse("account", args=[cast.project.pk, planner.pk])
    client = signed_in(cast.admin)
    page = client.get(f"{path}?ask=withdraw&role=viewer&everywhere=1").content.decode()
    assert 'name="everywhere"' in page
    client.post(path, {"change": "withdraw", "role": "viewer", "everywhere": "1"})
    assert not planner.roles.exists()
