"""One entity block of a submission, from the phone's strings to a change that can be made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from forms.entities import EntityChange, read_entities
from forms.entity_checks import uuid_of
from forms.schema import FormSchema
from surveys.collection.entities.access import GENERATED, EntityRefused
from surveys.collection.entities.rows import Change

LONGEST_SLOT: Final = 600


@dataclass(frozen=True, slots=True)
class Block:
    """An entity block and its place, by which a replay knows it again."""

    slot: str
    said: EntityChange

    @property
    def uuid(self) -> str:
        """The entity's id; empty when it is none."""
        return uuid_of(self.said.entity_id) or ""


def has_blocks(schema: FormSchema) -> bool:
    """Whether submissions of the form may create or update entities of lists that we keep."""
    return any(block.dataset not in GENERATED for block in schema.entities)


def blocks_of(schema: FormSchema, root: etree._Element | bytes) -> list[Block]:
    """What a submission says about entities, in the order of the form."""
    return list(_blocks(schema, root))


def _blocks(schema: FormSchema, root: etree._Element | bytes) -> Iterator[Block]:
    seen: dict[str, int] = {}
    for said in read_entities(schema, root):
        if said.dataset in GENERATED:
            continue
        slot = f"{said.block.path}|{said.block.dataset}"
        if said.table:
            # Rows of a repeat have no fixed place: an edit may put one before the others.
            slot = f"{slot}#{said.entity_id[:100]}"
        number = seen[slot] = seen.get(slot, 0) + 1
        yield Block((slot if number == 1 else f"{slot}[{number}]")[-LONGEST_SLOT:], said)


def as_update(said: EntityChange) -> Change:
    """The change of an update.

    Raises
    ------
    EntityRefused : 400.64 the id, 400.67 a version or the branch is none.
    """
    if not said.base_version.strip():
        raise EntityRefused(400.67, field="baseVersion", value="")
    return _change(said)


def as_creation(said: EntityChange, *, label: str = "") -> Change:
    """The change of a creation; `label` stands in for one that is missing."""
    change = _change(said)
    return replace(change, label=label) if change.label is None and label else change


def _change(said: EntityChange) -> Change:
    uuid = uuid_of(said.entity_id)
    if uuid is None:
        raise EntityRefused(400.64, value=said.entity_id[:100])
    branch_id = None
    if said.branch_id.strip():
        branch_id = uuid_of(said.branch_id)
        if branch_id is None:
            raise EntityRefused(400.67, field="branchId", value=said.branch_id[:100])
    trunk_version = _number("trunkVersion", said.trunk_version)
    if trunk_version is not None and branch_id is None:
        raise EntityRefused(400.67, field="branchId", value="")
    return Change(
        uuid=uuid,
        label=said.label if said.label.strip() else None,
        data=said.properties,
        base_version=_number("baseVersion", said.base_version),
        branch_id=branch_id,
        trunk_version=trunk_version,
    )


def _number(field: str, said: str) -> int | None:
    said = said.strip()
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise EntityRefused(400.67, field=field, value=said[:100])
    return int(said)
