"""The worklist of those who asked for help: who sees it, what it hides, what becomes of it.

H1. Only adults who agreed and left a number stand in it; the number is never on the list.
H2. Opening a number is in the audit log before it is shown; who wants no call is not opened.
H3. A helper sees the communes of the role, without communes nobody; the rated office never.
H4. The list is taken along by those who manage it, numbers only if asked for.
H5. What is erased is gone from here as well.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forms.schema import Choice, ChoiceList, Field, FormSchema, Table
from surveys.collection.models import (
    AuditEvent,
    Erasure,
    FormVersion,
    Record,
    Role,
    Submission,
    SubmissionVersion,
    User,
)
from surveys.fieldwork import erasing, help_wishes
from surveys.fieldwork.models import CaseOutcome, HelpTicket, RoundForm, SampledHousehold, Visit
from tests.cast import filled, make_user, published
from tests.page_world import World

pytestmark = pytest.mark.django_db
PHONE = "0912 000 111"
HELP = ChoiceList("helpw", (Choice("vneid", {"vi": "Làm VNeID", "en": "VNeID help"}),))


def field(name: str, table: str = "person", **more: Any) -> Field:
    return Field(f"/data/{table}/{name}", name, table, "string", 1, f"full/{name}", **more)


SCHEMA = FormSchema(
    form_id="hh_digital", version="1", title="A", default_language="vi", languages=("vi", "en"),
    fields=(
        field("consent_at", ""), field("a_cons_contact"), field("a_help", choices=HELP),
        field("a_helpch"), field("a_tel", privacy="P1"),
    ),
    tables=(Table("", "/data", None, 0), Table("person", "/data/person", "", 1)),
)  # fmt: skip


@pytest.fixture
def world(world: World) -> World:
    """Four households: the second person of the first two agreed, others did not or are gone."""
    form = published(world.cast.admin.actor, world.cast.project, "hh_digital")
    assert form.current is not None
    FormVersion.objects.filter(pk=form.current.pk).update(schema=SCHEMA.to_json(), md5="a" * 32)
    RoundForm.objects.create(round=world.round, kind="A", form=form)
    said = [("yes", PHONE), ("yes", "0912 000 222"), ("no", ""), ("yes", "")]
    names = ["16228-hh-1", "16234-hh-1", "16228-hh-2", "16249-hh-1"]
    for name, (consent, phone) in zip(names, said, strict=True):
        _interview(world, form.pk, name, consent, phone)
    return world


def _interview(world: World, form: int, household: str, consent: str, phone: str) -> None:
    instance = f"uuid:a-{household}"
    row = Submission.objects.create(
        form_id=form, instance_id=instance, submitter=world.phone.actor,
        state=Submission.State.DERIVED,
    )  # fmt: skip
    version = FormVersion.objects.get(form=form)
    SubmissionVersion.objects.create(
        submission=row, form_id=form, instance_id=instance, form_version=version,
        xml=filled("hh_digital", instance), sha256="2" * 64, submitter=world.phone.actor,
    )  # fmt: skip
    place = SampledHousehold.objects.get(name=household)
    now = timezone.now()
    Visit.objects.create(submission=row, household=place, kind="A", visited_at=now,
                         disposition="110", sender=world.phone.actor)  # fmt: skip
    CaseOutcome.objects.create(round=world.round, household=place, kind="A", submission=row,
                               disposition="110", status="final", updated_at=now)  # fmt: skip
    root = {"full/consent_at": "2026-09-20T08:00:00"}
    Record.objects.create(submission=row, form_id=form, table="", ordinal=0, values=root)
    silent = {"full/a_cons_contact": "no"}
    Record.objects.create(submission=row, form_id=form, table="person", ordinal=0, values=silent)
    person = {"full/a_cons_contact": consent, "full/a_help": "vneid pay",
              "full/a_helpch": "hall", "full/a_tel": phone}  # fmt: skip
    Record.objects.create(submission=row, form_id=form, table="person", ordinal=1, values=person)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def listed(world: World, user: User, query: str = "") -> str:
    path = reverse("help_list", args=[world.round.pk])
    return client_of(user).get(path + query).content.decode()


def ticket_path(world: World, household: str = "16228-hh-1") -> str:
    visit = Visit.objects.get(household__name=household, kind="A")
    return reverse("help_ticket", args=[world.round.pk, visit.submission_id, 1])


def test_those_who_agreed_are_listed_without_their_numbers(world: World) -> None:
    page = listed(world, world.supervisor)
    assert page.count('<th scope="row">') == 2
    assert "Làm VNeID, pay" in page  # the form's word, or the code
    assert "20/09/2026" in page
    assert "0912" not in page
    assert help_wishes.open_by_village(world.round) == {"v16228": 1, "v16234": 1}


def test_opening_a_number_stands_in_the_log_and_the_unwanted_stay_closed(world: World) -> None:
    client, path = client_of(world.supervisor), ticket_path(world)
    assert PHONE not in client.get(path).content.decode()
    assert not AuditEvent.objects.filter(action="help.contact").exists()
    assert PHONE in client.post(path, {"open": "1"}).content.decode()
    event = AuditEvent.objects.get(action="help.contact")
    assert (event.actor, PHONE in str(event.details)) == (world.supervisor.actor, False)
    client.post(path, {"status": "done", "outcome": "unwanted"})
    assert PHONE not in client.post(path, {"open": "1"}, follow=True).content.decode()
    client.post(path, {"status": "open"})  # a page that was open before
    assert HelpTicket.objects.get().outcome == "unwanted"
    assert PHONE not in client.post(path, {"open": "1"}, follow=True).content.decode()
    assert AuditEvent.objects.filter(action="help.contact").count() == 1


def test_a_ticket_is_taken_and_done_and_what_contradicts_itself_is_refused(world: World) -> None:
    client, path = client_of(world.supervisor), ticket_path(world)
    me = world.supervisor.actor_id
    client.post(path, {"status": "assigned", "assigned_to": me})
    assert "Việc của tôi" in listed(world, world.supervisor, "?mine=1")
    assert listed(world, world.supervisor, "?mine=1").count('<th scope="row">') == 1
    for wrong in (
        {"status": "done"},
        {"status": "open", "outcome": "helped"},
        {"status": "eaten"},
        {"status": "done", "outcome": "helped", "done_on": "2020-01-01"},
        {"status": "assigned", "assigned_to": world.viewer.actor_id},
    ):
        client.post(path, wrong)
        assert HelpTicket.objects.get().status == "assigned", wrong
    client.post(path, {"status": "done", "outcome": "helped", "assigned_to": me})
    ticket = HelpTicket.objects.get()
    assert (ticket.outcome, ticket.done_on) == ("helped", timezone.localdate())
    assert help_wishes.open_by_village(world.round) == {"v16234": 1}


def test_a_helper_sees_the_own_communes_and_others_nothing(world: World) -> None:
    helper = make_user("lan", Role.HELPER, world.cast.project, communes=("16228",))
    nowhere = make_user("moi", Role.HELPER, world.cast.project)
    page = listed(world, helper)
    assert page.count('<th scope="row">') == 1
    assert "CSV" not in page
    way = reverse("help_list", args=[world.round.pk])
    for place in ("home", "project", "round"):
        number = {"project": [world.cast.project.pk], "round": [world.round.pk]}.get(place, [])
        answer = client_of(helper).get(reverse(place, args=number))
        assert answer.status_code == 200
    assert way in answer.content.decode()
    assert client_of(helper).get(ticket_path(world)).status_code == 200
    assert (
        client_of(helper).post(ticket_path(world, "16234-hh-1"), {"open": "1"}).status_code == 404
    )
    paths = [reverse("help_list", args=[world.round.pk]), ticket_path(world)]
    file = reverse("help_file", args=[world.round.pk])
    for user in (nowhere, world.rated, world.analyst, world.viewer, world.cast.bob):
        for path in (*paths, file):
            assert client_of(user).get(path).status_code == 403
        assert client_of(user).post(paths[1], {"open": "1"}).status_code == 403
    assert client_of(helper).get(file).status_code == 403
    assert Client().get(paths[0]).status_code == 302
    give = {"status": "assigned", "assigned_to": world.supervisor.actor_id}
    assert client_of(helper).post(ticket_path(world), give).status_code == 403


def test_the_list_is_taken_along_with_numbers_only_if_asked_for(world: World) -> None:
    path = reverse("help_file", args=[world.round.pk])
    client = client_of(world.supervisor)
    plain = b"".join(client.get(path)).decode("utf-8-sig").splitlines()
    assert len(plain) == 3
    assert "phone" not in plain[0]
    assert "0912" not in "".join(plain)
    full = b"".join(client.get(path + "?phones=1")).decode()
    assert PHONE in full
    told = [each.details["personal"] for each in AuditEvent.objects.filter(action="help.contact")]
    assert told == [False, True]


def test_what_is_erased_is_gone_from_the_list(world: World) -> None:
    client, path = client_of(world.supervisor), ticket_path(world)
    client.post(path, {"status": "assigned"})
    visit = Visit.objects.get(household__name="16228-hh-1", kind="A")
    erasing.erase(world.cast.alice.actor, visit.submission, Erasure.Extent.ALL, "số 12")
    assert not HelpTicket.objects.exists()
    assert listed(world, world.supervisor).count('<th scope="row">') == 1
    assert client.post(path, {"open": "1"}).status_code == 404
