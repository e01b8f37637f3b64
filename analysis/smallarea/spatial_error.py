"""The matrices of the spatial model at one point, and the mean squared error there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg

from analysis.arrays import BoolArray, FloatArray, IntArray, numbers_in
from analysis.errors import AnalysisError
from analysis.smallarea.between import AreaData


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Row-standardised proximity W of all areas; `at` are those with a sample."""

    w: FloatArray
    sum: FloatArray  # W + W'
    product: FloatArray  # W'W
    at: IntArray

    @classmethod
    def of(cls, proximity: ArrayLike, sampled: BoolArray) -> Neighbours:
        """Checked and standardised.

        Raises
        ------
        AnalysisError
            See `spatial_fay_herriot`.
        """
        w = numbers_in(proximity, "proximity", axes=(2,))
        if w.shape != (len(sampled), len(sampled)):
            raise AnalysisError(f"a proximity of {w.shape} for {len(sampled)} areas")
        if not np.isfinite(w).all() or (w < 0).any() or np.diag(w).any():
            raise AnalysisError("proximities are 0 or more, and 0 of an area to itself")
        if not w[np.ix_(sampled, sampled)].any():
            raise AnalysisError("no two areas with a sample are neighbours: use fay_herriot")
        total = w.sum(axis=1, keepdims=True)
        # an island has no neighbours: its row stays 0 and it has an effect of its own
        w = np.divide(w, total, out=np.zeros_like(w), where=total > 0)
        return cls(w, w + w.T, w.T @ w, np.flatnonzero(sampled))


@dataclass(frozen=True, slots=True, eq=False)
class SpatialState:
    """Everything that the likelihood at (A, rho) is made of; `ci` and `drho` are over all areas."""

    a: float
    rho: float
    neighbours: Neighbours
    ci: FloatArray  # [(I - rho W)'(I - rho W)]^-1
    vi: FloatArray  # V^-1, areas with a sample
    x: FloatArray
    logdet: float
    inverse: FloatArray  # (X'V^-1 X)^-1
    logdet_x: float
    beta: FloatArray
    residual: FloatArray

    @classmethod
    def at(cls, a: float, rho: float, data: AreaData, near: Neighbours) -> SpatialState:
        """The matrices at one point."""
        c = np.eye(len(near.w)) - rho * near.sum + rho**2 * near.product
        ci = linalg.cho_solve(linalg.cho_factor(c, lower=True), np.eye(len(c)))
        v = a * ci[np.ix_(near.at, near.at)]
        v[np.diag_indices_from(v)] += data.psi
        factor = linalg.cho_factor(v, lower=True)
        vi = linalg.cho_solve(factor, np.eye(len(v)))
        vx = vi @ data.x
        small = linalg.cho_factor(data.x.T @ vx, lower=True)
        beta = linalg.cho_solve(small, vx.T @ data.y)
        return cls(
            a=a,
            rho=rho,
            neighbours=near,
            ci=ci,
            vi=vi,
            x=data.x,
            logdet=2 * float(np.log(np.diag(factor[0])).sum()),
            inverse=linalg.cho_solve(small, np.eye(data.x.shape[1])),
            logdet_x=2 * float(np.log(np.diag(small[0])).sum()),
            beta=beta,
            residual=data.y - data.x @ beta,
        )

    def loglik(self, *, restricted: bool) -> float:
        """Log-likelihood; the restricted one without its constant."""
        value = self.logdet + float(self.residual @ self.vi @ self.residual)
        if restricted:
            return -0.5 * (value + self.logdet_x)
        return -0.5 * (value + len(self.residual) * float(np.log(2 * np.pi)))

    def change_of_rho(self) -> FloatArray:
        """dC/d rho."""
        return 2 * self.rho * self.neighbours.product - self.neighbours.sum

    def projector(self) -> FloatArray:
        """V^-1 - V^-1 X (X'V^-1 X)^-1 X'V^-1."""
        vx = self.vi @ self.x
        return np.asarray(self.vi - vx @ self.inverse @ vx.T)

    def slopes(self) -> tuple[FloatArray, FloatArray]:
        """dG/dA and dG/d rho, G the covariance of all area effects."""
        return self.ci, -self.a * (self.ci @ self.change_of_rho() @ self.ci)

    def information(self, middle: FloatArray) -> FloatArray:
        """1/2 tr(M dV M dV), M the projector or V^-1."""
        at = np.ix_(self.neighbours.at, self.neighbours.at)
        parts = [middle @ slope[at] for slope in self.slopes()]
        return np.array([[0.5 * float((one * two.T).sum()) for two in parts] for one in parts])

    def score(self, *, restricted: bool) -> FloatArray:
        """Slopes of the log-likelihood in A and rho."""
        at = np.ix_(self.neighbours.at, self.neighbours.at)
        middle = self.projector() if restricted else self.vi
        weighted = self.vi @ self.residual
        return np.array(
            [
                0.5 * float(weighted @ slope[at] @ weighted - (middle * slope[at]).sum())
                for slope in self.slopes()
            ]
        )

    def scoring_step(self, *, restricted: bool) -> FloatArray:
        """Information^-1 times score, of (A, rho)."""
        middle = self.projector() if restricted else self.vi
        score = self.score(restricted=restricted)
        return np.asarray(np.linalg.solve(self.information(middle), score))


