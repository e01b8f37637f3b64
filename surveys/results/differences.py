"""From contrasts to words: higher, lower, the same, or cannot tell, at a stated error rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.arrays import FloatArray
from analysis.estimates import Estimates
from analysis.indices.definition import Definition
from surveys.results.parts import top_of, unit_of
from surveys.results.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference in the unit of its indicator; limits and `p_value` are adjusted for all
    comparisons of its table."""

    difference: float | None
    se: float | None
    lower: float | None
    upper: float | None
    p_value: float | None
    verdict: str


def differences(made: Estimates, definition: Definition, recipe: Recipe) -> list[Difference]:
    """The words on all contrasts of one table, each read off its own interval.

    Of those called different at most `error_rate` are wrong on average (Benjamini and Hochberg
    1995). With R of m so called, all intervals are at 1 - R error_rate / m (R at least 1): of the
    intervals of those R at most `error_rate` miss (Benjamini and Yekutieli 2005), and an interval
    leaves out 0 exactly where the word says so. "Same" where the interval lies within the band that
    the round counts as none; all others cannot be told.
    """
    scale = unit_of(definition)
    value, se = made.estimate * scale, made.se * scale
    df = np.where(made.df > 0, made.df, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = adjusted_p(2 * stats.t.sf(np.abs(value / se), df))
    told, compared = int((p <= recipe.error_rate).sum()), int(np.isfinite(p).sum())
    beside = recipe.error_rate * max(told, 1) / max(compared, 1)
    half = stats.t.isf(beside / 2, df) * se
    band = recipe.same_within / 100 * top_of(definition)
    found = []
    for at in range(len(value)):
        verdict = "unclear"
        if p[at] <= recipe.error_rate:
            verdict = "higher" if value[at] > 0 else "lower"
        elif abs(value[at]) + half[at] <= band:
            verdict = "same"
        found.append(
            Difference(
                difference=finite(value[at]),
                se=finite(se[at]),
                lower=finite(value[at] - half[at]),
                upper=finite(value[at] + half[at]),
                p_value=finite(p[at]),
                verdict=verdict,
            )
        )
    return found


def adjusted_p(p: FloatArray) -> FloatArray:
    """P-values adjusted for the false discovery rate; nan stays nan and is not counted.

    Example
    -------
    >>> adjusted_p(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    out = np.full(p.shape, np.nan)
    known = np.flatnonzero(np.isfinite(p))
    if len(known):
        out[known] = stats.false_discovery_control(p[known], method="bh")
    return out


def finite(value: float) -> float | None:
    """As it is stored: what is no number is none."""
    return float(value) if np.isfinite(value) else None
