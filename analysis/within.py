"""Weights calibrated inside sampling units, to totals known of each village drawn.

The totals say nothing about which units were drawn: the stages up to these units keep their scores,
and only the later ones see residuals from the regression inside each unit (Sarndal, Swensson and
Wretman 1992, 8.9, case C; R's `calibrate(..., stage=1)`). Residuals are those of rows, so that the
last stage of such a design is its rows; they add no variance of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.arrays import FloatArray, IntArray, codes_of, cross, first_rows, group_sum
from analysis.stages import Stage

if TYPE_CHECKING:
    from analysis.weights.diagnostics import Diagnostics

RANK = 1e-11


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """A calibration inside the units of one stage (0: the PSUs), row by row.

    `x` (rows, columns), `before` the weights that were calibrated, given the unit, `after` the
    final weights that they became.
    """

    stage: int
    unit: IntArray
    x: FloatArray
    before: FloatArray
    after: FloatArray
    report: Diagnostics | None = None

    @property
    def n_units(self) -> int:
        return int(self.unit.max()) + 1

    def residuals(self, z: FloatArray) -> FloatArray:
        """z - a x'B for scores of all rows (rows, columns), B = (sum d x x')^-1 sum d x z / a."""
        return np.asarray(z - self._fitted(self.unit, np.arange(len(z)), self.n_units, z))

    def spread(
        self, row: IntArray, domain: IntArray, z: FloatArray
    ) -> tuple[IntArray, IntArray, FloatArray]:
        """Residuals of domains whose scores are those of members: rows, domains and values.

        Everybody in a unit that holds members has a residual.
        """
        pair, keys = codes_of(cross(domain, self.unit[row], self.n_units))
        slopes = self._slopes(pair, row, len(keys), z)
        owner, unit = np.divmod(keys, self.n_units)
        size = np.bincount(self.unit, minlength=self.n_units)
        order = np.argsort(self.unit, kind="stable")
        start = np.cumsum(size) - size
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - start[self.unit[order]]
        of_pair = np.repeat(np.arange(len(keys)), size[unit])
        begin = np.cumsum(size[unit]) - size[unit]
        everybody = order[start[unit[of_pair]] + np.arange(len(of_pair)) - begin[of_pair]]
        values = -self._times(everybody, slopes[of_pair])
        values[begin[pair] + rank[row]] += z
        return everybody, owner[of_pair], values

    def _fitted(self, group: IntArray, row: IntArray, size: int, z: FloatArray) -> FloatArray:
        return self._times(row, self._slopes(group, row, size, z)[group])

    def _times(self, row: IntArray, slopes: FloatArray) -> FloatArray:
        return np.asarray(self.after[row, None] * np.einsum("rp,rpc->rc", self.x[row], slopes))

    def _slopes(self, group: IntArray, row: IntArray, size: int, z: FloatArray) -> FloatArray:
        """B of each group of rows of one unit, (groups, columns of x, columns of z)."""
        after = self.after[row]
        u = np.divide(z, after[:, None], out=np.zeros_like(z), where=after[:, None] != 0)
        weighted = self.before[row, None] * self.x[row]
        moments = [group_sum(group, size, column[:, None] * u) for column in weighted.T]
        unit = self.unit[row[first_rows(group, size)]]
        return np.asarray(self.inverse()[unit] @ np.stack(moments, axis=1))

    def inverse(self) -> FloatArray:
        """(sum d x x')^-1 of each unit; of columns that are all alike there, the least-norm one."""
        columns = range(self.x.shape[1])
        gram = np.empty((self.n_units, len(columns), len(columns)))
        for i in columns:
            product = (self.before * self.x[:, i])[:, None] * self.x
            gram[:, i] = group_sum(self.unit, self.n_units, product)
        scale = np.sqrt(np.diagonal(gram, axis1=1, axis2=2))
        scale = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale > 0)
        even = gram * scale[:, :, None] * scale[:, None, :]
        inverse = np.linalg.pinv(even, rcond=RANK, hermitian=True)
        return np.asarray(inverse * scale[:, :, None] * scale[:, None, :])


def down_to_rows(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The stages with their last one rows: as if all rows of the units drawn last were drawn."""
    last = stages[-1]
    rows = len(last.unit)
    if last.n_units == rows:
        return stages
    size = np.bincount(last.unit, minlength=last.n_units).astype(np.float64)
    whole = Stage(
        unit=np.arange(rows),
        stratum=last.unit,
        parent=np.arange(last.n_units),
        sampled=size,
        population=size,
        carried=np.asarray((last.carried * last.fraction)[last.stratum]),
        first_row=first_rows(last.unit),
    )
    return (*stages, whole)


def later(within: tuple[Within, ...], number: int, z: FloatArray, row: IntArray) -> FloatArray:
    """Scores (last-stage units, columns) as a stage sees them; `row` is the row of each unit."""
    for calibration in within:
        if calibration.stage < number:
            by_row = np.empty_like(z)
            by_row[row] = z
            z = calibration.residuals(by_row)[row]
    return z
