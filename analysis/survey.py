"""The one path that every estimator takes: who answered, sums, linearised values, variances."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray
from analysis.calibration import slopes
from analysis.cells import sum_rows
from analysis.design import Design
from analysis.domains import Answered, Domains, Missing, answered, domains_of
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.figures import Labels, Table, finish
from analysis.freedom import Freedom, set_df
from analysis.intervals import Interval
from analysis.items import Items, LevelItems
from analysis.linear import Block, Linear, block_variance
from analysis.replicate_table import GroupSums, ReplicateSums, members_df
from analysis.tables import Linearised, count_members, describe, linearise
from analysis.variance import check_lonely

MOST = 10_000_000  # figures of a table: 2 GB with all that goes with them


class Statistic(StrEnum):
    MEAN = "mean"
    PROPORTION = "proportion"
    TOTAL = "total"
    RATIO = "ratio"
    COUNT = "count"

    @property
    def is_total(self) -> bool:
        return self in (Statistic.TOTAL, Statistic.COUNT)


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    by: tuple[str, ...]
    where: str | pd.Series | BoolArray | None
    missing: Missing
    interval: Interval
    confidence: float
    is_without_replacement: bool
    df: Freedom | float = Freedom.DOMAIN


def estimate(
    design: Design, statistic: Statistic, items: Items | LevelItems, options: Options
) -> Estimates:
    """Estimate items in all domains; see the public estimators."""
    domains = domains_of(design, options.by, options.where)
    if len(domains) * items.count > MOST:
        raise AnalysisError(
            f"{items.count:,} levels or items in {len(domains):,} domains are more figures than "
            "fit into memory: group the levels, or look at fewer domains or items at a time"
        )
    labels = Labels(statistic, options.by, domains.labels, items.variable, items.level)
    table, linear = _linearised(design, statistic, items, domains, options)
    del items, domains  # as large as the data: nothing below needs the rows
    return finished(table, labels, linear, statistic, options)


def _linearised(
    design: Design,
    statistic: Statistic,
    items: Items | LevelItems,
    domains: Domains,
    options: Options,
) -> tuple[Table, Linear]:
    """Sums, variances and counts, and the scores that they come from."""
    table, size = Table.blank(len(domains), items.count), len(domains)
    blocks = []
    groups = answered(items, domains, options.missing)
    for group in groups:
        at, cells = list(group.items), sum_rows(design, items, group, domains)
        found = linearise(table, group.items, cells, is_total=statistic.is_total)
        block = _block(design, items, group, domains, found)
        if design.replication is None:
            check_lonely(design, cells.row)
            table.variance[:, at] = block_variance(design, block, size)
        describe(design, table, group.items, cells)
        blocks.append(block)
    _count_members(design, table, domains, groups)
    replicated = _replicated(design, items, groups, domains, is_total=statistic.is_total)
    if replicated is not None:
        replicated.fill(table)
    return table, Linear(design, size, items.count, tuple(blocks), replicated)


def _replicated(
    design: Design,
    items: Items | LevelItems,
    groups: tuple[Answered, ...],
    domains: Domains,
    *,
    is_total: bool,
) -> ReplicateSums | None:
    replication = design.replication
    if replication is None:
        return None
    sums = [GroupSums.of(replication, items, each, domains, is_total=is_total) for each in groups]
    return ReplicateSums(replication, len(domains), items.count, tuple(sums))


def finished(
    table: Table, labels: Labels, linear: Linear, statistic: Statistic, options: Options
) -> Estimates:
    """Standard errors, intervals and flags of a table that is filled."""
    if options.df is not Freedom.DOMAIN:
        set_df(table, linear, options.df)
    return finish(
        table,
        labels,
        linear,
        interval=options.interval,
        confidence=options.confidence,
        is_total=statistic.is_total,
        is_share=statistic is Statistic.PROPORTION,
        is_without_replacement=options.is_without_replacement,
    )


def _block(
    design: Design, items: Items | LevelItems, group: Answered, domains: Domains, found: Linearised
) -> Block:
    """The scores, and under calibrated weights the regression of the row scores u."""
    if not design.calibrations:
        return Block(group.items, found.scores, None)
    rows, at = group.rows, np.array(group.items)
    domain = domains.code[rows]
    x = 1.0 if items.x is None else items.x[np.ix_(rows, at)]
    u = np.stack([items.column(item, rows) for item in group.items], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        u = (u - found.value[domain] * x) * found.scale[domain]
    u[~np.isfinite(u)] = 0.0
    return Block(group.items, found.scores, slopes(design, rows, domain, u, len(domains)))


def _count_members(
    design: Design, table: Table, domains: Domains, groups: tuple[Answered, ...]
) -> None:
    inside = domains.code >= 0
    if design.replication is None and all(len(g.rows) == np.count_nonzero(inside) for g in groups):
        table.df[:] = table.n_psu - table.n_strata  # everybody answered everything
        return
    rows, size = np.flatnonzero(inside & (design.weights != 0)), len(domains)
    members: FloatArray = np.bincount(domains.code[rows], minlength=size).astype(np.float64)
    count_members(design, table, rows, domains.code[rows], members)
    if design.replication is not None:
        table.df[:] = members_df(design, domains)[:, None]
