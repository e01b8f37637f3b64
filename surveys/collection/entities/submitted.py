"""Entities of submissions: made in the request that brings them, once, whatever is repeated.

Each block of a submission has a row (`SubmittedEntity`) that says what became of it. A block that
was applied is never applied again, also not by an edit or by `manage.py reproject`. What cannot be
applied leaves an `entity.error` with the submission, which itself always stands.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import DataError, IntegrityError, transaction

from forms.schema import FormSchema
from surveys.collection import problems, statements
from surveys.collection.entities import apply_block, rows
from surveys.collection.entities.access import EntityRefused
from surveys.collection.entities.apply_block import Applied, TargetList
from surveys.collection.entities.blocks import Block, blocks_of
from surveys.collection.entities.rows import Author
from surveys.collection.models import AuditEvent, Submission, SubmittedEntity
from surveys.collection.refusal import Refused
from surveys.collection.schemas import schema_of

log = logging.getLogger("khaosat.entities")

State = SubmittedEntity.State
LONGEST_CHAIN: Final = 1000

_BEARER: Final = """
SELECT s.id, v.id, f.project_id, s.form_id, s.submitter_id, v.user_agent, v.instance_id,
       s.review_state, v.form_version_id, w.md5, v.xml
  FROM submission s
  JOIN submission_version v ON v.submission_id = s.id AND v.is_current
  JOIN form_version w ON w.id = v.form_version_id
  JOIN form f ON f.id = s.form_id
 WHERE s.id = $1 AND NOT s.is_draft AND s.deleted_at IS NULL"""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A submission that brings entities, as it stands now."""

    xml: bytes
    submission_id: int
    version_id: int
    project_id: int
    form_id: int
    actor_id: int | None
    user_agent: str | None
    instance_id: str
    review_state: str | None
    form_version_id: int
    form_md5: str

    @property
    def author(self) -> Author:
        return Author(self.actor_id, self.user_agent, self.submission_id)

    @property
    def schema(self) -> FormSchema:
        return schema_of(self.form_version_id, self.form_md5)


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
            _process(bearer, blocks)
    except (DataError, IntegrityError) as error:
        # Nothing that a phone sends should come here; its records are made all the same.
        log.exception("entities of submission %s", submission_id)
        note_error(bearer, 500.1, {"errorMessage": type(error).__name__})


def bearer_of(submission_id: int) -> Bearer | None:
    """The submission, unless it is deleted or a trial."""
    found = statements.run(_BEARER, (submission_id,))
    if not found:
        return None
    *facts, xml = found[0]
    return Bearer(bytes(xml), *facts)


def _process(bearer: Bearer, blocks: list[Block]) -> None:
    lists = apply_block.lists_of(bearer.project_id, {block.said.dataset for block in blocks})
    rows.lock(block.uuid for block in blocks if block.uuid)
    # after the lock: two workers that hold one submission see each other's rows
    known = {
        row.slot: row for row in SubmittedEntity.objects.filter(submission_id=bearer.submission_id)
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


@dataclass(frozen=True, slots=True)
class Pending:
    """A block that is to be settled, and its row if it has one."""

    bearer: Bearer
    block: Block
    target: TargetList | None
    before: SubmittedEntity | None


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
        _keep(pending, State.FAILED, refusal)
        note_error(bearer, refusal.code, refusal.details, block)
        return None
    if isinstance(outcome, Applied):
        _keep(pending, State.APPLIED)
        note(bearer, outcome.action, outcome, block)
        return outcome
    _keep(pending, outcome)
    if outcome == State.HELD and (pending.before is None or pending.before.state != State.HELD):
        note(bearer, "submission.backlog.hold")
    return None


def _next_held(applied: Applied) -> Pending | None:
    """The block that waited for this change, read anew from its submission as it stands now."""
    waiting = SubmittedEntity.objects.filter(
        state=State.HELD, entity_uuid=applied.entity.uuid, list_id=applied.list_id
    )
    if applied.branch_id is None:
        waiting = waiting.filter(base_version=1)
    else:
        waiting = waiting.filter(
            branch_id=applied.branch_id, base_version=(applied.branch_base_version or 0) + 1
        )
    row = waiting.order_by("id").first()
    return read_again(row, applied.target) if row is not None else None


def read_again(row: SubmittedEntity, target: TargetList | None) -> Pending | None:
    """A kept block in its submission; None when the submission, or the block, is gone."""
    bearer = bearer_of(row.submission_id)
    if bearer is None:
        return None
    for block in blocks_of(bearer.schema, bearer.xml):
        if block.slot == row.slot:
            return Pending(bearer, block, target, row)
    return None


def _keep(pending: Pending, state: State, refusal: Refused | None = None) -> None:
    bearer, block, target = pending.bearer, pending.block, pending.target
    base = block.said.base_version.strip()
    is_held = state == State.HELD
    values = {
        "submission_version_id": bearer.version_id,
        "list_id": target.id if target is not None else None,
        "list_name": block.said.dataset[:200],
        "entity_uuid": block.uuid,
        "state": state,
        "problem": str(refusal.code) if refusal is not None else "",
        "details": refusal.details if refusal is not None else {},
        "branch_id": apply_block.branch_of(block.said) if is_held else None,
        "base_version": int(base) if is_held and base.isdecimal() else None,
    }
    if pending.before is None:
        SubmittedEntity.objects.create(
            submission_id=bearer.submission_id, slot=block.slot, **values
        )
    else:
        SubmittedEntity.objects.filter(pk=pending.before.pk).update(**values)


def note(
    bearer: Bearer, action: str, applied: Applied | None = None, block: Block | None = None
) -> None:
    """The audit event, with the submission and (where one changed) with the entity."""
    details: dict[str, Any] = {"instanceId": bearer.instance_id}
    if applied is not None and block is not None:
        details["entity"] = {"uuid": applied.entity.uuid, "dataset": block.said.dataset}
        details["version"] = applied.entity.version
    _record(bearer, action, details, applied.entity.id if applied is not None else None)


def note_error(
    bearer: Bearer, code: float, details: dict[str, Any], block: Block | None = None
) -> None:
    """The error that staff find with the submission."""
    problem = problems.get(code)
    said: dict[str, Any] = {
        "errorMessage": f"{problem.vi_with(details)} / {problem.en_with(details)}",
        "problem": {"problemCode": code, "problemDetails": details},
        "instanceId": bearer.instance_id,
    }
    if block is not None:
        said["entity"] = {"uuid": block.said.entity_id[:100], "dataset": block.said.dataset}
    _record(bearer, "entity.error", said, None)


def _record(bearer: Bearer, action: str, details: dict[str, Any], entity_id: int | None) -> None:
    AuditEvent.objects.create(
        actor_id=bearer.actor_id,
        action=action,
        project_id=bearer.project_id,
        form_id=bearer.form_id,
        submission_id=bearer.submission_id,
        entity_id=entity_id,
        details=json.loads(json.dumps(details, default=str)),
    )


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
