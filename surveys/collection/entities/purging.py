"""A deleted entity is emptied for good. Its id stays: a phone may still send changes of it."""

from django.db import transaction
from django.db.models import QuerySet

from surveys.collection import rights
from surveys.collection.entities import access, rows
from surveys.collection.entities.access import EntityRefused
from surveys.collection.models import Actor, AuditEvent, Entity, EntityList, EntityVersion
from surveys.collection.rights import Right

GONE = ""  # the label of what was purged; no other entity has an empty one


def trash_of(entity_list: EntityList) -> QuerySet[Entity]:
    """What was deleted and can be restored or purged."""
    return Entity.objects.filter(list=entity_list, deleted_at__isnull=False).exclude(label=GONE)


def purge(actor: Actor, entity_list: EntityList, uuid: str) -> None:
    """Remove what a deleted entity said, in all its versions.

    Raises
    ------
    rights.Forbidden : only an administrator of the project.
    EntityRefused : 404.62 there is no such entity in the trash (any more).
    """
    access.require_delete(actor, entity_list.project)
    rights.require(actor, Right.ADMINISTER, entity_list.project)
    with transaction.atomic():
        rows.lock([uuid])
        found = trash_of(entity_list).filter(uuid=uuid).first()
        if found is None:
            raise EntityRefused(404.62, uuid=uuid[:100], name=entity_list.name)
        EntityVersion.objects.filter(entity=found).delete()
        Entity.objects.filter(pk=found.pk).update(label=GONE, data={}, conflict=None, creator=None)
        AuditEvent.objects.create(
            action="entity.purge",
            actor=actor,
            project_id=entity_list.project_id,
            entity_id=found.pk,
            details={"entity": {"uuid": uuid, "dataset": entity_list.name}},
        )
