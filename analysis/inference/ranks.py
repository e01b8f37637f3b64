"""Rank tests of groups under a sampling design."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from scipy import special, stats

from analysis.arguments import checked
from analysis.arrays import FloatArray, IntArray
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.expressions import parse
from analysis.inference.moments import degrees_of_freedom, rows_with, solved, totals
from analysis.inference.results import TestResult
from analysis.models.columns import Column, Kind, evaluate


class RankScore(StrEnum):
    """What a rank r of N counts: r/N; its normal quantile; whether it lies above the middle."""

    WILCOXON = "wilcoxon"
    VAN_DER_WAERDEN = "van_der_waerden"
    MEDIAN = "median"


@checked
def rank_test(
    design: Design, variable: str, group: str, *, score: RankScore | str = RankScore.WILCOXON
) -> TestResult:
    """Do groups have the same distribution of an ordered answer?

    Ranks are estimated for the population, R(y) = sum of the weights below y and half of those at
    it; scores of ranks are compared between groups by a weighted linear model whose variance takes
    the ranks as known, which is right to first order (Lumley and Scott 2013). Two groups: t on the
    degrees of freedom of the design less one. More (Kruskal and Wallis's test for `wilcoxon`):
    `statistic` is a Wald chi-square, read as F(df, ddf) after division by df = groups - 1, with
    ddf = degrees of freedom - df.

    Parameters
    ----------
    design : Design
    variable : str
        An ordered answer; classes rank in the order of their levels.
    group : str
        Who misses either is left out of the ranks, not of the design.
    score : RankScore or str

    Returns
    -------
    TestResult

    Raises
    ------
    AnalysisError
        There is one group only, or no degree of freedom is left.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": range(8), "sat": [1, 2, 2, 3, 4, 3, 5, 5],
    ...                      "area": ["rural"] * 4 + ["urban"] * 4})
    >>> found = rank_test(Design.from_frame(data, ids="psu"), "sat", "area")
    >>> round(found.estimate, 3), round(found.p_value, 3), found.df
    (0.469, 0.007, 6.0)
    """
    try:
        kind = RankScore(score)
    except ValueError:
        raise AnalysisError(f"score={score!r} is none of: {', '.join(RankScore)}") from None
    answer, groups = (evaluate(parse(text), design.frame) for text in (variable, group))
    rows = rows_with(design, answer.values, groups.values)
    used = _as_groups(groups, rows, group)
    value = _scores(answer.values[rows], design.weights[rows], kind)
    if np.ptp(value) == 0:
        raise AnalysisError(f"everybody has the same score of {variable!r}; no rank test")
    if not np.isfinite(value).all():
        raise AnalysisError(f"the ranks of {variable!r} have no {kind} scores")
    return _compared(design, rows, value, used, kind)


def _as_groups(groups: Column, rows: IntArray, name: str) -> Column:
    """The groups; a number with two values stays a number, so that its slope is compared."""
    used = groups.take(rows)
    distinct = np.unique(used.values)
    if len(distinct) < 2:
        raise AnalysisError(f"{name!r} has a single group among those who answered")
    if used.kind is Kind.NUMBER:
        place = np.searchsorted(distinct, used.values).astype(np.float64)
        if len(distinct) == 2:
            return used
        return Column(place, Kind.CLASS, tuple(distinct.tolist()))
    return used.present()


def _scores(values: FloatArray, w: FloatArray, kind: RankScore) -> FloatArray:
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(w[order]) - w[order] / 2
    _, tie = np.unique(values[order], return_inverse=True)
    middle = np.bincount(tie, sums) / np.bincount(tie)  # ties share the mean of their ranks
    rank = np.empty(len(values))
    rank[order] = middle[tie]
    size = w.sum()
    if kind is RankScore.MEDIAN:
        return np.asarray((rank > size / 2).astype(np.float64))
    share = rank / size
    return np.asarray(special.ndtri(share) if kind is RankScore.VAN_DER_WAERDEN else share)


def _compared(
    design: Design, rows: IntArray, score: FloatArray, groups: Column, kind: RankScore
) -> TestResult:
    w = design.weights[rows]
    x = _matrix(groups)
    information = x.T @ (w[:, None] * x)
    if np.linalg.cond(information) > 1e14:
        raise AnalysisError("a group has no weight; leave it out of the rank test")
    inverse = np.linalg.inv(information)
    beta = inverse @ (x.T @ (w * score))
    u = (x * (score - x @ beta)[:, None]) @ inverse
    covariance = totals(design, rows, u).covariance[1:, 1:]
    freedom = degrees_of_freedom(design, rows)
    k, n = x.shape[1] - 1, int((w != 0).sum())
    ddf = freedom - k
    if not ddf > 0:
        raise AnalysisError(f"{freedom:g} degrees of freedom are too few for {k + 1} groups")
    if k > 1:
        chisq = float(beta[1:] @ solved(covariance, beta[1:], "rank test"))
        p_value = float(stats.f.sf(chisq / k, k, ddf))
        return TestResult(f"{kind} ranks, {k + 1} groups", chisq, float(k), ddf, p_value, n)
    se = float(np.sqrt(covariance[0, 0]))
    if not se > 0:
        raise AnalysisError("the ranks do not differ within the groups; no test")
    t = float(beta[1]) / se
    p_value = float(2 * stats.t.sf(abs(t), ddf))
    return TestResult(
        f"{kind} ranks, 2 groups",
        t,
        ddf,
        float("nan"),
        p_value,
        n,
        estimate=float(beta[1]),
        se=se,
    )


def _matrix(groups: Column) -> FloatArray:
    ones = np.ones(len(groups.values))
    if groups.kind is Kind.NUMBER:
        return np.column_stack([ones, groups.values])
    levels = range(1, len(groups.levels))
    return np.column_stack([ones, *[(groups.values == at).astype(np.float64) for at in levels]])
