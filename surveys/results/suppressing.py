"""Complementary suppression of one indicator: no confidential cell follows from those shown.

The cells of an indicator stand in tables that share totals: communes add up to their urban or rural
place and to the round, the sexes and the age groups to the round. What is hidden for a neighbour's
sake in one table must not be given away by the next, so that it counts as confidential there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from analysis.publication import (
    AdditiveTable,
    Protection,
    TableCell,
    TableError,
    Total,
    suppress,
)

ROUND: Final = "round"
PASSES: Final = 4  # what the last table hides may open the first; more rounds were never needed


@dataclass(frozen=True, slots=True)
class Place:
    """Which cell of an indicator: its kind of domain and the domain."""

    kind: str
    domain: str

    @property
    def key(self) -> str:
        return f"{self.kind}|{self.domain}"


@dataclass(frozen=True, slots=True)
class Held:
    """What suppression must know of a cell."""

    n: int
    is_confidential: bool


Cells = Mapping[Place, Held]


@dataclass(frozen=True, slots=True)
class _Level:
    """A kind of total, and the total of each part."""

    kind: str
    of: Mapping[Place, str]


def hidden_beside(cells: Cells, places: Mapping[str, str], floor: int) -> frozenset[Place]:
    """Which further cells of one indicator and category must be hidden.

    Parameters
    ----------
    cells : of every kind of domain.
    places : urban or rural, of the communes that are wholly one.
    floor : answering persons below which a cell is confidential.
    """
    now = dict(cells)
    for _ in range(PASSES):
        before = dict(now)
        for levels in _tables(now, places):
            for place in _hidden(now, levels, floor):
                now[place] = replace(now[place], is_confidential=True)
        if now == before:
            break
    return frozenset(
        place for place, held in now.items() if held.is_confidential != cells[place].is_confidential
    )


def _tables(cells: Cells, places: Mapping[str, str]) -> tuple[tuple[_Level, ...], ...]:
    def parts(kind: str) -> list[Place]:
        return [place for place in cells if place.kind == kind]

    communes = parts("commune")
    pure = {place: places[place.domain] for place in communes if place.domain in places}
    return (
        (_Level("urban_rural", pure), _Level(ROUND, dict.fromkeys(communes, ""))),
        *(
            (_Level(ROUND, dict.fromkeys(parts(kind), "")),)
            for kind in ("urban_rural", "sex", "age_group")
        ),
    )


def _hidden(cells: Cells, levels: Sequence[_Level], floor: int) -> list[Place]:
    """What one table needs hidden that is not yet."""
    table, place_of = _table(cells, levels)
    if not any(cell.is_confidential for cell in table.cells):
        return []
    try:
        names: Sequence[str] = suppress(table, Protection(respondents=floor)).complementary
    except TableError:  # nothing in it can be shown without telling
        names = [cell.key for cell in table.cells if cell.n]
    return [place_of[name] for name in names if name in place_of]


def _table(cells: Cells, levels: Sequence[_Level]) -> tuple[AdditiveTable, Mapping[str, Place]]:
    """Base cells with the totals that they are parts of, and the cell behind each key.

    A total may hold persons of none of its parts (of unknown sex, of communes that are both urban
    and rural): these are a cell that nobody sees. One that holds fewer is no total of theirs.
    """
    members = dict.fromkeys(place for level in levels for place in level.of)
    place_of = {place.key: place for place in members}
    base = [TableCell(p.key, cells[p].n, is_confidential=cells[p].is_confidential) for p in members]
    totals = []
    for level in levels:
        for place, held in cells.items():
            if place.kind != level.kind:
                continue
            parts = [part for part, total in level.of.items() if total == place.domain]
            rest = held.n - sum(cells[part].n for part in parts)
            if not parts or rest < 0:
                continue
            keys = [part.key for part in parts]
            if rest:
                base.append(TableCell(f"rest|{place.key}", rest, is_withheld=True))
                keys.append(base[-1].key)
            total = TableCell(place.key, held.n, is_confidential=held.is_confidential)
            totals.append(Total(total, tuple(keys)))
            place_of[place.key] = place
    return AdditiveTable(tuple(base), tuple(totals)), place_of
