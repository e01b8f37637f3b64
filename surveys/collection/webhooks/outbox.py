"""The worker reads what happened and puts it into the outbox of every hook that wants it."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from surveys.collection.following import follow
from surveys.collection.models import AuditEvent, Delivery, Quarantined, Submission, Webhook
from surveys.collection.webhooks import events
from surveys.collection.webhooks.events import Happening
from surveys.collection.webhooks.hooks import FOLLOWER, FOLLOWER_OF_QUARANTINE

BATCH: Final = 500
KEPT_FOR: Final = timedelta(days=30)  # what was delivered


def collect() -> int:
    """Take the events since the last time; returns how many rows were read.

    Without a hook nothing is read: the first one begins at the end of the log.
    """
    hooks = list(Webhook.objects.select_related("form"))
    if not hooks:
        return 0
    n_read = 0
    while True:
        n_events = follow(
            FOLLOWER, AuditEvent.objects.all(), lambda rows: _tell(rows, hooks), limit=BATCH
        )
        n_kept = follow(
            FOLLOWER_OF_QUARANTINE,
            Quarantined.objects.defer("xml"),
            lambda rows: _tell_kept(rows, hooks),
            limit=BATCH,
        )
        n_read += n_events + n_kept
        if max(n_events, n_kept) < BATCH:
            return n_read


def forget_old() -> int:
    """Remove what was delivered or given up long ago."""
    before = timezone.now() - KEPT_FOR
    gone, _ = (
        Delivery.objects.filter(done_at__lt=before).exclude(state=Delivery.State.PENDING).delete()
    )
    return gone


def _tell(rows: list[AuditEvent], hooks: list[Webhook]) -> None:
    told = [row for row in rows if row.action in events.TOLD_ACTIONS]
    submissions = {row.submission_id for row in told if row.submission_id is not None}
    # Trials of a draft are nothing that happened.
    drafts = set(
        Submission.objects.filter(pk__in=submissions, is_draft=True).values_list("pk", flat=True)
    )
    deliveries = []
    for row in told:
        happening = events.of_audit(row)
        if happening is None or row.submission_id in drafts:
            continue
        deliveries += [
            _delivery(hook, happening)
            for hook in hooks
            if row.pk > hook.after_event and _wants(hook, happening)
        ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)


def _tell_kept(rows: list[Quarantined], hooks: list[Webhook]) -> None:
    deliveries = [
        _delivery(hook, happening)
        for row in rows
        for happening in [events.of_quarantined(row)]
        for hook in hooks
        if row.pk > hook.after_quarantined and _wants(hook, happening)
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)


def _wants(hook: Webhook, happening: Happening) -> bool:
    if hook.project_id != happening.project_id or happening.event not in hook.events:
        return False
    if hook.form is None:
        return True
    if happening.event == events.KEPT:
        details: dict[str, str] = happening.facts["details"]
        return details["xmlFormId"] == hook.form.xml_form_id
    return happening.form_id == hook.form_id


def _delivery(hook: Webhook, happening: Happening) -> Delivery:
    return Delivery(
        hook=hook,
        source=happening.source,
        event=happening.event,
        thing=happening.thing,
        facts=dict(happening.facts),
        next_at=timezone.now(),
    )
