"""Importance and performance where few people answer every item: each item on its own answers.

Questions that do not apply to everybody leave few who answered them all. Here the importance of an
item is its correlation with the overall question among those who answered both, its performance
the mean of all who answered it, and what the items share is in one covariance matrix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray
from analysis.design import Design
from analysis.domains import domains_of
from analysis.errors import AnalysisError
from analysis.indices.importance import STILL, ImportancePerformance, placed
from analysis.inference.moments import degrees_of_freedom
from analysis.influence import statistic_covariance
from analysis.intervals import t_quantile
from analysis.items import numeric_items


@dataclass(frozen=True, slots=True)
class ItemColumns:
    """The steps of an item, and what its performance is the mean of (0 or 1: satisfied)."""

    steps: str
    met: str


def importance_by_item(
    design: Design,
    overall: str,
    items: Mapping[str, ItemColumns],
    *,
    where: pd.Series | BoolArray | None = None,
    confidence: float = 0.95,
) -> ImportancePerformance:
    """Set items out by how much they matter and how well they do, each on its own answers.

    The influence of a correlation is that of `importance_performance` over those who answered the
    item and the overall question, that of a mean (y - ȳ)/N over those who answered the item; both
    are 0 for all others.

    Parameters
    ----------
    design : Design
    overall : column of the overall judgement.
    items : two or more, by the names that the answer bears.
    where : rows that count.
    confidence : of the intervals.

    Raises
    ------
    AnalysisError
        Fewer than two items, an item that nobody answered or everybody answered alike.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(400, 2))
    >>> data = pd.DataFrame({"a": x[:, 0], "b": x[:, 1] + 1, "psu": np.arange(400) // 10})
    >>> data["all"] = x[:, 0] + 0.1 * x[:, 1]
    >>> data.loc[::3, "b"] = np.nan
    >>> items = {name: ItemColumns(name, name) for name in "ab"}
    >>> found = importance_by_item(Design.from_frame(data, ids="psu"), "all", items)
    >>> [each.value for each in found.quadrant], found.answered.tolist()
    (['improve_first', 'more_than_needed'], [400, 266])
    """
    if len(items) < 2:
        raise AnalysisError("name two or more items beside the overall question")
    names = tuple(items)
    used = dict.fromkeys(
        (overall, *(column for each in items.values() for column in (each.steps, each.met)))
    )
    y = dict(zip(used, numeric_items(design, tuple(used)).y.T, strict=True))
    chosen = (domains_of(design, (), where).code >= 0) & (design.weights != 0)
    pairs = [_Pair.of(name, y, overall, each, chosen) for name, each in items.items()]
    anybody = np.logical_or.reduce([each.answered for each in pairs])
    rows = np.flatnonzero(anybody).astype(np.int64)
    df = degrees_of_freedom(design, rows) if len(rows) else 0.0
    if df <= 0:
        raise AnalysisError("too few villages answered the items: there is no error to be had")

    def statistic(weights: FloatArray) -> FloatArray:
        found = [each.at(weights) for each in pairs]
        return np.array([*(each.r for each in found), *(each.mean for each in found)])

    def influence() -> FloatArray:
        found = [each.influence(design.weights) for each in pairs]
        return np.vstack([*(each.of_r for each in found), *(each.of_mean for each in found)])[
            :, rows
        ].T

    value, k = statistic(design.weights), len(pairs)
    covariance = statistic_covariance(design, statistic, rows, influence)
    t = float(t_quantile(np.array([df]), (1 + confidence) / 2)[0])
    answered = np.array([int(each.both.sum()) for each in pairs], dtype=np.int64)
    return placed(
        names, value[:k], value[k:], covariance, answered=answered, n=int(anybody.sum()), t=t, df=df
    )


@dataclass(frozen=True, slots=True)
class _Value:
    r: float
    mean: float


@dataclass(frozen=True, slots=True, eq=False)
class _Influence:
    """Per row of the design, 0 for who did not answer."""

    of_r: FloatArray
    of_mean: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Scores:
    """Standard scores of the item and of the overall question, and their correlation."""

    item: FloatArray
    overall: FloatArray
    r: float


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """One item beside the overall question: who answered the item, and who answered both."""

    name: str
    met: FloatArray
    steps: FloatArray
    overall: FloatArray
    answered: BoolArray
    both: BoolArray

    @classmethod
    def of(
        cls,
        name: str,
        y: Mapping[str, FloatArray],
        overall: str,
        columns: ItemColumns,
        chosen: BoolArray,
    ) -> _Pair:
        met, steps, whole = y[columns.met], y[columns.steps], y[overall]
        answered = chosen & np.isfinite(met)
        both = chosen & np.isfinite(steps) & np.isfinite(whole)
        if not (answered.any() and both.any()):
            raise AnalysisError(f"nobody answered {name!r} beside the overall question")
        return cls(name, met, steps, whole, answered, both)

    def at(self, weights: FloatArray) -> _Value:
        w = weights[self.answered]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = float(w @ self.met[self.answered] / w.sum())
        return _Value(self._scores(weights).r, mean)

    def influence(self, weights: FloatArray) -> _Influence:
        z = self._scores(weights)
        of_r, of_mean = np.zeros(len(weights)), np.zeros(len(weights))
        spread = z.r * (z.item**2 + z.overall**2) / 2
        of_r[self.both] = (z.item * z.overall - spread) / weights[self.both].sum()
        w = weights[self.answered]
        y = self.met[self.answered]
        of_mean[self.answered] = (y - w @ y / w.sum()) / w.sum()
        return _Influence(of_r, of_mean)

    def _scores(self, weights: FloatArray) -> _Scores:
        w = weights[self.both]
        a, b = self._score(self.steps, w), self._score(self.overall, w)
        return _Scores(a, b, float(w @ (a * b) / w.sum()))

    def _score(self, column: FloatArray, w: FloatArray) -> FloatArray:
        y = column[self.both]
        mean = float(w @ y / w.sum())
        spread = float(np.sqrt(w @ (y - mean) ** 2 / w.sum()))
        if spread <= STILL * max(abs(mean), float(np.finfo(float).tiny)):
            raise AnalysisError(f"{self.name!r} does not vary beside the overall question")
        return np.asarray((y - mean) / spread)
