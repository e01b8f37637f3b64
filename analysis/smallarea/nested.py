"""Fitting y_dk = x_dk'beta + v_d + e_dk: one bounded search over the ratio of the variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize

from analysis.arrays import FloatArray, IntArray, group_sum
from analysis.errors import AnalysisError
from analysis.smallarea.between import Method


@dataclass(frozen=True, slots=True, eq=False)
class NestedData:
    """What the likelihood needs: cross products and the areas' means."""

    n: FloatArray
    y_mean: FloatArray
    x_mean: FloatArray
    xx: FloatArray
    xy: FloatArray
    yy: float
    rows: int

    @classmethod
    def of(cls, y: FloatArray, x: FloatArray, code: IntArray, size: int) -> NestedData:
        """Sums over areas; `x` in a well-conditioned basis."""
        n = np.bincount(code, minlength=size).astype(np.float64)
        x_mean = group_sum(code, size, x) / n[:, None]
        y_mean = np.bincount(code, y, size) / n
        if len(y) <= size + x.shape[1]:
            raise AnalysisError("no area has enough respondents to tell the variance within areas")
        return cls(n, y_mean, x_mean, x.T @ x, x.T @ y, float(y @ y), len(y))


@dataclass(frozen=True, slots=True, eq=False)
class NestedFit:
    """`between` and `within` variances; `inverse` is the covariance of `beta`."""

    method: str
    beta: FloatArray
    inverse: FloatArray
    between: float
    within: float
    loglik: float


@dataclass(frozen=True, slots=True, eq=False)
class _At:
    beta: FloatArray
    unscaled: FloatArray
    squares: float
    height: float


def _at(data: NestedData, ratio: float, method: Method) -> _At:
    """The profile (restricted) log-likelihood at between / within = ratio."""
    drop = ratio * data.n**2 / (1 + ratio * data.n)  # what V^-1 takes from n times squared means
    xx = data.xx - (data.x_mean * drop[:, None]).T @ data.x_mean
    xy = data.xy - data.x_mean.T @ (drop * data.y_mean)
    yy = data.yy - float((drop * data.y_mean**2).sum())
    factor = linalg.cho_factor(xx, lower=True)
    beta = linalg.cho_solve(factor, xy)
    squares = max(yy - float(beta @ xy), 1e-300)
    logs = float(np.log1p(ratio * data.n).sum())
    rows = data.rows
    if method is Method.REML:
        rows -= len(beta)
        logs += 2 * float(np.log(np.diag(factor[0])).sum())
    height = -0.5 * (rows * (np.log(2 * np.pi * squares / rows) + 1) + logs)
    return _At(beta, linalg.cho_solve(factor, np.eye(len(beta))), squares, float(height))


def _slope(data: NestedData, ratio: float, method: Method) -> float:
    """Derivative of that profile."""
    found = _at(data, ratio, method)
    share = data.n / (1 + ratio * data.n)
    rest = data.y_mean - data.x_mean @ found.beta
    rows = data.rows - (len(found.beta) if method is Method.REML else 0)
    value = rows * float((share**2 * rest**2).sum()) / found.squares - float(share.sum())
    if method is Method.REML:
        mean = data.x_mean * share[:, None]
        value += float(((mean @ found.unscaled) * mean).sum())
    return 0.5 * value


def fit_nested(data: NestedData, method: Method) -> NestedFit:
    """Variances by (restricted) maximum likelihood; 0 between areas where the slope falls there."""
    grid = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 49) / float(np.median(data.n))])
    best = int(np.argmax([_at(data, ratio, method).height for ratio in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]

    def slope(ratio: float) -> float:
        return _slope(data, ratio, method)

    if best == 0 and slope(0.0) <= 0:
        ratio = 0.0
    elif slope(low) > 0 > slope(high):
        ratio = float(optimize.brentq(slope, low, high, xtol=1e-300, rtol=1e-14))
    else:
        raise AnalysisError("the variance within areas is nothing beside that between them")
    found = _at(data, ratio, method)
    rows = data.rows - (len(found.beta) if method is Method.REML else 0)
    within = found.squares / rows
    return NestedFit(
        method=str(method),
        beta=found.beta,
        inverse=found.unscaled * within,
        between=ratio * within,
        within=within,
        loglik=_loglik(data, found, ratio, within),
    )


def _loglik(data: NestedData, found: _At, ratio: float, within: float) -> float:
    logs = float(np.log1p(ratio * data.n).sum()) + data.rows * float(np.log(2 * np.pi * within))
    return -0.5 * (logs + found.squares / within)
