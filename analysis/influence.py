"""Covariance of statistics that are given by their influence: any estimator, any design.

A statistic that is not one of the tables of `survey.estimate` (a regression, a test, a quantile)
brings one influence value u per row, without its weight, such that its error is about sum w u. Its
covariance is that of the totals of w u: all stages, fpc, lonely PSUs and calibration included
(Binder 1983). Under replicate weights the statistic is computed anew for each of them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.arrays import FloatArray, IntArray, group_sum
from analysis.design import Design
from analysis.linear import linear_block
from analysis.replication import Replication, replicate_covariance, replicate_values
from analysis.residuals import residual_scores
from analysis.variance import check_lonely, covariance


def influence_covariance(design: Design, rows: IntArray, u: FloatArray) -> FloatArray:
    """Covariance (p, p) of totals of w u; `rows` (m,) are the rows of `u` (m, p).

    Rows outside stay in the design with u = 0. Under replicate weights the totals are replicated,
    with u as it is in the full sample.
    """
    if design.replication is not None:
        return _replicated_totals(design.replication, design.weights, rows, u)
    check_lonely(design, rows)
    size = u.shape[1]
    block = linear_block(design, tuple(range(size)), rows, np.zeros_like(rows), u, n_domains=1)
    units = design.stages[-1].n_units
    z, present = np.zeros((units, size)), np.zeros((units, size), dtype=bool)
    unit = design.stages[-1].unit[block.scores.row]
    z[unit], present[unit] = block.scores.values, True
    if block.slopes is not None:
        z = residual_scores(design, z, block.slopes[:, :, 0].T)
        present = np.ones_like(present)
    return covariance(design, z, present)


def _replicated_totals(
    replication: Replication, weights: FloatArray, rows: IntArray, u: FloatArray
) -> FloatArray:
    weighted = replication.base[rows, None] * u
    sums = group_sum(replication.unit[rows], replication.table.n_units, weighted)
    estimate = (weights[rows, None] * u).sum(axis=0)
    return replicate_covariance(replication, replication.table.times(sums.T).T, estimate)


def statistic_covariance(
    design: Design,
    statistic: Callable[[FloatArray], FloatArray],
    rows: IntArray,
    u: Callable[[], FloatArray],
) -> FloatArray:
    """Covariance of `statistic` (weights of all rows -> p values): replicates, else influence."""
    if design.replication is None:
        return influence_covariance(design, rows, u())
    values = replicate_values(design.replication, statistic)
    return replicate_covariance(design.replication, values, statistic(design.weights))
