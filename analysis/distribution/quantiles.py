"""Quantiles of populations and domains, with intervals from the distribution function.

The share below a quantile is a proportion like any other: it has scores, replicates, degrees of
freedom and an interval. Woodruff (1952) reads the limits of that interval back through the
distribution function; so do we, for every interval that proportions have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from analysis.arguments import checked
from analysis.arrays import FloatArray, floats
from analysis.design import Design
from analysis.distribution.rules import Ordered, QuantileRule
from analysis.domains import Domains, Missing, domains_of
from analysis.errors import AnalysisError
from analysis.estimates import Estimates, Flag
from analysis.estimators import By, Variables, Where, options_of
from analysis.freedom import Freedom
from analysis.intervals import Interval, t_quantile
from analysis.items import Items, numeric_items
from analysis.linear import Linear
from analysis.replication import replicate_variance
from analysis.survey import Options, Statistic, estimate

OF_SHARES = int(Flag.ALL_OR_NONE | Flag.CAPPED)


@checked
def quantile(
    design: Design,
    variables: Variables,
    shares: float | Sequence[float] = 0.5,
    *,
    rule: QuantileRule | str = QuantileRule.MATH,
    by: By = None,
    where: Where = None,
    missing: Missing | str = Missing.PER_ITEM,
    interval: Interval | str = Interval.KORN_GRAUBARD,
    confidence: float = 0.95,
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Estimates:
    """Weighted quantiles: the values below which given shares of the population lie.

    The limits are the quantiles at the limits of the share F(q) below the quantile (Woodruff
    1952), and the standard error is their distance over 2 t, as in R. `interval="score"` inverts
    the test of F(x) = share (Francisco and Fuller 1991), `interval="replicates"` takes the
    quantile of each replicate.

    Parameters
    ----------
    design : Design
    variables : str or list of str
        Numeric columns.
    shares : float or list of float
        Between 0 and 1: 0.5 is the median.
    rule : QuantileRule or str
        How a value is read off the distribution function: R's `qrule`.
    interval : Interval or str
        Any interval of shares (R's `mean` is `t`, `beta` is `korn_graubard_uncapped`, `asin` is
        `arcsine`), `score`, or `replicates` under replicate weights but jackknives.
    by, where, missing, confidence, df
        As in `mean`.

    Returns
    -------
    Estimates
        `level` is the share. `deff`, `n_eff` are those of F(q). Scores are those of F(q) on the
        scale of the standard error, so that quantiles of domains and waves have covariances. Where
        the share's limit leaves 0..1, limits are nan; where nobody answered more than the quantile
        (F(q) = 1) or all answers are one, the standard error is nan, flagged `no_spread`.

    Raises
    ------
    AnalysisError
        A share is outside 0..1, a column is not numeric, or the interval does not suit the design.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": range(9), "wait": [5, 9, 12, 15, 20, 30, 31, 40, 90]})
    >>> quantile(Design.from_frame(data, ids="psu"), "wait", [0.25, 0.5]).estimate.tolist()
    [12.0, 20.0]
    """
    try:
        wanted = np.atleast_1d(floats(shares))
    except (TypeError, ValueError):
        raise AnalysisError(f"shares={shares!r} must be numbers between 0 and 1") from None
    if not wanted.size or not ((wanted >= 0) & (wanted <= 1)).all():
        raise AnalysisError(f"shares={shares} must lie between 0 and 1")
    options = options_of(
        by=by, where=where, missing=missing, interval=interval, confidence=confidence, df=df
    )
    try:
        asked = _Asked(design, QuantileRule(rule), wanted, options)
    except ValueError:
        raise AnalysisError(f"rule={rule!r} is none of: {', '.join(QuantileRule)}") from None
    names = (variables,) if isinstance(variables, str) else tuple(variables)
    return _estimated(asked, numeric_items(design, names))


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    design: Design
    rule: QuantileRule
    shares: FloatArray
    options: Options


@dataclass(frozen=True, slots=True, eq=False)
class Sorted:
    """The answers of each domain (rows) to each variable (columns) in order."""

    tables: tuple[tuple[Ordered, ...], ...]

    @classmethod
    def of(cls, y: FloatArray, weights: FloatArray, domains: Domains) -> Sorted:
        columns = []
        for at in range(y.shape[1]):
            rows = np.flatnonzero((domains.code >= 0) & ~np.isnan(y[:, at]) & (weights != 0))
            rows = rows[np.lexsort((rows, y[rows, at], domains.code[rows]))]
            bounds = np.searchsorted(domains.code[rows], np.arange(len(domains) + 1))
            x, w = y[rows, at], weights[rows]
            columns.append([Ordered(x[a:b], w[a:b]) for a, b in pairwise(bounds)])
        return cls(tuple(zip(*columns, strict=True)))

    def read(self, shares: FloatArray, rule: QuantileRule) -> FloatArray:
        """Quantiles at shares (domains, variables, k)."""
        found = np.empty(shares.shape)
        for place, row in enumerate(self.tables):
            for at, answers in enumerate(row):
                found[place, at] = answers.quantile(shares[place, at], rule)
        return found


def _estimated(asked: _Asked, items: Items) -> Estimates:
    design, options = asked.design, asked.options
    y = items.y
    if options.missing is Missing.LISTWISE:
        y = np.where(np.isnan(y).any(axis=1, keepdims=True), np.nan, y)
    domains = domains_of(design, options.by, options.where)
    answers = Sorted.of(y, design.weights, domains)
    shape = (len(domains), y.shape[1], len(asked.shares))
    value = answers.read(np.broadcast_to(asked.shares, shape), asked.rule)
    of_items = _OfItems(asked, items, domains)
    below = of_items.share_below(value)
    if options.interval is Interval.SCORE:
        from analysis.distribution.score import score_limits  # noqa: PLC0415 # it needs Sorted

        ends = score_limits(
            asked.rule,
            answers,
            asked.shares,
            of_items.share_below,
            options.confidence,
        )
    elif options.interval is Interval.REPLICATES:
        return _replicated(asked, items, domains, value, below)
    else:
        limits = np.stack([below.lower, below.upper]).reshape(2, *shape)
        ends = np.stack([answers.read(limit, asked.rule) for limit in limits])
    t = t_quantile(below.df, (1 + options.confidence) / 2).reshape(shape)
    return _packed(below, value, (ends[1] - ends[0]) / (2 * t), ends)


@dataclass(frozen=True, slots=True, eq=False)
class _OfItems:
    asked: _Asked
    items: Items
    domains: Domains

    def share_below(self, value: FloatArray) -> Estimates:
        """F at one value for each domain, variable and share: estimates in that order."""
        place, options = np.maximum(self.domains.code, 0), self.asked.options
        columns, variable, level = [], [], []
        for at, name in enumerate(self.items.variable):
            y = self.items.y[:, at]
            for number, share in enumerate(self.asked.shares.tolist()):
                inside = (y <= value[place, at, number]).astype(np.float64)
                columns.append(np.where(np.isnan(y), np.nan, inside))
                variable.append(name)
                level.append(share)
        table = Items(tuple(variable), tuple(level), np.asfortranarray(np.stack(columns, axis=1)))
        of_shares = options.interval not in (Interval.SCORE, Interval.REPLICATES)
        options = replace(options, interval=options.interval if of_shares else Interval.T)
        return estimate(self.asked.design, Statistic.PROPORTION, table, options)


def _packed(below: Estimates, value: FloatArray, se: FloatArray, ends: FloatArray) -> Estimates:
    """Estimates of F as estimates of quantiles."""
    known = ~np.isnan(below.se)
    varies = known & (below.se > 0)
    lower, upper = (
        np.where(known, ends[0].ravel(), np.nan),
        np.where(known, ends[1].ravel(), np.nan),
    )
    flat = known & ~varies & ~(below.lower < below.upper)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(varies, -se.ravel() / below.se, 0.0)
    flags = below.flags & ~OF_SHARES
    return replace(
        below,
        statistic="quantile",
        estimate=np.where(below.n > 0, value.ravel(), np.nan),
        se=np.where(varies, se.ravel(), np.nan),
        lower=np.where(flat, np.nan, lower),
        upper=np.where(flat, np.nan, upper),
        flags=flags | np.where(known & ~varies, int(Flag.NO_SPREAD), 0),
        linear=_scaled(below, np.nan_to_num(factor), value),
    )


def _scaled(below: Estimates, factor: FloatArray, value: FloatArray) -> Linear | None:
    """Scores of F times dq/dF, estimate by estimate."""
    linear = below.linear
    if linear is None:
        return None
    table = factor.reshape(linear.n_domains, linear.n_items)
    blocks = []
    for block in linear.blocks:
        of_block = table[:, list(block.items)]
        slopes = None if block.slopes is None else block.slopes * of_block.T[:, None, :]
        values = block.scores.values * of_block[block.scores.domain]
        blocks.append(replace(block, scores=replace(block.scores, values=values), slopes=slopes))
    replicates = linear.replicates
    if replicates is not None:
        off = replicates - below.estimate.reshape(table.shape)[:, :, None]
        replicates = value.reshape(table.shape)[:, :, None] + off * table[:, :, None]
    return replace(linear, blocks=tuple(blocks), replicated=replicates)


def _replicated(
    asked: _Asked, items: Items, domains: Domains, value: FloatArray, below: Estimates
) -> Estimates:
    """Quantiles of each replicate; their spread is the variance (not for jackknives)."""
    replication = asked.design.replication
    if replication is None:
        raise AnalysisError("interval='replicates' needs a design with replicate weights")
    if replication.method.upper().startswith("JK"):
        raise AnalysisError(
            "a jackknife gives no variance of quantiles; choose a bootstrap, BRR or another "
            "interval"
        )
    shape = value.shape
    found = np.empty((replication.count, *shape))
    y = items.y
    if asked.options.missing is Missing.LISTWISE:
        y = np.where(np.isnan(y).any(axis=1, keepdims=True), np.nan, y)
    shares = np.broadcast_to(asked.shares, shape)
    for number, weights in enumerate(replication.columns()):
        found[number] = Sorted.of(y, weights, domains).read(shares, asked.rule)
    values = found.reshape(replication.count, -1).T
    variance = replicate_variance(replication, values, value.ravel())
    se = np.sqrt(variance).reshape(shape)
    t = t_quantile(below.df, (1 + asked.options.confidence) / 2).reshape(shape)
    made = _packed(below, value, se, np.stack([value - t * se, value + t * se]))
    linear = made.linear
    if linear is not None:
        linear = replace(linear, replicated=values.reshape(*shape, replication.count))
    return replace(made, interval=Interval.REPLICATES, linear=linear)
