"""The area-level model taken hierarchically: averaged over the variance between areas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize

from analysis.arguments import checked
from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.smallarea.areas import AreaEstimates, AreaFit
from analysis.smallarea.assembly import AreaInput, Predicted, area_input, assembled
from analysis.smallarea.between import AreaData, Method, between_variance
from analysis.smallarea.errors import ErrorCovariance

MODEL = "hierarchical Fay-Herriot"
NODES, WEIGHTS = np.polynomial.legendre.leggauss(48)
PIECES = 4  # of the range on either side of the top
DEPTH = 42.0  # exp(-42) of the top: what lies below is nothing


class Prior(StrEnum):
    """What is thought of the variance A between areas before the data: flat in A (as R's hbsae),
    or flat in its root (Gelman 2006), which lets it be small more easily.
    """

    VARIANCE = "variance"
    DEVIATION = "deviation"


@checked
def hierarchical_bayes(
    estimate: ArrayLike,
    variance: ArrayLike,
    x: ArrayLike | pd.DataFrame | None = None,
    *,
    area: Sequence[object] | None = None,
    n: ArrayLike | None = None,
    prior: Prior | str = Prior.VARIANCE,
    intercept: bool = True,
    confidence: float = 0.95,
) -> AreaEstimates:
    """Posterior means and variances of the area-level model; see `fay_herriot` for the model.

    beta is flat, A has a flat prior: p(A | data) is the restricted likelihood (times the prior).
    Estimates are E[EBLUP(A)], MSEs E[g1 + g2] + Var[EBLUP(A)], by quadrature over A; `gamma` is
    E[gamma], `fit.sigma2` is E[A], never 0. Equal to `fSAE.Area(method="HB")` of R's hbsae.

    Raises
    ------
    AnalysisError
        What `fay_herriot` raises, or fewer than five areas more than coefficients: the posterior
        would have no variance.

    Examples
    --------
    >>> found = hierarchical_bayes([4, 6, 9, 7, 3, 8], [1, 1, 2, 1, 1, 1])
    >>> bool(found.fit.sigma2 > 0), found.gamma.round(2).tolist()
    (True, [0.88, 0.88, 0.8, 0.88, 0.88, 0.88])
    """
    asked = area_input(estimate, variance, x, area=area, n=n, intercept=intercept)
    data = asked.data
    if len(data.y) - data.x.shape[1] < 5:
        raise AnalysisError(
            f"{len(data.y)} areas for {data.x.shape[1]} coefficients: the posterior needs five more"
        )
    averaged = _averaged(asked, _posterior(data, Prior(prior)))
    beta, covariance = asked.coefficients(averaged.beta, averaged.beta_covariance)
    fit = AreaFit(
        method="HB",
        names=asked.covariates.names,
        beta=beta,
        beta_covariance=covariance,
        sigma2=averaged.a,
        n_areas=len(data.y),
        loglik=data.loglik(averaged.a),
    )
    return assembled(MODEL, asked, fit, _predicted(asked, averaged), confidence=confidence)


@dataclass(frozen=True, slots=True, eq=False)
class _Posterior:
    """Points of A and their probabilities."""

    at: FloatArray
    weight: FloatArray


def _posterior(data: AreaData, prior: Prior) -> _Posterior:
    """Pieces of Gauss and Legendre's rule where the density is not nothing, over t in (0, 1).

    A = c t/(1 - t), or its root is; the prior is flat in what t stands for.
    """
    scale = max(between_variance(data, Method.REML).value, 1e-3 * float(np.median(data.psi)))
    power = 1 if prior is Prior.VARIANCE else 2

    def height(t: float) -> float:
        a = scale * (t / (1 - t)) ** power
        return data.loglik(a, restricted=True) - 2 * float(np.log1p(-t))

    grid = np.concatenate([[1e-9], np.linspace(0.01, 0.99, 99), [1 - 1e-9]])
    best = int(np.argmax([height(t) for t in grid]))
    around = (grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)])
    top = float(optimize.minimize_scalar(lambda t: -height(t), bounds=around, method="bounded").x)
    floor = height(top) - DEPTH
    low = _edge(height, 1e-12, top, floor)
    high = _edge(height, 1 - 1e-12, top, floor)
    even = np.linspace(0, 1, PIECES + 1)
    edges = np.concatenate([low + (top - low) * even, top + (high - top) * even[1:]])
    half = np.diff(edges) / 2
    t = ((edges[:-1] + half)[:, None] + half[:, None] * NODES).ravel()
    logs = np.array([height(value) for value in t])
    weight = np.exp(logs - logs.max()) * (half[:, None] * WEIGHTS).ravel()
    return _Posterior(scale * (t / (1 - t)) ** power, weight / weight.sum())


def _edge(height: Callable[[float], float], end: float, top: float, floor: float) -> float:
    """Where the log density falls through the floor on the way from the top to an end."""
    if height(end) >= floor:
        return end
    return float(optimize.brentq(lambda t: height(t) - floor, end, top, xtol=1e-12))


@dataclass(frozen=True, slots=True, eq=False)
class _Averaged:
    """Posterior means; `between` is the variance of the predictor over what A may be."""

    a: float
    beta: FloatArray
    beta_covariance: FloatArray
    estimate: FloatArray
    between: FloatArray
    g1: FloatArray
    g2: FloatArray
    gamma: FloatArray
    synthetic: FloatArray


def _averaged(asked: AreaInput, posterior: _Posterior) -> _Averaged:
    data, everywhere = asked.data, asked.basis.everywhere
    psi = np.where(asked.sampled, asked.psi, np.inf)
    y = np.where(asked.sampled, asked.y, 0.0)
    size, p = everywhere.shape
    at = {name: np.zeros((len(posterior.at), size)) for name in ("gamma", "synthetic", "g2")}
    beta, inverse = np.zeros((len(posterior.at), p)), np.zeros((p, p))
    for number, a in enumerate(posterior.at.tolist()):
        gls = data.gls(a)
        at["gamma"][number] = a / (a + psi)
        at["synthetic"][number] = everywhere @ gls.beta
        at["g2"][number] = ((everywhere @ gls.inverse) * everywhere).sum(axis=1)
        beta[number] = gls.beta
        inverse += posterior.weight[number] * gls.inverse
    gamma, synthetic, weight = at["gamma"], at["synthetic"], posterior.weight
    estimate = synthetic + gamma * (y - synthetic)
    mean, centre = weight @ estimate, weight @ beta
    gap = beta - centre
    return _Averaged(
        a=float(posterior.at @ weight),
        beta=centre,
        beta_covariance=inverse + (gap * weight[:, None]).T @ gap,
        estimate=mean,
        between=weight @ (estimate - mean) ** 2,
        g1=weight @ (posterior.at[:, None] * (1 - gamma)),
        g2=weight @ ((1 - gamma) ** 2 * at["g2"]),
        gamma=weight @ gamma,
        synthetic=weight @ synthetic,
    )


def _predicted(asked: AreaInput, averaged: _Averaged) -> Predicted:
    """Correlations are those of the predictor at E[A], as in hbsae: only variances are averaged."""
    a, mse = averaged.a, averaged.g1 + averaged.g2 + averaged.between
    rest = 1 - np.where(asked.sampled, a / (a + asked.psi), 0.0)
    root = np.linalg.cholesky(asked.data.gls(a).inverse)
    plain = ErrorCovariance(a * rest, rest[:, None] * (asked.basis.everywhere @ root))
    return Predicted(
        estimate=averaged.estimate,
        mse=mse,
        gamma=averaged.gamma,
        synthetic=averaged.synthetic,
        g1=averaged.g1,
        g2=averaged.g2,
        g3=averaged.between,
        errors=plain.scaled(np.sqrt(mse / plain.diagonal())),
    )
