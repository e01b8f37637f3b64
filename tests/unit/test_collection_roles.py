"""Roles are given and withdrawn, by those who may."""

import pytest

from surveys.collection import people, rights, roles
from surveys.collection.models import Role, RoleAssignment, User
from surveys.collection.rights import Right
from tests.cast import Cast, make_cast, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def eve(cast: Cast) -> User:
    return make_user("eve", Role.VIEWER, cast.project)


def test_a_role_that_stands_takes_the_new_communes(cast: Cast, eve: User) -> None:
    for communes in (("16279", "16282"), ("16282",)):
        roles.grant_role(
            cast.alice.actor, eve, Role.SUPERVISOR, project=cast.project, communes=communes
        )
    assert RoleAssignment.objects.get(user=eve, role=Role.SUPERVISOR).communes == ["16282"]


def test_a_role_everywhere_stands_once(cast: Cast, eve: User) -> None:
    for _ in range(2):
        roles.grant_role(cast.admin.actor, eve, Role.ANALYST)
    assert eve.roles.filter(role=Role.ANALYST).count() == 1


def test_a_manager_gives_roles_in_the_own_project_alone(cast: Cast, eve: User) -> None:
    refused = [
        (cast.alice, Role.ADMINISTRATOR, cast.project),
        (cast.alice, Role.VIEWER, None),
        (cast.alice, Role.VIEWER, cast.other),
        (eve, Role.MANAGER, cast.project),
    ]
    for who, role, project in refused:
        with pytest.raises(rights.Forbidden):
            roles.grant_role(who.actor, eve, role, project=project)
    assert eve.roles.count() == 1


def test_a_withdrawn_role_gives_nothing(cast: Cast, eve: User) -> None:
    roles.withdraw_role(cast.alice.actor, eve, Role.VIEWER, project=cast.project)
    assert not rights.may(eve, Right.READ_PROJECT, cast.project)


def test_the_last_administrator_stays(cast: Cast, eve: User) -> None:
    with pytest.raises(people.PersonRefused) as caught:
        roles.withdraw_role(cast.admin.actor, cast.admin, Role.ADMINISTRATOR)
    assert caught.value.code == 409.15
    roles.grant_role(cast.admin.actor, eve, Role.ADMINISTRATOR)
    roles.withdraw_role(eve.actor, cast.admin, Role.ADMINISTRATOR)
    assert not rights.may(cast.admin, Right.ADMINISTER)


def test_only_an_administrator_says_who_works_for_a_rated_office(cast: Cast, eve: User) -> None:
    with pytest.raises(rights.Forbidden):
        roles.set_rated_commune(cast.alice.actor, eve, "16279")
    roles.set_rated_commune(cast.admin.actor, eve, "16279")
    with pytest.raises(rights.Forbidden):
        roles.set_rated_commune(eve.actor, eve, "")
