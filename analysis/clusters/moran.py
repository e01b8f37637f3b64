"""Moran's I of areas, and how much of their spread is only the error of a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.clusters.weights import NeighbourWeights
from analysis.errors import AnalysisError

FEWEST = 10  # areas with neighbours; with fewer there are too few orders to tell anything
CHUNK = 200  # permutations at a time


@dataclass(frozen=True, slots=True)
class GlobalMoran:
    """`p` is two-sided, by permutation; `n` counts areas with a neighbour."""

    i: float
    expected: float
    p: float
    n: int
    isolates: int


def moran(
    values: FloatArray,
    neighbours: NeighbourWeights,
    *,
    rng: np.random.Generator,
    draws: int = 9999,
) -> GlobalMoran:
    """Moran's I = sum_i z_i (Wz)_i / sum_i z_i², rows of W adding up to one.

    Areas without a neighbour are left out of the mean and of I. The p-value counts the orders of
    the values over the areas whose I is at least as far from its expectation, -1/(n - 1).

    References: Moran (1950); Cliff and Ord (1981), chapter 2. As `esda.Moran` gives it on areas
    that all have neighbours, whose default p is one-sided.

    Raises
    ------
    AnalysisError : values that are not finite or all alike, or fewer than 10 areas to compare.

    Examples
    --------
    >>> ring = NeighbourWeights.of("abcdefghijkl", list(zip("abcdefghijkl", "bcdefghijkla")))
    >>> moran(np.tile([0.0, 1.0], 6), ring, rng=np.random.default_rng(1), draws=99).i
    -1.0
    """
    alone = neighbours.isolates
    used = neighbours.without(alone)
    z = centred(values[~alone])
    expected = -1 / (used.size - 1)
    total = float(z @ z)
    observed = float(z @ used.lag(z)) / total
    far = abs(observed - expected)
    beyond = 0
    for start in range(0, draws, CHUNK):
        count = min(CHUNK, draws - start)
        orders = rng.permuted(np.tile(z[:, None], count), axis=0)
        drawn = (orders * used.lag(orders)).sum(axis=0) / total
        beyond += int((np.abs(drawn - expected) >= far - 1e-12).sum())
    return GlobalMoran(observed, expected, (beyond + 1) / (draws + 1), used.size, int(alone.sum()))


def sampling_share(values: FloatArray, errors: FloatArray) -> float:
    """The part of the variance between areas that the standard errors alone would make.

    mean(se²) / var(values), at most 1. Where it is large, neighbours differ by chance, so that a
    true pattern is blurred (I is drawn to nought) and a map of the estimates shows mostly noise.

    Examples
    --------
    >>> sampling_share(np.array([0.2, 0.4, 0.6]), np.array([0.1, 0.1, 0.1]))
    0.25
    """
    between = float(np.var(values, ddof=1))
    if between == 0:
        return 1.0
    return round(min(float(np.mean(np.square(errors))) / between, 1.0), 12)


def centred(values: FloatArray) -> FloatArray:
    """Values less their mean. Raises `AnalysisError` for what cannot be compared."""
    if len(values) < FEWEST:
        raise AnalysisError(f"only {len(values)} areas have neighbours with a value; 10 are needed")
    if not np.isfinite(values).all():
        raise AnalysisError("a value is missing or not finite")
    z = values - values.mean()
    if not (np.abs(z) > 1e-12 * max(1.0, float(np.abs(values).max()))).any():
        raise AnalysisError("all values are alike")
    return np.asarray(z, dtype=np.float64)
