"""The tree of a filter expression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

Constant = str | Decimal | bool | date | datetime | time | None


@dataclass(frozen=True, slots=True)
class Property:
    """A column by its path, as written: ``__system/submissionDate``."""

    path: str
    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; ``text`` is how it was written."""

    value: Constant
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language, by its name in lower case."""

    name: str
    arguments: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """``operator`` is eq, ne, lt, le, gt or ge."""

    operator: str
    left: Node
    right: Node
    at: int


@dataclass(frozen=True, slots=True)
class Among:
    """``item in (…)``."""

    item: Node
    options: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Logical:
    """``operator`` is `and` or `or`; a chain of one operator is one node."""

    operator: str
    parts: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Negation:
    inner: Node
    at: int


Node = Property | Literal | Call | Comparison | Among | Logical | Negation


def properties_of(node: Node) -> Iterator[Property]:
    """Every property that an expression names."""
    if isinstance(node, Property):
        yield node
    for part in _parts(node):
        yield from properties_of(part)


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Call():
            return node.arguments
        case Among():
            return (node.item, *node.options)
        case Comparison():
            return (node.left, node.right)
        case Logical():
            return node.parts
        case Negation():
            return (node.inner,)
    return ()
