"""Complementary suppression: which further cells to hide so that none can be worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from analysis.publication.cheapest import Demand, cheapest_hiding, cheapest_path
from analysis.publication.design_rule import DEFAULT_RULE, Verdict
from analysis.publication.disclosure import COMPLEMENTARY
from analysis.publication.ranges import Range, feasible_ranges
from analysis.publication.tables import AdditiveTable, TableCell, TableError

EXACT_UP_TO: Final = 600  # demands times cells of a table that is solved exactly
SLACK: Final = 1e-7


class Method(StrEnum):
    """EXACT: least loss by a mixed-integer programme. GREEDY: one demand after the other."""

    AUTO = "auto"
    EXACT = "exact"
    GREEDY = "greedy"


@dataclass(frozen=True, slots=True)
class Protection:
    """How much must stay open about a confidential cell.

    The range that a reader can work out must be at least `respondents` persons (at the cell's mean
    weight) and `relative` times the cell wide; hidden cells whose sum is known must be about at
    least `respondents` persons together.
    """

    respondents: int = DEFAULT_RULE.disclosure_n
    relative: float = 0.2

    def width(self, cell: TableCell) -> float:
        weight = cell.amount / cell.n if cell.n else 1.0
        return max(self.respondents * (weight or 1.0), self.relative * cell.amount)


DEFAULT_PROTECTION: Final = Protection()


@dataclass(frozen=True, slots=True)
class Suppression:
    """Which cells are hidden: `primary` by themselves, `complementary` for their sake.

    `ranges` is the audit: what can be worked out about each confidential cell.
    """

    primary: tuple[str, ...]
    complementary: tuple[str, ...]
    ranges: Mapping[str, Range]

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset((*self.primary, *self.complementary))

    def verdict(self, key: str) -> Verdict | None:
        """Why a complementary cell is not shown; None for others."""
        return COMPLEMENTARY if key in self.complementary else None


def suppress(
    table: AdditiveTable,
    protection: Protection = DEFAULT_PROTECTION,
    *,
    method: Method = Method.AUTO,
) -> Suppression:
    """Hide the fewest persons' cells such that no confidential cell can be worked out.

    Empty cells are never hidden (a reader sees that nobody is there). Small tables are solved
    exactly: least loss over all choices, with a pair of opposite movements of the hidden cells for
    each confidential one as proof that its range is wide enough (Fischetti and Salazar-González
    2001). In large ones the cheapest movement is found for one confidential cell after the other
    and what turned out to be needless is published again. Either way the result is audited by
    `feasible_ranges` before it is given.

    Returns
    -------
    Suppression

    Raises
    ------
    TableError
        A confidential cell cannot be protected: too much of the table is fixed or empty.

    Examples
    --------
    >>> from analysis.publication.tables import two_way
    >>> table = two_way(["a", "b", "c"], ["f", "m"], [[3, 9], [20, 30], [11, 10]])
    >>> suppress(table).complementary
    ('a|m', 'c|f', 'c|m')
    """
    cells = table.cells
    for cell in cells:
        if cell.is_confidential and cell.is_fixed:
            raise TableError(f"cell {cell.key!r} is confidential and known elsewhere")
    primary = tuple(cell.key for cell in cells if cell.is_confidential)
    if not primary:
        return Suppression((), (), {})
    demands = [
        Demand(at, protection.width(cell)) for at, cell in enumerate(cells) if cell.is_confidential
    ]
    if _is_enough(table, demands, protection):
        return _audited(table, primary, set(), demands)
    is_small = len(demands) * len(cells) <= EXACT_UP_TO
    if method is Method.EXACT or (method is Method.AUTO and is_small):
        try:
            extra = cheapest_hiding(table, demands, protection.respondents)
            exact = _audited(table, primary, extra, demands)
        except TableError:
            if method is Method.EXACT:
                raise  # else the solver ran out of time or of digits: go the other way
        else:
            # What the audit had to add to a solution of too few digits can cost more than the
            # other way.
            try:
                other = _greedily(table, primary, demands, protection)
            except TableError:
                return exact
            return min(exact, other, key=_loss(table))
    return _greedily(table, primary, demands, protection)


def _is_enough(table: AdditiveTable, demands: list[Demand], protection: Protection) -> bool:
    """Whether the confidential cells protect each other: nothing costs less than nothing."""
    hidden = {demand.cell for demand in demands}
    try:
        together = _together(table, hidden, protection.respondents)
    except TableError:
        return False
    return together == hidden and _is_safe(table, hidden, demands)


def _greedily(
    table: AdditiveTable, primary: tuple[str, ...], demands: list[Demand], protection: Protection
) -> Suppression:
    return _audited(table, primary, _greedy(table, demands, protection), demands)


def _loss(table: AdditiveTable) -> Callable[[Suppression], float]:
    lost = {cell.key: cell.loss for cell in table.cells}
    return lambda found: sum(lost[key] for key in found.complementary)


def _audited(
    table: AdditiveTable, primary: tuple[str, ...], extra: set[int], demands: list[Demand]
) -> Suppression:
    cells = table.cells
    names = tuple(cells[at].key for at in sorted(extra))
    ranges = _audit(table, {*primary, *names})
    for demand in demands:
        key = cells[demand.cell].key
        if ranges[key].width < demand.width * (1 - SLACK):
            raise TableError(f"cell {key!r} could not be protected; merge its row or column")
    return Suppression(primary, names, ranges)


def _audit(table: AdditiveTable, hidden: set[str]) -> Mapping[str, Range]:
    withheld = {cell.key for cell in table.cells if cell.is_withheld}
    confidential = {cell.key for cell in table.cells if cell.is_confidential}
    return feasible_ranges(table, hidden | withheld, of=confidential)


def _greedy(table: AdditiveTable, demands: list[Demand], protection: Protection) -> set[int]:
    cells = table.cells
    hidden = {demand.cell for demand in demands}
    for demand in sorted(demands, key=lambda each: (-each.width, each.cell)):
        if not _is_safe(table, hidden, [demand]):
            hidden |= cheapest_path(table, demand, hidden)
    hidden = _together(table, hidden, protection.respondents)
    extra = hidden - {demand.cell for demand in demands}
    for at in sorted(extra, key=lambda each: (-cells[each].loss, each)):
        without = hidden - {at}
        if _together(table, without, protection.respondents) == without and _is_safe(
            table, without, demands
        ):
            hidden = without
    return hidden - {demand.cell for demand in demands}


def _is_safe(table: AdditiveTable, hidden: set[int], demands: list[Demand]) -> bool:
    cells = table.cells
    keys = {cells[at].key for at in hidden} | {cell.key for cell in cells if cell.is_withheld}
    ranges = feasible_ranges(table, keys, of={cells[each.cell].key for each in demands})
    return all(ranges[cells[each.cell].key].width >= each.width * (1 - SLACK) for each in demands)


def _together(table: AdditiveTable, hidden: set[int], respondents: int) -> set[int]:
    """Hidden cells of one published total are known as a sum: it must be about enough persons."""
    cells, out = table.cells, set(hidden)
    size = len(table.base)
    n = np.array([cell.n for cell in cells])
    place = {cell.key: at for at, cell in enumerate(table.base)}
    for number, total in enumerate(table.totals):
        parts = [place[part] for part in total.parts]
        while size + number not in out and not cells[size + number].is_withheld:
            inside = [at for at in parts if at in out]
            unseen = [at for at in parts if cells[at].is_withheld and at not in out]
            if not inside or unseen or n[inside].sum() >= respondents:
                break
            others = [
                at
                for at in (*parts, size + number)
                if at not in out and n[at] > 0 and not cells[at].is_fixed
            ]
            if not others:
                raise TableError(f"total {total.cell.key!r} tells of too few hidden persons")
            out.add(min(others, key=lambda at: (cells[at].loss, at)))
    return out
