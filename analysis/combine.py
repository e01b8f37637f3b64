"""Linear combinations of estimates, e.g. an index of items, with one linearised variable each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import AnalysisError
from analysis.estimates import Estimates, Flag
from analysis.figures import Labels, Table, finish
from analysis.intervals import Interval
from analysis.linear import Linear, block_variance, combined_block
from analysis.replicate_table import combined_values, values_variance


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
    used = weights != 0
    shape = (linear.n_domains, linear.n_items)
    block = combined_block(linear, weights)
    value = np.nan_to_num(estimates.estimate.reshape(shape)) @ weights.T
    replicates, replication = linear.replicates, linear.design.replication
    if replication is None:
        variance = block_variance(linear.design, block, linear.n_domains)
    elif replicates is None:
        raise AnalysisError("too many replicate values to keep; estimate fewer domains")
    else:
        replicates = combined_values(replicates, weights)
        variance = values_variance(replication, replicates, value)
    hidden = _least(~np.isnan(estimates.se), shape, used) == 0
    n = _least(np.where(np.isnan(estimates.estimate), 0, estimates.n), shape, used)
    n_eff = _least(estimates.n_eff, shape, used)
    table = Table(
        value=value,
        variance=np.where(hidden, np.nan, variance),
        spread=np.zeros(n.shape),
        population=np.full(n.shape, np.nan),
        n=n,
        n_psu=_least(estimates.n_psu, shape, used),
        n_strata=_least(estimates.n_strata, shape, used),
        kish=n / n_eff,
        missing=-_least(-estimates.n_missing, shape, used),
        df=_least(estimates.df, shape, used),
        flags=_inherited(estimates, shape, used),
    )
    return finish(
        table,
        Labels(
            "combination",
            estimates.by,
            estimates.domain[:: linear.n_items],
            tuple(combinations),
            (None,) * len(combinations),
        ),
        Linear(linear.design, linear.n_domains, len(combinations), (block,), replicates),
        interval=interval,
        confidence=estimates.confidence,
        is_total=False,
        is_share=False,
        is_without_replacement=False,
    )


def _inherited(estimates: Estimates, shape: tuple[int, int], used: BoolArray) -> IntArray:
    flags = estimates.flags.reshape(shape) & int(Flag.LONELY_PSU | Flag.COLLAPSED)
    return np.stack([np.bitwise_or.reduce(flags[:, parts], axis=1) for parts in used], axis=1)


def _coefficients(
    estimates: Estimates, combinations: Mapping[str, Mapping[str, float]], n_items: int
) -> FloatArray:
    labels = estimates.variable[:n_items]
    if len(set(labels)) < n_items:
        raise AnalysisError("variables with several levels cannot be combined by name")
    if not isinstance(combinations, Mapping) or not combinations:
        raise AnalysisError("combinations= maps a name to the weight of each variable")
    weights = np.zeros((len(combinations), n_items))
    for at, (name, parts) in enumerate(combinations.items()):
        if not isinstance(parts, Mapping):
            raise AnalysisError(f"combination {name!r} maps each variable to its weight")
        if not any(parts.values()):
            raise AnalysisError(f"combination {name!r} has no part")
        for label, weight in parts.items():
            if label not in labels:
                raise AnalysisError(f"combination {name!r}: {label!r} was not estimated")
            weights[at, labels.index(label)] = weight
    return weights


def _least(values: NDArray[Any], shape: tuple[int, int], used: BoolArray) -> FloatArray:
    table = values.reshape(shape).astype(np.float64)
    return np.stack([table[:, parts].min(axis=1) for parts in used], axis=1)
