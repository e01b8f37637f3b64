"""Who sees which records, who decides about cases, who visits whom."""

import pytest

from surveys.collection.models import AuditEvent, Project, Role, RoleAssignment, Submission, User
from surveys.collection.refusal import Refused
from surveys.collection.rights import Forbidden
from surveys.fieldwork import assignments, decisions, household_list, outcomes, scope
from surveys.fieldwork.case_rule import Ruling
from surveys.fieldwork.models import Assignment, Round
from tests.unit.fieldwork.world import World, make_enumerator, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def person(world: World, role: Role, *communes: str, rated: str = "") -> User:
    user = make_user(f"{role}-{'-'.join(communes)}{rated}@example.vn", rated)
    RoleAssignment.objects.create(
        user=user, role=role, project=world.project, communes=list(communes)
    )
    return user


def refused(world: World) -> Submission:
    return world.submit("A", world.households[0], "2111", contact="refuse")


def test_a_supervisor_of_a_commune_sees_its_records_and_no_other(world: World) -> None:
    here, there = (world.submit("A", each, "110") for each in world.households[:2])
    user = person(world, Role.SUPERVISOR, "16228")
    assert list(scope.visible_submissions(user, world.forms["A"])) == [here]
    assert scope.communes_of(user, world.project) == {"16228"}
    everybody = person(world, Role.SUPERVISOR)
    assert set(scope.visible_submissions(everybody, world.forms["A"])) == {here, there}


def test_the_rated_office_sees_no_record_of_the_form_that_rates_it(world: World) -> None:
    world.submit("B", world.households[0], "110")
    for role in (Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR):
        user = person(world, role, rated="16228")
        assert not scope.visible_submissions(user, world.forms["B"]).exists()


def test_nobody_and_a_planner_see_no_record(world: World) -> None:
    world.submit("A", world.households[0], "110")
    for user in (None, make_user("charlie@example.vn"), person(world, Role.VIEWER)):
        assert not scope.visible_submissions(user, world.forms["A"]).exists()


def test_test_records_and_deleted_ones_are_not_shown(world: World) -> None:
    first, second = (world.submit("A", each, "110") for each in world.households[:2])
    Submission.objects.filter(pk=first.pk).update(is_draft=True)
    Submission.objects.filter(pk=second.pk).update(deleted_at=second.created_at)
    user = person(world, Role.SUPERVISOR)
    assert not scope.visible_submissions(user, world.forms["A"]).exists()


def test_a_confirmed_refusal_is_final_and_audited(world: World) -> None:
    refused(world)
    user = person(world, Role.SUPERVISOR, "16228")
    before = world.outcome("A", world.households[0])
    after = decisions.decide(user.actor, before, Ruling.CONFIRMED, note=" đã gọi lại ")
    assert (after.status, after.disposition) == ("final", "2111")
    assert after.revision > before.revision
    assert (after.decision["by"], after.decision["note"]) == (user.actor_id, "đã gọi lại")
    event = AuditEvent.objects.get(action="outcome.decide")
    assert (event.actor_id, event.details["ruling"]) == (user.actor_id, "confirmed")


def test_another_visit_opens_the_case_until_a_new_refusal(world: World) -> None:
    refused(world)
    user = person(world, Role.SUPERVISOR)
    outcome = decisions.decide(user.actor, world.outcome("A", world.households[0]), Ruling.REVISIT)
    assert outcome.status == "open"
    world.submit("A", world.households[0], "2111", contact="refuse", day=1)
    assert world.outcome("A", world.households[0]).status == "review"


def test_the_chosen_record_counts(world: World) -> None:
    first = world.submit("A", world.households[0], "110", by=0)
    world.submit("A", world.households[0], "110", by=1, day=1)
    user = person(world, Role.SUPERVISOR)
    outcome = world.outcome("A", world.households[0])
    assert outcome.conflicts == ["two_people"]
    after = decisions.decide(user.actor, outcome, Ruling.CHOSEN, submission_id=first.pk)
    assert (after.submission_id, after.conflicts) == (first.pk, [])
    back = decisions.withdraw(user.actor, after)
    assert back.conflicts == ["two_people"]


