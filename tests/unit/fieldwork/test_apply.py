"""Visits and outcomes in the tables: what `outcomes.apply` makes of records."""

import pytest
from django.utils import timezone

from surveys.collection.models import (
    ErasedVersion,
    Erasure,
    Record,
    RetentionRule,
    Submission,
)
from surveys.fieldwork import clocks, outcomes, progress
from surveys.fieldwork.models import CaseOutcome, Round, Visit
from tests.unit.fieldwork.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_a_complete_closes_the_case_and_names_its_record(world: World) -> None:
    household = world.households[0]
    world.submit("A", household, "224", contact="none")
    complete = world.submit("A", household, "110", day=1)
    outcome = world.outcome("A", household)
    assert outcome.submission_id == complete.pk
    assert (outcome.disposition, outcome.status, outcome.n_visits) == ("110", "final", 2)


def test_applying_twice_changes_nothing_and_raises_no_revision(world: World) -> None:
    submission = world.submit("A", world.households[0], "110")
    before = CaseOutcome.objects.values().get()
    outcomes.apply(submission.pk)
    assert CaseOutcome.objects.values().get() == before


def test_each_change_raises_the_revision_by_one(world: World) -> None:
    for day in range(3):
        world.submit("A", world.households[0], "224", day=day, contact="none")
    assert world.outcome("A", world.households[0]).revision == 3


def test_the_two_forms_of_a_household_are_two_cases(world: World) -> None:
    household = world.households[0]
    world.submit("A", household, "110")
    world.submit("B", household, "224", contact="none")
    assert world.outcome("A", household).status == "final"
    assert world.outcome("B", household).status == "open"


def test_a_complete_of_form_a_needs_the_five_core_items_of_person_1(world: World) -> None:
    submission = world.submit("A", world.households[0], "110", apply=False)
    Record.objects.filter(submission=submission, table="person").update(
        values={"core/a_phone": "smart", "core/a_bank": "yes", "core/a_vneid": "own"}
    )
    outcomes.apply(submission.pk)
    outcome = world.outcome("A", world.households[0])
    assert (outcome.disposition, outcome.status, outcome.submission_id) == ("212", "review", None)


def test_form_b_keeps_the_draw_of_the_first_visit(world: World) -> None:
    draw = {"sel_line": "2", "n_a18": "3", "sel_sex": "f", "sel_by": "1970"}
    world.submit("B", world.households[0], "225", contact="start", **draw)
    outcome = world.outcome("B", world.households[0])
    assert outcome.draw == {"line": 2, "n18": 3, "sex": "f", "by": 1970}
    assert outcome.conflicts == []


def test_the_clock_of_what_identifies_takes_the_birth_year_out_of_visit_and_case(
    world: World,
) -> None:
    drawn = {"sel_line": "1", "n_a18": "1", "sel_sex": "f"}
    sent = world.submit("B", world.households[0], "110", **drawn, sel_by="1970")
    assert world.outcome("B", world.households[0]).draw["by"] == 1970
    project, form = world.round.project, world.forms["B"]
    clock = Erasure.objects.create(project=project, form=form, extent=Erasure.Extent.CLOCK)
    ErasedVersion.objects.create(version=sent.versions.get(), erasure=clock)
    world.put_records(sent, "B", world.households[0].name, "110", **drawn)
    RetentionRule.objects.create(project=project, kind="identifying", days=0)
    list(clocks.run(project=project))
    assert world.outcome("B", world.households[0]).draw["by"] is None
    assert Visit.objects.get(submission=sent).draw["by"] is None


def test_a_draw_against_kish_u_is_flagged(world: World) -> None:
    draw = {"sel_line": "3", "n_a18": "3", "sel_sex": "f", "sel_by": "1970"}
    world.submit("B", world.households[0], "110", **draw)
    assert world.outcome("B", world.households[0]).conflicts == ["draw_mismatch"]


def test_an_edit_that_moves_a_visit_changes_both_households(world: World) -> None:
    first, second = world.households[:2]
    submission = world.submit("A", first, "110")
    world.put_records(submission, "A", second.name, "110")
    outcomes.apply(submission.pk)
    assert world.outcome("A", first).disposition == "311"
    assert world.outcome("A", second).submission_id == submission.pk


