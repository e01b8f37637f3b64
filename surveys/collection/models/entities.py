"""Entity lists: people, places, things that forms read, make and change."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from surveys.collection.models.forms import FormVersion, Project
from surveys.collection.models.people import Actor
from surveys.collection.models.submissions import Submission


class EntityList(models.Model):
    """A list of a project (Central's dataset); a deleted one leaves its name free."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="entity_lists")
    name = models.CharField(max_length=200)
    # A new entity waits until the submission that brings it is approved.
    approval_required = models.BooleanField(default=False)
    # A phone gets only what it made itself.
    owner_only = models.BooleanField(default=False)
    # Else [{"datasetProperty", "actorProperty"}]: a phone gets the entities in which one of the
    # rules holds; empty = all.
    access_rules = models.JSONField(default=list)
    # Raised with every change that a phone could see: the hash of the list, without reading it.
    revision = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "entity_list"
        constraints: ClassVar[list[Any]] = [
            # Letter case makes no other name: on a phone the list is a file.
            models.UniqueConstraint(
                "project",
                Lower("name"),
                condition=Q(deleted_at__isnull=True),
                name="one_living_list_a_name",
            )
        ]

    def __str__(self) -> str:
        return self.name


class EntityProperty(models.Model):
    """A column of a list, in the order of its making."""

    list = models.ForeignKey(EntityList, on_delete=models.CASCADE, related_name="properties")
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "entity_property"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                "list",
                Lower("name"),
                condition=Q(deleted_at__isnull=True),
                name="one_living_property_a_name",
            )
        ]


class EntitySource(models.Model):
    """What a form version says that it does to a list; the list itself is made on publishing."""

    form_version = models.ForeignKey(
        FormVersion, on_delete=models.CASCADE, related_name="entity_sources"
    )
    list_name = models.CharField(max_length=200)
    path = models.CharField(max_length=500)  # of the group or repeat that holds the block
    is_repeat = models.BooleanField(default=False)
    actions = models.JSONField(default=list)  # "create", "update"
    properties = models.JSONField(default=list)  # in the order of the form

    class Meta:
        db_table = "entity_source"


class Entity(models.Model):
    """An entity as it stands now; how it came to this is in its versions."""

    class Conflict(models.TextChoices):
        SOFT = "soft"  # changed from an old version, other properties
        HARD = "hard"  # changed from an old version, the same property to another value

    list = models.ForeignKey(
        EntityList, on_delete=models.PROTECT, related_name="entities", db_index=False
    )
    uuid = models.CharField(max_length=36)
    label = models.TextField()
    data = models.JSONField(default=dict)
    version = models.IntegerField(default=1, db_default=1)
    conflict = models.CharField(max_length=4, null=True, choices=Conflict.choices)
    creator = models.ForeignKey(
        Actor, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "entity"
        constraints: ClassVar[list[Any]] = [
            # A deleted entity keeps its uuid: a phone may still send changes of it.
            models.UniqueConstraint(fields=["list", "uuid"], name="one_entity_a_uuid")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["list", "-id"], name="entity_newest", condition=Q(deleted_at__isnull=True)
            ),
            models.Index(
                fields=["list", "creator", "-id"],
                name="entity_of_owner",
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                fields=["list", "-id"],
                name="entity_in_conflict",
                condition=Q(conflict__isnull=False, deleted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class EntityVersion(models.Model):
    """One state of an entity, who or what brought it, and from which state it was thought."""

    entity = models.ForeignKey(
        Entity, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    version = models.IntegerField()
    label = models.TextField()
    data = models.JSONField(default=dict)  # all of it
    data_received = models.JSONField(default=dict)  # what this change said
    base_version = models.IntegerField(null=True)
    # The chain of changes that a phone made while offline.
    branch_id = models.CharField(max_length=36, null=True)
    trunk_version = models.IntegerField(null=True)
    branch_base_version = models.IntegerField(null=True)
    conflicting_properties = models.JSONField(null=True)
    # Taken out of the backlog by force; a creation that came after it is applied as an update.
    is_forced = models.BooleanField(default=False, db_default=False)
    is_late_creation = models.BooleanField(default=False, db_default=False)
    # Without a constraint or an index: deleting test records must not look through all versions.
    submission = models.ForeignKey(
        Submission,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    # The audit event of the upload that brought many at once.
    bulk_event_id = models.BigIntegerField(null=True)
    creator = models.ForeignKey(
        Actor, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user_agent = models.CharField(max_length=255, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "entity_version"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["entity", "version"], name="one_entity_version")
        ]


class SubmittedEntity(models.Model):
    """What became of one entity block of a submission: this keeps replays from doubling it."""

    class State(models.TextChoices):
        APPLIED = "applied"
        FAILED = "failed"
        HELD = "held"  # its predecessor in the phone's offline chain has not arrived
        AWAITING = "awaiting"  # the list asks for an approved submission

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="entity_blocks", db_index=False
    )
    # The block's place in the form; in a repeat, which knows no fixed places, with the entity's id.
    slot = models.CharField(max_length=600)
    # The bytes that it was decided from: an edit gives a failed block another chance.
    submission_version_id = models.BigIntegerField()
    list = models.ForeignKey(
        EntityList, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    list_name = models.CharField(max_length=200)
    entity_uuid = models.CharField(max_length=36, blank=True)
    state = models.CharField(max_length=8, choices=State.choices)
    problem = models.CharField(max_length=8, blank=True)  # a code of the catalogue
    details = models.JSONField(default=dict)
    branch_id = models.CharField(max_length=36, null=True)
    base_version = models.IntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "submitted_entity"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["submission", "slot"], name="one_block_a_slot")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["entity_uuid", "base_version"],
                name="entity_backlog",
                condition=Q(state="held"),
            ),
            models.Index(
                fields=["list", "state", "id"],
                name="entity_unsettled",
                condition=Q(state__in=["failed", "held", "awaiting"]),
            ),
        ]


class ActorProperty(models.Model):
    """A name under which app users of a project carry a value, for the rules of lists."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="actor_properties")
    name = models.CharField(max_length=200)

    class Meta:
        db_table = "actor_property"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint("project", Lower("name"), name="one_actor_property_a_name")
        ]
