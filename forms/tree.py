"""The instance of a form as a tree of nodes, as records are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


class _Placed(Protocol):
    @property
    def path(self) -> str: ...


class _Named(_Placed, Protocol):
    @property
    def name(self) -> str: ...


class _Columned(_Placed, Protocol):
    @property
    def column(self) -> str: ...


@dataclass(slots=True)
class Node:
    """One element of the instance tree as records are read: a table, a group or a field."""

    table: str | None = None
    column: str | None = None
    is_entity: bool = False
    children: dict[str, Node] = field(default_factory=dict)


def grow(
    tables: Sequence[_Named],
    fields: Sequence[_Columned],
    groups: Sequence[_Placed],
    entities: Sequence[_Placed],
) -> Node:
    """The tree of a form from the paths of its parts."""
    root = Node(table="")
    for table in tables:
        if table.name:
            _reach(root, table.path).table = table.name
    for each in fields:
        _reach(root, each.path).column = each.column
    for group in groups:
        _reach(root, group.path)
    for entity in entities:
        _reach(root, entity.path).is_entity = True
    return root


def _reach(root: Node, path: str) -> Node:
    node = root
    for name in path.split("/")[2:]:
        node = node.children.setdefault(name, Node())
    return node
