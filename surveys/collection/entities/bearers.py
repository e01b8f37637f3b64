"""Submissions that bring entities, what became of their blocks, and what staff are told of it."""

import json
from dataclasses import dataclass
from typing import Any, Final

from forms.schema import FormSchema
from surveys.collection import problems, statements
from surveys.collection.entities import apply_block, rows
from surveys.collection.entities.apply_block import Applied, TargetList
from surveys.collection.entities.blocks import Block, blocks_of
from surveys.collection.entities.rows import Author
from surveys.collection.models import SubmittedEntity
from surveys.collection.refusal import Refused
from surveys.collection.schemas import schema_of

State = SubmittedEntity.State

_KEPT: Final = (
    "submission_id",
    "slot",
    "submission_version_id",
    "list_id",
    "list_name",
    "entity_uuid",
    "state",
    "problem",
    "details",
    "branch_id",
    "base_version",
)
_KEEP: Final = (
    f"INSERT INTO submitted_entity ({', '.join(_KEPT)})"  # noqa: S608 - names of columns
    f" VALUES ({', '.join(f'${n}' for n in range(1, len(_KEPT) + 1))})"
)
_BEARER: Final = """
SELECT s.id, v.id, f.project_id, s.form_id, s.submitter_id, v.user_agent, v.instance_id,
       s.review_state, v.form_version_id, w.md5{xml}
  FROM submission s
  JOIN submission_version v ON v.submission_id = s.id AND v.is_current
  JOIN form_version w ON w.id = v.form_version_id
  JOIN form f ON f.id = s.form_id
 WHERE s.id = $1 AND NOT s.is_draft AND s.deleted_at IS NULL"""
_BEARER_OF_NEW: Final = _BEARER.format(xml="")
_BEARER_WITH_XML: Final = _BEARER.format(xml=", v.xml")


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


def bearer_of(submission_id: int) -> Bearer | None:
    """The submission, unless it is deleted or a trial."""
    found = statements.run(_BEARER_WITH_XML, (submission_id,))
    if not found:
        return None
    *facts, xml = found[0]
    return Bearer(bytes(xml), *facts)


def bearer_of_new(submission_id: int) -> Bearer | None:
    """`bearer_of` without its bytes, which the memory still has."""
    found = statements.run(_BEARER_OF_NEW, (submission_id,))
    return Bearer(b"", *found[0]) if found else None


@dataclass(frozen=True, slots=True)
class Pending:
    """A block that is to be settled, and its row if it has one."""

    bearer: Bearer
    block: Block
    target: TargetList | None
    before: SubmittedEntity | None


def read_again(row: SubmittedEntity, target: TargetList | None) -> Pending | None:
    """A kept block in its submission; None when the submission, or the block, is gone."""
    bearer = bearer_of(row.submission_id)
    if bearer is None:
        return None
    for block in blocks_of(bearer.schema, bearer.xml):
        if block.slot == row.slot:
            return Pending(bearer, block, target, row)
    return None


def keep(pending: Pending, state: State, refusal: Refused | None = None) -> None:
    """Write down what became of a block."""
    bearer, block, target = pending.bearer, pending.block, pending.target
    base = block.said.base_version.strip()
    is_held = state == State.HELD
    values: dict[str, Any] = {
        "submission_version_id": bearer.version_id,
        "list_id": target.id if target is not None else None,
        "list_name": block.said.dataset[:200],
        "entity_uuid": block.uuid,
        "state": state.value,
        "problem": str(refusal.code) if refusal is not None else "",
        "details": refusal.details if refusal is not None else {},
        "branch_id": apply_block.branch_of(block.said) if is_held else None,
        "base_version": int(base) if is_held and base.isdecimal() else None,
    }
    if pending.before is not None:
        SubmittedEntity.objects.filter(pk=pending.before.pk).update(**values)
        return
    row = {"submission_id": bearer.submission_id, "slot": block.slot, **values}
    row["details"] = json.dumps(row["details"], default=str)
    statements.run(_KEEP, tuple(row[name] for name in _KEPT))


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
    statements.run(
        "INSERT INTO audit_event (at, actor_id, action, project_id, form_id, submission_id,"
        " entity_id, details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        (
            rows.moment(),
            bearer.actor_id,
            action,
            bearer.project_id,
            bearer.form_id,
            bearer.submission_id,
            entity_id,
            json.dumps(details, default=str, ensure_ascii=False),
        ),
    )
