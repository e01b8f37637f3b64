"""Trimming: a small bias taken on purpose so that single weights do not rule an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analysis.arguments import checked
from analysis.arrays import FloatArray, IntArray, factorised, group_sum
from analysis.errors import WeightingError
from analysis.weights.diagnostics import Diagnostics
from analysis.weights.report import WeightStep, WeightSummary, as_floats

ROUNDS = 100


class CapRule(StrEnum):
    """How high a weight may be: median + c x interquartile range, or c x median."""

    MEDIAN_IQR = "median_iqr"
    MEDIAN = "median"


@checked
def trim(
    w: Sequence[float] | FloatArray | pd.Series,
    lower: float,
    upper: float,
    *,
    is_strict: bool = True,
) -> WeightStep:
    """Cap weights to [lower, upper] and give what was cut evenly to the others.

    With `is_strict` this repeats until no weight is outside; without, weights that received
    something may end a little above the cap (the two forms of R's `trimWeights`). The sum is kept.
    See Potter (1990).

    Raises
    ------
    WeightingError
        The bounds are too tight for the sum of the weights.

    Examples
    --------
    >>> trim([1.0, 1.0, 4.0], 0, 3).weights.tolist()
    [1.5, 1.5, 3.0]
    """
    before = as_floats(w, "w")
    weights = before
    if not lower < upper:
        raise WeightingError(f"lower={lower:g} must be below upper={upper:g}")
    cut = np.zeros(len(weights), dtype=bool)
    rounds = 0
    while rounds < (ROUNDS if is_strict else 1):
        outside = (weights < lower) | (weights > upper)
        if not outside.any():
            break
        rounds += 1
        cut |= outside
        if cut.all():
            raise WeightingError(f"all weights are cut to [{lower:g}, {upper:g}]")
        capped = np.clip(weights, lower, upper)
        spare = (weights - capped).sum() / (~cut).sum()
        weights = np.where(cut, capped, weights + spare)
    else:
        if is_strict:
            raise WeightingError(f"weights cannot all lie in [{lower:g}, {upper:g}] at this sum")
    return _step(before, weights, int(cut.sum()), rounds)


@checked
def trim_outliers(
    w: Sequence[float] | FloatArray | pd.Series,
    *,
    rule: CapRule | str = CapRule.MEDIAN_IQR,
    times: float = 3.0,
    strata: Sequence[Any] | pd.Series | None = None,
    caps: FloatArray | None = None,
) -> WeightStep:
    """Cap the weights of each stratum by its own median, and give the excess to its others.

    What is cut is given back in proportion to the weights that were not cut, which repeats until
    none is above the cap; the sum of each stratum is kept. Rows of weight 0 take no part. `caps`
    (per row, see `weight_caps`) take the place of the rule.

    Raises
    ------
    WeightingError
        `times` is too small for the weights of a stratum, which is named.

    Examples
    --------
    >>> trim_outliers([1.0, 1.0, 1.0, 9.0], rule="median", times=4).weights.round(3).tolist()
    [2.667, 2.667, 2.667, 4.0]
    """
    before = as_floats(w, "w")
    code, names = _strata(strata, len(before))
    if caps is None:
        caps = weight_caps(before, rule=rule, times=times, strata=strata)
    weights, cut, rounds = before, np.zeros(len(before), dtype=bool), 0
    while (weights > caps * (1 + 1e-12)).any():
        if rounds == ROUNDS:
            raise _too_small(names[int(code[int((weights / caps).argmax())])], times)
        rounds += 1
        cut |= weights > caps
        capped = np.where(cut, np.minimum(weights, caps), weights)
        spare = group_sum(code, len(names), (weights - capped)[:, None])[:, 0]
        free = group_sum(code, len(names), np.where(cut, 0.0, weights)[:, None])[:, 0]
        stuck = np.flatnonzero((spare > 0) & (free <= 0))
        if len(stuck):
            raise _too_small(names[int(stuck[0])], times)
        growth = 1 + np.divide(spare, free, out=np.zeros_like(free), where=free > 0)
        weights = np.where(cut, capped, weights * growth[code])
    return _step(before, weights, int(cut.sum()), rounds)


def weight_caps(
    w: FloatArray,
    *,
    rule: CapRule | str = CapRule.MEDIAN_IQR,
    times: float = 3.0,
    strata: Sequence[Any] | pd.Series | None = None,
) -> FloatArray:
    """The highest weight allowed for each row, from the median of its stratum.

    >>> weight_caps(np.array([1.0, 1.0, 2.0, 5.0]), rule="median", times=3).tolist()
    [4.5, 4.5, 4.5, 4.5]
    """
    code, names = _strata(strata, len(w))
    table = pd.Series(w[w > 0]).groupby(code[w > 0])
    caps = table.median().reindex(range(len(names)))
    if _rule(rule) is CapRule.MEDIAN:
        caps = times * caps
    else:
        spread = table.quantile(0.75) - table.quantile(0.25)
        caps = caps + times * spread.reindex(range(len(names)))
    return np.asarray(caps.fillna(np.inf), dtype=np.float64)[code]


def _strata(strata: Sequence[Any] | pd.Series | None, rows: int) -> tuple[IntArray, list[Any]]:
    if strata is None:
        return np.zeros(rows, dtype=np.int64), [""]
    if len(strata) != rows:
        raise WeightingError(f"{rows} weights, but strata of {len(strata)} rows")
    code, names = factorised(pd.Series(list(strata), dtype=object, name="strata"))
    if (code < 0).any():
        raise WeightingError(f"row {int(np.flatnonzero(code < 0)[0])} has no stratum")
    return code, list(names)


def _rule(rule: CapRule | str) -> CapRule:
    try:
        return CapRule(rule)
    except ValueError:
        raise WeightingError(f"rule={rule!r} is none of: {', '.join(CapRule)}") from None


def _too_small(stratum: object, times: float) -> WeightingError:
    where = f"stratum {stratum}" if stratum != "" else "these weights"
    return WeightingError(f"times={times:g} caps all weights of {where}; take more")


def _step(before: FloatArray, after: FloatArray, cut: int, rounds: int) -> WeightStep:
    moved = float(np.abs(after - before).sum() / 2 / before.sum()) if before.sum() else 0.0
    return WeightStep(
        name="trimming",
        weights=after,
        summary=WeightSummary.of(after),
        notes=(f"{cut} weights trimmed", f"{moved:.2%} of the sum of weights moved"),
        diagnostics=Diagnostics.of(before, after, iterations=rounds),
    )
