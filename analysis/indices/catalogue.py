"""All definitions that go together: of the product, and of a round that brings its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from analysis.indices.definition import Base, Definition, Source, Weight
from analysis.indices.recode import Recode, Table

TABLES: Mapping[Weight, Table] = MappingProxyType(
    {
        Weight.HOUSEHOLD: Table.HOUSEHOLDS,
        Weight.PERSON: Table.PERSONS,
        Weight.SELF: Table.PERSONS,
        Weight.RESPONDENT: Table.RESPONDENTS,
    }
)


class Who(StrEnum):
    """Whose weight, as files write it."""

    HOUSEHOLD = "household"
    PERSON = "person"
    SELF = "self"
    RESPONDENT = "respondent"


WEIGHTS: Final[Mapping[Who, Weight]] = {each: Weight[each.name] for each in Who}
USUAL: Final = {Source.DIGITAL: Who.PERSON, Source.SATISFACTION: Who.RESPONDENT}


@dataclass(frozen=True, slots=True)
class Item:
    """A question with steps (1 to 5), and whom it is about."""

    id: str
    vi: str
    en: str
    base: Base
    question: str


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Definitions by id, the bases and items they rest on, and how their columns come about.

    `recodes` stand in an order in which each finds what it needs; `program` names the columns that
    no recode makes: the program does.
    """

    definitions: Mapping[str, Definition]
    bases: Mapping[str, Base]
    items: Mapping[str, Item]
    recodes: tuple[Recode, ...]
    program: frozenset[str]

    @classmethod
    def empty(cls) -> Catalogue:
        return cls({}, {}, {}, (), frozenset())

    def of(self, table: Table) -> tuple[Recode, ...]:
        """The recodes of one kind of row."""
        return tuple(recode for recode in self.recodes if recode.table is table)

    @property
    def columns(self) -> frozenset[str]:
        """Every column that a definition may name."""
        return self.program | {recode.column for recode in self.recodes}

    def joined(self, other: Catalogue) -> Catalogue:
        """Both; `other` was read with this one as `known`, so that no id stands twice."""
        return Catalogue(
            MappingProxyType({**self.definitions, **other.definitions}),
            MappingProxyType({**self.bases, **other.bases}),
            MappingProxyType({**self.items, **other.items}),
            (*self.recodes, *other.recodes),
            self.program | other.program,
        )


def in_order(recodes: Iterable[Recode], ready: Iterable[str]) -> tuple[Recode, ...]:
    """Recodes such that each comes after what it needs; what never can be made is left out."""
    done = set(ready)
    waiting = list(recodes)
    out: list[Recode] = []
    while waiting:
        able = [recode for recode in waiting if done.issuperset(recode.needs)]
        if not able:
            break
        out += able
        done.update(recode.column for recode in able)
        waiting = [recode for recode in waiting if recode.column not in done]
    return tuple(out)
