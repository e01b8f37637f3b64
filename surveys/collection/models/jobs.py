"""Long work: its state stands on the row, a worker claims it with an UPDATE."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from surveys.collection.models.people import Actor


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    class Lane(models.TextChoices):
        SHORT = "short"  # publishing a form: somebody waits for it
        LONG = "long"  # runs, maps, reports

    kind = models.CharField(max_length=40)  # the key of its handler
    lane = models.CharField(max_length=5, choices=Lane.choices, default=Lane.SHORT)
    payload = models.JSONField(default=dict)
    upload = models.BinaryField(null=True)  # the file that the job works on
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    progress = models.FloatField(default=0)  # 0..1
    step_vi = models.CharField(max_length=200, blank=True)
    step_en = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    # [{"vi", "en", "sheet"?, "row"?, "remedy_vi"?, "remedy_en"?}]
    errors = models.JSONField(default=list)
    created_by = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "job"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["lane", "id"],
                name="job_waiting",
                condition=Q(state__in=["queued", "running"]),
            )
        ]
