"""Other systems that are told of changes, and what has been and is to be told."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from surveys.collection.models.forms import Form, Project
from surveys.collection.models.people import Actor


class Webhook(models.Model):
    class Answers(models.TextChoices):
        NONE = "none"
        OPEN = "open"  # those that every reader of records sees
        ALL = "all"  # as long as the person who chose it reviews the whole project

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="webhooks")
    form = models.ForeignKey(Form, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    address = models.CharField(max_length=500)
    secret = models.CharField(max_length=64)
    events = models.JSONField(default=list)
    answers = models.CharField(max_length=4, choices=Answers.choices, default=Answers.OPEN)
    chosen_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    paused_because = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    retry_at = models.DateTimeField(null=True)
    # What had happened before the hook was made is not told.
    after_event = models.BigIntegerField(default=0)
    after_quarantined = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "webhook"

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One event for one hook: the outbox. It holds no answer; the body is made when it is sent."""

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        GIVEN_UP = "given_up"

    hook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    source = models.CharField(max_length=60)  # the row it comes from: "audit:7"
    key = models.UUIDField(default=uuid.uuid4, unique=True)  # Idempotency-Key
    event = models.CharField(max_length=60)
    # Deliveries of one thing go out one after the other.
    thing = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True)  # of the last answer
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["hook", "source"], name="one_delivery_an_event")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["hook", "-id"], name="delivery_newest"),
            models.Index(
                fields=["hook", "thing", "id"],
                name="delivery_waiting",
                condition=Q(state="pending"),
            ),
        ]
