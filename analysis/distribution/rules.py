"""Quantile rules: how a number is read off the weighted distribution function.

The rules are those of R's `survey`: `math` (= hf1, the inverse of the distribution function),
`school` (= hf2, midway where a step is met exactly), hf3 ... hf9 (Hyndman and Fan 1996, The
American Statistician 50, with weights) and `shahvaish` (Shah and Vaish 2006, as R computes it: its
half step takes the weights as they are, so that it alone depends on their scale). The sums are
kept in extended precision and rounded as R does, so that exact steps are met where R meets them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.arrays import FloatArray, IntArray


class QuantileRule(StrEnum):
    """`math` (hf1) and `school` (hf2) keep to values that were answered, or lie midway."""

    MATH = "math"
    SCHOOL = "school"
    SHAHVAISH = "shahvaish"
    HF1 = "hf1"
    HF2 = "hf2"
    HF3 = "hf3"
    HF4 = "hf4"
    HF5 = "hf5"
    HF6 = "hf6"
    HF7 = "hf7"
    HF8 = "hf8"
    HF9 = "hf9"


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """Answers in ascending order with their weights, none of which is zero."""

    x: FloatArray
    w: FloatArray

    @classmethod
    def of(cls, x: FloatArray, w: FloatArray) -> Ordered:
        """Sort answers; ties keep their order, rows without weight leave."""
        used = w != 0
        x, w = x[used], w[used]
        order = np.argsort(x, kind="stable")
        return cls(x[order], w[order])

    def quantile(self, shares: FloatArray, rule: QuantileRule) -> FloatArray:
        """The values below which these shares of the weight lie; nan for shares outside 0..1.

        >>> four = Ordered.of(np.array([1.0, 2, 3, 4]), np.ones(4))
        >>> four.quantile(np.array([0.25, 0.6]), QuantileRule.MATH)
        array([1., 3.])
        """
        found = np.full(len(shares), np.nan)
        inside = (shares >= 0) & (shares <= 1)
        if len(self.x) and inside.any():
            found[inside] = _RULES[rule](self, shares[inside])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """The last step of the distribution function at or below each share, and the next."""

    at: IntArray
    next: IntArray
    above: FloatArray
    below_next: FloatArray


def _sums(w: FloatArray) -> FloatArray:
    return np.cumsum(w, dtype=np.longdouble).astype(np.float64)


def _step(w: FloatArray, shares: FloatArray) -> _Step:
    cumulated = _sums(w)
    total = cumulated[-1]
    if (w < 0).any():  # weights from a linear calibration: the sums may fall again
        reached = cumulated <= (shares * total)[:, None]
        at = np.where(reached.any(1), len(w) - 1 - reached[:, ::-1].argmax(axis=1), 0)
    else:
        at = np.maximum(np.searchsorted(cumulated, shares * total, side="right") - 1, 0)
    following = np.minimum(at + 1, len(w) - 1)
    above = shares - cumulated[at] / total
    return _Step(at, following, above, cumulated[following] / total - shares)


def _math(data: Ordered, shares: FloatArray) -> FloatArray:
    step = _step(data.w, shares)
    return np.where(step.above <= 0, data.x[step.at], data.x[step.next])


def _school(data: Ordered, shares: FloatArray) -> FloatArray:
    step = _step(data.w, shares)
    low, high = data.x[step.at], data.x[step.next]
    return np.where(step.above <= 0, (low + high) / 2, high)


def _even(data: Ordered, shares: FloatArray) -> FloatArray:
    """hf3: of a step that is met exactly, the one with the even number among distinct values."""
    x, code = np.unique(data.x, return_inverse=True)
    step = _step(np.bincount(code, data.w).astype(np.float64), shares)
    is_even = (step.at + 1) % 2 == 0
    return np.where((step.above <= 0) & is_even, x[step.at], x[step.next])


def _linear_between_steps(data: Ordered, shares: FloatArray) -> FloatArray:
    """hf4; below the first step it stays at the smallest value (R runs on below it)."""
    step = _step(data.w, shares)
    width = step.below_next + step.above
    part = np.divide(step.above, width, out=np.zeros(len(shares)), where=width > 0)
    part = np.clip(part, 0.0, 1.0)
    return np.asarray(data.x[step.at] * (1 - part) + data.x[step.next] * part)


def _interpolated(
    points: Callable[[FloatArray, FloatArray], FloatArray],
) -> Callable[[Ordered, FloatArray], FloatArray]:
    """A rule that draws straight lines through (points(w, cumulated w), x)."""

    def rule(data: Ordered, shares: FloatArray) -> FloatArray:
        if len(data.x) == 1:
            return np.full(len(shares), data.x[0])
        return np.asarray(np.interp(shares, points(data.w, _sums(data.w)), data.x))

    return rule


def _before(cumulated: FloatArray) -> FloatArray:
    return np.concatenate([[0.0], cumulated[:-1]])


def _shahvaish(data: Ordered, shares: FloatArray) -> FloatArray:
    n = len(data.x)
    if n == 1:
        return np.full(len(shares), data.x[0])
    points = (_sums(data.w / data.w.mean()) + 0.5 - data.w / 2) / (n + 1)
    order = np.argsort(points, kind="stable")
    at = np.searchsorted(points[order], shares, side="right") - 1
    return np.asarray(data.x[order][np.clip(at, 0, n - 1)])


_RULES: dict[QuantileRule, Callable[[Ordered, FloatArray], FloatArray]] = {
    QuantileRule.MATH: _math,
    QuantileRule.HF1: _math,
    QuantileRule.SCHOOL: _school,
    QuantileRule.HF2: _school,
    QuantileRule.HF3: _even,
    QuantileRule.HF4: _linear_between_steps,
    QuantileRule.HF5: _interpolated(lambda w, c: (c - w / 2) / c[-1]),
    QuantileRule.HF6: _interpolated(lambda w, c: c / (c[-1] + w[-1])),
    QuantileRule.HF7: _interpolated(lambda w, c: _before(c) / c[-2]),
    QuantileRule.HF8: _interpolated(
        lambda w, c: (_before(c) / 3 + c * 2 / 3) / (c[-1] + w[-1] / 3)
    ),
    QuantileRule.HF9: _interpolated(
        lambda w, c: (_before(c) * 3 / 8 + c * 5 / 8) / (c[-1] + w[-1] / 4)
    ),
    QuantileRule.SHAHVAISH: _shahvaish,
}
