"""Webhooks: what is told to whom, once, in order, signed; and where nothing is ever sent."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from surveys.collection import intake, publishing
from surveys.collection.arrival import Arrival
from surveys.collection.models import (
    AuditEvent,
    Delivery,
    Form,
    Role,
    RoleAssignment,
    Submission,
    User,
    Webhook,
)
from surveys.collection.rights import Forbidden
from surveys.collection.webhooks import hooks, outbox, sending
from surveys.collection.webhooks.hooks import HookRefused, Made, Wish
from surveys.fieldwork import pipeline, record_changes
from tests.cast import Cast, filled, make_user, published, xform
from tests.hook_receiver import Receiver, receiver

pytestmark = pytest.mark.django_db
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture(autouse=True)
def _loopback(settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = LOOPBACK


@pytest.fixture
def form(cast: Cast) -> Form:
    return published(cast.alice.actor, cast.project)


def hook(
    cast: Cast,
    to: Receiver,
    *events: str,
    form: Form | None = None,
    answers: str = "open",
) -> Made:
    wish = Wish("Kho dữ liệu", to.address, events or ("submission.created",), form)
    wish = Wish(wish.name, wish.address, wish.events, form, Webhook.Answers(answers))
    made = hooks.create(cast.alice.actor, cast.project, wish)
    to.secret = made.secret
    return made


def arrive(form: Form, instance_id: str, **said: Any) -> Submission:
    xml = filled(form.xml_form_id, instance_id)
    receipt = intake.receive(Arrival(form.project_id, said.get("actor"), xml))
    assert receipt.submission_id is not None
    pipeline.derive(receipt.submission_id)
    return Submission.objects.select_related("form__project").get(pk=receipt.submission_id)


def send_all() -> None:
    """One round of the sender, in this thread: its own threads would not see our transaction."""
    outbox.collect()
    for delivery_id in sending._chosen():
        sending.deliver(delivery_id)


def soon() -> None:
    """Let the waits between two tries pass."""
    Delivery.objects.update(next_at=timezone.now())
    Webhook.objects.update(retry_at=None)


def test_a_submission_is_told_once_signed_and_without_restricted_answers(
    cast: Cast, form: Form
) -> None:
    arrive(form, "uuid:before")
    with receiver() as there:
        hook(cast, there)
        arrive(form, "uuid:1")
        send_all()
        send_all()
    assert there.forged == 0
    (said,) = there.requests
    assert said["event"] == "submission.created"
    assert said["submission"]["instanceId"] == "uuid:1"
    assert said["form"]["xmlFormId"] == "F"
    values = said["submission"]["answers"][0]["values"]
    assert values["age"] == "34"
    assert "name" not in values  # free text: for reviewers


def test_restricted_answers_leave_as_long_as_the_chooser_may_read_them(
    cast: Cast, form: Form
) -> None:
    with receiver() as there:
        hook(cast, there, answers="all")
        arrive(form, "uuid:1")
        send_all()
        RoleAssignment.objects.filter(user=cast.alice).update(role="viewer")
        arrive(form, "uuid:2")
        send_all()
        first, second = (each["submission"]["answers"][0]["values"] for each in there.requests)
    assert first["name"] == "Lan"
    assert "name" not in second
    assert second["age"] == "34"


def test_events_of_one_record_are_told_in_order_though_the_receiver_fails(
    cast: Cast, form: Form
) -> None:
    with receiver(lambda n: 200 if n % 3 == 2 else (500, 0)[n % 2]) as there:
        hook(cast, there, "submission.created", "submission.reviewed", "submission.deleted")
        stored = arrive(form, "uuid:1")
        record_changes.set_review_state(cast.alice.actor, stored, Submission.Review.APPROVED)
        record_changes.delete_submission(cast.alice.actor, stored)
        for _round in range(9):
            send_all()
            soon()
    told = [there.accepted[key]["event"] for key in there.order]
    assert told == ["submission.created", "submission.reviewed", "submission.deleted"]
    assert len(there.requests) == 9
    assert there.forged == 0
    assert "answers" not in there.accepted[there.order[-1]]["submission"]
    assert Delivery.objects.filter(state="sent").count() == 3


def test_a_hook_hears_of_its_form_its_project_and_its_events_alone(cast: Cast, form: Form) -> None:
    other = published(cast.alice.actor, cast.project, "G")
    far = published(cast.bob.actor, cast.other, "H")
    with receiver() as there:
        hook(cast, there, form=form)
        for each in (form, other, far):
            arrive(each, f"uuid:{each.xml_form_id}")
        outbox.collect()
    assert [row.facts["form"] for row in Delivery.objects.all()] == [form.pk]


def test_what_is_kept_in_quarantine_is_told_without_its_content(cast: Cast, form: Form) -> None:
    with receiver() as there:
        hook(cast, there, "quarantine.kept")
        intake.receive(Arrival(cast.project.pk, None, filled("unknown", "uuid:q")))
        send_all()
    (said,) = there.requests
    assert said["details"]["reason"] == "202.1"
    assert "Lan" not in str(said)


def test_trials_of_a_draft_are_not_told(cast: Cast, form: Form) -> None:
    with receiver() as there:
        hook(cast, there)
        trial = Submission.objects.create(form=form, instance_id="uuid:t", is_draft=True)
        AuditEvent.objects.create(
            action="submission.create",
            project_id=cast.project.pk,
            form_id=form.pk,
            submission_id=trial.pk,
        )
        outbox.collect()
    assert not Delivery.objects.exists()


def test_a_late_commit_is_not_overtaken(cast: Cast, form: Form) -> None:
    """A number that was handed out before and is committed afterwards."""
    with receiver() as there:
        hook(cast, there)
        stored = arrive(form, "uuid:1")
        send_all()
        last = AuditEvent.objects.latest("pk").pk
        event = {"action": "submission.review", "submission_id": stored.pk, "form_id": form.pk}
        Webhook.objects.update(events=["submission.reviewed"])
        for late, state in ((2, "approved"), (1, "rejected")):
            AuditEvent.objects.create(
                pk=last + late,
                project_id=cast.project.pk,
                details={"review_state": state},
                **event,
            )
            send_all()
    said = [each["details"].get("review_state") for each in there.requests]
    assert said == [None, "approved", "rejected"]


def test_a_receiver_that_never_answers_pauses_the_hook_and_loses_nothing(
    cast: Cast, form: Form
) -> None:
    with receiver(lambda _n: 500) as there:
        made = hook(cast, there)
        for n in range(3):
            arrive(form, f"uuid:{n}")
        for _round in range(sending.PAUSE_AFTER + 3):
            send_all()
            soon()
        made.hook.refresh_from_db()
        assert not made.hook.is_active
        assert made.hook.paused_because.startswith("500")
        n_tried = len(there.requests)
        send_all()
        assert len(there.requests) == n_tried
        there.answers = lambda _n: 204
        hooks.set_active(cast.alice.actor, made.hook, is_active=True)
        send_all()
        send_all()
    assert len(there.accepted) == 3


def test_waits_grow_and_a_busy_receiver_says_how_long(cast: Cast, form: Form) -> None:
    with receiver(lambda _n: 503) as there:
        there.headers["Retry-After"] = "1800"
        hook(cast, there)
        arrive(form, "uuid:1")
        send_all()
    delivery = Delivery.objects.get()
    assert delivery.next_at > timezone.now() + timedelta(minutes=29)
    assert (delivery.status, delivery.attempts) == (503, 1)
    now = timezone.now()
    waits = [(sending._later(now, n, 0) - now).total_seconds() for n in (1, 4, 30)]
    assert waits[0] < waits[1] < waits[2] <= 1.3 * sending.LONGEST_WAIT


def test_a_delivery_is_given_up_after_days_and_sent_again_under_its_key(
    cast: Cast, form: Form
) -> None:
    with receiver(lambda n: 500 if n == 0 else 200) as there:
        hook(cast, there)
        arrive(form, "uuid:1")
        outbox.collect()
        Delivery.objects.update(created_at=timezone.now() - timedelta(days=4))
        send_all()
        delivery = Delivery.objects.get()
        assert delivery.state == "given_up"
        soon()
        send_all()
        assert len(there.requests) == 1
        hooks.send_again(cast.alice.actor, delivery)
        send_all()
    assert list(there.accepted) == [str(delivery.key)]


def test_a_dead_worker_s_delivery_is_sent_by_another_when_its_lease_ran_out(
    cast: Cast, form: Form
) -> None:
    with receiver() as there:
        hook(cast, there)
        arrive(form, "uuid:1")
        outbox.collect()
        Delivery.objects.update(lease_until=timezone.now() + sending.LEASE)
        send_all()
        assert there.requests == []
        Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        send_all()
    assert len(there.accepted) == 1


def test_a_redirect_is_not_followed(cast: Cast, form: Form) -> None:
    with receiver(lambda _n: 302) as there, receiver() as trap:
        there.headers["Location"] = trap.address
        hook(cast, there)
        arrive(form, "uuid:1")
        send_all()
    assert trap.requests == []
    assert Delivery.objects.get().error == "redirects are not followed"


def test_only_who_reviews_the_whole_project_lets_restricted_answers_out(cast: Cast) -> None:
    with receiver() as there:
        wish = Wish("x", there.address, ("submission.created",), None, Webhook.Answers.ALL)
        rated = make_user("rated", Role.MANAGER, cast.project, rated_commune="16228")
        for actor in (cast.bob.actor, rated.actor):
            with pytest.raises(Forbidden):
                hooks.create(actor, cast.project, wish)
        assert hooks.create(cast.alice.actor, cast.project, wish).secret


@pytest.mark.parametrize("events", [(), ("submission.exploded",)])
def test_events_are_those_of_the_list(cast: Cast, events: tuple[str, ...]) -> None:
    with pytest.raises(HookRefused):
        hooks.create(cast.alice.actor, cast.project, Wish("x", "http://127.0.0.1/", events))


def test_a_form_is_told_when_it_is_published_and_named_in_the_event(cast: Cast, form: Form) -> None:
    with receiver() as there:
        hook(cast, there, "form.published", form=form)
        publishing.set_draft(cast.alice.actor, form, xform(version="2"))
        publishing.publish_draft(cast.alice.actor, form)
        published(cast.alice.actor, cast.project, "G")
        send_all()
    assert [(each["event"], each["details"]) for each in there.requests] == [
        ("form.published", {"version": "2"})
    ]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_page_shows_the_secret_once_and_the_deliveries(cast: Cast, form: Form) -> None:
    client, listing = signed_in(cast.alice), reverse("webhooks", args=[cast.project.pk])
    with receiver() as there:
        entry = {
            "name": "<b>Kho</b>",
            "address": there.address,
            "events": ["submission.created", "form.published"],
            "answers": "open",
            "form": "",
        }
        page = client.post(listing, entry).content.decode()
        made = Webhook.objects.get()
        assert made.secret in page
        one = reverse("webhook", args=[cast.project.pk, made.pk])
        assert made.secret not in client.get(one).content.decode()
        assert made.secret not in client.get(listing).content.decode()
        assert "<b>Kho</b>" not in client.get(listing).content.decode()
        client.post(reverse("webhook_act", args=[cast.project.pk, made.pk]), {"what": "test"})
        send_all()
    assert there.requests[0]["event"] == "test"
    delivery = Delivery.objects.get()
    assert "đã nhận" in client.get(one).content.decode()
    again = reverse("webhook_again", args=[cast.project.pk, made.pk, delivery.pk])
    client.post(again)
    delivery.refresh_from_db()
    assert delivery.state == "pending"
    act = reverse("webhook_act", args=[cast.project.pk, made.pk])
    secret = made.secret
    fresh = client.post(act, {"what": "secret"}).content.decode()
    made.refresh_from_db()
    assert made.secret in fresh
    assert made.secret != secret
    client.post(act, {"what": "remove"})
    assert not Webhook.objects.exists()
    assert made.secret not in str(list(AuditEvent.objects.values_list("details", flat=True)))


@pytest.mark.parametrize("name", ["bob", "nobody"])
def test_nobody_else_sees_or_changes_a_hook(cast: Cast, name: str) -> None:
    with receiver() as there:
        made = hook(cast, there).hook
    client = Client() if name == "nobody" else signed_in(cast.bob)
    refused = 302 if name == "nobody" else 403
    assert client.get(reverse("webhooks", args=[cast.project.pk])).status_code == refused
    one = reverse("webhook", args=[cast.project.pk, made.pk])
    assert client.get(one).status_code == refused
    act = reverse("webhook_act", args=[cast.project.pk, made.pk])
    assert client.post(act, {"what": "remove"}).status_code == refused
    # nor through one's own project
    own = reverse("webhook", args=[cast.other.pk, made.pk])
    assert client.get(own).status_code in (302, 404)
    assert Webhook.objects.exists()
