"""The variance between areas: likelihoods, moment equation, and one bounded search for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import linalg, optimize

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError

GRID = 40
LOWEST = 1e-8  # of the scale of the data: between this and 0 there is one step of the grid


class Method(StrEnum):
    """How the variance between areas is estimated."""

    REML = "REML"
    ML = "ML"
    FH = "FH"  # the moment equation of Fay and Herriot 1979


@dataclass(frozen=True, slots=True, eq=False)
class Gls:
    """Generalised least squares at one value A of the variance between areas."""

    weight: FloatArray  # 1 / (A + psi)
    inverse: FloatArray  # (X'WX)^-1
    beta: FloatArray
    residual: FloatArray
    logdet: float  # of X'WX


@dataclass(frozen=True, slots=True, eq=False)
class AreaData:
    """Direct estimates y, sampling variances psi, covariates x, of areas with a sample."""

    y: FloatArray
    psi: FloatArray
    x: FloatArray

    def gls(self, a: float) -> Gls:
        """Coefficients for a given variance between areas."""
        weight = 1 / (a + self.psi)
        xw = self.x * weight[:, None]
        factor = linalg.cho_factor(self.x.T @ xw, lower=True)
        inverse = linalg.cho_solve(factor, np.eye(self.x.shape[1]))
        beta = linalg.cho_solve(factor, xw.T @ self.y)
        logdet = 2 * float(np.log(np.diag(factor[0])).sum())
        return Gls(weight, inverse, beta, self.y - self.x @ beta, logdet)

    def loglik(self, a: float, *, restricted: bool = False) -> float:
        """Log-likelihood with the coefficients maximised out (or, restricted, integrated out)."""
        found = self.gls(a)
        m, p = self.x.shape
        value = np.log(found.weight).sum() - (found.weight * found.residual**2).sum()
        value -= (m - p if restricted else m) * np.log(2 * np.pi)
        return float(0.5 * (value - found.logdet if restricted else value))

    def score(self, a: float, method: Method) -> float:
        """Derivative of the (restricted) log-likelihood in A, or the moment equation's excess."""
        found = self.gls(a)
        squares = found.weight * found.residual**2
        if method is Method.FH:
            return float(squares.sum() - (len(self.y) - self.x.shape[1]))
        trace = found.weight.sum()
        if method is Method.REML:
            xw = self.x * found.weight[:, None]
            trace -= float(((xw @ found.inverse) * xw).sum())
        return float(0.5 * ((found.weight * squares).sum() - trace))

    def spread(self) -> float:
        """The scale of A: residual variance of the unweighted regression, or psi if larger."""
        beta = np.linalg.lstsq(self.x, self.y, rcond=None)[0]
        residual = self.y - self.x @ beta
        rest = float((residual**2).sum() / (len(self.y) - self.x.shape[1]))
        return max(rest, float(np.median(self.psi)))


@dataclass(frozen=True, slots=True)
class Between:
    """The variance between areas that was found, or is known."""

    value: float
    was_zero: bool
    is_known: bool = False


def between_variance(data: AreaData, method: Method, *, adjust: bool = True) -> Between:
    """The variance A between areas, searched for in one bounded dimension.

    The likelihood is looked at on a grid over [0, large] (it may have two tops), and the root of
    its derivative is bracketed next to the best point: scoring, as in R's `sae`, may leave the
    bracket or never stop. Where the answer is 0, every direct estimate would lose its weight
    altogether; `adjust` then takes the adjusted likelihood of Yoshimori and Lahiri 2014, which
    adds log(arctan(sum gamma)) / m, of lower order than the likelihood's own bias, and is never 0.

    Raises
    ------
    AnalysisError
        The areas differ without bound on the scale of their variances: units do not match.
    """
    top = _top(data, method)
    if method is Method.FH:
        value = 0.0 if data.score(0.0, method) <= 0 else _root(data.score, 0.0, top, method)
    else:
        value = _best(
            lambda a: data.loglik(a, restricted=method is Method.REML),
            lambda a: data.score(a, method),
            np.concatenate([[0.0], _grid(data, top)]),
        )
    if value > 0 or not adjust:
        return Between(value, was_zero=value <= 0)
    likelihood = Method.ML if method is Method.ML else Method.REML
    return Between(_adjusted(data, likelihood, top), was_zero=True)


def _top(data: AreaData, method: Method) -> float:
    """A bound beyond which the score is negative."""
    top = 4 * data.spread()
    for _ in range(60):
        if data.score(top, method) < 0:
            return top
        top *= 4
    raise AnalysisError("no upper bound for the variance between areas: check the variances' unit")


def _grid(data: AreaData, top: float) -> FloatArray:
    return np.geomspace(LOWEST * min(data.spread(), float(data.psi.min())), top, GRID)


def _best(
    height: Callable[[float], float], slope: Callable[[float], float], grid: FloatArray
) -> float:
    """The highest point, from a grid and then the root of the slope beside its best point."""
    best = int(np.argmax([height(a) for a in grid]))
    if best == 0 and slope(grid[0]) <= 0:
        return float(grid[0])
    if slope(grid[best]) > 0 or best == 0:
        low, high = grid[best], grid[min(best + 1, len(grid) - 1)]
    else:
        low, high = grid[best - 1], grid[best]
    if slope(low) > 0 > slope(high):
        return float(optimize.brentq(slope, low, high, xtol=1e-300, rtol=1e-14))
    found = optimize.minimize_scalar(lambda a: -height(a), bounds=(low, high), method="bounded")
    return float(found.x)


def _root(
    slope: Callable[[float, Method], float], low: float, high: float, method: Method
) -> float:
    return float(optimize.brentq(slope, low, high, args=(method,), xtol=1e-300, rtol=1e-14))


def _adjusted(data: AreaData, method: Method, top: float) -> float:
    """The top of the adjusted likelihood (Yoshimori and Lahiri 2014, equation 7)."""
    m = len(data.y)

    def height(a: float) -> float:
        total = float((a / (a + data.psi)).sum())
        value = data.loglik(a, restricted=method is Method.REML)
        return value + float(np.log(np.arctan(total))) / m

    def slope(a: float) -> float:
        total = float((a / (a + data.psi)).sum())
        change = float((data.psi / (a + data.psi) ** 2).sum())
        return data.score(a, method) + change / ((1 + total**2) * float(np.arctan(total))) / m

    return _best(height, slope, _grid(data, top))
