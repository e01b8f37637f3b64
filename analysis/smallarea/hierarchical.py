"""The area-level model taken hierarchically: averaged over the variance between areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, special

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.smallarea.areas import AreaEstimates, AreaFit, Scale
from analysis.smallarea.between import AreaData, Method, between_variance
from analysis.smallarea.covariates import Basis
from analysis.smallarea.errors import ErrorCovariance
from analysis.smallarea.fayherriot import AreaInput, area_input, flags_of

NODES, WEIGHTS = np.polynomial.legendre.leggauss(48)
PIECES = 4  # of the range on either side of the top
DEPTH = 42.0  # exp(-42) of the top: what lies below is nothing


class Prior(StrEnum):
    """What is thought of the variance A between areas before the data: flat in A (as R's hbsae),
    or flat in its root (Gelman 2006), which lets it be small more easily.
    """

    VARIANCE = "variance"
    DEVIATION = "deviation"


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
    basis = asked.covariates.orthonormal(asked.sampled)
    data = AreaData(asked.y[asked.sampled], asked.psi[asked.sampled], basis.fitted)
    if len(data.y) - data.x.shape[1] < 5:
        raise AnalysisError(
            f"{len(data.y)} areas for {data.x.shape[1]} coefficients: the posterior needs five more"
        )
    return _averaged(asked, basis, data, _posterior(data, Prior(prior)), confidence)


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


def _edge(height: object, end: float, top: float, floor: float) -> float:
    """Where the log density falls through the floor on the way from the top to an end."""
    assert callable(height)
    if height(end) >= floor:
        return end
    return float(optimize.brentq(lambda t: height(t) - floor, end, top, xtol=1e-12))


def _averaged(
    asked: AreaInput, basis: Basis, data: AreaData, posterior: _Posterior, confidence: float
) -> AreaEstimates:
    size = len(asked.y)
    psi = np.where(asked.sampled, asked.psi, np.inf)
    sums = {name: np.zeros(size) for name in ("est", "square", "g1", "g2", "gamma", "synthetic")}
    beta = np.zeros(data.x.shape[1])
    beta_square = np.zeros((len(beta), len(beta)))
    y = np.where(asked.sampled, asked.y, 0.0)
    for a, weight in zip(posterior.at.tolist(), posterior.weight.tolist(), strict=True):
        gls = data.gls(a)
        gamma = a / (a + psi)
        synthetic = basis.everywhere @ gls.beta
        estimate = synthetic + gamma * (y - synthetic)
        spread = ((basis.everywhere @ gls.inverse) * basis.everywhere).sum(axis=1)
        for name, value in {
            "est": estimate,
            "square": estimate**2,
            "g1": a * (1 - gamma),
            "g2": (1 - gamma) ** 2 * spread,
            "gamma": gamma,
            "synthetic": synthetic,
        }.items():
            sums[name] += weight * value
        beta += weight * gls.beta
        beta_square += weight * (gls.inverse + np.outer(gls.beta, gls.beta))
    spread = beta_square - np.outer(beta, beta)
    return _packed(
        asked, basis, data, posterior,
        sums=sums, beta=beta, beta_covariance=spread, confidence=confidence,
    )  # fmt: skip


def _packed(
    asked: AreaInput,
    basis: Basis,
    data: AreaData,
    posterior: _Posterior,
    *,
    sums: dict[str, FloatArray],
    beta: FloatArray,
    beta_covariance: FloatArray,
    confidence: float,
) -> AreaEstimates:
    a = float(posterior.at @ posterior.weight)
    estimate, gamma = sums["est"], sums["gamma"]
    between = np.maximum(sums["square"] - estimate**2, 0.0)
    mse = sums["g1"] + sums["g2"] + between
    half = special.ndtri((1 + confidence) / 2) * np.sqrt(mse)
    # correlations are those of the predictor at E[A], as in hbsae: only variances are averaged
    rest = 1 - np.where(asked.sampled, a / (a + asked.psi), 0.0)
    root = np.linalg.cholesky(data.gls(a).inverse)
    plain = ErrorCovariance(a * rest, rest[:, None] * (basis.everywhere @ root))
    return AreaEstimates(
        model="hierarchical Fay-Herriot",
        fit=AreaFit(
            method="HB",
            names=asked.covariates.names,
            beta=basis.back @ beta,
            beta_covariance=basis.back @ beta_covariance @ basis.back.T,
            sigma2=a,
            n_areas=len(data.y),
            loglik=data.loglik(a),
        ),
        scale=Scale.IDENTITY,
        confidence=confidence,
        area=asked.area,
        direct=asked.y,
        direct_se=np.sqrt(asked.psi),
        n=asked.n,
        estimate=estimate,
        mse=mse,
        lower=estimate - half,
        upper=estimate + half,
        gamma=gamma,
        synthetic=sums["synthetic"],
        g1=sums["g1"],
        g2=sums["g2"],
        g3=between,
        flags=asked.flags | flags_of(gamma, basis),
        reason=("",) * len(asked.area),
        errors=plain.scaled(np.sqrt(mse / plain.diagonal())),
    )
