"""Blocks that wait for a predecessor in a phone's offline chain: shown, and taken by force.

A predecessor may never come: its phone was lost, its submission was refused. After some days the
rest of the chain is applied to what stands, and shows as a conflict.
"""

import logging
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from surveys.collection import problems, rights
from surveys.collection.entities import access, bearers, rows, submitted
from surveys.collection.entities.apply_block import target_of
from surveys.collection.models import Actor, EntityList, SubmittedEntity
from surveys.collection.rights import Right

log = logging.getLogger("khaosat.entities")

MOST_AT_ONCE: Final = 200
# The database refuses what this block says.
ITS_OWN_FAULTS: Final = (DataError, IntegrityError)


def held(entity_list: EntityList) -> QuerySet[SubmittedEntity]:
    """What waits, in the order of the chains."""
    found = SubmittedEntity.objects.filter(list=entity_list, state=SubmittedEntity.State.HELD)
    return found.order_by("entity_uuid", "branch_id", "base_version", "id")


def force(actor: Actor, entity_list: EntityList) -> int:
    """Apply what waits in a list, at most 200 blocks; returns how many were taken."""
    access.require_read(actor, entity_list.project)
    rights.require(actor, Right.MANAGE_FORMS, entity_list.project)
    taken = 0
    for row_id in _first(held(entity_list)):
        with transaction.atomic():
            taken += _force_one(row_id)
    return taken


def force_overdue() -> int:
    """For the sweep: apply what has waited too long."""
    limit = timedelta(days=settings.ENTITY_BACKLOG_DAYS)
    waiting = SubmittedEntity.objects.filter(
        state=SubmittedEntity.State.HELD, created_at__lt=Now() - limit
    )
    taken = 0
    for row_id in _first(waiting.order_by("entity_uuid", "branch_id", "base_version", "id")):
        try:
            with transaction.atomic():
                taken += _force_one(row_id)
        except Exception as error:  # the outermost loop of the sweep: one bad block stops nobody
            if isinstance(error, DatabaseError) and not isinstance(error, ITS_OWN_FAULTS):
                raise  # the database is in trouble, not this block
            log.exception("entity block %s cannot be applied", row_id)
            SubmittedEntity.objects.filter(pk=row_id).update(
                state=SubmittedEntity.State.FAILED, problem=str(problems.SERVER_FAULT)
            )
    return taken


def _first(waiting: QuerySet[SubmittedEntity]) -> list[int]:
    return list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE])


def _force_one(row_id: int) -> int:
    row = SubmittedEntity.objects.filter(pk=row_id, state=SubmittedEntity.State.HELD).first()
    if row is None:  # the one before it in the chain took it along
        return 0
    rows.lock([row.entity_uuid])
    if not SubmittedEntity.objects.filter(
        pk=row_id, state=SubmittedEntity.State.HELD
    ).exists():  # somebody settled it before we had the lock
        return 0
    target = target_of(row)
    found = bearers.read_again(row, target)
    if found is None:  # the submission was deleted, or an edit took the block out
        row.delete()
        return 0
    bearers.note(found.bearer, "submission.backlog.force")
    rows.touch(submitted.settle(found, is_forced=True))
    return 1
