"""Weighting steps repeated on every replicate: the spread of replicates then knows of them.

A step that looks at weights only through their totals in groups of rows (cells of a margin, rows of
equal auxiliaries) is repeated on group totals; no matrix of rows times replicates is formed for it
unless groups and units hold one row each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import sparse

from analysis.arrays import FloatArray, IntArray, codes_of, cross, group_sum
from analysis.errors import DesignError, WeightingError
from analysis.factors import FactorTable
from analysis.replication import Replication

if TYPE_CHECKING:
    from analysis.calibration import Calibration

LARGEST = 200_000_000  # factors held in memory: 1.6 GB


class Reweighting(Protocol):
    """A step whose factors are those of groups and follow from the groups' total weights."""

    @property
    def group(self) -> IntArray:
        """The group of each row."""
        ...

    @property
    def n_groups(self) -> int: ...

    def factors(self, totals: FloatArray) -> FloatArray:
        """Factors (groups, replicates) from totals alike; nan where a replicate has none."""
        ...


def reweighted(replication: Replication, step: Reweighting, *, has_new_df: bool) -> Replication:
    """The step taken on each replicate; `has_new_df`: its rank is counted anew (as R does)."""
    table = replication.table
    pair, keys = codes_of(cross(replication.unit, step.group, step.n_groups))
    unit, group = np.divmod(keys, step.n_groups)
    _check_size(step.n_groups, replication.count)
    held = np.bincount(pair, replication.base, len(keys))
    shape = (step.n_groups, table.n_units)
    totals = table.times(sparse.csc_array((held, (group, unit)), shape=shape))
    refined = table.refined(unit, step.factors(totals), group)
    df = refined.df() if has_new_df else replication.df
    return replace(replication, table=refined, unit=pair, df=df)


def repeated(
    replication: Replication, calibrations: Sequence[Calibration], weights: FloatArray
) -> Replication:
    """Replicates of the weights before calibration, calibrated as the weights were."""
    reached = replication.base
    for calibration in calibrations:
        step = calibration.again
        if step is None:
            raise DesignError("a calibration of these weights does not say how to repeat it")
        totals = group_sum(step.group, step.n_groups, reached[:, None])
        reached = reached * step.factors(totals)[step.group, 0]
        replication = reweighted(replication, step, has_new_df=False)
    if calibrations and not np.allclose(reached, weights, rtol=1e-6):
        raise DesignError(
            "these weights were changed before or after their calibration; replicate the base "
            "weights first and take each step on the replicates (analysis.calibrated)"
        )
    return replication


def reweighted_rows(
    replication: Replication, step: Callable[[FloatArray], FloatArray]
) -> Replication:
    """Any step (weights of all rows to weights of all rows), taken column by column."""
    _check_size(len(replication.base), replication.count)
    size = len(replication.base)
    factors = np.empty((size, replication.count))
    for at, column in enumerate(replication.columns()):
        factors[:, at] = step(column)
    table = FactorTable.of(factors)
    every = np.arange(size)
    return replace(replication, base=np.ones(size), table=table, unit=every, df=table.df())


def _check_size(units: int, count: int) -> None:
    if units * count > LARGEST:
        raise WeightingError(
            f"{count} replicates of {units} different rows do not fit into memory; take fewer "
            "replicates"
        )
