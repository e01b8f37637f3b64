"""Who is whose neighbour, each area's neighbours weighing one together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import AnalysisError


@dataclass(frozen=True, slots=True)
class NeighbourWeights:
    """Pairs of areas in both directions; the weights of a row add up to one."""

    size: int
    row: IntArray
    column: IntArray

    @classmethod
    def of(cls, areas: Sequence[str], pairs: Collection[tuple[str, str]]) -> NeighbourWeights:
        """The pairs among `areas`, in any order; others are left out.

        Raises
        ------
        AnalysisError : an area twice.
        """
        place = {area: index for index, area in enumerate(areas)}
        if len(place) != len(areas):
            raise AnalysisError("an area stands twice in the list")
        known = {(place[a], place[b]) for a, b in pairs if a in place and b in place and a != b}
        both = sorted(known | {(b, a) for a, b in known})
        found = np.array(both, dtype=np.int64).reshape(-1, 2)
        return cls(len(areas), found[:, 0], found[:, 1])

    @property
    def degree(self) -> IntArray:
        """How many neighbours each area has."""
        return np.bincount(self.row, minlength=self.size).astype(np.int64)

    @property
    def isolates(self) -> BoolArray:
        """Areas without a neighbour among the others: nothing is said of them."""
        return np.asarray(self.degree == 0, dtype=np.bool_)

    def lag(self, values: FloatArray) -> FloatArray:
        """The mean of each area's neighbours, by row for one or several columns of values."""
        total = np.zeros_like(values, dtype=np.float64)
        np.add.at(total, self.row, values[self.column])
        degree = np.maximum(self.degree, 1)
        return total / (degree if values.ndim == 1 else degree[:, None])

    def without(self, left_out: BoolArray) -> NeighbourWeights:
        """The same among the other areas."""
        index = np.cumsum(~left_out) - 1
        kept = ~left_out[self.row] & ~left_out[self.column]
        return NeighbourWeights(
            int((~left_out).sum()), index[self.row[kept]], index[self.column[kept]]
        )
