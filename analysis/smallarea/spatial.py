"""Fay and Herriot's model with neighbours: area effects follow a simultaneous autoregression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import linalg, optimize

from analysis.arguments import checked, one_of
from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.smallarea.areas import AreaEstimates, AreaFit
from analysis.smallarea.assembly import AreaInput, Predicted, area_input, assembled
from analysis.smallarea.between import AreaData, Method, between_variance
from analysis.smallarea.errors import ErrorCovariance
from analysis.smallarea.spatial_error import Neighbours, SpatialError, SpatialState, spatial_error

MODEL = "spatial Fay-Herriot"
WIDEST = 0.999
LEVELS = (0.3, 1.0)  # of the variance without neighbours
CORRELATIONS = (-0.6, -0.2, 0.2, 0.5, 0.75, 0.9)
SCORING = 50
MOST = 1_500
NOWHERE = 1e10  # minus a log-likelihood that cannot be had
LEAST = 1e-6  # of the spread: a variance between areas below that counts as 0


@checked
def spatial_fay_herriot(
    estimate: ArrayLike,
    variance: ArrayLike,
    proximity: ArrayLike,
    x: ArrayLike | pd.DataFrame | None = None,
    *,
    area: Sequence[object] | None = None,
    n: ArrayLike | None = None,
    method: Method | str = Method.REML,
    intercept: bool = True,
    confidence: float = 0.95,
) -> AreaEstimates:
    """Predictors that also lean on neighbours: v = rho W v + u, u ~ N(0, A).

    V = A [(I - rho W)'(I - rho W)]^-1 + diag(psi); A and rho by (restricted) maximum likelihood,
    searched within bounds from the best of a grid, then by scoring. The MSE is g1 + g2 + 2 g3 - g4,
    and less the bias under ML (Petrucci and Salvati 2006; Pratesi and Salvati 2008; Singh, Shukla
    and Kundu 2005). Equal to `mseSFH` of R's sae. Areas without an estimate borrow from their
    neighbours too. Its matrices are as large as the areas squared and are inverted anew at every
    step: 600 areas take 12 seconds of a processor, twice as many eight times that. Above `MOST`
    areas it is refused: fit province by province, for neighbours across their borders say little.

    Parameters
    ----------
    proximity
        (areas, areas), 0 for what are no neighbours; rows are made to add up to one.

    Raises
    ------
    AnalysisError
        What `fay_herriot` raises; a proximity that is negative, not square, or on the diagonal;
        method FH; more than `MOST` areas; no variance between areas, so that there is nothing for
        neighbours to share; or areas so much alike in their neighbours that rho cannot be told.
    """
    how = one_of(Method, method, "method")
    if how is Method.FH:
        raise AnalysisError("the spatial model is fitted by REML or ML")
    asked = area_input(estimate, variance, x, area=area, n=n, intercept=intercept)
    if len(asked.sampled) > MOST:
        raise AnalysisError(
            f"{len(asked.sampled)} areas: the spatial model inverts matrices of areas squared, and "
            f"is made for at most {MOST}; fit the provinces one by one, or use fay_herriot"
        )
    neighbours = Neighbours.of(proximity, asked.sampled)
    try:
        state = _fitted(asked.data, neighbours, how)
        error = spatial_error(state, asked.basis.everywhere, is_ml=how is Method.ML)
    except linalg.LinAlgError:
        raise AnalysisError(
            "these neighbours do not tell rho from the variance between areas: use fay_herriot"
        ) from None
    beta, covariance = asked.coefficients(state.beta, state.inverse)
    fit = AreaFit(
        method=str(how),
        names=asked.covariates.names,
        beta=beta,
        beta_covariance=covariance,
        sigma2=state.a,
        rho=state.rho,
        n_areas=len(state.residual),
        loglik=state.loglik(restricted=False),
        n_variances=2,
    )
    return assembled(MODEL, asked, fit, _predicted(asked, state, error), confidence=confidence)


@dataclass(frozen=True, slots=True)
class _Likelihood:
    data: AreaData
    neighbours: Neighbours
    method: Method
    spread: float

    def state(self, theta: FloatArray) -> SpatialState:
        a, rho = self.spread * float(np.exp(theta[0])), float(theta[1])
        return SpatialState.at(a, rho, self.data, self.neighbours)

    @property
    def is_restricted(self) -> bool:
        return self.method is Method.REML

    def minus(self, theta: FloatArray) -> float:
        try:
            found = self.state(theta)
        except linalg.LinAlgError:
            return NOWHERE
        return -found.loglik(restricted=self.is_restricted)

    def minus_with_slope(self, theta: FloatArray) -> tuple[float, FloatArray]:
        try:
            found = self.state(theta)
        except linalg.LinAlgError:
            return NOWHERE, np.zeros(2)
        slope = found.score(restricted=self.is_restricted) * np.array([found.a, 1.0])
        return -found.loglik(restricted=self.is_restricted), -slope


def _fitted(data: AreaData, neighbours: Neighbours, method: Method) -> SpatialState:
    """From the best point of a coarse grid: the likelihood may have several tops in rho."""
    start = between_variance(data, method, adjust=True).value
    likelihood = _Likelihood(data, neighbours, method, data.spread())
    level = np.log(max(start, 0.01 * likelihood.spread) / likelihood.spread)
    grid = [np.array([level + np.log(f), rho]) for f in LEVELS for rho in CORRELATIONS]
    found = optimize.minimize(
        likelihood.minus_with_slope,
        min(grid, key=likelihood.minus),
        jac=True,
        method="L-BFGS-B",
        bounds=[(np.log(LEAST), np.log(1e6)), (-WIDEST, WIDEST)],
    )
    if found.x[0] <= np.log(LEAST) * 0.99:
        raise AnalysisError(
            "no variance between areas is left for neighbours to share: use fay_herriot"
        )
    return _polished(likelihood, np.asarray(found.x, dtype=np.float64))


def _polished(likelihood: _Likelihood, theta: FloatArray) -> SpatialState:
    """Scoring with halved steps: the search stops where the likelihood is flat to eight digits."""
    state, lowest = likelihood.state(theta), likelihood.minus(theta)
    for _ in range(SCORING):
        step = state.scoring_step(restricted=likelihood.is_restricted)
        for half in range(12):
            a = state.a + step[0] / 2**half
            rho = state.rho + step[1] / 2**half
            if a <= 0 or abs(rho) >= WIDEST:
                continue
            there = np.array([np.log(a / likelihood.spread), rho])
            value = likelihood.minus(there)
            if value <= lowest + 1e-12 * abs(lowest):
                break
        else:
            return state
        done = abs(step[0]) <= 1e-12 * state.a and abs(step[1]) <= 1e-12
        state, lowest = likelihood.state(there), min(value, lowest)
        if done:
            break
    return state


def _predicted(asked: AreaInput, state: SpatialState, error: SpatialError) -> Predicted:
    estimate = asked.basis.everywhere @ state.beta + error.weights @ state.residual
    gamma = np.zeros(len(asked.y))
    gamma[asked.sampled] = np.diag(error.weights[asked.sampled])
    others = estimate - gamma * np.where(asked.sampled, asked.y, 0.0)
    return Predicted(
        estimate=estimate,
        mse=error.mse,
        gamma=gamma,
        synthetic=others / (1 - gamma),
        g1=error.g1,
        g2=error.g2,
        g3=error.g3,
        errors=_covariance(error),
    )


def _covariance(error: SpatialError) -> ErrorCovariance:
    value, vector = np.linalg.eigh(error.joint)
    shared: FloatArray = vector * np.sqrt(np.maximum(value, 0.0))
    return ErrorCovariance(np.zeros(len(error.mse)), shared).with_diagonal(error.mse)