def test_a_supervisor_of_another_commune_and_a_rated_officer_decide_nothing(world: World) -> None:
    refused(world)
    outcome = world.outcome("A", world.households[0])
    for user in (
        person(world, Role.SUPERVISOR, "16264"),
        person(world, Role.SUPERVISOR, rated="16228"),
        person(world, Role.ANALYST),
        make_user("charlie@example.vn"),
    ):
        with pytest.raises(Forbidden):
            decisions.decide(user.actor, outcome, Ruling.CONFIRMED)
    assert world.outcome("A", world.households[0]).decision == {}


def test_a_decision_about_a_case_that_changed_meanwhile_is_refused(world: World) -> None:
    refused(world)
    seen = world.outcome("A", world.households[0])
    world.submit("A", world.households[0], "110", day=1)
    with pytest.raises(decisions.DecisionRefused) as caught:
        decisions.decide(person(world, Role.SUPERVISOR).actor, seen, Ruling.CONFIRMED)
    assert caught.value.code == 409.8


@pytest.mark.parametrize("ruling", [Ruling.CHOSEN, Ruling.REVISIT])
def test_senseless_decisions_are_refused_in_both_languages(world: World, ruling: Ruling) -> None:
    world.submit("A", world.households[0], "110")
    outcome = world.outcome("A", world.households[0])
    with pytest.raises(decisions.DecisionRefused) as caught:
        decisions.decide(person(world, Role.SUPERVISOR).actor, outcome, ruling, submission_id=10**9)
    assert caught.value.code == 400.33
    assert caught.value.vi
    assert caught.value.en
    assert "…" not in caught.value.vi


def test_assigning_moves_households_between_phones_and_their_versions_rise(world: World) -> None:
    user = person(world, Role.SUPERVISOR)
    form = world.forms["A"].pk
    tokens = {household_list.version_token(form, None)}
    for enumerator in (*world.enumerators, None):
        changed = assignments.assign_villages(user.actor, world.round, ["p1"], enumerator)
        assert changed == 2
        tokens.add(household_list.version_token(form, None))
    assert len(tokens) == 4
    assert not Assignment.objects.exists()
    assert assignments.assign_villages(user.actor, world.round, ["p1"], None) == 0


def test_a_supervisor_of_one_commune_assigns_no_household_of_another(world: World) -> None:
    user = person(world, Role.SUPERVISOR, "16228")
    ids = [each.pk for each in world.households]
    with pytest.raises(assignments.AssignRefused):
        assignments.assign(user.actor, world.round, ids, world.enumerators[0])
    assert assignments.assign(user.actor, world.round, ids[::2], world.enumerators[0]) == 2


def test_a_revoked_phone_and_one_of_another_project_get_no_household(world: World) -> None:
    user = person(world, Role.SUPERVISOR)
    revoked = make_enumerator(world.project, "cuong")
    revoked.token = None
    foreign = make_enumerator(Project.objects.create(name="Khác"), "dung")
    for enumerator in (revoked, foreign):
        with pytest.raises(Refused):
            assignments.assign(user.actor, world.round, [world.households[0].pk], enumerator)


def test_nothing_is_assigned_in_a_locked_round(world: World) -> None:
    Round.objects.filter(pk=world.round.pk).update(state=Round.State.LOCKED)
    world.round.refresh_from_db()
    user = person(world, Role.SUPERVISOR)
    with pytest.raises(assignments.AssignRefused) as caught:
        assignments.assign(user.actor, world.round, [world.households[0].pk], None)
    assert caught.value.code == 409.11


def test_decided_visits_are_those_that_were_there(world: World) -> None:
    submission = refused(world)
    visits = outcomes.visits_of(world.households[0].pk, "A")
    assert [(each.submission_id, each.code) for each in visits] == [(submission.pk, "2111")]
