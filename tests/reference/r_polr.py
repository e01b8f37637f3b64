"""Where R's search for an ordinal model stops, on the likelihood that the engine maximises.

R minimises by BFGS (Nash 1990, algorithm 21) over the slopes, the first cut point and the logs of
the distances to the next ones, and stops when a step gains less than 1.5e-8 of the value: with
large weights some 1e-3 of a standard error before the maximum, which the engine reaches. Its second
derivatives are differences of the gradient, which costs standard errors up to the fourth digit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from analysis.influence import influence_covariance
from analysis.models.families import FAMILIES, LINKS
from analysis.models.fitting import Problem, fit
from analysis.models.ordinal import OrdinalParts, OrdinalRegression

BINARY_LINKS = {"logistic": "logit", "probit": "probit", "cloglog": "probit", "cauchit": "cauchit"}
ENOUGH = float(np.sqrt(np.finfo(np.float64).eps))
MOST = 100
STEP = 1e-3
Function = Callable[[np.ndarray], float]
Gradient = Callable[[np.ndarray], np.ndarray]


def as_r_stops(model: OrdinalRegression) -> OrdinalRegression:
    """The model at R's last step, after a check that the engine's is no worse and close by."""
    parts = OrdinalParts.of(model.design, model.formula, model.link)
    w, k = parts.weights, parts.scale.x.shape[1]

    def cuts(beta: np.ndarray) -> np.ndarray:
        theta = beta[k:]
        gaps = np.exp(np.minimum(theta[1:], 700.0))
        return np.concatenate([beta[:k], np.cumsum([theta[0], *gaps])])

    def value(beta: np.ndarray) -> float:
        return -parts.scale.log_likelihood(cuts(beta), w)

    def slope(beta: np.ndarray) -> np.ndarray:
        scores, _ = parts.scale.derivatives(cuts(beta), w)
        gradient = -(w @ scores)
        of_cuts = gradient[k:]
        tail = np.cumsum(of_cuts[::-1])[::-1]
        return np.concatenate([gradient[:k], [tail[0]], np.exp(beta[k + 1 :]) * tail[1:]])

    last = bfgs(start(parts), value, slope)
    stopped = cuts(last)
    assert parts.scale.log_likelihood(model.estimate, w) >= parts.scale.log_likelihood(stopped, w)
    assert (np.abs(model.estimate - stopped) < 0.05 * model.se).all()
    of_cuts = np.eye(len(last))
    of_cuts[k:, k:] = np.tril(np.ones((len(last) - k, len(last) - k)))
    of_cuts[k:, k + 1 :] *= np.exp(last[k + 1 :])
    inverse = of_cuts @ np.linalg.pinv(differences(last, slope)) @ of_cuts.T
    scores, _ = parts.scale.derivatives(stopped, w)
    covariance = influence_covariance(model.design, model.frame.rows, scores @ inverse)
    return replace(model, estimate=stopped, covariance=covariance, naive=inverse)


def differences(b: np.ndarray, slope: Gradient) -> np.ndarray:
    """R's second derivatives: differences of the gradient over 2e-3."""
    steps = STEP * np.eye(len(b))
    found = np.stack([(slope(b + step) - slope(b - step)) / (2 * STEP) for step in steps])
    return (found + found.T) / 2


def start(parts: OrdinalParts) -> np.ndarray:
    """From the model of answers above the middle level."""
    scale, w = parts.scale, parts.weights
    middle = scale.n_levels // 2
    y = (scale.y + 1 > middle).astype(np.float64)
    x = np.column_stack([np.ones(len(y)), scale.x])
    link = LINKS[BINARY_LINKS[parts.link]]
    problem = Problem(y, x, scale.offset, FAMILIES["binomial"], link, ("", *parts.names))
    beta = fit(problem, w / w.mean()).beta
    q = scale.n_levels - 1
    spacing = special.logit(np.arange(1, q + 1) / (q + 1)) / 1.7
    cuts = -beta[0] + spacing - spacing[middle - 1]
    return np.concatenate([beta[1:], [cuts[0]], np.log(np.diff(cuts))])


def bfgs(b: np.ndarray, value: Function, slope: Gradient) -> np.ndarray:
    """Nash's variable metric search with R's constants."""
    search = _Search(value, slope, b, value(b), slope(b), np.eye(len(b)))
    while not search.is_over():
        pass
    return search.b


@dataclass(slots=True)
class _Search:
    value: Function
    slope: Gradient
    b: np.ndarray
    lowest: float
    g: np.ndarray
    inverse: np.ndarray
    gradients: int = 1
    last: int = 1

    def is_over(self) -> bool:
        """One step; True when nothing moves after a restart along the gradient."""
        if self.last == self.gradients:
            self.inverse = np.eye(len(self.b))
        t = -self.inverse @ self.g
        is_still = self._advance(t) if float(t @ self.g) < 0 else True
        if is_still and self.last < self.gradients:
            is_still, self.last = False, self.gradients
        if self.gradients - self.last > 2 * len(self.b):
            self.last = self.gradients
        return self.gradients >= MOST or (is_still and self.last == self.gradients)

    def _advance(self, t: np.ndarray) -> bool:
        """Move along t and learn from it; True when the step gains nothing."""
        before, old = self.b.copy(), self.g.copy()
        size, found, falls = 1.0, np.inf, float(t @ self.g)
        while True:
            self.b = before + size * t
            if bool((10.0 + before == 10.0 + self.b).all()):
                return True
            found = self.value(self.b)
            if np.isfinite(found) and found <= self.lowest + falls * size * 1e-4:
                break
            size *= 0.2
        is_enough = abs(found - self.lowest) > ENOUGH * (abs(self.lowest) + ENOUGH)
        self.lowest = found
        if not is_enough:
            return True
        self.g = self.slope(self.b)
        self.gradients += 1
        self._learn(size * t, self.g - old)
        return False

    def _learn(self, t: np.ndarray, change: np.ndarray) -> None:
        along = float(t @ change)
        if along <= 0:
            self.last = self.gradients
            return
        moved = self.inverse @ change
        factor = 1 + float(moved @ change) / along
        update = factor * np.outer(t, t) - np.outer(t, moved) - np.outer(moved, t)
        self.inverse = self.inverse + update / along
