"""Entities of submissions: made in the request that brings them, once, whatever is repeated.

Each block of a submission has a row (`SubmittedEntity`) that says what became of it. A block that
was applied is never applied again, also not by an edit or by `manage.py reproject`. What cannot be
applied leaves an `entity.error` with the submission, which itself always stands.
"""

import logging
from collections.abc import Iterable
from typing import Final

from django.db import DataError, IntegrityError, transaction

from surveys.collection import statements
from surveys.collection.entities import apply_block, rows
from surveys.collection.entities.access import EntityRefused
from surveys.collection.entities.apply_block import Applied
from surveys.collection.entities.bearers import (
    Bearer,
    Pending,
    bearer_of,
    bearer_of_new,
    keep,
    note,
    note_error,
    read_again,
)
from surveys.collection.entities.blocks import Block, blocks_of
from surveys.collection.models import Submission, SubmittedEntity
from surveys.collection.projection import Parsed
from surveys.collection.schemas import schema_of

log = logging.getLogger("khaosat.entities")

State = SubmittedEntity.State
LONGEST_CHAIN: Final = 1000

# After a creation any chain may go on; after a link of a chain that chain.
_NEXT_HELD: Final = """
SELECT id FROM submitted_entity
 WHERE state = 'held' AND entity_uuid = $1 AND base_version = $2 AND list_id = $3
   AND (CAST($4 AS TEXT) IS NULL OR branch_id = $4)
 ORDER BY id LIMIT 1"""


def process(submission_id: int) -> None:
    """Apply those blocks of a submission that are not settled. May run twice."""
    bearer = bearer_of(submission_id)
    if bearer is None:
        return
    blocks = blocks_of(bearer.schema, bearer.xml)
    if not blocks:
        return
    try:
        with transaction.atomic():
            _process(bearer, blocks, is_new=False)
    except (DataError, IntegrityError) as error:
        # Nothing that a phone sends should come here; its records are made all the same.
        log.exception("entities of submission %s", submission_id)
        note_error(bearer, 500.1, {"errorMessage": type(error).__name__})


def process_new(new: Parsed) -> None:
    """`process` for a submission that was stored a moment ago, out of the memory.

    What the database refuses here is tried again by the sweep, with `process`.
    """
    blocks = blocks_of(schema_of(new.form_version_id, new.form_md5), new.root)
    if not blocks:
        return
    bearer = bearer_of_new(new.submission_id)
    if bearer is not None:
        _process(bearer, blocks, is_new=True)


def _process(bearer: Bearer, blocks: list[Block], *, is_new: bool) -> None:
    lists = apply_block.lists_of(bearer.project_id)
    rows.lock(block.uuid for block in blocks if block.uuid)
    known: dict[str, SubmittedEntity] = {}
    if not is_new:
        # after the lock: two workers that hold one submission see each other's rows
        known = {
            row.slot: row
            for row in SubmittedEntity.objects.filter(submission_id=bearer.submission_id)
        }
    touched: set[int] = set()
    for block in blocks:
        before = known.get(block.slot)
        if before is None or is_open(before, bearer):
            touched |= settle(Pending(bearer, block, lists.get(block.said.dataset), before))
    rows.touch(touched)


def is_open(row: SubmittedEntity, bearer: Bearer) -> bool:
    """Whether a block may be tried (again): it waits, or an edit gives it another chance.

    What waits for a predecessor is tried again too: the predecessor may have come by now.
    """
    if row.state in (State.HELD, State.AWAITING):
        return True
    return row.state == State.FAILED and row.submission_version_id != bearer.version_id


def settle(pending: Pending, *, is_forced: bool = False) -> set[int]:
    """Apply a block, note what became of it, then those that waited for it.

    Returns the lists that changed.
    """
    touched: set[int] = set()
    for _ in range(LONGEST_CHAIN):
        applied = _settle_one(pending, is_forced=is_forced)
        if applied is None:
            break
        touched.add(applied.list_id)
        following = _next_held(applied)
        if following is None:
            break
        pending, is_forced = following, False
        note(pending.bearer, "submission.backlog.reprocess")
    return touched


def _settle_one(pending: Pending, *, is_forced: bool) -> Applied | None:
    bearer, block = pending.bearer, pending.block
    try:
        outcome = apply_block.apply(
            block.said,
            pending.target,
            bearer.author,
            is_approved=bearer.review_state == Submission.Review.APPROVED,
            is_forced=is_forced,
        )
    except EntityRefused as refusal:
        keep(pending, State.FAILED, refusal)
        note_error(bearer, refusal.code, refusal.details, block)
        return None
    if isinstance(outcome, Applied):
        keep(pending, State.APPLIED)
        note(bearer, outcome.action, outcome, block)
        return outcome
    keep(pending, outcome)
    if outcome == State.HELD and (pending.before is None or pending.before.state != State.HELD):
        note(bearer, "submission.backlog.hold")
    return None


def _next_held(applied: Applied) -> Pending | None:
    """The block that waited for this change, read anew from its submission as it stands now."""
    follows = (applied.branch_base_version or 0) + 1 if applied.branch_id is not None else 1
    found = statements.run(
        _NEXT_HELD, (applied.entity.uuid, follows, applied.list_id, applied.branch_id)
    )
    if not found:
        return None
    row = SubmittedEntity.objects.get(pk=found[0][0])
    return read_again(row, applied.target)


def approved(submission_id: int) -> None:
    """For `record_changes`: a submission was approved, so what waited for that is made."""
    if SubmittedEntity.objects.filter(submission_id=submission_id, state=State.AWAITING).exists():
        process(submission_id)


def process_all(submission_ids: Iterable[int]) -> int:
    """`process` each in a transaction of its own; returns how many were looked at."""
    done = 0
    for submission_id in submission_ids:
        with transaction.atomic():
            process(submission_id)
        done += 1
    return done
