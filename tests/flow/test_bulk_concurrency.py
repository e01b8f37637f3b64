"""Many records are judged while phones send edits: nobody waits for another crosswise."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from surveys.collection import people
from surveys.collection.models import Job, Submission
from surveys.fieldwork import bulk, outcomes
from surveys.fieldwork.bulk import Action, Change
from tests.unit.fieldwork.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 2.0  # longer than PostgreSQL waits before it looks for a deadlock


@pytest.fixture
def world() -> World:
    return make_world()


def in_thread(act: Callable[[], object], faults: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_bulk_approval_and_the_edit_of_a_later_visit_of_the_household_both_succeed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    household = world.households[0]
    first, second = (world.submit("A", household, "224", day=day) for day in range(2))
    first_done, second_held = threading.Event(), threading.Event()
    one = bulk._one

    def slowly(*given: Any) -> None:
        one(*given)
        if not first_done.is_set():
            first_done.set()
            second_held.wait(WAIT)

    monkeypatch.setattr(bulk, "_one", slowly)

    def approve() -> None:
        change = Change(Action.REVIEW, "approved")
        ids = [first.pk, second.pk]
        job = bulk.order(people.system_actor(), first.form, change, ids)
        assert job.state == Job.State.DONE, job.errors

    def upload() -> None:
        """The steps of `pipeline.derive`, with the submission held before the household."""
        first_done.wait(WAIT)
        with transaction.atomic():
            Submission.objects.select_for_update().get(pk=second.pk)
            second_held.set()
            outcomes.apply(second.pk)

    faults: list[BaseException] = []
    threads = [in_thread(act, faults) for act in (approve, upload)]
    for thread in threads:
        thread.join(30)
    assert faults == []
    states = set(Submission.objects.values_list("review_state", flat=True))
    assert states == {"approved"}
    assert world.outcome("A", household).n_visits == 2
