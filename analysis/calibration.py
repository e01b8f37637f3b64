"""What a calibration leaves behind for the variance: the auxiliaries and the weights before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray, IntArray, solve_symmetric
from analysis.design import Design
from analysis.reweighting import Reweighting
from analysis.stages import Stage

if TYPE_CHECKING:
    from analysis.weights.diagnostics import Diagnostics


@dataclass(slots=True, eq=False)
class Cells:
    """Dummies of classifications, made when a variance first asks for them: weights need none."""

    codes: tuple[IntArray, ...]
    dummies: sparse.csr_array | None = None

    def matrix(self) -> sparse.csr_array:
        if self.dummies is None:
            self.dummies = _dummies(self.codes)
        return self.dummies


def _dummies(codes: Sequence[IntArray]) -> sparse.csr_array:
    """(rows, cells of all classifications); -1 means that a row is in no cell."""
    size, width = (len(codes[0]), len(codes)), 0
    columns = np.empty(size, dtype=np.int32)
    for at, code in enumerate(codes):
        columns[:, at] = code + width
        columns[code < 0, at] = -1
        width += int(code.max()) + 1
    starts = np.arange(0, columns.size + 1, size[1], dtype=np.int32)
    inside = columns >= 0
    if not inside.all():
        starts[1:] = np.cumsum(inside.sum(axis=1))
        columns = columns[inside]
    shape = (size[0], width)
    return sparse.csr_array((np.ones(columns.size), columns.ravel(), starts), shape=shape)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Auxiliary values `x` (rows, columns) and the weights before the calibration.

    The variance of a calibrated estimate is that of its residuals: z = w e, e = u - x'B with
    B = (sum d x x')^-1 sum d x u and d the weights BEFORE calibration (Sarndal, Swensson and
    Wretman 1992, 6.6; the form of R's `calibrate`). R's `rake` uses unweighted margin means
    instead; in small samples its standard errors differ by some per cent from these.
    `again` repeats the calibration on replicate weights, `report` says what it did; `after` are
    the weights that it gave (None: those of the design), which later steps may have changed.
    """

    auxiliaries: sparse.csr_array | Cells
    before: FloatArray
    again: Reweighting | None = None
    report: Diagnostics | None = None
    after: FloatArray | None = None

    @classmethod
    def from_cells(
        cls,
        codes: Sequence[IntArray],
        before: FloatArray,
        *,
        after: FloatArray | None = None,
        again: Reweighting | None = None,
        report: Diagnostics | None = None,
    ) -> Calibration:
        """Dummies of one or more classifications; -1 means that a row is in no cell."""
        found = np.asarray(before, dtype=np.float64)
        return cls(Cells(tuple(codes)), found, again, report, after)

    @classmethod
    def from_matrix(
        cls,
        x: FloatArray,
        before: FloatArray,
        *,
        after: FloatArray | None = None,
        again: Reweighting | None = None,
        report: Diagnostics | None = None,
    ) -> Calibration:
        found = np.asarray(before, dtype=np.float64)
        return cls(sparse.csr_array(x), found, again, report, after)

    @property
    def x(self) -> sparse.csr_array:
        kept = self.auxiliaries
        return kept.matrix() if isinstance(kept, Cells) else kept

    def reached(self, design: Design) -> FloatArray:
        """The weights that the calibration gave."""
        return design.weights if self.after is None else self.after

    def moment(self, values: sparse.csr_array, factor: FloatArray) -> FloatArray:
        """sum d f x v for each column v, with a factor f per row."""
        weighted = sparse.diags_array(self.before * factor) @ self.x
        return np.asarray((weighted.T @ values).toarray())


def slopes(
    design: Design, rows: IntArray, domain: IntArray, u: FloatArray, n_domains: int
) -> FloatArray:
    """Coefficients B of every item and domain, as (items, columns of all x, domains).

    Calibrations follow one another: with z the scores so far and d, a the weights before and
    after a calibration, B = (sum d x x')^-1 sum x z d / a, and z becomes z - a x'B (so in R). For
    a single one this is the regression of u by the weights d.
    """
    size = (design.n_rows, n_domains)
    items = [sparse.csr_array((u[:, at], (rows, domain)), shape=size) for at in range(u.shape[1])]
    found: list[list[FloatArray]] = [[] for _ in items]
    for number, calibration in enumerate(design.calibrations):
        reached = calibration.reached(design)
        information = calibration.moment(calibration.x, np.ones(design.n_rows))
        earlier = [
            calibration.moment(other.x, _over(other.reached(design), reached))
            for other in design.calibrations[:number]
        ]
        for values, done in zip(items, found, strict=True):
            moment = calibration.moment(values, _over(design.weights, reached))
            for cross_moment, coefficient in zip(earlier, done, strict=True):
                moment = moment - cross_moment @ coefficient
            done.append(solve_symmetric(information, moment))
    return np.stack([np.vstack(parts) for parts in found])


def _over(above: FloatArray, below: FloatArray) -> FloatArray:
    if above is below:
        return np.ones(len(above))
    return np.divide(above, below, out=np.zeros_like(above), where=below != 0)


def unit_totals(design: Design, stage: Stage) -> sparse.csr_array:
    """Totals of all auxiliaries per unit of a stage, (units, columns of all x).

    Each calibration's are weighted by the weights that it gave.
    """
    place = (stage.unit, np.arange(design.n_rows))
    parts = [
        sparse.csr_array((c.reached(design), place), shape=(stage.n_units, design.n_rows)) @ c.x
        for c in design.calibrations
    ]
    return sparse.csr_array(sparse.hstack(parts))
