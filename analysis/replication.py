"""Replicate weights: the variance of any statistic as the spread of its replicates.

    V = scale * sum_r rscales_r (theta_r - centre)(theta_r - centre)'

with centre = the estimate (`mse`) or the mean of the replicates (Rust and Rao 1996; Wolter 2007).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Replication:
    """Replicate weights (rows, replicates), as final weights, and how their spread is scaled."""

    weights: FloatArray
    scale: float
    rscales: FloatArray
    is_mse: bool = True
    df: float | None = None


def replicate_values(
    replication: Replication, statistic: Callable[[FloatArray], FloatArray]
) -> FloatArray:
    """`statistic` (weights of all rows -> p values) for every replicate, as (replicates, p)."""
    return np.stack([statistic(column) for column in replication.weights.T])


def replicate_covariance(
    replication: Replication, values: FloatArray, estimate: FloatArray
) -> FloatArray:
    """Covariance (p, p) from replicate values (replicates, p) and the full-sample estimate (p,)."""
    used = replication.rscales > 0
    centre = estimate if replication.is_mse else values[used].mean(axis=0)
    off = values - centre
    return np.asarray(replication.scale * (off * replication.rscales[:, None]).T @ off)
