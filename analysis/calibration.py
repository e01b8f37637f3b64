"""What a calibration leaves behind for the variance: the auxiliaries and the weights before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray, IntArray, solve_symmetric
from analysis.design import Design
from analysis.variance import root_terms

CHUNK = 4_000_000  # cells x units worked on at once


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Auxiliary values `x` (rows, columns) and the weights before the calibration.

    The variance of a calibrated estimate is that of its residuals: z = w e, e = u - x'B with
    B = (sum d x x')^-1 sum d x u and d the weights BEFORE calibration (Sarndal, Swensson and
    Wretman 1992, 6.6; the form of R's `calibrate`). R's `rake` uses unweighted margin means
    instead; in small samples its standard errors differ by some per cent from these.
    """

    x: sparse.csr_array
    before: FloatArray

    @classmethod
    def from_cells(cls, codes: Sequence[IntArray], before: FloatArray) -> Calibration:
        """Dummies of one or more classifications; -1 means that a row is in no cell."""
        blocks = []
        for code in codes:
            inside = np.flatnonzero(code >= 0)
            shape = (len(code), int(code.max()) + 1)
            ones = np.ones(len(inside))
            blocks.append(sparse.csr_array((ones, (inside, code[inside])), shape=shape))
        return cls(sparse.csr_array(sparse.hstack(blocks)), np.asarray(before, dtype=np.float64))

    @classmethod
    def from_matrix(cls, x: FloatArray, before: FloatArray) -> Calibration:
        return cls(sparse.csr_array(x), np.asarray(before, dtype=np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Turns raw scores into residual scores: z - T B at the last stage's units."""

    totals: FloatArray

    def of(self, z: FloatArray, slopes: FloatArray) -> FloatArray:
        return z - self.totals @ slopes


def residual_totals(design: Design) -> Residuals:
    """Weighted totals of all auxiliaries per last-stage unit (T)."""
    last = design.stages[-1]
    parts = []
    for calibration in design.calibrations:
        weighted = sparse.diags_array(design.weights) @ calibration.x
        gather = sparse.csr_array(
            (np.ones(len(last.unit)), (last.unit, np.arange(len(last.unit)))),
            shape=(last.n_units, len(last.unit)),
        )
        parts.append((gather @ weighted).toarray())
    return Residuals(np.hstack(parts))


def slopes(design: Design, cell: IntArray, rows: IntArray, u: FloatArray, size: int) -> FloatArray:
    """Coefficients B of one item for every domain, as (columns of all x, domains).

    Later calibrations work on the residuals of earlier ones.
    """
    found: list[FloatArray] = []
    for number, calibration in enumerate(design.calibrations):
        d, x = calibration.before, calibration.x
        values = sparse.csr_array((d[rows] * u, (rows, cell)), shape=(x.shape[0], size))
        moment = (x.T @ values).toarray()
        weighted = sparse.diags_array(d) @ x
        for earlier, coefficient in zip(design.calibrations[:number], found, strict=True):
            moment = moment - (weighted.T @ earlier.x).toarray() @ coefficient
        information = (x.T @ weighted).toarray()
        found.append(solve_symmetric(information, moment))
    return np.vstack(found)


def calibrated_variance(design: Design, z: FloatArray) -> FloatArray:
    """Variances of columns of residual scores; all units of the sample are present."""
    everywhere = np.ones(z.shape, dtype=bool)
    total = np.zeros(z.shape[1])
    for root in root_terms(design, z, everywhere):
        total += (root**2).sum(axis=0)
    return total

