"""From which state a change was thought, and whether it conflicts with what came between.

A phone that was offline sends a chain of changes: `branch_id` names the chain, `trunk_version` the
last version of the server that the phone had seen, `base_version` counts on from there on the
phone. Chains arrive in any order and more than once.
"""

from surveys.collection.entities import rows
from surveys.collection.entities.access import EntityRefused
from surveys.collection.entities.rows import Base, Change, Current, Verdict
from surveys.collection.models import Entity

SOFT = Entity.Conflict.SOFT.value
HARD = Entity.Conflict.HARD.value


def base_of(there: Current, change: Change) -> Base | None:
    """The state that the change was thought from; None: the change before it is still missing.

    Raises
    ------
    EntityRefused : 404.63 no such version.
    """
    if change.base_version is None:
        raise EntityRefused(400.67, field="baseVersion", value="")
    if change.branch_id is None or change.base_version in (1, change.trunk_version):
        if change.base_version == there.version:
            return Base(there.version, there.label, there.data)
        found = rows.base_by_version(there.id, change.base_version)
        if found is None and change.branch_id is None:
            raise EntityRefused(404.63, uuid=there.uuid, version=change.base_version)
        return found
    return rows.base_in_branch(there.id, change.branch_id, change.base_version - 1)


def verdict_of(there: Current, change: Change, base: Base, *, is_forced: bool = False) -> Verdict:
    """Whether the change conflicts with what stands.

    Raises
    ------
    EntityRefused : 404.63 the chain began at a version that is not there yet.
    """
    if change.trunk_version is not None and change.trunk_version > there.version:
        raise EntityRefused(404.63, uuid=there.uuid, version=f"trunk {change.trunk_version}")
    if base.version != there.version:
        theirs = {
            name: value for name, value in _all(there).items() if _all(base).get(name) != value
        }
        return _conflicting(there, change, base.version, theirs, is_forced=is_forced)
    conflict = there.conflict
    if (
        conflict != HARD
        and change.branch_id is not None
        and rows.is_interrupted(there.id, change.branch_id, change.trunk_version or 1)
    ):
        conflict = SOFT
    return Verdict(base.version, conflict, is_forced=is_forced)


def late_creation(there: Current, change: Change) -> Verdict:
    """A creation that arrives after an update of its chain had been taken by force."""
    verdict = _conflicting(there, change, there.version, _all(there), is_forced=False)
    return Verdict(
        verdict.base_version, verdict.conflict, verdict.conflicting, is_late_creation=True
    )


def _conflicting(
    there: Current, change: Change, base_version: int, theirs: dict[str, str], *, is_forced: bool
) -> Verdict:
    said = change.received
    names = [name for name, value in said.items() if name in theirs and theirs[name] != value]
    # a hard conflict stays one until somebody resolves it
    conflict = HARD if names or there.conflict == HARD else SOFT
    return Verdict(base_version, conflict, names, is_forced=is_forced)


def _all(state: Base | Current) -> dict[str, str]:
    return {**state.data, "label": state.label}
