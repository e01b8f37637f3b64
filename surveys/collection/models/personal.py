"""Personal data that was taken out, and the clocks that take it out."""

from typing import Any, ClassVar

from django.db import models

from surveys.collection.models.forms import Form, Project
from surveys.collection.models.people import Actor
from surveys.collection.models.submissions import Submission, SubmissionVersion


class Erasure(models.Model):
    """Answers that were erased: by whom, why, how much; never what they said."""

    class Extent(models.TextChoices):
        PERSONAL = "personal"  # what is classed P1 or P2
        ALL = "all"  # every answer: the person withdrew
        CLOCK = "clock"  # what a retention rule names

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="erasures")
    form = models.ForeignKey(Form, null=True, on_delete=models.PROTECT, related_name="+")
    # Null for what a clock took out of many at once, and once the submission is purged.
    submission = models.ForeignKey(
        Submission, null=True, on_delete=models.SET_NULL, related_name="erasures"
    )
    extent = models.CharField(max_length=8, choices=Extent.choices)
    reason = models.CharField(max_length=200)
    actor = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    n_answers = models.PositiveIntegerField(default=0)
    n_files = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "erasure"


class ErasedVersion(models.Model):
    """A version whose XML is a redacted one. The version keeps the sha256 of what the phone sent,
    so that a resend is recognised; the bytes that stand there now have this one.
    """

    version = models.OneToOneField(
        SubmissionVersion, primary_key=True, on_delete=models.CASCADE, related_name="erased"
    )
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="versions")
    redacted_sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = "erased_version"


class RetentionRule(models.Model):
    """How long a project keeps a kind of data; no row = for ever."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="retention_rules")
    kind = models.CharField(max_length=12)  # surveys.collection.retention.Kind
    days = models.PositiveIntegerField()

    class Meta:
        db_table = "retention_rule"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["project", "kind"], name="one_rule_a_kind")
        ]


class RetentionRun(models.Model):
    """What a clock did on a day."""

    # Null: of the whole server (sessions).
    project = models.ForeignKey(
        Project, null=True, on_delete=models.CASCADE, related_name="retention_runs"
    )
    kind = models.CharField(max_length=12)
    # Of the kinds that go through the records of a form: the form, and the last version seen. The
    # next day begins behind it; a change of the form's classes sets it to 0.
    form = models.ForeignKey(Form, null=True, on_delete=models.CASCADE, related_name="+")
    up_to = models.BigIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)
    n_done = models.PositiveIntegerField()

    class Meta:
        db_table = "retention_run"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["project", "-at"], name="retention_by_project")
        ]
