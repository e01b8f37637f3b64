"""Ranks as they are known: expected rank, interval, chance of being among the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.arguments import checked
from analysis.arrays import FloatArray, IntArray
from analysis.errors import AnalysisError
from analysis.ranking.draws import Draws

CHUNK = 128  # draws that are ordered at a time
POOLED = 300  # draws whose values make the histogram of the areas: a million values for 3,321


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What is known of each area's rank; rank 1 is the worst.

    `expected_rank` minimises the squared error of ranks (Laird and Louis 1989), `rank` orders the
    areas by it; `lower`, `upper` hold the true rank with probability `confidence`. `among_worst`
    is the chance to be one of the `k` worst, `above` that of lying above the mean of all areas
    (the province). `triple_goal` are estimates whose ranks and whose histogram are both right (Shen
    and Louis 1998): model-based estimates vary too little between areas, direct ones too much.
    """

    area: tuple[object, ...]
    k: int
    confidence: float
    n_draws: int
    estimate: FloatArray
    rank: IntArray
    expected_rank: FloatArray
    lower: IntArray
    upper: IntArray
    among_worst: FloatArray
    above: FloatArray
    triple_goal: FloatArray

    def __len__(self) -> int:
        return len(self.area)

    def to_frame(self) -> pd.DataFrame:
        """One row per area."""
        return pd.DataFrame(
            {
                "area": self.area,
                "estimate": self.estimate,
                "rank": self.rank,
                "expected_rank": self.expected_rank,
                "lower": self.lower,
                "upper": self.upper,
                "among_worst": self.among_worst,
                "above": self.above,
                "triple_goal": self.triple_goal,
            }
        )


@checked
def ranking(
    draws: Draws,
    *,
    k: int | None = None,
    weights: ArrayLike | None = None,
    confidence: float = 0.90,
    is_worst_low: bool = True,
) -> Ranking:
    """The posterior of ranks, from joint draws.

    Parameters
    ----------
    k
        How many count as the worst: a fifth of the areas unless said.
    weights
        Of the areas in the mean that `above` compares with: populations. Equal unless given.
    is_worst_low
        Whether low values are bad ones.

    Raises
    ------
    AnalysisError
        k is not between 1 and the number of areas, or weights do not fit.

    Examples
    --------
    >>> from analysis.ranking import normal_draws
    >>> found = ranking(normal_draws([0.2, 0.5, 0.8], [1e-4, 1e-4, 1e-4]), k=1)
    >>> found.rank.tolist(), found.among_worst.tolist(), found.above[2].item()
    ([1, 2, 3], [1.0, 0.0, 0.0], 1.0)
    """
    size = len(draws.area)
    worst = max(1, round(size / 5)) if k is None else k
    if not 1 <= worst <= size:
        raise AnalysisError(f"the {worst} worst of {size} areas")
    values = draws.values if is_worst_low else -draws.values
    ranks = _ranks(values)
    expected = _means(ranks)
    order = np.lexsort((np.arange(size), expected))
    rank = np.empty(size, dtype=np.int64)
    rank[order] = np.arange(1, size + 1)
    low, high = _limits(ranks, confidence)
    return Ranking(
        area=draws.area,
        k=worst,
        confidence=confidence,
        n_draws=len(draws),
        estimate=draws.estimate,
        rank=rank,
        expected_rank=expected,
        lower=low,
        upper=high,
        among_worst=(ranks <= worst).mean(axis=0),
        above=_above_mean(draws, weights),
        triple_goal=_triple_goal(draws, rank, is_worst_low=is_worst_low),
    )


def _ranks(values: FloatArray) -> NDArray[Any]:
    """Rank of each area in each draw, in the smallest type that holds it."""
    count, size = values.shape
    kind = np.uint16 if size < 2**16 else np.uint32
    ranks = np.empty((count, size), dtype=kind)
    numbers = np.arange(1, size + 1, dtype=kind)
    for start in range(0, count, CHUNK):
        order = np.argsort(values[start : start + CHUNK], axis=1)
        np.put_along_axis(
            ranks[start : start + CHUNK], order, np.broadcast_to(numbers, order.shape), axis=1
        )
    return ranks


def _means(ranks: NDArray[Any]) -> FloatArray:
    return np.asarray(ranks.sum(axis=0, dtype=np.int64) / len(ranks))


def _limits(ranks: NDArray[Any], confidence: float) -> tuple[IntArray, IntArray]:
    """The shortest symmetric cut that leaves at most the asked error on either side."""
    count = len(ranks)
    cut = int(np.floor(count * (1 - confidence) / 2))
    by_area = np.ascontiguousarray(ranks.T)
    by_area.sort(axis=1, kind="stable")  # radix for small integers
    low, high = by_area[:, cut], by_area[:, count - 1 - cut]
    return low.astype(np.int64), high.astype(np.int64)


def _above_mean(draws: Draws, weights: ArrayLike | None) -> FloatArray:
    size = len(draws.area)
    w = np.ones(size) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (size,) or not (np.isfinite(w) & (w >= 0)).all() or w.sum() <= 0:
        raise AnalysisError("the mean of the areas needs one weight of 0 or more for each")
    mean = draws.values @ (w / w.sum())
    return np.asarray((draws.values > mean[:, None]).mean(axis=0))


def _triple_goal(draws: Draws, rank: IntArray, *, is_worst_low: bool) -> FloatArray:
    """Quantiles (2 r - 1)/(2 areas) of all values of all draws, given out by rank."""
    size = len(draws.area)
    every = -(-len(draws) // POOLED)
    pooled = np.sort(draws.values[::every], axis=None)
    place = ((2 * np.arange(size) + 1) / (2 * size) * len(pooled)).astype(np.int64)
    goals = pooled[np.minimum(place, len(pooled) - 1)]
    return np.asarray(goals[rank - 1] if is_worst_low else goals[size - rank])
