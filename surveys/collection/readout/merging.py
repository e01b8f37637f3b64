"""One field, and one order, out of those of several form versions."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from forms.schema import Choice, ChoiceList, Field

Item = TypeVar("Item", bound=Hashable)

WHOLE: Final = frozenset({"int", "integer", "long"})
NUMBERS: Final = WHOLE | {"decimal", "double"}


def merged_order(sequences: Iterable[Sequence[Item]]) -> list[Item]:
    """Every item once, in the order of the first sequence; what only later ones hold comes after
    the item that it follows there.

    Examples
    --------
    >>> merged_order([["a", "c", "d"], ["a", "b", "c", "e"]])
    ['a', 'b', 'c', 'e', 'd']
    """
    order: list[Item] = []
    known: set[Item] = set()
    for sequence in sequences:
        before: Item | None = None
        for item in sequence:
            if item not in known:
                order.insert(order.index(before) + 1 if before is not None else 0, item)
                known.add(item)
            before = item
    return order


def merged_field(versions: Sequence[Field]) -> Field:
    """The first (newest) one, with the choices of all and a type that holds the answers of all.

    Examples
    --------
    >>> whole = Field("/d/a", "a", "", "int", 1, "a")
    >>> merged_field([whole, replace(whole, type="decimal")]).type
    'decimal'
    """
    newest = versions[0]
    if len(versions) == 1:
        return newest
    return replace(newest, type=_type(versions), choices=_choices(versions))


def _type(versions: Sequence[Field]) -> str:
    types = {each.type for each in versions}
    if len(types) == 1:
        return versions[0].type
    if types <= NUMBERS:
        return "int" if types <= WHOLE else "decimal"
    if {each.is_binary for each in versions} == {True}:
        return "binary"
    return "string"


def _choices(versions: Sequence[Field]) -> ChoiceList | None:
    newest = versions[0].choices
    lists = [each.choices for each in versions]
    if newest is None or len({id(each) for each in lists}) == 1:
        return newest
    if any(each is None or each.source or not each.choices for each in lists):
        # One version took any code: so does the column.
        return replace(newest, source=newest.source or "*")
    offered: dict[str, Choice] = {}
    for each in lists:
        for choice in each.choices if each is not None else ():
            offered.setdefault(choice.name, choice)
    return replace(newest, choices=tuple(offered.values()))