@dataclass(frozen=True, slots=True, eq=False)
class SpatialError:
    """`weights` (areas, areas with a sample) of the residuals; `joint` is g1 + g2 between areas."""

    weights: FloatArray
    g1: FloatArray
    g2: FloatArray
    g3: FloatArray
    mse: FloatArray
    joint: FloatArray


def spatial_error(state: SpatialState, x: FloatArray, *, is_ml: bool) -> SpatialError:
    """MSE g1 + g2 + 2 g3 - g4, less the bias of g1 under ML (Singh, Shukla and Kundu 2005)."""
    at = state.neighbours.at
    g, slopes = state.a * state.ci, state.slopes()
    weights = g[:, at] @ state.vi
    first = g - weights @ g[at]
    gap = x - weights @ state.x
    second = gap @ state.inverse @ gap.T
    inner = [slope[:, at] - weights @ slope[np.ix_(at, at)] for slope in slopes]
    turned = [part @ state.vi for part in inner]
    variance = np.asarray(np.linalg.inv(state.information(state.projector())), dtype=np.float64)
    g3 = sum(
        variance[k, j] * (inner[k] * turned[j]).sum(axis=1) for k in range(2) for j in range(2)
    )
    rest = np.eye(len(g))
    rest[:, at] -= weights
    g1, g2, g4 = np.diag(first), np.diag(second), _g4(state, rest, variance)
    mse = g1 + g2 + 2 * np.asarray(g3) - g4
    if is_ml:
        mse = mse - _bias(state, rest, variance)
    mse = np.where(mse > 0, mse, g1 + g2)  # the expansion may fail where areas are few
    return SpatialError(weights, g1, g2, np.asarray(g3), mse, first + second)


def _g4(state: SpatialState, rest: FloatArray, variance: FloatArray) -> FloatArray:
    """1/2 sum over (k, l) of cov_kl times the second derivatives of G, seen through I - B."""
    ci, change = state.ci, state.change_of_rho()
    mixed = -ci @ change @ ci
    twice = 2 * state.a * (ci @ change @ ci @ change @ ci - ci @ state.neighbours.product @ ci)
    bent = 2 * variance[0, 1] * mixed + variance[1, 1] * twice
    return np.asarray(0.5 * ((rest @ bent) * rest).sum(axis=1))


def _bias(state: SpatialState, rest: FloatArray, variance: FloatArray) -> FloatArray:
    """What maximum likelihood takes from g1: the bias of (A, rho) times the slope of g1."""
    at = np.ix_(state.neighbours.at, state.neighbours.at)
    vx = state.vi @ state.x
    traces = [-float((state.inverse * (vx.T @ s[at] @ vx)).sum()) for s in state.slopes()]
    bias = variance @ np.array(traces) / 2
    slopes = [((rest @ slope) * rest).sum(axis=1) for slope in state.slopes()]
    return np.asarray(bias[0] * slopes[0] + bias[1] * slopes[1])
