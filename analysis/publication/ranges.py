"""What a reader can work out about the cells that are not published: the audit of a suppression."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from analysis.arrays import FloatArray, IntArray
from analysis.publication.tables import AdditiveTable, TableError


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most that a cell can hold, given all that is published."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class _Part:
    """Unknown cells that hang together: matrix · x = right, x from 0 up."""

    cells: IntArray
    matrix: sparse.csr_array
    right: FloatArray


def feasible_ranges(
    table: AdditiveTable, hidden: Collection[str], *, of: Collection[str] | None = None
) -> Mapping[str, Range]:
    """The range of each hidden cell that published cells and totals leave open.

    Two linear programmes a cell: the least and the most of x under the sums of the table, x >= 0
    and the published values (Fischetti and Salazar-González 2001). What does not hang together with
    a hidden cell is left out, so that a large table with few gaps is quick.

    Parameters
    ----------
    hidden : keys of the cells that are not published, for whatever reason.
    of : only these of them.

    Examples
    --------
    >>> from analysis.publication.tables import TableCell, hierarchy
    >>> row = hierarchy([TableCell("a", 3), TableCell("b", 9), TableCell("c", 30)],
    ...     dict.fromkeys("abc", "all"))
    >>> feasible_ranges(row, ["a"])["a"]
    Range(low=3.0, high=3.0)
    >>> feasible_ranges(row, ["a", "b"])["a"]
    Range(low=0.0, high=12.0)
    """
    place = {cell.key: at for at, cell in enumerate(table.cells)}
    unknown = [key for key in hidden if key not in place]
    if unknown:
        raise TableError(f"{unknown[0]!r} is no cell of the table")
    wanted = set(hidden if of is None else of)
    names = [cell.key for cell in table.cells]
    found: dict[str, Range] = {}
    for part in _parts(table, np.array(sorted(place[key] for key in hidden), dtype=np.int64)):
        for at, cell in enumerate(part.cells):
            if names[cell] in wanted:
                found[names[cell]] = _range(part, at)
    return found


def _parts(table: AdditiveTable, unknown: IntArray) -> Iterator[_Part]:
    relations = table.relations()
    amounts = np.array([cell.amount for cell in table.cells])
    known = amounts.copy()
    known[unknown] = 0.0
    right = -(relations @ known)
    matrix = sparse.csr_array(relations[:, unknown])
    links = sparse.csr_array(abs(matrix).T @ abs(matrix))
    size, label = connected_components(links, directed=False)
    for number in range(size):
        inside = np.flatnonzero(label == number)
        part = sparse.csr_array(matrix[:, inside])
        rows = np.flatnonzero(np.diff(part.indptr))
        yield _Part(unknown[inside], sparse.csr_array(part[rows]), right[rows])


def _range(part: _Part, at: int) -> Range:
    if part.matrix.shape[0] == 1:
        return _range_in_a_sum(part.matrix.toarray()[0], float(part.right[0]), at)
    aim = np.zeros(len(part.cells))
    aim[at] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(
            sign * aim,
            A_eq=part.matrix if part.matrix.shape[0] else None,
            b_eq=part.right if part.matrix.shape[0] else None,
            bounds=(0, None),
            method="highs",
        )
        unbounded = found.status == 3
        if not (found.success or unbounded):
            raise TableError(f"the audit of the table did not end: {found.message}")
        ends.append(np.inf if unbounded else float(found.fun) * sign)
    return Range(max(0.0, ends[0]), ends[1])


def _range_in_a_sum(weights: FloatArray, right: float, at: int) -> Range:
    """The same where one sum is all that ties the cells: no programme is needed.

    Cells that enter the sum with the same sign can take from this one, those of the other sign can
    add to it without end; alone it is known.
    """
    others = np.delete(weights, at) * weights[at]
    alone = max(0.0, right / float(weights[at]))
    may_fall, may_rise = bool((others > 0).any()), bool((others < 0).any())
    return Range(0.0 if may_fall else alone, np.inf if may_rise else alone)
