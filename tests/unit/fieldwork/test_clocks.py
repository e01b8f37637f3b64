"""Retention clocks: what goes when, that it goes once, and that a dry run takes nothing.

R1. Contacts go so many days after the round's end, and never after the day that was promised.
R2. A second run changes nothing and reads nothing twice; a new class begins anew.
R3. A dry run counts and leaves everything.
"""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from surveys.collection import jobs, retention, rights
from surveys.collection.models import (
    AuditEvent,
    ErasedVersion,
    Job,
    Quarantined,
    RetentionRun,
    Role,
    Submission,
    SubmissionVersion,
)
from surveys.collection.retention import Kind
from surveys.fieldwork import clocks
from surveys.fieldwork.models import Round, RoundForm, SampledHousehold
from tests.cast import make_user
from tests.page_world import World, make_world
from tests.unit.test_collection_erasure import TEL, personal_form, receive, record

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)  # the round of the world ends on 15 October 2026


@pytest.fixture
def world() -> World:
    found = make_world()
    form = personal_form(found.cast)
    RoundForm.objects.create(round=found.round, kind="C2", form=form)
    receive(found.cast, record())
    receive(found.cast, record("uuid:2", tel="0987654321"))
    return found


def rule(world: World, kind: Kind, days: int | None) -> None:
    retention.set_rule(world.cast.alice.actor, world.cast.project, kind, days)


def done(now: datetime = NOON, *, is_dry: bool = False) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in clocks.run(now=now, is_dry=is_dry):
        total[each.kind.value] = total.get(each.kind.value, 0) + each.n_done
    return total


def telephones() -> list[str]:
    rows = Submission.objects.filter(form__xml_form_id="P").order_by("pk")
    return [row.records.get(table="").values["tel"] for row in rows]


def test_contacts_go_when_their_days_are_over(world: World) -> None:
    rule(world, Kind.CONTACTS, 30)
    assert done(datetime(2026, 11, 13, 5, 0, tzinfo=UTC)) == {"sessions": 0}
    assert telephones() == [TEL, "0987654321"]
    assert done()["contacts"] == 2
    assert telephones() == ["", ""]
    assert not [v for v in SubmissionVersion.objects.all() if TEL.encode() in bytes(v.xml)]


def test_photos_have_a_clock_of_their_own(world: World) -> None:
    rule(world, Kind.MEDIA, 1)
    done()
    form = RoundForm.objects.get(kind="C2").form
    assert not form.submissions.filter(versions__attachments__isnull=False).exists()
    assert telephones() == [TEL, "0987654321"]


def test_the_promised_day_comes_first(world: World) -> None:
    Round.objects.filter(pk=world.round.pk).update(retention_date=NOON.date())
    rule(world, Kind.CONTACTS, 3650)
    assert done()["contacts"] == 2


def test_what_helps_to_find_a_household_is_contact_data(world: World) -> None:
    SampledHousehold.objects.update(address_hint="cạnh cây đa")
    rule(world, Kind.CONTACTS, 30)
    done()
    assert not SampledHousehold.objects.exclude(address_hint="").exists()


def test_a_second_day_changes_nothing(world: World) -> None:
    rule(world, Kind.CONTACTS, 30)
    done()
    before = AuditEvent.objects.count(), RetentionRun.objects.count(), ErasedVersion.objects.count()
    assert done()["contacts"] == 0
    assert before == (
        AuditEvent.objects.count(),
        RetentionRun.objects.count(),
        ErasedVersion.objects.count(),
    )


def test_what_came_later_goes_the_next_day(world: World) -> None:
    rule(world, Kind.CONTACTS, 30)
    done()
    receive(world.cast, record("uuid:3", tel="0911222333"))
    receive(world.cast, record("uuid:4", replaces="uuid:1", tel="0911222333"))
    assert done()["contacts"] == 2
    assert telephones() == ["", "", ""]


def test_a_dry_run_counts_and_takes_nothing(world: World) -> None:
    rule(world, Kind.CONTACTS, 30)
    assert done(is_dry=True)["contacts"] == 2
    assert telephones() == [TEL, "0987654321"]
    assert not RetentionRun.objects.exists()


def test_settled_quarantine_is_emptied_and_the_rest_waits(world: World) -> None:
    rule(world, Kind.QUARANTINE, 10)
    settled = Quarantined.objects.create(
        project=world.cast.project,
        reason="202.1",
        xml=b"<a/>",
        sha256="2" * 64,
        resolved_at=NOON - timedelta(days=11),
    )
    assert done()["quarantine"] == 1
    settled.refresh_from_db()
    assert bytes(settled.xml) == b""
    assert bytes(Quarantined.objects.get(pk=world.kept.pk).xml) != b""


def test_records_of_drafts_go(world: World) -> None:
    rule(world, Kind.TESTS, 0)
    tried = Submission.objects.create(form=world.form, instance_id="uuid:t", is_draft=True)
    assert done(timezone.now() + timedelta(minutes=1))["tests"] == 1
    assert not Submission.objects.filter(pk=tried.pk).exists()


def test_without_a_rule_everything_stays(world: World) -> None:
    rule(world, Kind.CONTACTS, 30)
    rule(world, Kind.CONTACTS, None)
    assert done() == {"sessions": 0}


@pytest.mark.parametrize("days", [-1, 36_501])
def test_a_rule_is_a_number_of_days(world: World, days: int) -> None:
    with pytest.raises(retention.RetentionRefused) as caught:
        rule(world, Kind.CONTACTS, days)
    assert caught.value.code == 400.43


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ANALYST, Role.VIEWER])
def test_only_managers_set_rules(world: World, role: Role) -> None:
    eve = make_user("eve", role, world.cast.project)
    with pytest.raises(rights.Forbidden):
        retention.set_rule(eve.actor, world.cast.project, Kind.CONTACTS, 1)


def test_the_page_says_when_and_what_was_promised(world: World) -> None:
    rule(world, Kind.MEDIA, 10)
    by_kind = {clock.kind: clock for clock in clocks.clocks_of(world.cast.project)}
    assert by_kind[Kind.MEDIA].due == world.round.ends_on + timedelta(days=10)
    assert by_kind[Kind.CONTACTS].promised == world.round.retention_date
    assert by_kind[Kind.CONTACTS].due is None


def test_the_worker_is_given_the_work_once_a_day(world: World) -> None:
    rule(world, Kind.CONTACTS, 0)
    assert clocks.enqueue_due()
    assert not clocks.enqueue_due()
    job = jobs.claim(Job.Lane.LONG)
    assert job is not None
    jobs.run(job)
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_the_command_says_what_would_go(world: World) -> None:
    rule(world, Kind.TESTS, 0)
    out = StringIO()
    call_command("retention", "--dry-run", stdout=out)
    assert "0 records would be changed" in out.getvalue()
