"""Who may do what: roles, areas, and the wall between raters and the rated."""

from itertools import product

import pytest

from surveys.collection import people, rights
from surveys.collection.models import Actor, Role, User
from surveys.collection.rights import Right
from tests.cast import Cast, make_user, published

R, S, A, V = Role.MANAGER, Role.SUPERVISOR, Role.ANALYST, Role.VIEWER
E, H = Role.ENUMERATOR, Role.HELPER
EVERYBODY = {R, S, A, V, E, H}
# Written out a second time on purpose: a change of the table has to be meant.
EXPECTED: dict[Right, set[Role]] = {
    Right.READ_PROJECT: EVERYBODY,
    Right.READ_RUNS: {R, S, A, V},
    Right.READ_UNPUBLISHED_RUNS: {R, A},
    Right.READ_RECORDS: {R, S, A},
    Right.READ_OWN_RECORDS: {R, E},
    Right.READ_QUARANTINE: {R, S},
    Right.READ_AUDIT: {R},
    Right.SUBMIT: {R, S, E},
    Right.REVIEW: {R, S},
    Right.SUPERVISE: {R, S},
    Right.DELETE_RECORDS: {R},
    Right.RUN_ANALYSIS: {R, A},
    Right.PLAN_OUTREACH: {R, S, A, V},
    Right.HELP: {R, S},  # a helper's only for the communes that the role names
    Right.MANAGE_HELP: {R, S},
    Right.MANAGE_FORMS: {R},
    Right.MANAGE_ROUNDS: {R},
    Right.MANAGE_PEOPLE: {R},
    Right.MANAGE_WEBHOOKS: {R},
    Right.MAKE_PROJECTS: {R},
    Right.ADMINISTER: set(),
}


def test_the_table_names_every_right() -> None:
    assert set(EXPECTED) == set(Right)


@pytest.mark.parametrize(
    ("role", "right"), list(product(sorted(EVERYBODY), Right)), ids=lambda each: each.value
)
def test_a_role_gives_its_rights_in_its_project_only(cast: Cast, role: Role, right: Right) -> None:
    user = make_user("eve", role, cast.project)
    assert rights.may(user, right, cast.project) == (role in EXPECTED[right])
    assert not rights.may(user, right, cast.other)
    assert not rights.may(user, right)


def test_an_administrator_may_everything_everywhere(cast: Cast) -> None:
    for right in Right:
        assert rights.may(cast.admin, right, cast.project)
        assert rights.may(cast.admin, right)


def test_nobody_has_no_right_and_is_asked_to_sign_in(cast: Cast) -> None:
    for right in Right:
        assert not rights.may(None, right, cast.project)
    with pytest.raises(rights.Forbidden) as caught:
        rights.require(None, Right.READ_PROJECT, cast.project)
    assert caught.value.code == 401.2


def test_a_phone_has_no_right_of_staff(cast: Cast) -> None:
    phone = people.create_app_user(cast.alice.actor, cast.project, "NV-01")
    assert not any(rights.may(phone.actor, right, cast.project) for right in Right)


def test_a_closed_account_has_no_right(cast: Cast) -> None:
    people.deactivate_user(cast.admin.actor, cast.alice)
    actor = Actor.objects.get(pk=cast.alice.actor_id)
    assert not rights.may(actor, Right.READ_PROJECT, cast.project)


def test_a_role_for_communes_gives_no_right_over_the_whole_project(cast: Cast) -> None:
    user = make_user("eve", Role.MANAGER, cast.project, communes=("16279",))
    granted = {right for right in Right if rights.may(user, right, cast.project)}
    assert granted == rights.AREA_RIGHTS
    assert rights.communes_with(user, Right.READ_RECORDS, cast.project) == {"16279"}
    assert rights.communes_with(user, Right.MANAGE_FORMS, cast.project) == frozenset()


def test_a_second_role_without_communes_widens_the_first(cast: Cast) -> None:
    user = make_user("eve", Role.SUPERVISOR, cast.project, communes=("16279",))
    user.roles.create(role=Role.ANALYST, project=cast.project)
    assert rights.communes_with(user, Right.READ_RECORDS, cast.project) is None
    assert rights.communes_with(user, Right.SUPERVISE, cast.project) == {"16279"}


def test_projects_are_listed_for_those_who_have_a_role_there(cast: Cast) -> None:
    assert list(rights.projects_of(cast.alice)) == [cast.project]
    assert set(rights.projects_of(cast.admin)) == {cast.project, cast.other}
    assert not rights.projects_of(None).exists()


@pytest.fixture
def rated(cast: Cast) -> User:
    """The worst case: an officer of a rated commune who administers everything."""
    return make_user("rated", Role.ADMINISTRATOR, None, rated_commune="16279")


def test_the_rated_office_reads_no_record_of_its_raters_whatever_its_role(
    cast: Cast, rated: User
) -> None:
    rating = published(cast.alice.actor, cast.project, "B", rates_authority=True)
    harmless = published(cast.alice.actor, cast.project, "A")
    assert not rights.may_read_records(rated, rating)
    assert rights.may_read_records(rated, harmless)
    with pytest.raises(rights.Forbidden) as caught:
        rights.require_records(rated, rating)
    assert caught.value.code == 403.2


def test_the_rated_office_has_no_way_round_the_wall(cast: Cast, rated: User) -> None:
    granted = {right for right in Right if rights.may(rated, right, cast.project)}
    assert granted == {Right.READ_PROJECT, Right.READ_RUNS, Right.READ_RECORDS}
    with pytest.raises(rights.Forbidden):
        people.create_user(
            rated.actor, "friend@example.vn", "mật khẩu của bạn", "Friend", Role.ADMINISTRATOR
        )


def test_a_manager_makes_no_administrator_and_nobody_for_another_project(cast: Cast) -> None:
    for role, project in (
        (Role.ADMINISTRATOR, cast.project),
        (Role.VIEWER, None),
        (Role.VIEWER, cast.other),
    ):
        with pytest.raises(rights.Forbidden):
            people.create_user(
                cast.alice.actor, "x@example.vn", "mật khẩu đủ dài", "X", role, project=project
            )
    assert not User.objects.filter(email="x@example.vn").exists()
