"""Staff settle what waits in quarantine: take it in, repair it, or set it aside for good.

The phone was told "kept" and marks the submission as sent, so it never comes again: this is the
only way from quarantine to the records.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from surveys.collection import audit, quarantine, rights
from surveys.collection.arrival import Receipt
from surveys.collection.models import Actor, Project, Quarantined
from surveys.collection.quarantine import DISCARDED
from surveys.collection.quarantine_repair import Repair, take_again
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.fieldwork import pipeline

# No such form, no such version, a closed form: may have been mended since.
TAKEN_AGAIN: Final = frozenset({"202.1", "202.2", "202.3"})
# An edit without its original, and one of a copy that was edited since: staff say what it is.
EARLY_EDIT: Final = "202.4"
STALE_EDIT: Final = "409.3"
# An edit of what somebody else sent, by a person who does not review it: staff answer for it.
FOREIGN_EDIT: Final = "202.7"
REPAIRABLE: Final = TAKEN_AGAIN | {EARLY_EDIT, STALE_EDIT, FOREIGN_EDIT, "409.2"}
MOST_AT_ONCE: Final = 200
AS_IT_CAME: Final = Repair()
LONGEST_REASON: Final = 1000


class TakingRefused(Refused):
    """409.8 settled meanwhile, 409.18 nothing that a form could take, 400.2 no reason given; else
    the problem that still stands.
    """


@dataclass(frozen=True, slots=True)
class Taken:
    """`refused`: how many stay for which problem."""

    stored: int
    left: int
    refused: Mapping[float, int] = field(default_factory=dict)


def can_be_taken(row: Quarantined) -> bool:
    return row.reason in TAKEN_AGAIN | {FOREIGN_EDIT} and row.resolved_at is None


def can_be_repaired(row: Quarantined) -> bool:
    return row.reason in REPAIRABLE and row.resolved_at is None


def is_discarded(row: Quarantined) -> bool:
    return row.resolved_at is not None and row.resolution.startswith(DISCARDED)


def take(actor: Actor, row: Quarantined, repair: Repair = AS_IT_CAME) -> Receipt:
    """Hand a kept arrival to a form, under the name of who sent it; a closed form takes it too.

    Raises
    ------
    Forbidden : no right to submit in the project and to read its quarantine.
    TakingRefused : see the class; what could not be stored stays in quarantine.
    """
    _require(actor, row.project)
    if row.resolved_at is not None:
        raise TakingRefused(409.8)
    if not can_be_repaired(row):
        raise TakingRefused(409.18, reason=row.reason, item=row.pk)
    if repair.form_version is not None and repair.form_version.form.project_id != row.project_id:
        raise TakingRefused(404.3)
    receipt = take_again(row, repair)
    is_kept_anew = not receipt.is_stored and str(receipt.problem) not in REPAIRABLE
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
                **_said(repair),
            )
    if not receipt.is_stored:
        raise TakingRefused(receipt.problem, reason=receipt.detail)
    if receipt.needs_deriving and receipt.submission_id is not None:
        pipeline.derive(receipt.submission_id)
    return receipt


def take_all(actor: Actor, project: Project) -> Taken:
    """`take` whatever can be taken, the oldest first, at most 200 at once."""
    _require(actor, project)
    waiting = quarantine.listing(project.pk).filter(reason__in=TAKEN_AGAIN)
    ids = list(waiting.order_by("id").values_list("pk", flat=True)[:MOST_AT_ONCE])
    stored = 0
    refused: dict[float, int] = {}
    for row_id in ids:
        try:
            take(actor, Quarantined.objects.select_related("project").get(pk=row_id))
        except TakingRefused as refusal:
            refused[refusal.code] = refused.get(refusal.code, 0) + 1
            continue
        stored += 1
    return Taken(stored, waiting.count(), refused)


def discard(actor: Actor, row: Quarantined, reason: str) -> None:
    """Set a row aside: it is not shown among what waits, and `reopen` takes that back.

    Raises
    ------
    TakingRefused : 400.2 no reason, 409.8 settled meanwhile.
    """
    _require(actor, row.project)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise TakingRefused(400.2, field="reason")
    with transaction.atomic():
        if not quarantine.resolve(row, f"{DISCARDED}: {reason}"):
            raise TakingRefused(409.8)
        audit.record(
            "quarantine.discard",
            actor=actor,
            project=row.project,
            quarantined=row.pk,
            instanceId=row.instance_id,
        )


def reopen(actor: Actor, row: Quarantined) -> None:
    """Take `discard` back. Raises TakingRefused (409.8) when the row was not discarded."""
    _require(actor, row.project)
    with transaction.atomic():
        discarded = Quarantined.objects.filter(pk=row.pk, resolution__startswith=DISCARDED)
        if not discarded.update(resolved_at=None, resolution=""):
            raise TakingRefused(409.8)
        audit.record("quarantine.reopen", actor=actor, project=row.project, quarantined=row.pk)


def _require(actor: Actor, project: Project) -> None:
    for right in (Right.READ_QUARANTINE, Right.SUBMIT):
        rights.require(actor, right, project)


def _said(repair: Repair) -> dict[str, Any]:
    """What staff decided, for the audit log."""
    version = repair.form_version
    said = {
        "xmlFormId": version.form.xml_form_id if version is not None else None,
        "formVersion": version.version if version is not None else None,
        "as_original": repair.as_original or None,
        "on_newest": repair.on_newest or None,
    }
    return {name: value for name, value in said.items() if value is not None}
