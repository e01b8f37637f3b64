"""How much an index, and the order of areas by it, hangs on the weights of its sub-indices.

Weights are a choice, not a measurement. Other choices near by are drawn, each area is ranked and
classed anew, and what moves is told: an order that other sensible weights would turn round is no
finding (OECD and JRC 2008, uncertainty analysis). Sampling error is another matter:
`analysis.ranking`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.indices.combined import combined_means
from analysis.indices.definition import Definition, Kind


class Draws(StrEnum):
    """`WITHIN`: each weight anywhere in ± `spread` of itself, then made to add up to 1.
    `DIRICHLET`: weights around the chosen ones, the more scattered the smaller `concentration`."""

    WITHIN = "within"
    DIRICHLET = "dirichlet"


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """One entry per area, in order of `area`.

    `value` and `rank` (1 is the highest) are of the chosen weights; `low` and `high` the value and
    `best` and `worst` the rank over 95 % of the draws; `rank_moves` and `class_moves` the share of
    draws in which the area has another rank, or stands in another class of `cuts`.
    """

    area: tuple[object, ...]
    value: FloatArray
    low: FloatArray
    high: FloatArray
    rank: IntArray
    best: IntArray
    worst: IntArray
    rank_moves: FloatArray
    class_moves: FloatArray
    draws: int

    def to_frame(self) -> pd.DataFrame:
        """One row per area."""
        names = ("value", "low", "high", "rank", "best", "worst", "rank_moves", "class_moves")
        return pd.DataFrame({"area": self.area, **{name: getattr(self, name) for name in names}})


def sub_index_values(design: Design, definition: Definition, by: str) -> pd.DataFrame:
    """The figure 0..100 of each sub-index (column) in each area (row); NaN where it has none."""
    if definition.kind is not Kind.INDEX:
        raise AnalysisError(f"{definition.id!r} is no index: there are no weights to try")
    base = design.frame[definition.base.id].eq(1)
    columns = {}
    for group in dict.fromkeys(part.group for part in definition.parts):
        parts = [part for part in definition.parts if part.group == group]
        found = combined_means(design, parts, base=base, by=by, missing=definition.missing)
        reach = sum(abs(part.coefficient) * (part.most - part.least) for part in parts)
        worst = sum(
            min(part.coefficient * end for end in (part.least, part.most)) for part in parts
        )
        columns[group] = {
            key[0]: 100 * (value - worst) / reach for key, value in found.value.items()
        }
    return pd.DataFrame(columns)


def group_weights(definition: Definition) -> dict[str, float]:
    """The share of each sub-index in the index; they add up to 1."""
    found: dict[str, float] = {}
    for part in definition.parts:
        reach = abs(part.coefficient) * (part.most - part.least)
        found[part.group] = found.get(part.group, 0.0) + reach
    total = sum(found.values())
    return {group: value / total for group, value in found.items()}


def weight_sensitivity(
    values: pd.DataFrame,
    weights: Mapping[str, float],
    *,
    rng: np.random.Generator,
    kind: Draws = Draws.WITHIN,
    spread: float = 0.25,
    concentration: float = 50.0,
    cuts: Sequence[float] = (),
    n_draws: int = 2000,
) -> Sensitivity:
    """Draw other weights and see what becomes of the order of areas.

    Parameters
    ----------
    values : areas (rows) by sub-indices (columns), as `sub_index_values` gives; areas that lack a
        sub-index are left out.
    weights : the chosen ones, any scale.
    rng : the draws; the same seed gives the same answer.
    kind, spread, concentration : how other weights are drawn.
    cuts : limits of the classes, for `class_moves`.
    n_draws : how many.

    Raises
    ------
    AnalysisError
        Weights are not positive or not those of the columns, a spread is not in 0..1.

    Examples
    --------
    >>> values = pd.DataFrame({"staff": [80.0, 60.0, 79.0], "place": [40.0, 60.0, 40.0]},
    ...     index=["a", "b", "c"])
    >>> found = weight_sensitivity(values, {"staff": 1, "place": 1}, rng=np.random.default_rng(3))
    >>> found.rank.tolist(), [round(float(move), 1) for move in found.rank_moves]
    ([1, 1, 3], [0.5, 0.5, 0.4])
    """
    chosen = np.array([weights.get(str(column), np.nan) for column in values.columns])
    if not (len(chosen) and len(weights) == len(chosen) and np.all(chosen > 0)):
        raise AnalysisError("give one weight above zero for each column of the values")
    if not 0 < spread < 1 or concentration <= 0 or n_draws < 1:
        raise AnalysisError("a spread lies in 0..1, a concentration above 0, draws are 1 or more")
    chosen = chosen / chosen.sum()
    table = values.dropna()
    y = table.to_numpy(dtype=np.float64)
    if kind is Draws.DIRICHLET:
        drawn = rng.dirichlet(concentration * chosen, n_draws)
    else:
        drawn = chosen * rng.uniform(1 - spread, 1 + spread, (n_draws, len(chosen)))
        drawn /= drawn.sum(axis=1, keepdims=True)
    value, tried = y @ chosen, y @ drawn.T
    rank, ranks = _ranks(value[:, None])[:, 0], _ranks(tried)
    limits = np.asarray(cuts, dtype=np.float64)
    classes = np.searchsorted(limits, tried, side="right")
    own = np.searchsorted(limits, value, side="right")
    return Sensitivity(
        area=tuple(table.index.tolist()),
        value=value,
        low=_end(tried, 0.025),
        high=_end(tried, 0.975),
        rank=rank,
        best=_end(ranks, 0.025).astype(np.int64),
        worst=_end(ranks, 0.975).astype(np.int64),
        rank_moves=(ranks != rank[:, None]).mean(axis=1),
        class_moves=(classes != own[:, None]).mean(axis=1),
        draws=n_draws,
    )


def _ranks(values: FloatArray) -> IntArray:
    """Rank of each row within its column, 1 the highest; equal values share the better rank."""
    rounded = np.round(values, 9)
    order = np.sort(-rounded, axis=0)
    out = np.empty(values.shape, dtype=np.int64)
    for column in range(values.shape[1]):
        out[:, column] = np.searchsorted(order[:, column], -rounded[:, column]) + 1
    return out


def _end(values: FloatArray | IntArray, share: float) -> FloatArray:
    """A quantile of each row that is one of its values, so that a rank stays a whole number."""
    if not values.size:
        return np.empty(0)
    if share < 0.5:
        found = np.quantile(values.astype(np.float64), share, axis=1, method="lower")
    else:
        found = np.quantile(values.astype(np.float64), share, axis=1, method="higher")
    return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class WeightRange:
    """The least and the most that an index can be over all weights within their limits."""

    low: float
    high: float


def weight_range(
    values: Mapping[str, float], weights: Mapping[str, float], *, spread: float = 0.5
) -> WeightRange:
    """The index under every choice of weights, each within ± `spread` of the chosen one.

    Weights are then made to add up to 1. The ends are exact: a ratio of two linear functions is
    largest where every weight stands at one of its limits, those of the largest values at the upper
    one (Charnes and Cooper 1962).

    Raises
    ------
    AnalysisError
        Weights are not positive or not those of the values, a spread is not in 0..1.

    Examples
    --------
    >>> found = weight_range({"staff": 90.0, "place": 60.0}, {"staff": 1, "place": 1})
    >>> found.low, found.high
    (67.5, 82.5)
    """
    if set(values) != set(weights) or not values or min(weights.values()) <= 0:
        raise AnalysisError("give one weight above zero for each of the values")
    if not 0 < spread < 1:
        raise AnalysisError("a spread lies in 0..1")
    ends = [_extreme(values, weights, spread=sign * spread) for sign in (-1, 1)]
    return WeightRange(min(ends), max(ends))


def _extreme(values: Mapping[str, float], weights: Mapping[str, float], *, spread: float) -> float:
    """Over all cuts of the sorted values: those above the cut gain `spread`, the others lose it."""
    order = sorted(values, key=lambda name: values[name], reverse=True)
    found = []
    for cut in range(len(order) + 1):
        w = {
            name: weights[name] * (1 + spread if at < cut else 1 - spread)
            for at, name in enumerate(order)
        }
        found.append(sum(w[name] * values[name] for name in order) / sum(w.values()))
    return max(found) if spread > 0 else min(found)
