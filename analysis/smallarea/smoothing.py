"""Sampling variances that can be trusted: one PSU, or a share of 0, must not stop the clock.

A direct variance from three villages is itself a guess with two degrees of freedom, and 0 where
everybody said yes. The model takes variances as known; an area with variance 0 would be believed
whole. So variances are pooled over areas or put on a curve before the model sees them (Rivest and
Vandal 2003; You and Chapman 2006; Hidiroglou, Beaumont and Yung 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import AnalysisError

FEWEST = 3  # areas with a variance, below which there is nothing to pool or to fit


class Smoothing(StrEnum):
    """How sampling variances are made steady.

    `pooled`: psi_d = c / n_d, c from all areas of the group (for shares: the pooled design effect
    times p(1 - p) of the group). `curve`: log psi_d = a + b log n_d, a generalised variance
    function, raised so that the variances keep their sum.
    """

    POOLED = "pooled"
    CURVE = "curve"


@dataclass(frozen=True, slots=True, eq=False)
class SmoothedVariances:
    """`variance` per area, nan without respondents.

    `was_lacking`: the direct one was unusable. `deff`: the pooled design effect (nan if no shares
    were given).
    """

    variance: FloatArray
    was_lacking: BoolArray
    deff: float
    how: Smoothing


@checked
def smoothed_variances(
    variance: ArrayLike,
    n: ArrayLike,
    *,
    share: ArrayLike | None = None,
    group: Sequence[object] | None = None,
    how: Smoothing | str = Smoothing.POOLED,
) -> SmoothedVariances:
    """Sampling variances smoothed over areas.

    Parameters
    ----------
    variance
        Direct variances; those that are nan or 0 say nothing and are not used, but get a value.
    n
        Respondents per area.
    share
        The direct shares (0..1), if that is what was estimated.
    group
        Areas that are alike (a region): its mean share, or its mean variance at n = 1.

    Raises
    ------
    AnalysisError
        Fewer than three areas have a variance, or lengths differ.

    Examples
    --------
    >>> found = smoothed_variances([0.02, 0.04, 0.0, 0.03], [10, 10, 5, 10])
    >>> found.variance.round(3).tolist()
    [0.03, 0.03, 0.06, 0.03]
    """
    psi, size = np.asarray(variance, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if psi.shape != size.shape:
        raise AnalysisError(f"{len(psi)} variances for {len(size)} areas")
    usable = np.isfinite(psi) & (psi > 0) & (size > 1)
    if usable.sum() < FEWEST:
        raise AnalysisError(
            f"{int(usable.sum())} areas have a sampling variance; at least {FEWEST} are needed"
        )
    rule = Smoothing(how)
    code = _codes(group, len(psi))
    deff = float("nan")
    with np.errstate(divide="ignore", invalid="ignore"):
        if rule is Smoothing.CURVE:
            found = _curve(psi, size, usable)
        elif share is None:
            found = _by_group(psi * size, size, code, usable) / size
        else:
            p = np.asarray(share, dtype=np.float64)
            deff = pooled_deff(psi, p, size)
            level = _by_group(p, size, code, np.isfinite(p) & (size > 0))
            found = deff * _away_from_edges(level, size, code) / size
    return SmoothedVariances(np.where(size > 0, found, np.nan), ~usable & (size > 0), deff, rule)


@checked
def pooled_deff(variance: ArrayLike, share: ArrayLike, n: ArrayLike) -> float:
    """One design effect for all areas: sum n V / sum n p(1 - p)/(n - 1).

    Areas with a share of 0 or 1 add nothing to either sum.

    Raises
    ------
    AnalysisError
        No area has both a variance and a share between 0 and 1.
    """
    psi, p, size = (np.asarray(values, dtype=np.float64) for values in (variance, share, n))
    usable = np.isfinite(psi) & np.isfinite(p) & (size > 1) & (psi > 0) & (p > 0) & (p < 1)
    if not usable.any():
        raise AnalysisError("no area has a variance to take the design effect from")
    simple = p[usable] * (1 - p[usable]) / (size[usable] - 1)
    return float((size[usable] * psi[usable]).sum() / (size[usable] * simple).sum())


def _codes(group: Sequence[object] | None, size: int) -> IntArray:
    if group is None:
        return np.zeros(size, dtype=np.int64)
    if len(group) != size:
        raise AnalysisError(f"{len(group)} groups for {size} areas")
    return pd.factorize(pd.Series(list(group), dtype=object))[0].astype(np.int64)


def _by_group(values: FloatArray, n: FloatArray, code: IntArray, usable: BoolArray) -> FloatArray:
    """Means of the group weighted by n; of all areas where a group has fewer than three."""
    weight = np.where(usable, n, 0.0)
    total = np.bincount(code, weight * np.where(usable, values, 0.0))
    weights = np.bincount(code, weight)
    enough = np.bincount(code, usable) >= FEWEST
    overall = total.sum() / weights.sum()
    return np.asarray(np.where(enough, total / np.where(weights > 0, weights, 1), overall)[code])


def _away_from_edges(level: FloatArray, n: FloatArray, code: IntArray) -> FloatArray:
    """p(1 - p) of the group, with half a person on either side so that it is never 0."""
    people = np.bincount(code, n)[code]
    p = (level * people + 0.5) / (people + 1)
    return np.asarray(p * (1 - p))


def _curve(psi: FloatArray, n: FloatArray, usable: BoolArray) -> FloatArray:
    x = np.column_stack([np.ones(usable.sum()), np.log(n[usable])])
    slope = np.linalg.lstsq(x, np.log(psi[usable]), rcond=None)[0]
    fitted = np.exp(slope[0] + slope[1] * np.log(n))
    return np.asarray(fitted * psi[usable].sum() / fitted[usable].sum())
