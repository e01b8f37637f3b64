"""What a form may say about entities: names, specification versions, which answer goes where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from forms.schema import EntityBlock, Field, FormSchema

# Letters of any alphabet, digits, underscore, hyphen; a list's name may hold a colon and no dot
# (it becomes a file name), a property's the reverse.
_LIST: Final = re.compile(r"(?!__)[^\W\d](?:[\w:-])*")
_PROPERTY: Final = re.compile(r"(?!__)[^\W\d](?:[\w.-])*")
_TAKEN: Final = frozenset({"name", "label"})
_UUID: Final = re.compile(
    r"(?:uuid:)?([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})",
    re.IGNORECASE,
)
LONGEST_NAME: Final = 200
OLDEST: Final = (2022, 1)
NEWEST: Final = (2025, 1)
# Several lists in one form, and entities made of the rows of a repeat.
SEVERAL_SINCE: Final = (2025, 1)


@dataclass(frozen=True, slots=True)
class EntityFault:
    """Why the entities of a form cannot be taken, with what to do."""

    vi: str
    en: str


def is_list_name(name: str) -> bool:
    """Whether a list may be called so.

    Examples
    --------
    >>> is_list_name("cây_xanh"), is_list_name("a.b"), is_list_name("__mine")
    (True, False, False)
    """
    return len(name) <= LONGEST_NAME and _LIST.fullmatch(name) is not None


def is_property_name(name: str) -> bool:
    """Whether a property may be called so; ``name`` and ``label`` are every entity's own.

    Examples
    --------
    >>> is_property_name("st_a"), is_property_name("Label"), is_property_name("2nd")
    (True, False, False)
    """
    return (
        len(name) <= LONGEST_NAME
        and name.lower() not in _TAKEN
        and _PROPERTY.fullmatch(name) is not None
    )


def uuid_of(said: str) -> str | None:
    """A version 4 UUID in small letters, without Collect's ``uuid:``; None if it is none.

    Examples
    --------
    >>> uuid_of("uuid:2E8B0C0A-6F0D-4E0B-9C57-0C1D2E3F4A5B")
    '2e8b0c0a-6f0d-4e0b-9c57-0c1d2e3f4a5b'
    >>> uuid_of("h1") is None
    True
    """
    found = _UUID.fullmatch(said.strip())
    return found[1].lower() if found else None


def properties_of(schema: FormSchema, block: EntityBlock) -> tuple[Field, ...]:
    """The fields saved to a block: those whose nearest entity above is this one."""
    return tuple(
        each for each in schema.fields if each.saveto and _nearest(schema, each) == block.path
    )


def check_entities(schema: FormSchema) -> EntityFault | None:
    """The first thing that is wrong with a form's entities; None when all is well.

    Parameters
    ----------
    schema : of the form that is to be stored. An encrypted form makes no entities and passes.
    """
    if not schema.entities or schema.is_encrypted:
        return None
    return next(_faults(schema), None)


def _faults(schema: FormSchema) -> Iterator[EntityFault]:
    version = _version(schema.entities_version)
    if version is None or not OLDEST <= version <= NEWEST:
        said = schema.entities_version or "–"
        yield EntityFault(
            f"không hỗ trợ entities-version “{said}”; hãy dùng từ 2022.1.0 đến 2025.1.0.",
            f'the entities-version "{said}" is not supported; use 2022.1.0 to 2025.1.0.',
        )
        return
    is_in_repeat = any(block.table for block in schema.entities)
    if (is_in_repeat or len(schema.entities) > 1) and version < SEVERAL_SINCE:
        yield EntityFault(
            "nhiều danh sách trong một biểu mẫu, hoặc thực thể trong nhóm lặp, cần "
            "entities-version 2025.1.0 trở lên.",
            "several lists in one form, or entities in a repeat, need entities-version 2025.1.0 "
            "or later.",
        )
    for block in schema.entities:
        yield from _block_faults(schema, block)
    yield from _field_faults(schema)


def _block_faults(schema: FormSchema, block: EntityBlock) -> Iterator[EntityFault]:
    name = block.dataset
    if not is_list_name(name):
        yield EntityFault(
            f"tên danh sách “{name}” không hợp lệ: bắt đầu bằng chữ, không có dấu chấm, không bắt "
            "đầu bằng hai dấu gạch dưới.",
            f'the list name "{name}" is not valid: begin with a letter, no dots, no two leading '
            "underscores.",
        )
    if not block.creates and not block.updates:
        yield EntityFault(
            f"danh sách “{name}”: biểu mẫu không tạo cũng không cập nhật; hãy thêm create_if hoặc "
            "update_if.",
            f'list "{name}": the form neither creates nor updates; add create_if or update_if.',
        )
    seen: set[str] = set()
    for each in properties_of(schema, block):
        if each.saveto.lower() in seen:
            yield EntityFault(
                f"hai câu hỏi cùng lưu vào thuộc tính “{each.saveto}” của “{name}”; chỉ giữ một.",
                f'two questions are saved to the property "{each.saveto}" of "{name}"; keep one.',
            )
        seen.add(each.saveto.lower())


def _field_faults(schema: FormSchema) -> Iterator[EntityFault]:
    tables = {block.path: block.table for block in schema.entities}
    for each in schema.fields:
        if not each.saveto:
            continue
        if not is_property_name(each.saveto):
            yield EntityFault(
                f"câu “{each.name}”: tên thuộc tính “{each.saveto}” không hợp lệ; hãy đổi save_to.",
                f'question "{each.name}": the property name "{each.saveto}" is not valid; change '
                "save_to.",
            )
        nearest = _nearest(schema, each)
        if nearest is not None and tables[nearest] != each.table:
            yield EntityFault(
                f"câu “{each.name}” nằm trong nhóm lặp nhưng lưu vào thực thể ở ngoài nhóm lặp.",
                f'question "{each.name}" lies in a repeat, but is saved to an entity outside it.',
            )


def _nearest(schema: FormSchema, each: Field) -> str | None:
    """The path of the block whose container is the closest one above a field."""
    above = [
        block.path
        for block in schema.entities
        if each.path.startswith(block.path.removesuffix("meta/entity"))
    ]
    return max(above, key=len) if above else None


def _version(said: str) -> tuple[int, int] | None:
    parts = said.strip().split(".")
    if len(parts) < 2 or not all(part.isdecimal() and len(part) < 6 for part in parts[:2]):
        return None
    return int(parts[0]), int(parts[1])
