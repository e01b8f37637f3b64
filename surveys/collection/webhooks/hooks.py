"""Hooks of a project: made, changed, paused, tried, removed; each with its audit event."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from surveys.collection import audit, rights
from surveys.collection.following import begin_at_end
from surveys.collection.models import (
    Actor,
    AuditEvent,
    Delivery,
    Form,
    Project,
    Quarantined,
    Webhook,
)
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.collection.webhooks import addresses, events

MOST: Final = 20
FOLLOWER: Final = "webhooks"
FOLLOWER_OF_QUARANTINE: Final = "webhooks.quarantine"


class HookRefused(Refused):
    """400.2, 400.172 an unknown event, 403.71 restricted answers, 404.71, 409.74 too many."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a hook is to do."""

    name: str
    address: str
    events: tuple[str, ...]
    form: Form | None = None
    answers: Webhook.Answers = Webhook.Answers.OPEN


@dataclass(frozen=True, slots=True)
class Made:
    """A new hook, and the secret that signs: it is shown this once."""

    hook: Webhook
    secret: str


def of_project(actor: Actor, project: Project) -> QuerySet[Webhook]:
    """The hooks of a project by name."""
    rights.require(actor, Right.MANAGE_WEBHOOKS, project)
    return Webhook.objects.filter(project=project).select_related("form").order_by("name", "id")


def create(actor: Actor, project: Project, wish: Wish) -> Made:
    """Make a hook; it is told of what happens from now on."""
    rights.require(actor, Right.MANAGE_WEBHOOKS, project)
    _check(actor, project, wish)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)  # two at once would pass the limit
        if Webhook.objects.filter(project=project).count() >= MOST:
            raise HookRefused(409.74, limit=MOST)
        _begin()
        hook = Webhook.objects.create(
            project=project,
            form=wish.form,
            name=wish.name.strip(),
            address=wish.address.strip(),
            secret=secret,
            events=list(wish.events),
            answers=wish.answers,
            chosen_by=actor,
            after_event=AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0,
            after_quarantined=Quarantined.objects.aggregate(last=Max("pk"))["last"] or 0,
        )
        _note("webhook.create", actor, hook)
    return Made(hook, secret)


def change(actor: Actor, hook: Webhook, wish: Wish) -> None:
    """Change a hook; what waits in its outbox goes to the new address."""
    rights.require(actor, Right.MANAGE_WEBHOOKS, hook.project)
    _check(actor, hook.project, wish)
    with transaction.atomic():
        hook.form, hook.name, hook.address = wish.form, wish.name.strip(), wish.address.strip()
        hook.events, hook.answers, hook.chosen_by = list(wish.events), wish.answers, actor
        hook.save(update_fields=["form", "name", "address", "events", "answers", "chosen_by"])
        _note("webhook.update", actor, hook)


def new_secret(actor: Actor, hook: Webhook) -> Made:
    """Replace the secret; the former one signs nothing any more."""
    rights.require(actor, Right.MANAGE_WEBHOOKS, hook.project)
    with transaction.atomic():
        hook.secret = secrets.token_urlsafe(32)
        hook.save(update_fields=["secret"])
        _note("webhook.secret", actor, hook)
    return Made(hook, hook.secret)


def set_active(actor: Actor, hook: Webhook, *, is_active: bool) -> None:
    """Pause a hook, or let it go on: what waited meanwhile is sent."""
    rights.require(actor, Right.MANAGE_WEBHOOKS, hook.project)
    with transaction.atomic():
        hook.is_active, hook.paused_because, hook.failures, hook.retry_at = is_active, "", 0, None
        hook.save(update_fields=["is_active", "paused_because", "failures", "retry_at"])
        if is_active:
            waiting = Delivery.objects.filter(hook=hook, state=Delivery.State.PENDING)
            waiting.update(next_at=timezone.now())
        _note("webhook.resume" if is_active else "webhook.pause", actor, hook)


def remove(actor: Actor, hook: Webhook) -> None:
    """Forget a hook with its deliveries."""
    rights.require(actor, Right.MANAGE_WEBHOOKS, hook.project)
    with transaction.atomic():
        _note("webhook.delete", actor, hook)
        hook.delete()


def test(actor: Actor, hook: Webhook) -> Delivery:
    """Send something that says it is a test."""
    rights.require(actor, Right.MANAGE_WEBHOOKS, hook.project)
    with transaction.atomic():
        _note("webhook.test", actor, hook)
        now = timezone.now()
        return Delivery.objects.create(
            hook=hook,
            source=f"test:{secrets.token_hex(8)}",
            event=events.TEST,
            facts={"at": now.isoformat(), "actor": actor.pk},
            next_at=now,
        )


def send_again(actor: Actor, delivery: Delivery) -> None:
    """Put a delivery that ended back into the outbox, under the key that it had."""
    hook = delivery.hook
    rights.require(actor, Right.MANAGE_WEBHOOKS, hook.project)
    with transaction.atomic():
        ended = Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.PENDING)
        now = timezone.now()
        if not ended.update(
            state=Delivery.State.PENDING, attempts=0, next_at=now, done_at=None, created_at=now
        ):
            # It waits already: now is as good a time as any.
            Delivery.objects.filter(pk=delivery.pk).update(next_at=now)
        _note("webhook.resend", actor, hook, delivery=delivery.pk)


def _check(actor: Actor, project: Project, wish: Wish) -> None:
    if not 0 < len(wish.name.strip()) <= 100:
        raise HookRefused(400.2, field="name")
    if not wish.events:
        raise HookRefused(400.2, field="events")
    for event in wish.events:
        if event not in events.EVENTS:
            raise HookRefused(400.172, event=event)
    if wish.form is not None:
        if wish.form.project_id != project.pk:
            raise HookRefused(404.3)
        rights.require_records(actor, wish.form)
    addresses.resolve_or_refuse(wish.address.strip())
    if wish.answers == Webhook.Answers.ALL and not may_send_all(actor, project):
        raise HookRefused(403.71)


def may_send_all(actor: Actor, project: Project) -> bool:
    """Whether restricted answers of the whole project may leave on this person's word."""
    return rights.communes_with(actor, Right.REVIEW, project) is None


def _begin() -> None:
    """The first hook of the server: nobody has read the log so far, and its past is nobody's."""
    if not Webhook.objects.exists():
        begin_at_end(FOLLOWER, AuditEvent.objects.all())
        begin_at_end(FOLLOWER_OF_QUARANTINE, Quarantined.objects.all())


def _note(action: str, actor: Actor, hook: Webhook, **details: Any) -> None:
    said: Sequence[str] = hook.events
    audit.record(
        action,
        actor=actor,
        project=hook.project,
        form=hook.form,
        webhook=hook.pk,
        name=hook.name,
        events=list(said),
        answers=hook.answers,
        **details,
    )
