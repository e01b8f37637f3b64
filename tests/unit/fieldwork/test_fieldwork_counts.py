"""Where villages and enumerators stand, and the response rates behind it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from surveys.collection.models import Submission
from surveys.fieldwork import household_list, progress
from surveys.fieldwork.response_rates import RatedCase, response_rates
from tests.unit.fieldwork.world import World, make_world


@pytest.fixture
def world() -> World:
    return make_world(households=8)


@pytest.mark.django_db
def test_villages_are_counted_by_what_became_of_their_households(world: World) -> None:
    here = world.households[::2]  # the first village
    world.submit("A", here[0], "110")
    world.submit("A", here[1], "224", contact="none")
    world.submit("A", here[1], "110", day=1, by=1)
    world.submit("A", here[2], "2111", contact="refuse")
    found = progress.counts(world.round, "A")
    first, second = found.villages
    assert (first.key, first.commune) == ("p1", "xã Như Thanh")
    assert (first.households, first.visited, first.complete, first.refused) == (4, 3, 2, 1)
    assert (first.not_attempted, first.in_review, first.final) == (1, 1, 2)
    assert first.rr1 == pytest.approx(2 / 4)
    assert first.visits_per_complete == pytest.approx(4 / 2)
    assert (first.enumerators, second.enumerators) == (2, 0)
    assert (second.not_attempted, second.last_submission) == (4, None)
    assert found.total.households == 8


@pytest.mark.django_db
def test_the_two_forms_are_counted_apart(world: World) -> None:
    world.submit("A", world.households[0], "110")
    assert progress.counts(world.round, "B").total.visited == 0


@pytest.mark.django_db
def test_an_enumerator_answers_for_assigned_households_and_else_for_those_visited(
    world: World,
) -> None:
    world.assign(world.households[0], 0)
    world.assign(world.households[1], 0)
    world.submit("A", world.households[0], "110", by=1)  # a colleague helped out
    world.submit("A", world.households[2], "110", by=1)
    rows = {row.name: row for row in progress.counts(world.round, "A").enumerators}
    assert (rows["an"].households, rows["an"].complete) == (2, 1)
    assert (rows["binh"].households, rows["binh"].complete) == (1, 1)


@pytest.mark.django_db
def test_a_supervisors_area_cuts_the_tables(world: World) -> None:
    found = progress.counts(world.round, "A", communes=frozenset({"16264"}))
    assert [row.key for row in found.villages] == ["p2"]
    assert not progress.counts(world.round, "A", communes=frozenset()).villages


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2026, 2, 1), 31),
        (date(2026, 3, 31), 1),
        (date(2026, 4, 1), 0),
    ],
)
def test_days_left_are_those_of_the_field_period(world: World, today: date, left: int) -> None:
    assert progress.counts(world.round, "A", today=today).days_left == left


@pytest.mark.django_db
def test_who_sent_something_today_is_active(world: World) -> None:
    sent = [world.submit("A", each, "110", by=n % 2) for n, each in enumerate(world.households)]
    now = timezone.now()
    Submission.objects.filter(pk__in=[each.pk for each in sent]).update(
        created_at=now - timedelta(days=2)
    )
    Submission.objects.filter(pk=sent[0].pk).update(created_at=now)
    assert progress.counts(world.round, "A").active_today == 1


@pytest.mark.django_db
def test_phones_may_ask_which_households_still_exist(world: World) -> None:
    name = world.households[0].name
    assert household_list.known_names(world.project.pk, [name, "nobody"]) == [name]
    assert household_list.known_names(world.project.pk + 1, [name]) == []


def test_rates_follow_their_definitions() -> None:
    cases = [RatedCase(code) for code in ("110", "110", "120", "2111", "224", "240", "311", "390")]
    rates = response_rates([*cases, RatedCase("460")])
    assert rates.n == 9
    assert rates.rr1 == pytest.approx(2 / 8)
    assert rates.rr2 == pytest.approx(3 / 8)
    assert rates.e == pytest.approx(6 / 7)
    assert rates.rr3 == pytest.approx(2 / (6 + 6 / 7 * 2))
    assert rates.coop1 == pytest.approx(2 / 5)
    assert rates.ref1 == pytest.approx(1 / 8)
    assert rates.con1 == pytest.approx(5 / 8)


def test_weights_count_households_by_their_probability() -> None:
    cases = [RatedCase("110", weight=1.0), RatedCase("2111", weight=3.0)]
    assert response_rates(cases, weighted=True).rr1 == pytest.approx(1 / 4)
    assert response_rates(cases).rr1 == pytest.approx(1 / 2)


def test_an_unconfirmed_claim_stays_in_the_base_and_an_empty_base_has_no_rate() -> None:
    assert response_rates([RatedCase("460", is_final=False)]).rr1 == 0
    empty = response_rates([RatedCase("460")])
    assert empty.rr1 is empty.rr3 is empty.coop1 is None
    assert response_rates([]).rr1 is None
