"""Sends what is due: each at least once, in order for one thing, for as long as it is worth it.

A delivery is claimed by an UPDATE with a lease; a killed worker's lease runs out and another sends
it again under the same `Idempotency-Key`. No transaction is open while the other side is waited
for. A crash between its answer and our note sends once more, which the key makes harmless.
"""

import hashlib
import hmac
import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import close_old_connections, connections
from django.db.models import F, Q
from django.utils import timezone

from surveys.collection import audit, people
from surveys.collection.models import Delivery, Webhook
from surveys.collection.webhooks import bodies
from surveys.collection.webhooks.addresses import AddressRefused, read, resolve
from surveys.collection.webhooks.posting import Answer, PostFailed, post

log = logging.getLogger("khaosat.webhooks")

AT_ONCE: Final = 4
BATCH: Final = 100
LEASE: Final = timedelta(seconds=30)  # longer than any single try
LONGEST: Final = timedelta(days=3)  # then a delivery is given up
FIRST_WAIT: Final = 10.0
LONGEST_WAIT: Final = 3600.0
# With the growing waits between them these take some hours: a night's outage pauses no hook.
PAUSE_AFTER: Final = 15
GONE: Final = 410
BUSY: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try; no status = nobody answered."""

    status: int | None
    error: str
    wait: float = 0.0

    @property
    def is_done(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the receiver computes as well: HMAC-SHA256 over `<timestamp>.<body>`."""
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def deliver_due() -> int:
    """Send what is due now; returns how many were tried."""
    chosen = _chosen()
    if not chosen:
        return 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        return sum(pool.map(_in_thread, chosen))


def deliver(delivery_id: int) -> bool:
    """Claim one delivery and try it; False when somebody else has it."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    row = Delivery.objects.filter(free, pk=delivery_id, state=Delivery.State.PENDING)
    if not row.update(lease_until=now + LEASE, attempts=F("attempts") + 1):
        return False
    delivery = Delivery.objects.select_related("hook__project", "hook__chosen_by").get(
        pk=delivery_id
    )
    tried = _try(delivery)
    if tried.is_done:
        _succeeded(delivery, tried)
    else:
        _failed(delivery, tried)
    return True


def _chosen() -> list[int]:
    """The due deliveries, the oldest of each thing only: the next waits for it."""
    now = timezone.now()
    hooks = Webhook.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), is_active=True)
    chosen: list[int] = []
    for hook in hooks:
        waiting = Delivery.objects.filter(hook=hook, state=Delivery.State.PENDING).order_by("pk")
        seen: set[str] = set()
        here: list[int] = []
        for row in waiting.values_list("pk", "thing", "next_at", "lease_until")[: 10 * BATCH]:
            if row[1] not in seen and row[2] <= now and (row[3] is None or row[3] < now):
                here.append(row[0])
            if row[1]:
                seen.add(row[1])
        # One that fails is knocked at, not stormed.
        chosen += here[: 1 if hook.failures else BATCH]
    return chosen


def _in_thread(delivery_id: int) -> bool:
    close_old_connections()
    try:
        return deliver(delivery_id)
    finally:
        connections.close_all()


def _try(delivery: Delivery) -> Tried:
    hook = delivery.hook
    try:
        target = read(hook.address)
        number = resolve(target)
        body = bodies.body_of(delivery)
        timestamp = str(int(time.time()))
        answer = post(
            target,
            number,
            body,
            {
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "khaosat-webhook/1",
                "Idempotency-Key": str(delivery.key),
                "X-Khaosat-Event": delivery.event,
                "X-Khaosat-Timestamp": timestamp,
                "X-Khaosat-Signature": signature(hook.secret, timestamp, body),
            },
        )
    except AddressRefused as refusal:
        return Tried(None, refusal.en)
    except (OSError, PostFailed) as error:
        return Tried(None, f"{type(error).__name__}: {error}"[:300])
    return _judged(answer)


def _judged(answer: Answer) -> Tried:
    if 200 <= answer.status < 300:
        return Tried(answer.status, "")
    if 300 <= answer.status < 400:
        return Tried(answer.status, "redirects are not followed")
    wait = answer.retry_after if answer.status in BUSY else 0.0
    return Tried(answer.status, answer.beginning, wait)


def _succeeded(delivery: Delivery, tried: Tried) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.SENT,
        status=tried.status,
        error="",
        lease_until=None,
        done_at=timezone.now(),
    )
    Webhook.objects.filter(pk=delivery.hook_id).exclude(failures=0, retry_at=None).update(
        failures=0, retry_at=None
    )


def _failed(delivery: Delivery, tried: Tried) -> None:
    now = timezone.now()
    is_over = now - delivery.created_at > LONGEST
    log.info("webhook %s: delivery %s failed", delivery.hook_id, delivery.pk)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.GIVEN_UP if is_over else Delivery.State.PENDING,
        status=tried.status,
        error=tried.error[:300],
        lease_until=None,
        next_at=_later(now, delivery.attempts, tried.wait),
        done_at=now if is_over else None,
    )
    Webhook.objects.filter(pk=delivery.hook_id).update(failures=F("failures") + 1)
    failures = Webhook.objects.values_list("failures", flat=True).filter(pk=delivery.hook_id)
    count = next(iter(failures), 0)
    if count >= PAUSE_AFTER or tried.status == GONE:
        _pause(delivery.hook, tried)
    elif count:
        Webhook.objects.filter(pk=delivery.hook_id).update(retry_at=_later(now, count, tried.wait))


def _pause(hook: Webhook, tried: Tried) -> None:
    """Nobody listens there: what waits is kept until a person lets the hook go on."""
    why = f"{tried.status or ''} {tried.error}".strip()[:300]
    if Webhook.objects.filter(pk=hook.pk, is_active=True).update(
        is_active=False, paused_because=why or "failed"
    ):
        audit.record(
            "webhook.pause",
            actor=people.system_actor(),
            project=hook.project,
            webhook=hook.pk,
            status=tried.status,
        )


def _later(now: datetime, attempts: int, at_least: float) -> datetime:
    """Twice as long each time, and never all hooks in the same second."""
    wait = min(FIRST_WAIT * 2 ** max(0, min(attempts, 20) - 1), LONGEST_WAIT)
    jittered = wait * random.uniform(0.7, 1.3)  # noqa: S311 - spreads load, protects nothing
    return now + timedelta(seconds=max(jittered, min(at_least, LONGEST_WAIT)))
