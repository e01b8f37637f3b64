"""The likelihood of ordered answers that come from a latent scale, and its maximum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from analysis.arrays import FloatArray, IntArray
from analysis.errors import AnalysisError

STEPS = 60
HALVINGS = 30
STILL = 1e-10  # what a Newton step would still gain, per respondent


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """Distribution function, density and slope of the density."""

    cdf: Callable[[FloatArray], FloatArray]
    pdf: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]


def _logistic_slope(x: FloatArray) -> FloatArray:
    p = special.expit(x)
    return np.asarray(p * (1 - p) * (1 - 2 * p))


def _gumbel_cdf(x: FloatArray) -> FloatArray:
    return np.exp(-np.exp(-np.maximum(x, -700.0)))


def _gumbel_pdf(x: FloatArray) -> FloatArray:
    x = np.maximum(x, -700.0)
    return np.exp(-x - np.exp(-x))


LAWS = {
    "logistic": Law(special.expit, lambda x: special.expit(x) * special.expit(-x), _logistic_slope),
    "probit": Law(special.ndtr, stats.norm.pdf, lambda x: -x * stats.norm.pdf(x)),
    "cloglog": Law(
        _gumbel_cdf,
        _gumbel_pdf,
        lambda x: _gumbel_pdf(x) * (np.exp(-np.maximum(x, -700.0)) - 1),
    ),
    "cauchit": Law(
        stats.cauchy.cdf,
        stats.cauchy.pdf,
        lambda x: -2 * x / (1 + x**2) * stats.cauchy.pdf(x),
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class LatentScale:
    """Rows of a cumulative link model: matrix, answer 0.., number of levels, offset, law."""

    x: FloatArray
    y: IntArray
    n_levels: int
    offset: FloatArray
    law: Law

    def _limits(self, beta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Upper and lower end of each answer's interval on the latent scale."""
        k = self.x.shape[1]
        cuts = np.concatenate([[-np.inf], beta[k:], [np.inf]])
        eta = self.x @ beta[:k] + self.offset
        return cuts[self.y + 1] - eta, cuts[self.y] - eta

    def log_likelihood(self, beta: FloatArray, w: FloatArray) -> float:
        if (np.diff(beta[self.x.shape[1] :]) <= 0).any():
            return -np.inf
        upper, lower = self._limits(beta)
        with np.errstate(all="ignore"):
            log_p = np.log(self.law.cdf(upper) - self.law.cdf(lower))
        value = float((w * np.where(w > 0, log_p, 0.0)).sum())
        return value if np.isfinite(value) else -np.inf

    def derivatives(self, beta: FloatArray, w: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Scores of each row (without its weight) and the observed information."""
        upper, lower = self._limits(beta)
        p = self.law.cdf(upper) - self.law.cdf(lower)
        p = np.maximum(p, np.finfo(np.float64).tiny)
        f = [_finite(self.law.pdf, end) / p for end in (upper, lower)]
        g = [_finite(self.law.slope, end) / p for end in (upper, lower)]
        # rows of d upper / d beta and d lower / d beta
        cuts = np.arange(self.n_levels - 1)
        ends = [
            np.hstack([-self.x, (cuts == (self.y - at)[:, None]).astype(np.float64)])
            for at in (0, 1)
        ]
        scores = f[0][:, None] * ends[0] - f[1][:, None] * ends[1]
        information = (w[:, None] * scores).T @ scores
        information -= (ends[0] * (w * g[0])[:, None]).T @ ends[0]
        information += (ends[1] * (w * g[1])[:, None]).T @ ends[1]
        return scores, information

    def start(self, w: FloatArray) -> FloatArray:
        """No slopes; cuts at the weighted shares."""
        share = np.cumsum(np.bincount(self.y, w, self.n_levels))[:-1] / w.sum()
        cuts = special.logit(np.clip(share, 1e-6, 1 - 1e-6))
        centre = float(np.average(self.offset, weights=w))
        return np.concatenate([np.zeros(self.x.shape[1]), cuts + centre])

    def maximise(self, w: FloatArray, start: FloatArray | None = None) -> FloatArray:
        beta = self.start(w) if start is None else start
        value = self.log_likelihood(beta, w)
        for _ in range(STEPS):
            scores, information = self.derivatives(beta, w)
            gradient = w @ scores
            step = _newton_step(information, gradient)
            gain = float(gradient @ step)
            if gain < STILL * len(w):
                final = beta + step
                better = self.log_likelihood(final, w) >= value - 1e-9 * abs(value)
                return final if better else beta
            beta, value = self._uphill(beta, step, value, w)
        raise AnalysisError(
            "the ordinal model did not converge; a level or class may be answered by one group only"
        )

    def _uphill(
        self, beta: FloatArray, step: FloatArray, value: float, w: FloatArray
    ) -> tuple[FloatArray, float]:
        for _ in range(HALVINGS):
            found = self.log_likelihood(beta + step, w)
            if found > value:
                return beta + step, found
            step = step / 2
        raise AnalysisError("the ordinal model finds no better coefficients; it did not converge")


def _finite(of: Callable[[FloatArray], FloatArray], end: FloatArray) -> FloatArray:
    with np.errstate(all="ignore"):
        return np.where(np.isfinite(end), of(np.where(np.isfinite(end), end, 0.0)), 0.0)


def _newton_step(information: FloatArray, gradient: FloatArray) -> FloatArray:
    """Of the information, made positive definite where it is not yet."""
    scale = np.sqrt(np.maximum(np.abs(np.diag(information)), 1e-300))
    even = information / scale / scale[:, None]
    values, vectors = np.linalg.eigh((even + even.T) / 2)
    values = np.maximum(np.abs(values), 1e-12)
    return np.asarray((vectors @ ((vectors.T @ (gradient / scale)) / values)) / scale)
