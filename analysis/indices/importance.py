"""Importance and performance: which items matter for the overall judgement, and how they do.

Importance is how the overall question goes with an item: their correlation, or the slope of both
in standard units of a regression on all items at once. Performance is the item's mean. An item
that matters and does badly comes first; where the interval of either crosses the middle, nobody can
tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.design import Design
from analysis.domains import domains_of
from analysis.errors import AnalysisError
from analysis.inference.moments import degrees_of_freedom
from analysis.influence import statistic_covariance
from analysis.intervals import t_quantile
from analysis.items import numeric_items


class Importance(StrEnum):
    """`CORRELATION` with the overall question, or standardised `SLOPE` beside all other items."""

    CORRELATION = "correlation"
    SLOPE = "slope"


class Quadrant(StrEnum):
    """Where an item stands, by importance and performance against the means of all items."""

    IMPROVE_FIRST = "improve_first"
    KEEP_UP = "keep_up"
    LOW_PRIORITY = "low_priority"
    MORE_THAN_NEEDED = "more_than_needed"
    CANNOT_TELL = "cannot_tell"


STILL: Final = 1e-10  # a spread below this share of the mean is rounding
_QUADRANTS: Final = {
    (True, False): Quadrant.IMPROVE_FIRST,
    (True, True): Quadrant.KEEP_UP,
    (False, False): Quadrant.LOW_PRIORITY,
    (False, True): Quadrant.MORE_THAN_NEEDED,
}


@dataclass(frozen=True, slots=True, eq=False)
class ImportancePerformance:
    """One entry per item; limits at the confidence asked for, differences taken from the means.

    `importance_lower` and `_upper` are of the importance; `above_importance` and
    `above_performance` with their half-widths say how far the item is above the mean of all items
    (whose own error is inside). `answered` counts who answered an item and the overall question,
    `n` who answered the overall question and all items (by item: any of them).
    """

    item: tuple[str, ...]
    importance: FloatArray
    importance_se: FloatArray
    importance_lower: FloatArray
    importance_upper: FloatArray
    performance: FloatArray
    performance_se: FloatArray
    above_importance: FloatArray
    above_importance_half: FloatArray
    above_performance: FloatArray
    above_performance_half: FloatArray
    quadrant: tuple[Quadrant, ...]
    answered: IntArray
    n: int
    df: float

    def to_frame(self) -> pd.DataFrame:
        """One row per item."""
        names = [name for name in self.__slots__ if name not in ("quadrant", "n", "df")]
        columns = {name: getattr(self, name) for name in names}
        return pd.DataFrame({**columns, "quadrant": [each.value for each in self.quadrant]})


def importance_performance(
    design: Design,
    overall: str,
    items: Sequence[str],
    *,
    kind: Importance = Importance.CORRELATION,
    where: pd.Series | BoolArray | None = None,
    confidence: float = 0.95,
) -> ImportancePerformance:
    """Set items out by how much they matter and how well they do, with design-based errors.

    Both come from weighted means and second moments of those who answered the overall question and
    all items. With z = (v - v̄)/s for each variable, the correlation r of an item has the influence
    (z_x z_y - r (z_x² + z_y²) / 2) / N (Deville 1999), and standardised slopes beta = R⁻¹ r have
    R⁻¹ (u_r - U_R beta), where u_r and U_R are the influences of r and R. Item and mean of the
    items are compared with their covariance.

    Parameters
    ----------
    design : Design
    overall : column of the overall judgement.
    items : two or more columns on one scale.
    kind : what importance is.
    where : rows that count.
    confidence : of the intervals.

    Returns
    -------
    ImportancePerformance

    Raises
    ------
    AnalysisError
        Fewer than two items, nobody answered all, an item or the overall question does not vary,
        items that cannot be told apart (slopes).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(400, 2))
    >>> data = pd.DataFrame({"a": x[:, 0], "b": x[:, 1] + 1, "psu": np.arange(400) // 10})
    >>> data["all"] = x[:, 0] + 0.1 * x[:, 1]
    >>> found = importance_performance(Design.from_frame(data, ids="psu"), "all", ["a", "b"])
    >>> [each.value for each in found.quadrant]
    ['improve_first', 'more_than_needed']
    """
    names = (*items, overall)
    if len(set(items)) < 2 or len(set(names)) < len(names):
        raise AnalysisError("name two or more different items beside the overall question")
    y = numeric_items(design, names).y
    chosen = (domains_of(design, (), where).code >= 0) & (design.weights != 0)
    rows: IntArray = np.flatnonzero(chosen & np.isfinite(y).all(axis=1)).astype(np.int64)
    df = degrees_of_freedom(design, rows) if len(rows) else 0.0
    if df <= 0:
        raise AnalysisError("too few villages answered all items: there is no error to be had")
    answers = y[rows]
    moments = _Moments.of(answers, design.weights[rows], names)
    found = moments.importance(kind)

    def statistic(weights: FloatArray) -> FloatArray:
        again = _Moments.of(answers, weights[rows], names)
        return np.concatenate([again.importance(kind).value, again.mean[:-1]])

    covariance = statistic_covariance(
        design, statistic, rows, lambda: np.hstack([found.influence, moments.influence_of_means()])
    )
    t = float(t_quantile(np.array([df]), (1 + confidence) / 2)[0])
    return placed(
        tuple(items),
        found.value,
        moments.mean[:-1],
        covariance,
        answered=np.full(len(items), len(rows), dtype=np.int64),
        n=len(rows),
        t=t,
        df=df,
    )


def placed(
    items: tuple[str, ...],
    importance: FloatArray,
    performance: FloatArray,
    both: FloatArray,
    *,
    answered: IntArray,
    n: int,
    t: float,
    df: float,
) -> ImportancePerformance:
    """Errors of importance, performance and both less the mean of all items, from one matrix."""
    k = len(items)
    away = np.eye(k) - 1 / k
    contrast = np.zeros((4 * k, 2 * k))
    contrast[: 2 * k] = np.eye(2 * k)
    contrast[2 * k : 3 * k, :k] = away
    contrast[3 * k :, k:] = away
    covariance = contrast @ both @ contrast.T
    se = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    above, better = away @ importance, away @ performance
    above_half, better_half = t * se[2 * k : 3 * k], t * se[3 * k :]
    return ImportancePerformance(
        item=items,
        importance=importance,
        importance_se=se[:k],
        importance_lower=importance - t * se[:k],
        importance_upper=importance + t * se[:k],
        performance=performance,
        performance_se=se[k : 2 * k],
        above_importance=above,
        above_importance_half=above_half,
        above_performance=better,
        above_performance_half=better_half,
        quadrant=tuple(
            _quadrant(*map(float, each))
            for each in zip(above, above_half, better, better_half, strict=True)
        ),
        answered=answered,
        n=n,
        df=df,
    )


def _quadrant(above: float, above_half: float, better: float, better_half: float) -> Quadrant:
    if abs(above) <= above_half or abs(better) <= better_half:
        return Quadrant.CANNOT_TELL
    return _QUADRANTS[above > 0, better > 0]


@dataclass(frozen=True, slots=True, eq=False)
class _Importances:
    """One value an item, and its influence (rows, items)."""

    value: FloatArray
    influence: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Weighted means, standard scores and correlations of the items and, last, of the overall."""

    mean: FloatArray
    deviation: FloatArray
    z: FloatArray
    r: FloatArray
    population: float

    @classmethod
    def of(cls, y: FloatArray, w: FloatArray, names: Sequence[str]) -> _Moments:
        population = float(w.sum())
        mean = w @ y / population
        deviation = y - mean
        spread = np.sqrt(w @ deviation**2 / population)
        least = STILL * np.maximum(np.abs(mean), np.finfo(float).tiny)
        still = [name for name, is_still in zip(names, spread <= least, strict=True) if is_still]
        if still:
            raise AnalysisError(f"{still[0]!r} does not vary: everybody answered alike")
        z = deviation / spread
        return cls(mean, deviation, z, (z * w[:, None]).T @ z / population, population)

    def influence_of_means(self) -> FloatArray:
        return np.asarray(self.deviation[:, :-1] / self.population)

    def _influence(self, first: int, second: int) -> FloatArray:
        a, b = self.z[:, first], self.z[:, second]
        u = (a * b - self.r[first, second] * (a**2 + b**2) / 2) / self.population
        return np.asarray(u, dtype=np.float64)

    def importance(self, kind: Importance) -> _Importances:
        return self.slopes() if kind is Importance.SLOPE else self.correlations()

    def correlations(self) -> _Importances:
        last = self.r.shape[0] - 1
        influence = np.column_stack([self._influence(item, last) for item in range(last)])
        return _Importances(self.r[:last, last].copy(), influence)

    def slopes(self) -> _Importances:
        last = self.r.shape[0] - 1
        inner = self.r[:last, :last]
        if np.linalg.cond(inner) > 1e10:
            raise AnalysisError("some items say the same: their slopes cannot be told apart")
        slope = np.linalg.solve(inner, self.r[:last, last])
        right = self.correlations().influence
        for item in range(last):
            for other in range(last):
                if item != other:
                    right[:, item] -= slope[other] * self._influence(item, other)
        turned = np.asarray(np.linalg.solve(inner, right.T).T, dtype=np.float64)
        return _Importances(np.asarray(slope, dtype=np.float64), turned)
