"""Population variances and covariances of variables, with their own standard errors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.arguments import checked
from analysis.arrays import FloatArray, names
from analysis.design import Design
from analysis.domains import Domains, Missing, domains_of
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.estimators import By, Variables, Where, options_of
from analysis.figures import FLAT
from analysis.freedom import Freedom
from analysis.intervals import Interval, t_quantile
from analysis.items import Items, numeric_items
from analysis.replicate_table import values_variance
from analysis.survey import Options, Statistic, estimate


@checked
def variance_of(
    design: Design,
    variables: Variables,
    *,
    by: By = None,
    where: Where = None,
    missing: Missing | str = Missing.PER_ITEM,
    confidence: float = 0.95,
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Estimates:
    """Population variances S^2 = n / (n - 1) sum w (y - ybar)^2 / sum w.

    Linearised value [(y - ybar)^2 n / (n - 1) - S^2] / sum w; under replicate weights mean and
    variance are computed anew in each replicate. n counts respondents with a weight.

    Parameters, result and errors as in `mean`; the interval is t (none below zero is hidden).
    R: `svyvar(~y, des)`.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 2, 3, 4], "y": [1.0, 2.0, 3.0, 4.0]})
    >>> round(float(variance_of(Design.from_frame(data, ids="psu"), "y").estimate[0]), 4)
    1.6667
    """
    columns = names(variables)
    options = options_of(
        by=by, where=where, missing=missing, interval=Interval.T, confidence=confidence, df=df
    )
    pairs = tuple((at, at) for at in range(len(columns)))
    return _moments(design, _Asked(columns, pairs, "variance", options))


@checked
def covariance_of(
    design: Design,
    variables: Variables,
    *,
    by: By = None,
    where: Where = None,
    missing: Missing | str = Missing.LISTWISE,
    confidence: float = 0.95,
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Estimates:
    """Variances and covariances of all pairs of variables, each with its standard error.

    The entry for `variable` a and `level` b is n / (n - 1) sum w (a - abar)(b - bbar) / sum w; the
    pairs run through the upper triangle, row by row, diagonal included. `listwise` (the default)
    takes who answered all, so that the matrix is one; `per_item` who answered the pair.

    Other parameters, result and errors as in `mean`. R: `svyvar(~a+b, des)`.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 2, 3], "a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
    >>> found = covariance_of(Design.from_frame(data, ids="psu"), ["a", "b"])
    >>> [(row.variable, row.level, round(row.estimate, 3)) for row in found]
    [('a', 'a', 1.0), ('a', 'b', 2.0), ('b', 'b', 4.0)]
    """
    columns = names(variables)
    options = options_of(
        by=by, where=where, missing=missing, interval=Interval.T, confidence=confidence, df=df
    )
    pairs = tuple((a, b) for a in range(len(columns)) for b in range(a, len(columns)))
    return _moments(design, _Asked(columns, pairs, "covariance", options))


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    columns: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    statistic: str
    options: Options


def _moments(design: Design, asked: _Asked) -> Estimates:
    """Means of products of deviations; deviations are from the mean of the same respondents."""
    y = numeric_items(design, asked.columns).y
    if asked.options.missing is Missing.LISTWISE:
        y = np.where(np.isnan(y).any(axis=1, keepdims=True), np.nan, y)
    elif asked.options.missing is Missing.FAIL and np.isnan(y).any():
        raise AnalysisError("answers are missing; choose missing='per_item' or 'listwise'")
    domains = domains_of(design, asked.options.by, asked.options.where)
    sides = [_deviations(design, domains, y[:, a], y[:, b]) for a, b in asked.pairs]
    products = np.stack([side.first * side.second * side.factor for side in sides], axis=1)
    variable = tuple(asked.columns[a] for a, _ in asked.pairs)
    level = tuple(asked.columns[b] for _, b in asked.pairs)
    is_covariance = asked.statistic == "covariance"
    items = Items(variable, level if is_covariance else (None,) * len(variable), products)
    per_item = replace(asked.options, missing=Missing.PER_ITEM)
    made = estimate(design, Statistic.MEAN, items, per_item)
    alone = made.n < 2  # one answer says nothing about a variance
    value = np.where(alone, np.nan, made.estimate)
    made = replace(made, statistic=asked.statistic, estimate=value)
    return made if design.replication is None else _replicated(design, made, sides, per_item)


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    """Two deviations per row (nan where either is missing), and n / (n - 1) of the row's domain."""

    first: FloatArray
    second: FloatArray
    factor: FloatArray


def _deviations(design: Design, domains: Domains, first: FloatArray, second: FloatArray) -> _Sides:
    known = (domains.code >= 0) & ~np.isnan(first) & ~np.isnan(second)
    code, w, size = domains.code[known], design.weights[known], len(domains)
    n = np.bincount(code[w != 0], minlength=size)
    found = []
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.bincount(code, w, size)
        for values in (first, second):
            mean = np.bincount(code, w * values[known], size) / total
            side = np.full(len(values), np.nan)
            side[known] = values[known] - mean[code]
            found.append(side)
        factor = np.ones(len(first))
        factor[known] = np.where(n > 1, n / (n - 1), 1.0)[code]
    return _Sides(found[0], found[1], factor)


def _replicated(
    design: Design, made: Estimates, sides: list[_Sides], options: Options
) -> Estimates:
    """Replicates of E[ab] - E[a]E[b], deviations being from the means of the full sample."""
    assert design.replication is not None
    linear = made.linear
    values = None if linear is None else linear.replicates
    if linear is None or values is None:
        raise AnalysisError("too many replicate values to keep; estimate fewer domains")
    size = len(sides)
    columns = np.stack([c for side in sides for c in (side.first, side.second)], axis=1)
    items = Items(("",) * (2 * size), (None,) * (2 * size), columns)
    averages = estimate(design, Statistic.MEAN, items, options).linear
    means = None if averages is None else averages.replicates
    if means is None:
        raise AnalysisError("too many replicate values to keep; estimate fewer domains")
    n = made.n.reshape(-1, size, 1).astype(np.float64)
    factor = np.divide(n, n - 1, out=np.ones_like(n), where=n > 1)
    values = values - means[:, 0::2] * means[:, 1::2] * factor
    value = made.estimate.reshape(-1, size)
    spread = values_variance(design.replication, values, value).ravel()
    flat = spread <= FLAT * made.estimate**2
    se = np.where(np.isnan(made.se), np.nan, np.sqrt(np.where(flat, 0.0, spread)))
    half = np.where(se > 0, t_quantile(made.df, (1 + made.confidence) / 2) * se, np.nan)
    return replace(
        made,
        se=se,
        lower=made.estimate - half,
        upper=made.estimate + half,
        deff=np.full(len(made), np.nan),
        linear=replace(linear, replicated=values),
    )
