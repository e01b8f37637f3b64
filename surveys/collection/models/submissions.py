"""What arrived, byte for byte, and what was derived from it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from surveys.collection.models.forms import Form, FormVersion, Project
from surveys.collection.models.people import Actor


class Blob(models.Model):
    """A stored file, named by its sha256."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    md5 = models.CharField(max_length=32)
    size = models.BigIntegerField()

    class Meta:
        db_table = "blob"


class Submission(models.Model):
    """A logical submission; its id for the outside is the first instanceID."""

    class State(models.TextChoices):
        RECEIVED = "received"  # stored, records not made yet
        DERIVED = "derived"
        QUARANTINED = "quarantined"  # the bytes are kept, its records could not be made
        PURGED = "purged"  # removed for good; its ids and fingerprints stay

    class Review(models.TextChoices):
        HAS_ISSUES = "hasIssues"
        EDITED = "edited"
        REJECTED = "rejected"
        APPROVED = "approved"

    # db_index=False here and below: a longer index begins with the same column, and every upload
    # would write into both.
    form = models.ForeignKey(
        Form, on_delete=models.PROTECT, related_name="submissions", db_index=False
    )
    is_draft = models.BooleanField(default=False, db_default=False)
    instance_id = models.CharField(max_length=250)
    submitter = models.ForeignKey(
        Actor, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    device_id = models.CharField(max_length=255, null=True)
    instance_name = models.TextField(blank=True, db_default="")
    review_state = models.CharField(max_length=10, null=True, choices=Review.choices)
    state = models.CharField(
        max_length=12, choices=State.choices, default=State.RECEIVED, db_default="received"
    )
    attempts = models.SmallIntegerField(default=0, db_default=0)
    problem = models.TextField(blank=True, db_default="")  # why it stands in quarantine
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "submission"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["instance_id", "form", "is_draft"], name="one_submission_an_instance"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["form", "-created_at", "-id"], name="submission_newest"),
            models.Index(
                fields=["submitter", "created_at"],
                name="submission_of_today",
                condition=Q(is_draft=False, deleted_at__isnull=True),
            ),
            models.Index(
                fields=["created_at"], name="submission_waiting", condition=Q(state="received")
            ),
        ]


class SubmissionVersion(models.Model):
    """The bytes of one arrival: the original or an edit, each with its own instanceID."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="versions")
    # Copies of what the submission says are not checked again: each check locks the row that all
    # uploads share.
    form = models.ForeignKey(
        Form, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    is_draft = models.BooleanField(default=False, db_default=False)
    instance_id = models.CharField(max_length=250)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    xml = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    is_current = models.BooleanField(default=True, db_default=True)
    submitter = models.ForeignKey(
        Actor,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    device_id = models.CharField(max_length=255, null=True)
    user_agent = models.CharField(max_length=255, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "submission_version"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["instance_id", "form", "is_draft"], name="one_version_an_instance"
            ),
            models.UniqueConstraint(
                fields=["submission"], condition=Q(is_current=True), name="one_current_version"
            ),
        ]


class Attachment(models.Model):
    """A file slot of a submission version; `blob` is empty until the file is there."""

    version = models.ForeignKey(
        SubmissionVersion, on_delete=models.CASCADE, related_name="attachments", db_index=False
    )
    name = models.CharField(max_length=255)
    blob = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    content_type = models.CharField(max_length=120, blank=True, db_default="")
    # A file that came along without being named in the XML is kept all the same.
    is_expected = models.BooleanField(default=True, db_default=True)

    class Meta:
        db_table = "attachment"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["version", "name"], name="one_slot_a_name")
        ]


class Record(models.Model):
    """One row per root or repeat instance; lexical strings by the schema's column ids."""

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="records", db_index=False
    )
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    table = models.CharField(max_length=200, blank=True)  # "" = root, else the repeat's path
    ordinal = models.IntegerField()
    parent_ordinal = models.IntegerField(null=True)
    values = models.JSONField()

    class Meta:
        db_table = "record"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["submission", "table", "ordinal"], name="one_record_a_place"
            )
        ]


class Comment(models.Model):
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="comments")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "comment"


class Quarantined(models.Model):
    """Bytes that no form could take: kept, shown to staff with the reason, never lost."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="quarantine")
    reason = models.CharField(max_length=40)  # a code of api.problems
    details = models.TextField(blank=True)
    xml_form_id = models.CharField(max_length=200, blank=True)
    form_version = models.CharField(max_length=250, blank=True)
    instance_id = models.CharField(max_length=250, blank=True)
    xml = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # [{"name", "sha256", "content_type"}]: the blobs that came with it
    files = models.JSONField(default=list)
    submitter = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    device_id = models.CharField(max_length=255, null=True)
    user_agent = models.CharField(max_length=255, null=True)
    received_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.TextField(blank=True)

    class Meta:
        db_table = "quarantined"
        constraints: ClassVar[list[Any]] = [
            # A phone repeats a refused upload for ever: the same bytes stand here once.
            models.UniqueConstraint(fields=["project", "sha256", "reason"], name="quarantined_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Every new submission asks whether an edit of it came before it (`details` names it).
            models.Index(
                fields=["project", "details"],
                name="early_edit_waiting",
                condition=Q(reason="202.4", resolved_at__isnull=True),
            )
        ]
