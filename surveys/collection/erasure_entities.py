"""What a submission wrote into entities goes when its answers go."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import F

from surveys.collection.models import (
    Entity,
    EntityList,
    EntityVersion,
    Submission,
    SubmittedEntity,
)
from surveys.collection.privacy import PrivacyClass, classes_of
from surveys.collection.schemas import schema_of

GONE = "…"  # phones refuse an entity without a label


def take_out(submission_ids: Collection[int], classes: frozenset[PrivacyClass] | None) -> int:
    """Empty the properties that the submissions gave to entities; None = all of them.

    Values that another source gave stay. Returns how many entities changed.
    """
    blocks = SubmittedEntity.objects.filter(
        submission__in=list(submission_ids), list__isnull=False
    ).exclude(entity_uuid="")
    changed = 0
    for block in blocks.select_related("submission__form"):
        entity = Entity.objects.filter(list=block.list_id, uuid=block.entity_uuid).first()
        if entity is not None:
            changed += _take_out_of(entity, block.submission, classes)
    return changed


def _take_out_of(
    entity: Entity, submission: Submission, classes: frozenset[PrivacyClass] | None
) -> int:
    versions = list(EntityVersion.objects.filter(entity=entity).order_by("version"))
    going: dict[str, set[str]] = {}
    labels: set[str] = set()
    properties = None if classes is None else _properties(submission, classes)
    for version in versions:
        if version.submission_id == submission.pk:
            for name, value in version.data_received.items():
                if value and (properties is None or name in properties):
                    going.setdefault(name, set()).add(value)
            labels.add(version.label)
    if not going and not (properties is None and labels):
        return 0
    for version in versions:
        EntityVersion.objects.filter(pk=version.pk).update(
            data=_without(version.data, going),
            data_received=_without(version.data_received, going),
            label=GONE if version.label in labels else version.label,
        )
    Entity.objects.filter(pk=entity.pk).update(
        data=_without(entity.data, going),
        label=GONE if entity.label in labels else entity.label,
    )
    EntityList.objects.filter(pk=entity.list_id).update(revision=F("revision") + 1)
    return 1


def _properties(submission: Submission, classes: frozenset[PrivacyClass]) -> frozenset[str]:
    """The properties into which the form writes answers of these classes."""
    given = classes_of(submission.form)
    return frozenset(
        field.saveto
        for version in submission.versions.select_related("form_version")
        for field in schema_of(version.form_version_id, version.form_version.md5).fields
        if field.saveto and given.of(field) in classes
    )


def _without(data: Mapping[str, Any], going: Mapping[str, set[str]]) -> dict[str, Any]:
    return {name: "" if value in going.get(name, ()) else value for name, value in data.items()}
