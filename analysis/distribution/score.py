"""Limits of quantiles from the test of F(x) = share (Francisco and Fuller 1991).

A value x is inside where |share - F(x)| <= t se(F(x)). Both limits are searched as R does, by
Brent's method between the answers' ends (so that of several crossings the same is found), and each
is read off at the plain (not weighted) share of answers up to it. The searches of all domains go
on side by side: each of their steps is one pass through the data.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import numpy as np

from analysis.arrays import FloatArray
from analysis.distribution.rules import QuantileRule
from analysis.intervals import t_quantile

if TYPE_CHECKING:
    from analysis.distribution.quantiles import Sorted
    from analysis.estimates import Estimates

STEPS = 1_000
EPSILON = float(np.finfo(float).eps)
Search = Generator[float, float, float]


def score_limits(
    rule: QuantileRule,
    answers: Sorted,
    shares: FloatArray,
    below: Callable[[FloatArray], Estimates],
    confidence: float,
) -> FloatArray:
    """Limits (2, domains, variables, shares); `below` estimates F at values of that shape."""
    shape = (len(answers.tables), len(answers.tables[0]), len(shares))
    found = np.full((2, *shape), np.nan)
    start = below(np.zeros(shape))
    t = t_quantile(start.df, (1 + confidence) / 2).reshape(shape)
    for side, sign in enumerate((1, -1)):
        roots = _searched(answers, shares, below, sign * t)
        for place, root in roots.items():
            data = answers.tables[place[0]][place[1]]
            count = np.searchsorted(data.x, root, side="right")
            found[(side, *place)] = data.quantile(np.array([count / len(data.x)]), rule)[0]
    return found


def _searched(
    answers: Sorted,
    shares: FloatArray,
    below: Callable[[FloatArray], Estimates],
    limit: FloatArray,
) -> dict[tuple[int, ...], float]:
    """Where (share - F) / se meets the limit; places without a root are left out."""
    searches: dict[tuple[int, ...], Search] = {}
    at = np.zeros(limit.shape)
    for place in np.ndindex(limit.shape):
        x = answers.tables[place[0]][place[1]].x
        if len(x) and np.isfinite(limit[place]):
            searches[place] = _root(x)
            at[place] = next(searches[place])
    roots: dict[tuple[int, ...], float] = {}
    while searches:
        made = below(at)
        f, se = made.estimate.reshape(limit.shape), made.se.reshape(limit.shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            height = (shares - f) / se - limit
        for place, search in list(searches.items()):
            try:
                at[place] = search.send(float(height[place]))
            except StopIteration as done:
                del searches[place]
                if np.isfinite(done.value):
                    roots[place] = done.value
    return roots


def _root(x: FloatArray) -> Search:
    """Brent's root of a function of x between a hundredth of the quartiles' distance inside."""
    quartiles = np.quantile(x, [0.25, 0.75])
    inside = (quartiles[1] - quartiles[0]) / 100
    low, high = float(x[0] + inside), float(x[-1] - inside)
    tolerance = 1 / (100 * np.sqrt(len(x)))
    height_low = yield low
    height_high = yield high
    if not height_low * height_high <= 0:
        return float("nan")
    return (yield from _brent((low, height_low), (high, height_high), tolerance))


def _brent(start: tuple[float, float], end: tuple[float, float], tolerance: float) -> Search:
    """Brent (1973), ch. 4: b is the best so far, a the one before, c lies across the root."""
    (a, fa), (b, fb) = start, end
    c, fc = a, fa
    if fa == 0:
        return a
    for _ in range(STEPS):
        before = b - a
        if abs(fc) < abs(fb):
            (a, fa), (b, fb), (c, fc) = (b, fb), (c, fc), (b, fb)
        width = 2 * EPSILON * abs(b) + tolerance / 2
        step = (c - b) / 2
        if abs(step) <= width or fb == 0:
            return b
        if abs(before) >= width and abs(fa) > abs(fb):
            step = _interpolated((a, fa), (b, fb), (c, fc), (before, width)) or step
        if abs(step) < width:
            step = width if step > 0 else -width
        a, fa = b, fb
        b += step
        fb = yield b
        if (fb > 0) == (fc > 0) and fb != 0:
            c, fc = a, fa
    return float("nan")


def _interpolated(
    a: tuple[float, float],
    b: tuple[float, float],
    c: tuple[float, float],
    sizes: tuple[float, float],
) -> float:
    """The step of a line or an inverse parabola; 0 if it leaves the bracket or is too small.

    `sizes` are the step before and the least width.
    """
    before, width = sizes
    across, s = c[0] - b[0], b[1] / a[1]
    if a[0] == c[0]:
        p, q = across * s, 1 - s
    else:
        r, u = a[1] / c[1], b[1] / c[1]
        p = s * (across * r * (r - u) - (b[0] - a[0]) * (u - 1))
        q = (r - 1) * (u - 1) * (s - 1)
    p, q = (p, -q) if p > 0 else (-p, q)
    is_safe = p < 0.75 * across * q - abs(width * q) / 2 and p < abs(before * q / 2)
    return p / q if is_safe else 0.0
