"""Local Moran: which areas are like or unlike their neighbours beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.clusters.moran import centred
from analysis.clusters.weights import NeighbourWeights
from analysis.inference.comparisons import adjusted_p


class Cluster(IntEnum):
    """What an area is among its neighbours; `ALONE`: it has none."""

    NOT_TOLD_APART = 0
    HIGH_AMONG_HIGH = 1
    LOW_AMONG_LOW = 2
    HIGH_AMONG_LOW = 3
    LOW_AMONG_HIGH = 4
    ALONE = 5


@dataclass(frozen=True, slots=True)
class LocalMoran:
    """By area, in the order given; all but `cluster` are NaN for areas without a neighbour."""

    i: FloatArray
    p: FloatArray
    adjusted: FloatArray
    cluster: IntArray  # values of `Cluster`


def local_moran(
    values: FloatArray,
    neighbours: NeighbourWeights,
    *,
    rng: np.random.Generator,
    draws: int = 9999,
    level: float = 0.05,
) -> LocalMoran:
    """I_i = z_i (Wz)_i / m₂ with two-sided conditional permutation p-values.

    For each area its own value stays and its neighbours are drawn from all the others. There is a
    test for every area, so p-values are adjusted by Benjamini and Hochberg (1995): of the areas
    named, at most `level` are expected to be named by mistake. Without it, one in twenty of a
    map without any pattern would be a "cluster".

    References: Anselin (1995), Geographical Analysis 27; `esda.Moran_Local` (one-sided
    there, and divided by n - 1 where this divides by n).

    Raises
    ------
    AnalysisError : as `moran`.
    """
    alone = neighbours.isolates
    used = neighbours.without(alone)
    z = centred(values[~alone])
    scale = float(z @ z) / used.size
    lag = used.lag(z)
    p = _p_values(z, lag, used, rng, draws)
    adjusted = adjusted_p(p, "benjamini_hochberg")
    kinds = np.select(
        [(z > 0) & (lag > 0), (z < 0) & (lag < 0), z > 0],
        [Cluster.HIGH_AMONG_HIGH, Cluster.LOW_AMONG_LOW, Cluster.HIGH_AMONG_LOW],
        Cluster.LOW_AMONG_HIGH,
    )
    cluster = np.full(len(values), Cluster.ALONE, dtype=np.int64)
    cluster[~alone] = np.where(adjusted <= level, kinds, Cluster.NOT_TOLD_APART)
    return LocalMoran(
        _spread(z * lag / scale, ~alone), _spread(p, ~alone), _spread(adjusted, ~alone), cluster
    )


def _p_values(
    z: FloatArray,
    lag: FloatArray,
    neighbours: NeighbourWeights,
    rng: np.random.Generator,
    draws: int,
) -> FloatArray:
    """Twice the smaller tail of the neighbours' mean among draws from the other areas.

    The same draws of places serve every area (as in esda): each area needs its own to be
    independent between draws, not between areas.
    """
    n, degree = neighbours.size, neighbours.degree
    most = int(degree.max())
    places = np.array([rng.choice(n - 1, most, replace=False) for _ in range(draws)])
    found = np.empty(n)
    for area in range(n):
        others = np.delete(z, area)
        drawn = others[places[:, : degree[area]]].mean(axis=1)
        slack = 1e-12 * max(1.0, abs(float(lag[area])))
        above = int((drawn >= lag[area] - slack).sum())
        below = int((drawn <= lag[area] + slack).sum())
        found[area] = min(1.0, 2 * (min(above, below) + 1) / (draws + 1))
    return found


def _spread(values: FloatArray, kept: BoolArray) -> FloatArray:
    found = np.full(len(kept), np.nan)
    found[kept] = values
    return found
