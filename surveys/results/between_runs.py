"""What a run tells beside the one published before, person by person. The worker's alone.

Persons who stand in the same cells of both runs are one atom, so that the cells of a country are
sets of some thousand atoms, not of all its respondents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from analysis.arrays import BoolArray, IntArray
from analysis.publication import Difference, PublishedCell, PublishedTable, differencing
from surveys.results.membership import NOWHERE, Membership, People, name_of

BEFORE: Final = "before"
NOW: Final = "now"
ROUND: Final = "round|"
MOST: Final = 500  # differences kept of one run


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell that people see: `domains` of one kind together, several in a grouped figure."""

    indicator: str
    category: str
    kind: str
    domains: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.kind}|{'+'.join(self.domains)}"


@dataclass(frozen=True, slots=True)
class Told:
    """`persons` are in the cell `whole` and in none of `parts`; cells are `kind|domains`."""

    indicator: str
    category: str
    whole: str
    is_whole_now: bool
    parts: tuple[str, ...]
    persons: int

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "parts": list(self.parts)}


def told_by_members(
    before: Membership,
    now: Membership,
    shown_before: Iterable[ShownCell],
    shown_now: Iterable[ShownCell],
    floors: Mapping[str, int],
) -> tuple[Told, ...]:
    """Differences of one to floor - 1 persons between the cells of two runs.

    Only of one indicator and category: figures of different questions cannot be subtracted. What
    the earlier run told by itself is left out: cells that are the same people in both runs.

    Parameters
    ----------
    floors : by indicator, how many persons a difference needs to be harmless.
    """
    cells = _by_figure(shown_before), _by_figure(shown_now)
    weights = {name: weight for weight, people in now.items() for name in people.answered}
    found: list[Told] = []
    for name in sorted(set(cells[0]) & set(cells[1]) & set(weights)):
        weight = weights[name]
        if weight not in before or name not in before[weight].answered:
            continue
        indicator = name.partition("|")[0]
        pair = _Pair.of(before[weight], now[weight], name)
        found += pair.told(name, cells[0][name], cells[1][name], floors.get(indicator, 0))
    return tuple(found[:MOST])


def _by_figure(shown: Iterable[ShownCell]) -> dict[str, list[ShownCell]]:
    found: dict[str, list[ShownCell]] = {}
    for cell in shown:
        found.setdefault(name_of(cell.indicator, cell.category), []).append(cell)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Atoms:
    """Of one run: who of the atoms answered, and their domains by kind."""

    answered: BoolArray
    domain: Mapping[str, np.ndarray[Any, Any]]

    def cell(self, shown: ShownCell) -> PublishedCell:
        inside = self.answered
        if shown.kind in self.domain:
            inside = inside & np.isin(self.domain[shown.kind], list(shown.domains))
        return PublishedCell(shown.key, frozenset(map(str, np.flatnonzero(inside).tolist())))


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """One figure in two runs, over atoms that hold `size` persons each."""

    before: _Atoms
    now: _Atoms
    size: IntArray

    @classmethod
    def of(cls, before: People, now: People, name: str) -> _Pair:
        key = np.union1d(before.key[before.answered[name]], now.key[now.answered[name]])
        sides = [_aligned(people, name, key) for people in (before, now)]
        columns = [
            np.unique(column, return_inverse=True)[1].reshape(-1)
            for side in sides
            for column in (side.answered, *side.domain.values())
        ]
        table = np.stack(columns, axis=1) if len(key) else np.empty((0, len(columns)), np.int64)
        _, first, size = np.unique(table, axis=0, return_index=True, return_counts=True)
        one, two = (
            _Atoms(side.answered[first], {k: v[first] for k, v in side.domain.items()})
            for side in sides
        )
        return cls(one, two, size.astype(np.int64))

    def told(
        self, name: str, shown_before: list[ShownCell], shown_now: list[ShownCell], floor: int
    ) -> Iterable[Told]:
        first = PublishedTable(BEFORE, tuple(self.before.cell(each) for each in shown_before))
        second = PublishedTable(NOW, tuple(self.now.cell(each) for each in shown_now))
        same = {cell.key for cell in first.cells} & {
            cell.key for cell in second.cells if cell in first.cells
        }
        sizes = {str(at): size for at, size in enumerate(self.size.tolist())}
        indicator, _, category = name.partition("|")
        for each in differencing(first, second, floor=floor, sizes=sizes):
            if not _is_old(each, same):
                is_now = each.whole_table == NOW
                yield Told(indicator, category, each.whole, is_now, each.parts, each.persons)


def _is_old(each: Difference, same: set[str]) -> bool:
    return each.whole in same and set(each.parts) <= same


def _aligned(people: People, name: str, key: IntArray) -> _Atoms:
    """The people of one run in the order of `key`; who is not there answered nothing."""
    at = np.searchsorted(people.key, key)
    held = at < len(people.key)
    held[held] = people.key[at[held]] == key[held]
    place = np.where(held, at, 0)
    empty = len(people.key) == 0
    answered = np.zeros(len(key), dtype=bool) if empty else people.answered[name][place] & held
    return _Atoms(
        answered,
        {
            kind: np.full(len(key), NOWHERE)
            if empty
            else np.where(answered, domain[place], NOWHERE)
            for kind, domain in people.domain.items()
        },
    )
