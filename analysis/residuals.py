"""Variance of calibrated estimates: that of the residual scores z - T B.

T holds the weighted totals of the auxiliaries per unit, B the coefficients of each domain. Small
problems are computed as they are written. Thousands of domains would need a residual for every unit
and every domain, since residuals do not vanish outside the domain; there the quadratic form is
multiplied out, V = q(z,z) - 2 B'q(z,T) + B'q(T,T)B, and costs as much as the rows that exist.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray
from analysis.calibration import unit_totals
from analysis.design import Design
from analysis.lonely import LonelyPsu
from analysis.stages import Stage
from analysis.variance import Scores, column_variances

AS_WRITTEN = 4_000_000  # units x estimates up to which residuals are formed one by one
ROUNDING = 1e-12  # of q(z,z): what is left below it is rounding


def residual_variance(
    design: Design, z: Scores, slopes: FloatArray, n_domains: int, *, as_written: int = AS_WRITTEN
) -> FloatArray:
    """Variances as (domains, items); `slopes` is (items, columns of x, domains)."""
    units = design.stages[-1].n_units
    is_small = units * n_domains * z.values.shape[1] <= as_written
    is_pps = any(s.pps is not None for s in design.stages)
    if is_small or is_pps or design.within or _needs_parents(design):
        return _as_written(design, z, slopes, n_domains)
    total = np.zeros((n_domains, z.values.shape[1]))
    largest = np.zeros_like(total)
    for number, stage in enumerate(design.stages):
        for item in range(z.values.shape[1]):
            scores = _table(z, stage, item, n_domains)
            value, size = _multiplied_out(design, stage, number, scores, slopes[item])
            total[:, item] += value
            largest[:, item] += size
    return np.where(total < ROUNDING * largest, 0.0, total)


def residual_scores(design: Design, z: FloatArray, slopes: FloatArray) -> FloatArray:
    """z - T B for dense scores (last-stage units, estimates) and B (columns of x, estimates)."""
    return np.asarray(z - unit_totals(design, design.stages[-1]) @ slopes)


def _needs_parents(design: Design) -> bool:
    """Lonely strata inside PSUs, under a rule that looks at their neighbours in the PSU."""
    rules = (LonelyPsu.ADJUST, LonelyPsu.AVERAGE)
    return design.lonely_psu in rules and any(s.is_lonely.any() for s in design.stages[1:])


def _as_written(design: Design, z: Scores, slopes: FloatArray, n_domains: int) -> FloatArray:
    last = design.stages[-1]
    width = max(1, AS_WRITTEN // last.n_units)
    totals = unit_totals(design, last)
    found = np.empty((n_domains, z.values.shape[1]))
    for item in range(z.values.shape[1]):
        scores = _table(z, last, item, n_domains)
        for low in range(0, n_domains, width):
            part = slice(low, min(low + width, n_domains))
            residual = scores[part].toarray().T - totals @ slopes[item][:, part]
            here = np.ones(residual.shape, dtype=bool)
            found[part, item] = column_variances(design, residual, here)
    return found


def _table(z: Scores, stage: Stage, item: int, n_domains: int) -> sparse.csr_array:
    """Scores of one item as a sparse (domains, units) table."""
    place = (z.domain, stage.unit[z.row])
    return sparse.csr_array((z.values[:, item], place), shape=(n_domains, stage.n_units))


def _multiplied_out(
    design: Design, stage: Stage, number: int, scores: sparse.csr_array, slope: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """One stage's part of the variance per domain, and the size of what cancels in it."""
    h = stage.stratum
    scale = np.where(stage.is_lonely, 0.0, stage.scale)
    per_unit, per_stratum = scale[h], scale / stage.sampled
    strata = sparse.csr_array(
        (np.ones(len(h)), (np.arange(len(h)), h)), shape=(len(h), stage.n_strata)
    )
    totals = unit_totals(design, stage)
    score_sums, total_sums = scores @ strata, strata.T @ totals
    raw = scores.power(2) @ per_unit
    zz = raw - score_sums.power(2) @ per_stratum
    weighted, weighted_sums = _rows_times(per_unit, totals), _rows_times(per_stratum, total_sums)
    zt = (scores @ weighted - score_sums @ weighted_sums).toarray()
    tt = (totals.T @ weighted - total_sums.T @ weighted_sums).toarray()
    value = zz - 2 * (zt * slope.T).sum(axis=1) + (slope * (tt @ slope)).sum(axis=0)
    if number == 0 and stage.is_lonely.any():
        value = _with_lonely(design, stage, scores, totals, slope=slope, value=value)
    return value, raw


def _rows_times(factor: FloatArray, table: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(sparse.diags_array(factor) @ table)


def _with_lonely(
    design: Design,
    stage: Stage,
    scores: sparse.csr_array,
    totals: sparse.csr_array,
    *,
    slope: FloatArray,
    value: FloatArray,
) -> FloatArray:
    """The rule for lonely PSUs of the first stage, applied to residual scores."""
    lonely = stage.is_lonely
    if design.lonely_psu is LonelyPsu.COLLAPSE:
        return np.full_like(value, np.nan)
    if design.lonely_psu is LonelyPsu.AVERAGE:
        good = int((~lonely).sum())
        return value * (stage.n_strata / good) if good else np.full_like(value, np.nan)
    if design.lonely_psu is LonelyPsu.ADJUST:
        unit = np.flatnonzero(lonely[stage.stratum])
        centre = (scores.sum(axis=1) - totals.sum(axis=0) @ slope) / stage.n_units
        residual = scores[:, unit].toarray() - (totals[unit] @ slope).T
        squares = (residual - centre[:, None]) ** 2
        return np.asarray(value + squares @ stage.scale[stage.stratum[unit]])
    return value
