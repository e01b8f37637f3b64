"""Staff take in what waits in quarantine, once its form or version is there.

The phone was told "kept" and marks the submission as sent, so it never comes again: this is the
only way from quarantine to the records.
"""

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from surveys.collection import audit, intake, quarantine, rights
from surveys.collection.arrival import Receipt
from surveys.collection.models import Actor, Project, Quarantined
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.fieldwork import pipeline

# No such form, no such version, a closed form. What else is kept cannot become a record as it is.
TAKEN_AGAIN: Final = frozenset({"202.1", "202.2", "202.3"})
MOST_AT_ONCE: Final = 200


class TakingRefused(Refused):
    """409.8 settled meanwhile; else the problem that still stands, such as 202.1."""


@dataclass(frozen=True, slots=True)
class Taken:
    stored: int
    left: int


def can_be_taken(row: Quarantined) -> bool:
    return row.reason in TAKEN_AGAIN and row.resolved_at is None


def take(actor: Actor, row: Quarantined) -> Receipt:
    """Hand a kept arrival to its form, under the name of who sent it; a closed form takes it too.

    Raises
    ------
    Forbidden : no right to submit in the project and to read its quarantine.
    TakingRefused : see the class; what could not be stored stays in quarantine.
    """
    for right in (Right.READ_QUARANTINE, Right.SUBMIT):
        rights.require(actor, right, row.project)
    if not can_be_taken(row):
        raise TakingRefused(409.8)
    receipt = intake.take_again(row)
    is_kept_anew = not receipt.is_stored and str(receipt.problem) not in TAKEN_AGAIN
    # A crash before this leaves the row open; taking it again finds the same bytes stored.
    with transaction.atomic():
        if is_kept_anew:  # it stands under its new reason, such as a conflict
            quarantine.resolve(row, f"problem {receipt.problem}")
        elif receipt.is_stored and quarantine.resolve(row, "stored"):
            audit.record(
                "quarantine.take",
                actor=actor,
                project=row.project,
                quarantined=row.pk,
                instanceId=row.instance_id,
            )
    if not receipt.is_stored:
        raise TakingRefused(receipt.problem)
    if receipt.needs_deriving and receipt.submission_id is not None:
        pipeline.derive(receipt.submission_id)
    return receipt


def take_all(actor: Actor, project: Project) -> Taken:
    """`take` whatever can be taken, the oldest first, at most 200 at once."""
    for right in (Right.READ_QUARANTINE, Right.SUBMIT):
        rights.require(actor, right, project)
    waiting = quarantine.listing(project.pk).filter(reason__in=TAKEN_AGAIN)
    ids = list(waiting.order_by("id").values_list("pk", flat=True)[:MOST_AT_ONCE])
    stored = 0
    for row_id in ids:
        try:
            take(actor, Quarantined.objects.select_related("project").get(pk=row_id))
        except TakingRefused:
            continue
        stored += 1
    return Taken(stored, waiting.count())