@pytest.mark.parametrize(
    "change",
    [
        {"review_state": Submission.Review.REJECTED},
        {"deleted_at": timezone.now()},
        {"state": Submission.State.QUARANTINED},
    ],
)
def test_what_does_not_count_any_more_leaves_the_case(
    world: World, change: dict[str, object]
) -> None:
    submission = world.submit("A", world.households[0], "110")
    Submission.objects.filter(pk=submission.pk).update(**change)
    outcomes.apply(submission.pk)
    outcome = world.outcome("A", world.households[0])
    assert (outcome.disposition, outcome.status, outcome.n_visits) == ("311", "open", 0)


def test_an_unknown_household_is_shown_to_staff_and_not_lost(world: World) -> None:
    submission = world.submit("A", "no-such-household", "110")
    assert list(outcomes.unmatched(world.round)) == [submission]
    assert not Visit.objects.exists()


def test_a_household_of_another_round_is_unknown(world: World) -> None:
    other = make_round_of(world)
    world.households[0].round = other
    world.households[0].save()
    submission = world.submit("A", world.households[0], "110")
    assert list(outcomes.unmatched(world.round)) == [submission]


def make_round_of(world: World) -> Round:
    other = Round.objects.get(pk=world.round.pk)
    other.pk, other.name_vi = None, "Đợt khác"
    other.save()
    return other


def test_a_draft_and_a_form_outside_a_round_touch_no_case(world: World) -> None:
    submission = world.submit("A", world.households[0], "110", apply=False)
    Submission.objects.filter(pk=submission.pk).update(is_draft=True)
    outcomes.apply(submission.pk)
    outcomes.apply(10**9)
    assert not CaseOutcome.objects.exists()


def test_hostile_values_neither_break_nor_lose_the_visit(world: World) -> None:
    submission = world.submit(
        "B",
        world.households[0],
        "'; DROP TABLE visit; --",
        contact="x" * 5000,
        sel_line="9" * 400,
        n_a18="1e999",
        sel_by="-1",
        start="not a time",
    )
    visit = Visit.objects.get(submission=submission)
    assert (visit.disposition, visit.contact, visit.draw) == ("?", "", {})
    assert visit.visited_at == submission.created_at


def test_a_phone_whose_clock_runs_ahead_is_not_believed(world: World) -> None:
    submission = world.submit(
        "A", world.households[0], "110", start="2031-01-01T08:00:00.000+07:00"
    )
    assert Visit.objects.get().visited_at == submission.created_at


def test_in_a_locked_round_a_late_visit_still_counts_and_the_case_stays_final(
    world: World,
) -> None:
    Round.objects.filter(pk=world.round.pk).update(state=Round.State.LOCKED)
    world.submit("A", world.households[0], "224", contact="none")
    outcome = world.outcome("A", world.households[0])
    assert (outcome.disposition, outcome.status) == ("224", "final")


def test_a_result_of_no_list_counts_as_visited_and_waits_for_the_supervisor(world: World) -> None:
    world.submit("A", world.households[0], "999")
    outcome = world.outcome("A", world.households[0])
    assert (outcome.disposition, outcome.status, outcome.n_visits) == ("390", "review", 1)
    assert outcome.conflicts == ["result_unreadable"]
    total = progress.counts(world.round, "A").total
    assert (total.visited, total.unknown, total.in_review) == (1, 1, 1)


@pytest.mark.parametrize("size", ["12345678901234567890", "hai", "0", "-3", "100"])
def test_a_complete_with_an_impossible_number_of_persons_is_flagged(
    world: World, size: str
) -> None:
    world.submit("A", world.households[0], "110", hh_size=size)
    outcome = world.outcome("A", world.households[0])
    assert (outcome.disposition, outcome.status) == ("110", "final")
    assert outcome.conflicts == ["count_unreadable"]
    assert Visit.objects.get().is_count_unreadable


def test_a_household_without_an_adult_is_no_fault_of_form_a(world: World) -> None:
    world.submit("A", world.households[0], "110", hh_size="2", n_a18="0")
    assert world.outcome("A", world.households[0]).conflicts == []


def test_form_b_is_flagged_by_the_number_of_adults(world: World) -> None:
    world.submit("B", world.households[0], "110", n_a18="9" * 20)
    assert world.outcome("B", world.households[0]).conflicts == ["count_unreadable"]


def test_an_edit_that_corrects_the_number_takes_the_flag_away(world: World) -> None:
    household = world.households[0]
    submission = world.submit("A", household, "110", hh_size="9" * 20)
    world.put_records(submission, "A", household.name, "110", hh_size="4")
    outcomes.apply(submission.pk)
    assert world.outcome("A", household).conflicts == []
