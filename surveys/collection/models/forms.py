"""Projects, forms, their versions and media files."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from surveys.collection.models.people import Actor


class Project(models.Model):
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    archived = models.BooleanField(default=False)
    # Managed encryption: every form of the project carries this key, from its next version on.
    key = models.ForeignKey("Key", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "project"

    def __str__(self) -> str:
        return self.name


class Form(models.Model):
    """A form id of a project; what it says is in its versions."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSING = "closing"  # not listed any more, still accepts
        CLOSED = "closed"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="forms")
    xml_form_id = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    # About a commune's own office: nobody who works there reads its records (see User).
    rates_authority = models.BooleanField(default=False)
    # Columns (forms.schema) that are dropped before records are stored.
    never_stored = models.JSONField(default=list)
    # Classes that staff set on the page, {path of the field: P1 to P4 or "none"}; they stand above
    # what the workbook says (surveys.collection.privacy).
    privacy = models.JSONField(default=dict, blank=True)
    current = models.ForeignKey(
        "FormVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    draft = models.ForeignKey("FormVersion", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "form"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["project", "xml_form_id"],
                condition=Q(deleted_at__isnull=True),
                name="one_living_form_an_id",
            )
        ]

    def __str__(self) -> str:
        return self.xml_form_id


class FormVersion(models.Model):
    """Published bytes never change; the draft is the one version that may be replaced."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=250, blank=True)
    name = models.CharField(max_length=250)
    xform = models.BinaryField()
    md5 = models.CharField(max_length=32)
    sha256 = models.CharField(max_length=64)
    schema = models.JSONField()
    # The public key in the form's bytes: phones encrypt what they fill in with it.
    key = models.ForeignKey("Key", null=True, on_delete=models.PROTECT, related_name="+")
    workbook = models.BinaryField(null=True)
    workbook_name = models.CharField(max_length=200, blank=True)
    draft_token = models.CharField(max_length=64, null=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "form_version"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["form", "version"],
                condition=Q(published_at__isnull=False),
                name="one_published_version",
            )
        ]


class FormAttachment(models.Model):
    """A file that the form expects: an uploaded blob, or a list made anew for each caller."""

    form_version = models.ForeignKey(
        FormVersion, on_delete=models.CASCADE, related_name="attachments"
    )
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, default="file")  # image, audio, video, file
    blob = models.ForeignKey("Blob", null=True, on_delete=models.PROTECT, related_name="+")
    content_type = models.CharField(max_length=120, blank=True)
    # Name of an entity list that is served in place of a blob ("sampled_hh").
    entity_list = models.CharField(max_length=200, blank=True)
    updated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "form_attachment"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["form_version", "name"], name="one_file_a_name")
        ]


class FormAssignment(models.Model):
    """An app user may fill this form."""

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="assignments")
    actor = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="form_assignments")

    class Meta:
        db_table = "form_assignment"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["actor", "form"], name="one_assignment")
        ]
