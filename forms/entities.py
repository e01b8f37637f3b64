"""What a filled form says about entities: create this one, set these properties of that one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from forms.instance import MalformedInstance, is_envelope, parse_instance
from forms.records import UnreadableRecord
from forms.schema import EntityBlock, FormSchema
from forms.xmlsafe import local_name

# Central and Collect take these two for yes, and anything else for no.
_YES: Final = frozenset({"1", "true"})


@dataclass(frozen=True, slots=True)
class EntityChange:
    """One entity block of one instance, as the phone sent it.

    The three versions stay the phone's strings: ``""`` where it sent none. ``properties`` holds
    the saved answers by property name; an answer that was not asked is absent. ``block`` is the
    declaration of the form that it answers; a hostile client may name another dataset.
    """

    block: EntityBlock
    dataset: str
    entity_id: str
    creates: bool
    updates: bool
    label: str
    base_version: str
    trunk_version: str
    branch_id: str
    table: str
    properties: Mapping[str, str]


def read_entities(schema: FormSchema, xml: bytes | etree._Element) -> tuple[EntityChange, ...]:
    """The entity blocks of an instance that ask for something, in document order.

    Blocks that neither create nor update are left out, and so are those of encrypted records,
    which nobody here can read.

    Parameters
    ----------
    schema : of the form version that filled it.
    xml : the bytes, or the parsed element.

    Raises
    ------
    UnreadableRecord : not XML, a DOCTYPE.

    Examples
    --------
    >>> from forms.schema import Field, Table
    >>> saved = Field("/d/s", "s", "", "string", 1, "s", saveto="st_a")
    >>> block = EntityBlock("sampled_hh", "/d/meta/entity", "", False, True)
    >>> form = FormSchema("f", "1", "f", "", (), (saved,), (Table("", "/d", None, 0),),
    ...     entities=(block,), root="d")
    >>> sent = b"<d><s>final</s><meta><entity dataset='sampled_hh' id='h1' update='1'/></meta></d>"
    >>> read_entities(form, sent)[0].properties
    {'st_a': 'final'}
    """
    if isinstance(xml, bytes):
        try:
            xml = parse_instance(xml)
        except MalformedInstance as fault:
            raise UnreadableRecord(str(fault)) from fault
    if is_envelope(xml):
        return ()
    return tuple(
        change
        for block in schema.entities
        for container in _elements(xml, _steps(_container(block)))
        for change in _changes(schema, block, container)
    )


def _container(block: EntityBlock) -> str:
    """The path of the group or repeat whose `meta/entity` the block is."""
    return block.path.removesuffix("/entity").removesuffix("/meta")


def _changes(
    schema: FormSchema, block: EntityBlock, container: etree._Element
) -> Iterator[EntityChange]:
    properties: dict[str, str] | None = None
    declared = [each.dataset for each in schema.entities if each.path == block.path]
    for element in _elements(container, ["meta", "entity"]):
        dataset = (element.get("dataset") or block.dataset).strip()
        # What no block here declares is told once, with the first of them.
        if dataset != block.dataset and (dataset in declared or block.dataset != declared[0]):
            continue
        creates = (element.get("create") or "").strip().lower() in _YES
        updates = (element.get("update") or "").strip().lower() in _YES
        if creates or updates:
            if properties is None:  # once for all blocks of a container, however many it holds
                properties = _properties(schema, block, container)
            labels = [each.text or "" for each in element if local_name(each) == "label"]
            yield EntityChange(
                block=block,
                dataset=dataset,
                entity_id=(element.get("id") or "").strip(),
                creates=creates,
                updates=updates,
                label=labels[0] if labels else "",
                base_version=element.get("baseVersion") or "",
                trunk_version=element.get("trunkVersion") or "",
                branch_id=element.get("branchId") or "",
                table=block.table,
                properties=properties,
            )


def _properties(
    schema: FormSchema, block: EntityBlock, container: etree._Element
) -> dict[str, str]:
    """Answers saved to the block: those whose nearest entity above is this one."""
    found: dict[str, str] = {}
    top = _container(block)
    containers = [_container(each) for each in schema.entities]
    for each in schema.fields:
        if not each.saveto or not each.path.startswith(top + "/"):
            continue
        nearest = max((at for at in containers if each.path.startswith(at + "/")), key=len)
        if nearest == top:
            for element in _elements(container, each.path[len(top) + 1 :].split("/")):
                found.setdefault(each.saveto, element.text or "")
    return found


def _steps(path: str) -> list[str]:
    return path.split("/")[2:]


def _elements(element: etree._Element, steps: list[str]) -> Iterator[etree._Element]:
    if not steps:
        yield element
        return
    for child in element:
        if local_name(child) == steps[0]:
            yield from _elements(child, steps[1:])
