"""Edits that came before their original, applied when it has come; and bytes that come again."""

import logging

from forms.instance import InstanceHead
from surveys.collection import admission as admissions
from surveys.collection import edits, instances, quarantine, store
from surveys.collection.arrival import Arrival, Outcome, Receipt
from surveys.collection.blobs import register
from surveys.collection.durability import durable
from surveys.collection.known import Known, known_version
from surveys.collection.models import Quarantined

log = logging.getLogger("khaosat.intake")


def resent(known: Known, new: store.NewSubmission) -> Receipt:
    """Take the files that are missing, or that came with other bytes than before."""
    changed: list[str] = []
    if new.files:
        with durable():
            register(file.blob for file in new.files)
            slots = [slot for slot in store.slots_of(new.expected, new.files) if slot.sha256]
            if known.is_erased:  # the files have rows that nothing names: the sweep removes them
                slots = []
            changed = store.put_slots(known.version_id, slots)
            if not known.is_current:
                changed += store.carry_forward(known.submission_id, slots)
            if changed:
                store.note_attached(new, known.submission_id, changed)
    outcome = Outcome.ATTACHED if changed else Outcome.UNCHANGED
    return Receipt(outcome, known.submission_id, known.version_id, new.form_id, new.instance_id)


def replay(project_id: int, xml_form_id: str, instance_id: str) -> int:
    """Apply the edits that arrived before this version; returns how many were applied."""
    applied = 0
    for row in edits.waiting(project_id, xml_form_id, instance_id):
        arrival = edits.arrival_of(row)
        root, head = instances.read(arrival.xml)
        admitted = admissions.by_project(project_id, arrival.actor_id, head)
        if admitted is None or admitted.form_version_id is None:
            continue
        if not edits.may_follow(row):
            _left_to_staff(row, arrival, head, 202.7)
            continue
        receipt = _applied(instances.new_submission(arrival, root, head, admitted), head)
        if receipt.is_stored:
            with durable():
                quarantine.resolve(row, "stored")
            applied += 1 + replay(project_id, xml_form_id, head.instance_id)
        elif receipt.outcome is not Outcome.QUARANTINED:
            log.warning("edit %s waits for staff: %s", head.instance_id, receipt.problem)
            _left_to_staff(row, arrival, head, receipt.problem)
    return applied


def _left_to_staff(row: Quarantined, arrival: Arrival, head: InstanceHead, problem: float) -> None:
    """It waits no more: it stands in quarantine under this reason."""
    quarantine.keep(arrival, problem, head=head)
    with durable():
        quarantine.resolve(row, f"problem {problem}")


def _applied(new: store.NewSubmission, head: InstanceHead) -> Receipt:
    """A waiting edit put in its place; one that was put there already stays.

    By a process that died, or by another request at this very moment: then it is the edit itself
    that makes the version before it an old one.
    """
    receipt = _put_there(new)
    if receipt is None:
        receipt = edits.apply(new, head.deprecated_id)
        if not receipt.is_stored and receipt.outcome is not Outcome.QUARANTINED:
            receipt = _put_there(new) or receipt
    return receipt


def _put_there(new: store.NewSubmission) -> Receipt | None:
    known = known_version(new.form_id, new.instance_id, is_draft=new.is_draft)
    return resent(known, new) if known is not None and known.sha256 == new.sha256 else None


def replay_missed() -> int:
    """For the sweep: edits that wait although their original is there."""
    return sum(replay(row.project_id, row.xml_form_id, row.details) for row in edits.missed())
