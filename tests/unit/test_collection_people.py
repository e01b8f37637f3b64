"""Accounts and phones: made, re-issued, revoked."""

import base64
import json
import re
import zlib

import pytest

from surveys.collection import accounts, password_reset, people, rights
from surveys.collection.models import AuditEvent, Role, User
from tests.cast import PASSWORD, Cast, make_cast, make_user, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_an_administrator_is_made_once_and_then_gets_the_new_password() -> None:
    assert people.create_administrator("a@example.vn", PASSWORD)
    assert not people.create_administrator("A@example.vn", "một mật khẩu khác")
    user = User.objects.get()
    assert user.check_password("một mật khẩu khác")
    assert user.roles.count() == 1


@pytest.mark.parametrize("password", ["", "short", "password123", "12345678901"])
def test_a_weak_password_is_refused(cast: Cast, password: str) -> None:
    with pytest.raises(people.PersonRefused) as caught:
        people.set_password(cast.alice.actor, cast.alice, password)
    assert caught.value.code == 400.22
    assert User.objects.get(pk=cast.alice.pk).check_password(PASSWORD)


@pytest.mark.parametrize("email", ["", "x", "a b@example.vn", "a@"])
def test_a_broken_email_is_refused(cast: Cast, email: str) -> None:
    with pytest.raises(people.PersonRefused) as caught:
        people.create_user(
            cast.admin.actor, email, PASSWORD, "X", Role.VIEWER, project=cast.project
        )
    assert caught.value.code == 400.21


def test_an_email_has_one_account_in_any_spelling(cast: Cast) -> None:
    with pytest.raises(people.PersonRefused) as caught:
        people.create_user(
            cast.alice.actor, "ALICE@Example.VN", PASSWORD, "X", Role.VIEWER, project=cast.project
        )
    assert caught.value.code == 409.5
    assert User.objects.filter(email__iexact="alice@example.vn").count() == 1


def test_only_an_administrator_sets_the_password_of_others(cast: Cast) -> None:
    with pytest.raises(rights.Forbidden):
        people.set_password(cast.alice.actor, cast.bob, "một mật khẩu khác")


def test_a_phone_has_a_token_that_an_address_can_carry(cast: Cast) -> None:
    phone = people.create_app_user(cast.alice.actor, cast.project, " NV-01 ")
    assert re.fullmatch(r"[A-Za-z0-9!$]{64}", phone.token or "")
    assert phone.actor.display_name == "NV-01"


@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_a_phone_without_a_name_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(people.PersonRefused) as caught:
        people.create_app_user(cast.alice.actor, cast.project, name)
    assert caught.value.code == 400.23


def test_a_lost_phone_gets_a_new_token_and_the_old_one_stops(cast: Cast) -> None:
    phone = people.create_app_user(cast.alice.actor, cast.project, "NV-01")
    lost = phone.token
    people.reissue_app_user_token(cast.alice.actor, phone)
    phone.refresh_from_db()
    assert phone.token not in {None, lost}


def test_a_phone_is_revoked_once_however_often_it_is_asked(cast: Cast) -> None:
    phone = people.create_app_user(cast.alice.actor, cast.project, "NV-01")
    people.revoke_app_user(cast.alice.actor, phone)
    people.revoke_app_user(cast.alice.actor, phone)
    phone.refresh_from_db()
    assert phone.token is None
    assert AuditEvent.objects.filter(action="app_user.revoke").count() == 1


def test_a_phone_is_touched_by_the_managers_of_its_project_alone(cast: Cast) -> None:
    phone = people.create_app_user(cast.alice.actor, cast.project, "NV-01")
    viewer = make_user("vi", Role.VIEWER, cast.project)
    for actor in (cast.bob.actor, viewer.actor, phone.actor):
        for change in (people.revoke_app_user, people.reissue_app_user_token):
            with pytest.raises(rights.Forbidden):
                change(actor, phone)


def test_a_form_is_assigned_once(cast: Cast) -> None:
    phone = people.create_app_user(cast.alice.actor, cast.project, "NV-01")
    form = published(cast.alice.actor, cast.project)
    people.assign_form(cast.alice.actor, form, phone)
    people.assign_form(cast.alice.actor, form, phone)
    assert form.assignments.count() == 1
    people.unassign_form(cast.alice.actor, form, phone)
    assert form.assignments.count() == 0


def test_the_qr_code_says_what_collect_imports(cast: Cast) -> None:
    phone = people.create_app_user(cast.alice.actor, cast.project, "NV-01")
    text = people.settings_qr_text(phone, "https://khaosat.example.vn/", "Đợt 1")
    said = json.loads(zlib.decompress(base64.b64decode(text, validate=True)))
    assert set(said) == {"general", "admin", "project"}
    assert said["general"] == {
        "server_url": f"https://khaosat.example.vn/v1/key/{phone.token}/projects/{cast.project.pk}",
        "form_update_mode": "match_exactly",
        "autosend": "wifi_and_cellular",
        "app_language": "vi",
        "metadata_username": "NV-01",
    }
    assert said["project"] == {"name": "Đợt 1"}


def test_the_audit_never_holds_a_secret(cast: Cast) -> None:
    phone = people.create_app_user(cast.alice.actor, cast.project, "NV-01")
    people.reissue_app_user_token(cast.alice.actor, phone)
    people.set_password(cast.alice.actor, cast.alice, "một mật khẩu khác")
    told = str(list(AuditEvent.objects.values("details")))
    assert phone.token not in told
    assert "mật khẩu" not in told


@pytest.mark.parametrize("change", ["password", "invalidated", "closed", "address"])
def test_a_link_to_set_a_password_ends_with_what_it_was_made_for(cast: Cast, change: str) -> None:
    admin, user = cast.admin.actor, cast.alice
    token = password_reset.make_link(admin, user)
    assert password_reset.holder_of(token) == user
    if change == "password":
        people.set_password(user.actor, user, "Một-mật-khẩu-khác-1")
    elif change == "invalidated":
        password_reset.invalidate(admin, user)
    elif change == "closed":
        people.deactivate_user(admin, user)
        User.objects.filter(pk=user.pk).update(is_active=True)
    else:
        accounts.update_account(user.actor, user, email="moi@example.vn")
    assert password_reset.holder_of(token) is None
