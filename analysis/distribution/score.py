"""Limits of quantiles from the test of F(x) = share (Francisco and Fuller 1991).

A value x is inside where |share - F(x)| <= t se(F(x)). The statistic only changes at answers, so
the limits are found by bisection among them, for all domains at once. As in R the limit is then
read at the plain (not weighted) share of answers up to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.distribution.rules import QuantileRule
from analysis.intervals import t_quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.distribution.quantiles import Sorted
    from analysis.estimates import Estimates


def score_limits(
    rule: QuantileRule,
    answers: Sorted,
    shares: FloatArray,
    below: Callable[[FloatArray], Estimates],
    confidence: float,
) -> FloatArray:
    """Limits (2, domains, variables, shares); `below` estimates F at values of that shape."""
    values = [[np.unique(found.x) for found in row] for row in answers.tables]
    last = np.array([[max(len(x) - 1, 0) for x in row] for row in values])
    last = np.repeat(last[:, :, None], len(shares), axis=2)

    def read(at: IntArray) -> FloatArray:
        found = np.full(at.shape, np.nan)
        for place in np.ndindex(at.shape):
            x = values[place[0]][place[1]]
            if len(x):
                found[place] = x[min(max(int(at[place]), 0), len(x) - 1)]
        return found

    def statistic(at: IntArray) -> FloatArray:
        made = below(read(at))
        f, se = made.estimate.reshape(at.shape), made.se.reshape(at.shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((shares - f) / se)

    start = below(read(np.zeros_like(last)))
    t = t_quantile(start.df, (1 + confidence) / 2).reshape(last.shape)
    found = []
    for limit in (t, -t):
        at, near = _crossing(statistic, last, limit)
        found.append(_read_off(rule, answers, read(at - 1 + near), at >= 0))
    return np.stack(found)


def _crossing(
    statistic: Callable[[IntArray], FloatArray], last: IntArray, limit: FloatArray
) -> tuple[IntArray, IntArray]:
    """The first answer where the statistic is below the limit (-1: none), 1 if it is the nearer."""
    low, high = np.zeros_like(last), np.maximum(last - 1, 0)
    none = ~(statistic(low) > limit) | ~(statistic(high) < limit)
    while (high - low > 1).any():
        middle = (low + high) // 2
        over = statistic(middle) > limit
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    before, after = statistic(low), statistic(high)
    near = (np.abs(after - limit) < np.abs(before - limit)).astype(np.int64)
    return np.where(none, -1, high), near


def _read_off(
    rule: QuantileRule, answers: Sorted, limit: FloatArray, is_found: BoolArray
) -> FloatArray:
    found = np.full(limit.shape, np.nan)
    for place in zip(*np.nonzero(is_found), strict=True):
        data = answers.tables[place[0]][place[1]]
        share = np.array([np.searchsorted(data.x, limit[place], side="right") / len(data.x)])
        found[place] = data.quantile(share, rule)[0]
    return found
