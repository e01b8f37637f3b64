"""Linear combinations of estimates, e.g. an index of items, with one linearised variable each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import BoolArray, FloatArray
from analysis.errors import AnalysisError
from analysis.estimates import Estimates, Flag
from analysis.intervals import Evidence, Interval, limits
from analysis.linear import Linear, block_variance, combined_block

INHERITED = Flag.LONELY_PSU | Flag.COLLAPSED | Flag.FEW_DF | Flag.NO_DF | Flag.ONE_PSU


def combined(
    estimates: Estimates, combinations: Mapping[str, Mapping[str, float]], interval: Interval
) -> Estimates:
    """See `Estimates.combine`."""
    linear = estimates.linear
    if linear is None:
        raise AnalysisError("these estimates were made without their scores; estimate them again")
    if interval not in (Interval.T, Interval.NONE):
        raise AnalysisError(f"a combination is no share: interval={interval!r} does not fit it")
    weights = _coefficients(estimates, combinations, linear.n_items)
    shape = (linear.n_domains, linear.n_items)
    used = weights != 0
    block = combined_block(linear, weights)
    variance = block_variance(linear.design, block, linear.n_domains)
    hidden = _any(np.isnan(estimates.se.reshape(shape)), used)
    value = np.nan_to_num(estimates.estimate.reshape(shape)) @ weights.T
    value[_any(np.isnan(estimates.estimate.reshape(shape)), used)] = np.nan
    variance = np.where(hidden, np.nan, np.where(variance <= 1e-20 * value**2, 0.0, variance))
    n, df = _least(estimates.n, shape, used), _least(estimates.df, shape, used)
    n_eff, n_psu = _least(estimates.n_eff, shape, used), _least(estimates.n_psu, shape, used)
    found = limits(interval, Evidence(value, variance, n, df, n_eff, estimates.confidence))
    no_spread = variance == 0
    flags = np.zeros(value.shape, dtype=np.int64)
    for at in range(len(weights)):
        each = estimates.flags.reshape(shape)[:, used[at]]
        flags[:, at] = np.bitwise_or.reduce(each, axis=1) & int(INHERITED)
    flags |= np.where(np.isnan(value), int(Flag.EMPTY), 0)
    flags |= np.where(no_spread, int(Flag.NO_SPREAD), 0)
    names = tuple(combinations)
    return Estimates(
        statistic="combination",
        by=estimates.by,
        interval=interval,
        confidence=estimates.confidence,
        domain=tuple(d for d in estimates.domain[:: linear.n_items] for _ in names),
        variable=names * linear.n_domains,
        level=(None,) * (len(names) * linear.n_domains),
        estimate=value.ravel(),
        se=np.sqrt(variance).ravel(),
        lower=np.where(no_spread, np.nan, found.lower).ravel(),
        upper=np.where(no_spread, np.nan, found.upper).ravel(),
        df=df.ravel(),
        deff=np.full(value.size, np.nan),
        n=n.astype(np.int64).ravel(),
        n_eff=n_eff.ravel(),
        n_psu=n_psu.astype(np.int64).ravel(),
        n_strata=_least(estimates.n_strata, shape, used).astype(np.int64).ravel(),
        n_missing=_most(estimates.n_missing, shape, used).astype(np.int64).ravel(),
        flags=flags.ravel(),
        collapsed=estimates.collapsed,
        linear=Linear(linear.design, linear.n_domains, len(names), (block,)),
    )


def _coefficients(
    estimates: Estimates, combinations: Mapping[str, Mapping[str, float]], n_items: int
) -> FloatArray:
    labels = estimates.variable[:n_items]
    if len(set(labels)) < n_items:
        raise AnalysisError("variables with several levels cannot be combined by name")
    weights = np.zeros((len(combinations), n_items))
    for at, (name, parts) in enumerate(combinations.items()):
        if not any(parts.values()):
            raise AnalysisError(f"combination {name!r} has no part")
        for label, weight in parts.items():
            if label not in labels:
                raise AnalysisError(f"combination {name!r}: {label!r} was not estimated")
            weights[at, labels.index(label)] = weight
    return weights


def _any(flags: BoolArray, used: BoolArray) -> BoolArray:
    return np.stack([flags[:, parts].any(axis=1) for parts in used], axis=1)


def _least(values: NDArray[Any], shape: tuple[int, int], used: BoolArray) -> FloatArray:
    table = values.reshape(shape).astype(np.float64)
    return np.stack([table[:, parts].min(axis=1) for parts in used], axis=1)


def _most(values: NDArray[Any], shape: tuple[int, int], used: BoolArray) -> FloatArray:
    return -_least(-values, shape, used)
