"""Factors of sampling units in replicates, kept as small as they come and read in blocks.

A bootstrap counts how often a unit is drawn: one byte instead of eight. Replicates that are
calibrated multiply the factors of units with those of groups of rows: two small tables instead of
one with a row for every pair. Nobody forms the whole table; sums read it block by block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import FloatArray, IntArray

BLOCK = 120_000  # factors read at a time: 1 MB
RANK = 1e-11  # eigenvalues of a Gram matrix below this share of the largest are rounding


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """start + step x times[at], or the numbers themselves; `at` is the row of each unit."""

    times: NDArray[Any]
    start: FloatArray | None = None
    step: FloatArray | None = None
    at: IntArray | None = None

    def rows(self, units: IntArray | slice) -> FloatArray:
        """The factors of some units, (units, replicates): a copy that may be changed."""
        place = units if self.at is None else self.at[units]
        found = self.times[place].astype(np.float64)
        if self.step is not None and self.start is not None:
            found *= self.step[place, None]
            found += self.start[place, None]
        return found

    def moved(self, unit: IntArray) -> Part:
        """The same for other units: `unit` says which of these each of them was."""
        at = unit if self.at is None else self.at[unit]
        return Part(self.times, self.start, self.step, at)


@dataclass(frozen=True, slots=True, eq=False)
class FactorTable:
    """Factors (units, replicates) as a product of parts.

    >>> FactorTable.of(np.array([[2.0, 0.0], [0.0, 2.0]])).times(np.array([[1.0, 3.0]])).tolist()
    [[2.0, 6.0]]
    """

    parts: tuple[Part, ...]
    n_units: int
    count: int

    @classmethod
    def of(cls, values: FloatArray) -> FactorTable:
        return cls((Part(values),), *values.shape)

    @classmethod
    def of_draws(cls, times: NDArray[Any], start: FloatArray, step: FloatArray) -> FactorTable:
        """Factors start + step x how often a unit was drawn."""
        return cls((Part(times, start, step),), *times.shape)

    def only(self, unit: IntArray) -> FactorTable:
        """The factors of some units, which may stand more than once."""
        parts = tuple(part.moved(unit) for part in self.parts)
        return FactorTable(parts, len(unit), self.count)

    def refined(self, unit: IntArray, values: FloatArray, group: IntArray) -> FactorTable:
        """Finer units: each was part of `unit` and has the factors of its `group` besides."""
        parts = (*self.only(unit).parts, Part(values, at=group))
        return FactorTable(parts, len(unit), self.count)

    def rows(self, units: IntArray | slice = slice(None)) -> FloatArray:
        """Factors of some units, (units, replicates)."""
        found = self.parts[0].rows(units)
        for part in self.parts[1:]:
            found *= part.rows(units)
        return found

    def column(self, replicate: int) -> FloatArray:
        """The factors of all units in one replicate."""
        one = [
            Part(part.times[:, replicate : replicate + 1], part.start, part.step, part.at)
            for part in self.parts
        ]
        return FactorTable(tuple(one), self.n_units, 1).rows()[:, 0]

    def blocks(self) -> Iterator[slice]:
        """Runs of units whose factors may be read at a time."""
        width = max(1, BLOCK // self.count)
        return (slice(low, low + width) for low in range(0, self.n_units, width))

    def times(self, totals: Any) -> FloatArray:
        """`totals` (k, units), an array or a sparse one by columns, times the factors."""
        found = np.zeros((totals.shape[0], self.count))
        for part in self.blocks():
            found += totals[:, part] @ self.rows(part)
        return found

    def df(self) -> float:
        """Rank less one, of the replicates that have all their factors.

        >>> FactorTable.of(np.array([[0.0, 2.0], [2.0, 0.0]])).df()
        1.0
        """
        if not self.n_units or not self.count:
            return 0.0
        if self.n_units <= self.count:
            few = self.rows()
            few = few[:, np.isfinite(few).all(axis=0)]
            gram = few @ few.T
        else:
            gram = np.zeros((self.count, self.count))
            for part in self.blocks():
                rows = self.rows(part)
                gram += rows.T @ rows
            known = np.isfinite(np.diag(gram))
            gram = gram[np.ix_(known, known)]
        values = np.linalg.eigvalsh(gram)
        return float((values > RANK * values[-1]).sum()) - 1 if len(values) else 0.0
