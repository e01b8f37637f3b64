"""Tables whose cells add up to published totals, in one shape: base cells, and totals over them.

A one-way table, rows by columns with both margins, and a hierarchy (commune, urban or rural, round)
are the same thing here: every total is a set of base cells. All relations between published figures
follow from that, those between totals too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import sparse

from analysis.errors import AnalysisError
from analysis.publication.design_rule import DEFAULT_RULE

TOLERANCE: Final = 1e-6
EVERY: Final = "*"


class TableError(AnalysisError):
    """Cells and totals do not make a table; the message names the cell."""


@dataclass(frozen=True, slots=True)
class TableCell:
    """One figure of a table that adds up.

    `value` is what adds up (persons, or a weighted number; `n` when left out), `n` the answering
    persons behind it. `is_confidential`: it must not be worked out. `is_withheld`: not published
    for another reason, and nobody minds if it is. `is_fixed`: known elsewhere, cannot be hidden.
    `cost` is the loss when it is hidden; `n` when left out.
    """

    key: str
    n: int
    value: float | None = None
    is_confidential: bool = False
    is_withheld: bool = False
    is_fixed: bool = False
    cost: float | None = None

    @property
    def amount(self) -> float:
        return float(self.n if self.value is None else self.value)

    @property
    def loss(self) -> float:
        return float(max(self.n, 1) if self.cost is None else self.cost)


@dataclass(frozen=True, slots=True)
class Total:
    """A cell that is the sum of base cells."""

    cell: TableCell
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdditiveTable:
    """Base cells and totals, checked when made: keys stand once, totals add up, n and value."""

    base: tuple[TableCell, ...]
    totals: tuple[Total, ...]

    def __post_init__(self) -> None:
        known = {cell.key: cell for cell in self.base}
        if len({cell.key for cell in self.cells}) < len(self.cells):
            raise TableError(f"a key stands twice in the table: {_double(self.cells)}")
        for cell in self.cells:
            if not (np.isfinite(cell.amount) and cell.amount >= 0 and cell.n >= 0):
                raise TableError(f"cell {cell.key!r} holds no number from 0 up")
        for total in self.totals:
            unknown = [part for part in total.parts if part not in known]
            if unknown:
                raise TableError(f"total {total.cell.key!r} adds up {unknown[0]!r}, no base cell")
            parts = [known[part] for part in total.parts]
            off = sum(part.amount for part in parts) - total.cell.amount
            if abs(off) > TOLERANCE * max(1.0, total.cell.amount):
                raise TableError(f"total {total.cell.key!r} is not the sum of its parts")
            if sum(part.n for part in parts) != total.cell.n:
                raise TableError(f"n of total {total.cell.key!r} is not the sum of its parts")

    @property
    def cells(self) -> tuple[TableCell, ...]:
        """Base cells, then totals."""
        return (*self.base, *(total.cell for total in self.totals))

    def relations(self) -> sparse.csr_array:
        """One row per total, one column per cell: 1 for its parts, -1 for itself; times x = 0."""
        place = {cell.key: at for at, cell in enumerate(self.base)}
        rows, columns, signs = [], [], []
        for row, total in enumerate(self.totals):
            rows += [row] * (len(total.parts) + 1)
            columns += [*(place[part] for part in total.parts), len(self.base) + row]
            signs += [1.0] * len(total.parts) + [-1.0]
        shape = (len(self.totals), len(self.base) + len(self.totals))
        return sparse.csr_array((signs, (rows, columns)), shape=shape)


def hierarchy(
    cells: Sequence[TableCell], *levels: Mapping[str, str], confidential_below: int | None = None
) -> AdditiveTable:
    """A table with the totals of one or more groupings of its base cells.

    Parameters
    ----------
    cells : base cells.
    levels : each maps the key of a base cell to the key of its total; a base cell that a level does
        not name is in none of its totals.
    confidential_below : mark base cells and totals of 1 to this many persons less one as
        confidential; the rule's `disclosure_n` when left out. 0 marks nothing.

    Examples
    --------
    >>> communes = [TableCell("a", 3), TableCell("b", 40), TableCell("c", 30)]
    >>> place = {"a": "urban", "b": "urban", "c": "rural"}
    >>> table = hierarchy(communes, place, dict.fromkeys("abc", "round"))
    >>> [(total.cell.key, total.cell.n) for total in table.totals]
    [('urban', 43), ('rural', 30), ('round', 73)]
    """
    floor = DEFAULT_RULE.disclosure_n if confidential_below is None else confidential_below
    base = tuple(_marked(cell, floor) for cell in cells)
    totals = []
    for level in levels:
        members: dict[str, list[TableCell]] = {}
        for cell in base:
            if cell.key in level:
                members.setdefault(level[cell.key], []).append(cell)
        totals += [_total(key, parts, floor) for key, parts in members.items()]
    return AdditiveTable(base, tuple(totals))


def two_way(
    rows: Sequence[str],
    columns: Sequence[str],
    n: Sequence[Sequence[int]],
    *,
    values: Sequence[Sequence[float]] | None = None,
    confidential_below: int | None = None,
) -> AdditiveTable:
    """A table of rows by columns with both margins and the grand total.

    Keys are `row|column`, `row|*`, `*|column` and `*|*`.

    Examples
    --------
    >>> table = two_way(["a", "b"], ["f", "m"], [[3, 9], [20, 30]])
    >>> [cell.key for cell in table.cells if cell.is_confidential]
    ['a|f']
    """
    shape = (len(rows), len(columns))
    if np.shape(n) != shape or (values is not None and np.shape(values) != shape):
        raise TableError(f"a table of {shape[0]} rows and {shape[1]} columns was announced")
    cells = [
        TableCell(f"{row}|{column}", int(n[i][j]), None if values is None else float(values[i][j]))
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
    ]
    keys = [(cell.key, *cell.key.rsplit("|", 1)) for cell in cells]
    return hierarchy(
        cells,
        {key: f"{row}|{EVERY}" for key, row, _ in keys},
        {key: f"{EVERY}|{column}" for key, _, column in keys},
        {key: f"{EVERY}|{EVERY}" for key, _, _ in keys},
        confidential_below=confidential_below,
    )


def _marked(cell: TableCell, floor: int) -> TableCell:
    if cell.is_confidential or not 0 < cell.n < floor:
        return cell
    return replace(cell, is_confidential=True)


def _total(key: str, parts: Sequence[TableCell], floor: int) -> Total:
    given = any(part.value is not None for part in parts)
    cell = TableCell(
        key,
        sum(part.n for part in parts),
        sum(part.amount for part in parts) if given else None,
    )
    return Total(_marked(cell, floor), tuple(part.key for part in parts))


def _double(cells: Iterable[TableCell]) -> str:
    counted = Counter(cell.key for cell in cells)
    return counted.most_common(1)[0][0]
