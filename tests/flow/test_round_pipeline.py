"""From the bytes of a phone to the household's outcome, again and again with the same result."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, DataError, IntegrityError
from django.utils import timezone

from surveys.collection import intake, people, projection
from surveys.collection.arrival import Arrival
from surveys.collection.models import Actor, Form, Record, Submission
from surveys.fieldwork import outcomes, pipeline, rounds
from surveys.fieldwork.models import CaseOutcome, Visit
from tests.unit.fieldwork.world import World, make_world

pytestmark = pytest.mark.django_db

XFORM = b"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"><h:head>
<h:title>A</h:title><model><instance><data id="hh_digital" version="1"><start/>
<g_id><hh/></g_id><contact/><g_consent><consent/></g_consent>
<member jr:template=""><m_call/><m_sex/></member>
<person jr:template=""><core><a_phone/><a_net3m/><a_bank/><a_wallet/><a_vneid/></core></person>
<g_close><disp/></g_close><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/start" type="dateTime"/></model></h:head>
<h:body><group ref="/data/member"><repeat nodeset="/data/member"><input ref="/data/member/m_sex"/>
</repeat></group><group ref="/data/person"><repeat nodeset="/data/person">
<input ref="/data/person/core/a_phone"/></repeat></group></h:body></h:html>"""
PERSON = (
    "<person><core><a_phone>smart</a_phone><a_net3m>yes</a_net3m><a_bank>yes</a_bank>"
    "<a_wallet>no</a_wallet><a_vneid>own</a_vneid></core></person>"
)


@pytest.fixture
def world() -> World:
    """A sample with form A published for its round."""
    made = make_world(kinds=())
    boss = people.system_actor()
    made.forms["A"] = rounds.publish_round_form(boss, made.round, "A", XFORM)
    return made


def xml(household: str, disp: str, number: int, day: int = 2, replaces: str = "") -> bytes:
    deprecated = f"<deprecatedID>{replaces}</deprecatedID>" if replaces else ""
    return (
        f'<data id="hh_digital" version="1"><start>2026-03-{day:02d}T08:00:00.000+07:00</start>'
        f"<g_id><hh>{household}</hh></g_id><contact>start</contact>"
        f"<g_consent><consent>yes</consent></g_consent>"
        f"<member><m_call>Ba Hoa</m_call><m_sex>f</m_sex></member>{PERSON}"
        f"<g_close><disp>{disp}</disp></g_close>"
        f"<meta><instanceID>uuid:{number}</instanceID>{deprecated}</meta></data>"
    ).encode()


def send(world: World, body: bytes, *, derive: bool = True) -> int:
    actor: Actor = world.enumerators[0].actor
    people.assign_form(people.system_actor(), world.forms["A"], world.enumerators[0])
    receipt = intake.receive(Arrival(world.project.pk, actor.pk, body))
    assert receipt.submission_id is not None, receipt
    if derive:
        pipeline.derive(receipt.submission_id)
    return receipt.submission_id


def everything() -> list[Any]:
    """All that is derived, but row numbers and how often it changed."""
    records = Record.objects.order_by("submission_id", "table", "ordinal")
    visits = Visit.objects.order_by("submission_id")
    cases = CaseOutcome.objects.order_by("household_id", "kind")
    return [
        *records.values_list("submission_id", "table", "ordinal", "parent_ordinal", "values"),
        *visits.values_list("submission_id", "household_id", "visited_at", "disposition"),
        *cases.values_list("household_id", "submission_id", "disposition", "status", "n_visits"),
    ]


def test_a_sent_complete_closes_its_household(world: World) -> None:
    submission = send(world, xml(world.households[0].name, "110", 1))
    outcome = world.outcome("A", world.households[0])
    assert (outcome.submission_id, outcome.status) == (submission, "final")


def test_an_edit_takes_the_place_of_what_it_edits(world: World) -> None:
    household = world.households[0].name
    first = send(world, xml(household, "110", 1))
    assert send(world, xml(household, "2111", 2, replaces="uuid:1")) == first
    outcome = world.outcome("A", world.households[0])
    assert (outcome.disposition, outcome.n_visits, outcome.status) == ("2111", 1, "review")


def test_call_names_never_reach_the_records(world: World) -> None:
    send(world, xml(world.households[0].name, "110", 1))
    assert "Ba Hoa" not in str(list(Record.objects.values_list("values", flat=True)))


def test_making_everything_anew_gives_the_same(world: World) -> None:
    household = world.households[0].name
    send(world, xml(household, "224", 1))
    send(world, xml(household, "110", 2, day=3))
    send(world, xml("unknown", "110", 3))
    before, revisions = everything(), list(CaseOutcome.objects.values("revision", "updated_at"))
    call_command("reproject", verbosity=0)
    assert everything() == before
    assert list(CaseOutcome.objects.values("revision", "updated_at")) == revisions
    Record.objects.all().delete()
    Visit.objects.all().delete()
    call_command("reproject", verbosity=0)
    assert everything() == before


def left_behind(world: World, body: bytes) -> int:
    """Stored, and the process died before the records."""
    submission = send(world, body, derive=False)
    long_ago = timezone.now() - timedelta(seconds=30)
    Submission.objects.filter(pk=submission).update(created_at=long_ago)
    return submission


def test_the_sweep_takes_what_a_dead_process_left_and_nothing_fresh(world: World) -> None:
    left_behind(world, xml(world.households[0].name, "110", 1))
    fresh = send(world, xml(world.households[1].name, "110", 2), derive=False)
    assert pipeline.sweep() == pipeline.Swept(derived=1, failed=0)
    assert world.outcome("A", world.households[0]).status == "final"
    assert Submission.objects.get(pk=fresh).state == Submission.State.RECEIVED
    assert pipeline.sweep() == pipeline.Swept(derived=0, failed=0)


@pytest.mark.django_db(transaction=True)  # a failed transaction is rolled back as a whole
@pytest.mark.parametrize(
    "fault",
    [
        RuntimeError("cannot read this"),
        DataError("cannot read this: out of range"),  # only PostgreSQL minds some answers
        IntegrityError("cannot read this: twice"),
    ],
)
def test_a_submission_that_always_fails_ends_in_quarantine_and_stops_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    bad = left_behind(world, xml(world.households[0].name, "110", 1))
    good = left_behind(world, xml(world.households[1].name, "110", 2))
    project = projection.project

    def failing(submission_id: int) -> bool:
        if submission_id == bad:
            raise fault
        return project(submission_id)

    monkeypatch.setattr(projection, "project", failing)
    for _ in range(pipeline.MAX_ATTEMPTS):
        pipeline.sweep()
    assert Submission.objects.get(pk=good).state == Submission.State.DERIVED
    stored = Submission.objects.get(pk=bad)
    assert stored.state == Submission.State.QUARANTINED
    assert "cannot read this" in stored.problem
    assert pipeline.sweep() == pipeline.Swept(derived=0, failed=0)


@pytest.mark.django_db(transaction=True)  # a failed transaction is rolled back as a whole
def test_records_and_outcome_come_together_or_not_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = left_behind(world, xml(world.households[0].name, "110", 1))

    def failing(_submission_id: int) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(outcomes, "apply", failing)
    with pytest.raises(DatabaseError):
        pipeline.sweep()
    assert Submission.objects.get(pk=submission).state == Submission.State.RECEIVED
    assert not Record.objects.exists()


def test_what_no_sample_knows_is_shown_to_staff(world: World) -> None:
    submission = send(world, xml("unknown", "110", 1))
    assert [each.pk for each in outcomes.unmatched(world.round)] == [submission]
    assert Form.objects.get().submissions.count() == 1
