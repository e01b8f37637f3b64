"""Replicate weights: the variance of any statistic as the spread of its replicates.

    V = scale * sum_r rscales_r (theta_r - centre)(theta_r - centre)'

with centre = the estimate (`is_mse`) or the mean of the replicates (Rust and Rao 1996; Wolter
2007). A replicate in which the statistic cannot be had (a domain that lost all its weight) adds
nothing, as in R.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray, codes_of, cross
from analysis.errors import AnalysisError
from analysis.factors import BLOCK, RANK, FactorTable

MOST_LOST = 0.1  # share of replicates without weights that a variance can bear
BATCH = 64  # domains of at most so many units are ranked together


@dataclass(frozen=True, slots=True, eq=False)
class Replication:
    """Replicate weights w_kr = base_k x table[unit_k, r], and how their spread is scaled.

    Rows of one unit move together, so that a table needs unit totals and one matrix product.
    `df` is the rank of the replicate weights minus one, the rule of R's `degf`.
    """

    base: FloatArray
    table: FactorTable
    unit: IntArray
    scale: float
    rscales: FloatArray
    is_mse: bool = True
    df: float = float("nan")
    method: str = "given"

    @property
    def count(self) -> int:
        return self.table.count

    @property
    def factors(self) -> FloatArray:
        """All factors, (units, replicates); large: sums read the table in blocks."""
        return self.table.rows()

    @property
    def weights(self) -> FloatArray:
        """All replicate weights, (rows, replicates); large: `columns` gives one at a time."""
        return np.asarray(self.base[:, None] * self.table.rows(self.unit))

    def columns(self) -> Iterator[FloatArray]:
        """The weights of all rows, replicate by replicate."""
        return (self.base * self.table.column(at)[self.unit] for at in range(self.count))


def replicate_values(
    replication: Replication, statistic: Callable[[FloatArray], FloatArray]
) -> FloatArray:
    """`statistic` (weights of all rows -> p values) for every replicate, as (replicates, p).

    Replicates whose weights could not be calibrated are nan; more than a tenth of them is an error.
    """
    found: list[FloatArray | None] = [
        np.atleast_1d(statistic(column)) if np.isfinite(column).all() else None
        for column in replication.columns()
    ]
    made = [values for values in found if values is not None]
    if len(made) < (1 - MOST_LOST) * len(found):
        raise AnalysisError(
            f"{len(found) - len(made)} of {len(found)} replicates could not be calibrated; merge "
            "cells that few villages hold"
        )
    blank = np.full_like(made[0], np.nan, dtype=np.float64)
    return np.stack([blank if values is None else values for values in found])


def deviations(replication: Replication, values: FloatArray, estimate: FloatArray) -> FloatArray:
    """theta_r - centre, with zeros where a replicate gives no figure; `values` is (p, replicates).

    >>> halves = FactorTable.of(np.array([[2.0, 0], [0, 2]]))
    >>> two = Replication(np.ones(2), halves, np.arange(2), 0.5, np.ones(2))
    >>> deviations(two, np.array([[1.0, np.nan]]), np.array([3.0]))
    array([[-2.,  0.]])
    """
    known = np.isfinite(values)
    if replication.is_mse:
        centre = estimate
    else:
        used = known & (replication.rscales > 0)
        number = used.sum(axis=1)
        sums = np.where(used, values, 0.0).sum(axis=1)
        centre = np.divide(sums, number, out=np.zeros(len(sums)), where=number > 0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values - centre[:, None], 0.0))


def replicate_variance(
    replication: Replication, values: FloatArray, estimate: FloatArray
) -> FloatArray:
    """Variances (p,) from replicate values (p, replicates); nan where no replicate has a figure."""
    off = deviations(replication, values, estimate)
    variance = replication.scale * (off**2 @ replication.rscales)
    return np.asarray(np.where(np.isfinite(values).any(axis=1), variance, np.nan))


def replicate_covariance(
    replication: Replication, values: FloatArray, estimate: FloatArray
) -> FloatArray:
    """Covariance (p, p) from replicate values (replicates, p) and the full-sample estimate (p,)."""
    off = deviations(replication, values.T, np.atleast_1d(estimate))
    return np.asarray(replication.scale * (off * replication.rscales) @ off.T)


def domain_df(
    replication: Replication, rows: IntArray, domain: IntArray, n_domains: int
) -> FloatArray:
    """Degrees of freedom of each domain: the rank of its units' replicate weights minus one."""
    table = replication.table
    _, pair = codes_of(cross(domain, replication.unit[rows], table.n_units))
    pair.sort()
    owner, unit = np.divmod(pair, table.n_units)
    size = np.bincount(owner, minlength=n_domains)
    start = np.cumsum(size) - size
    found = np.zeros(n_domains)
    for u in np.unique(size[(size > 0) & (size <= BATCH)]):
        alike = np.flatnonzero(size == u)
        width = max(1, BLOCK // (int(u) * replication.count))
        for low in range(0, len(alike), width):
            part = alike[low : low + width]
            members = unit[start[part][:, None] + np.arange(u)]
            block = table.rows(members.ravel()).reshape(len(part), int(u), -1)
            values = np.linalg.eigvalsh(block @ block.transpose(0, 2, 1))
            found[part] = (values > RANK * values[:, -1:]).sum(axis=1) - 1
    for at in np.flatnonzero(size > BATCH):
        found[at] = table.only(unit[start[at] : start[at] + size[at]]).df()
    return np.maximum(found, 0.0)
