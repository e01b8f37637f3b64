"""Visits of one household that arrive at the same moment on several web workers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from surveys.fieldwork import outcomes
from surveys.fieldwork.models import Visit
from tests.unit.fieldwork.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return make_world()


def at_once(acts: list[Callable[[], None]]) -> None:
    def run(act: Callable[[], None]) -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(run, acts))


def applying(submission_id: int) -> Callable[[], None]:
    return lambda: outcomes.apply(submission_id)


def test_concurrent_visits_of_one_household_lose_none(world: World) -> None:
    household = world.households[0]
    sent = [
        world.submit("A", household, "224", day=day, contact="none", apply=False)
        for day in range(7)
    ]
    sent.append(world.submit("A", household, "110", day=9, apply=False))
    at_once([applying(each.pk) for each in sent])
    outcome = world.outcome("A", household)
    assert Visit.objects.count() == 8
    assert (outcome.n_visits, outcome.submission_id) == (8, sent[-1].pk)


def test_edits_that_move_visits_both_ways_at_once_do_not_block_each_other(world: World) -> None:
    first, second = world.households[:2]
    here = [world.submit("A", first, "224", day=day) for day in range(3)]
    there = [world.submit("A", second, "224", day=day) for day in range(3)]
    for each in here:
        world.put_records(each, "A", second.name, "224")
    for each in there:
        world.put_records(each, "A", first.name, "224")
    at_once([applying(each.pk) for pair in zip(here, there, strict=True) for each in pair])
    assert world.outcome("A", first).n_visits == world.outcome("A", second).n_visits == 3
    assert set(Visit.objects.filter(household=second).values_list("submission", flat=True)) == {
        each.pk for each in here
    }
