"""What one entity block does to its list: create, update, wait, or a refusal that says why."""

from dataclasses import dataclass, replace
from typing import Final

from forms.entities import EntityChange
from forms.entity_checks import uuid_of
from surveys.collection import statements
from surveys.collection.entities import branches, rows
from surveys.collection.entities.access import EntityRefused
from surveys.collection.entities.blocks import as_creation, as_update
from surveys.collection.entities.rows import Author, Change, Current, Verdict
from surveys.collection.models import EntityList, SubmittedEntity

State = SubmittedEntity.State

# An entity made by force has to be called something until its creation arrives.
FORCED_LABEL: Final = "auto generated"
_NOT_FOUND: Final = 404.62
_NO_BASE: Final = 400.67
_ID_TAKEN: Final = 409.63


@dataclass(frozen=True, slots=True)
class TargetList:
    id: int
    name: str
    needs_approval: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """A change that was made."""

    action: str  # of the audit event
    target: TargetList
    entity: Current
    branch_id: str | None
    branch_base_version: int | None

    @property
    def list_id(self) -> int:
        return self.target.id


def lists_of(project_id: int) -> dict[str, TargetList]:
    """The living lists of a project by name."""
    found = statements.run(
        "SELECT id, name, approval_required FROM entity_list"
        " WHERE project_id = $1 AND deleted_at IS NULL",
        (project_id,),
    )
    return {name: TargetList(list_id, name, bool(needs)) for list_id, name, needs in found}


def target_of(row: SubmittedEntity) -> TargetList | None:
    """The list of a kept block, unless it was deleted."""
    if row.list_id is None:
        return None
    found = EntityList.objects.filter(pk=row.list_id, deleted_at=None).first()
    return TargetList(found.pk, found.name, found.approval_required) if found else None


def branch_of(said: EntityChange) -> str | None:
    return uuid_of(said.branch_id) if said.branch_id.strip() else None


def apply(
    said: EntityChange,
    target: TargetList | None,
    author: Author,
    *,
    is_approved: bool,
    is_forced: bool,
) -> Applied | State:
    """Make the change, or say that it has to wait (HELD, AWAITING).

    Raises
    ------
    EntityRefused : why the block cannot be applied.
    """
    if target is None:
        raise EntityRefused(404.61, name=said.dataset)
    _check_actions(said)
    if not said.updates:
        return _create(said, target, author, is_approved=is_approved, is_forced=is_forced)
    try:
        return _update(said, target, author, is_forced=is_forced)
    except EntityRefused as refusal:
        # A form that may do both creates what it cannot find; so does force.
        is_missing = refusal.code == _NOT_FOUND or (
            refusal.code == _NO_BASE and refusal.details.get("field") == "baseVersion"
        )
        if not is_missing or not (said.creates or is_forced):
            raise
    return _create(said, target, author, is_approved=is_approved, is_forced=is_forced)


def _check_actions(said: EntityChange) -> None:
    for action, is_asked, is_declared in (
        ("create", said.creates, said.block.creates),
        ("update", said.updates, said.block.updates),
    ):
        if is_asked and not is_declared:
            raise EntityRefused(403.61, action=action)


def _create(
    said: EntityChange,
    target: TargetList,
    author: Author,
    *,
    is_approved: bool,
    is_forced: bool,
) -> Applied | State:
    change = as_creation(said, label=FORCED_LABEL if is_forced else "")
    if not is_forced:
        # only what stands in for missing changes has a place of its own in the chain
        change = replace(change, base_version=None)
    if target.needs_approval and not is_approved:
        return State.AWAITING
    try:
        entity = rows.create(target.id, change, author, Verdict(None, is_forced=is_forced))
    except EntityRefused as refusal:
        there = rows.find(target.id, change.uuid) if refusal.code == _ID_TAKEN else None
        if there is None or not rows.was_forced(there.id):
            raise
        entity = rows.update(there, change, author, branches.late_creation(there, change))
        return _applied("entity.update.version", target, entity, change)
    return _applied("entity.create", target, entity, change)


def _update(
    said: EntityChange, target: TargetList, author: Author, *, is_forced: bool
) -> Applied | State:
    change = as_update(said)
    there = rows.find(target.id, change.uuid)
    if there is not None and there.is_deleted:
        raise EntityRefused(404.65, uuid=change.uuid)
    if there is None and (change.branch_id is None or is_forced):
        raise EntityRefused(_NOT_FOUND, uuid=change.uuid, name=target.name)
    base = branches.base_of(there, change) if there is not None else None
    if there is None or base is None:
        if there is None or not is_forced:
            return State.HELD
        base = rows.Base(there.version, there.label, there.data)
    verdict = branches.verdict_of(there, change, base, is_forced=is_forced)
    entity = rows.update(there, change, author, verdict)
    return _applied("entity.update.version", target, entity, change)


def _applied(action: str, target: TargetList, entity: Current, change: Change) -> Applied:
    branch_base = change.base_version if change.branch_id is not None else None
    return Applied(action, target, entity, change.branch_id, branch_base)
