"""The one path that every estimator takes: who answered, linearised values, sums, variances."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    back_to_rows,
    codes_of,
    cross,
    sums_by,
)
from analysis.design import Design
from analysis.domains import Answered, Domains, Missing, answered, domains_of
from analysis.estimates import Estimates, Flag
from analysis.figures import Labels, Table, finish
from analysis.intervals import Interval
from analysis.items import Items
from analysis.linear import Block, Linear, block_variance, linear_block
from analysis.replicate_table import Replicated, members_df, replicate_group
from analysis.variance import Scores, check_lonely


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


def estimate(design: Design, statistic: Statistic, items: Items, options: Options) -> Estimates:
    """Estimate items in all domains; see the public estimators."""
    domains = domains_of(design, options.by, options.where)
    table = Table.blank(len(domains), items.y.shape[1])
    blocks, replicated = [], None
    if design.replication is not None:
        replicated = Replicated.blank(design.replication, len(domains), items.y.shape[1])
    for group in answered(items, domains, options.missing):
        at = list(group.items)
        if replicated is None:
            check_lonely(design, group.rows)
        block = _linearise(design, statistic, items, table, group=group, domains=domains)
        if replicated is None:
            table.variance[:, at] = block_variance(design, block, len(domains))
        else:
            table.variance[:, at] = replicate_group(
                design,
                items,
                group,
                domains,
                table.value[:, at],
                is_total=statistic.is_total,
                kept=replicated,
            )
        _describe(design, table, group, domains, block.scores)
        blocks.append(block)
    _count_members(design, table, domains)
    labels = Labels(statistic, options.by, domains.labels, items.variable, items.level)
    values = None if replicated is None else replicated.values
    linear = Linear(design, len(domains), items.y.shape[1], tuple(blocks), values)
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


def _linearise(
    design: Design,
    statistic: Statistic,
    items: Items,
    table: Table,
    *,
    group: Answered,
    domains: Domains,
) -> Block:
    """Point estimates into the table, and the scores whose variance is theirs."""
    rows, at, size = group.rows, list(group.items), len(domains)
    domain, w = domains.code[rows], design.weights[rows]
    whole = len(rows) == design.n_rows and len(at) == items.y.shape[1]
    y = (
        items.y if whole else items.y[np.ix_(rows, np.array(at))]
    )  # a copy of a million rows is felt
    u = np.empty(y.shape, order="F")
    population = sums_by(domain, size, w)
    with np.errstate(divide="ignore", invalid="ignore"):
        for item, column in enumerate(at):
            value = y[:, item]
            sum_y = sums_by(domain, size, w * value)
            if items.x is None:
                sum_x, rest = population, value - back_to_rows(sum_y / population, domain)
            else:
                x = items.x[rows, column]
                sum_x = sums_by(domain, size, w * x)
                rest = value - back_to_rows(sum_y / sum_x, domain) * x
            spread = sums_by(domain, size, w * rest**2) / population
            scale = np.ones(size) if statistic.is_total else 1 / sum_x
            table.value[:, column] = sum_y if statistic.is_total else sum_y / sum_x
            table.spread[:, column] = spread * (population * scale) ** 2
            u[:, item] = value if statistic.is_total else rest * back_to_rows(scale, domain)
    if not population.all() or items.x is not None:
        u[~np.isfinite(u)] = 0.0  # domains without weight, or ratios to nothing: flagged later
    table.population[:, at] = population[:, None]
    return linear_block(design, group.items, rows, domain, u, n_domains=size)


def _describe(design: Design, table: Table, group: Answered, domains: Domains, z: Scores) -> None:
    """Respondents, PSUs, strata, Kish's design effect and the flags of the design."""
    rows, at, size = group.rows, list(group.items), len(domains)
    counts = design.weights[rows] != 0
    if counts.all():  # then each pair of the scores holds respondents
        units = _Units.of(design, z.row, z.domain)
    else:
        rows = rows[counts]
        units = _Units.of(design, rows, domains.code[rows])
    domain, w = domains.code[rows], design.weights[rows]
    n = np.bincount(domain, minlength=size)
    first = design.stages[0]
    flags = np.zeros(size, dtype=np.int64)
    np.bitwise_or.at(
        flags, units.stratum_domain[first.is_lonely[units.stratum]], int(Flag.LONELY_PSU)
    )
    if design.collapsed:
        merged = _is_collapsed(design)[units.stratum]
        np.bitwise_or.at(flags, units.stratum_domain[merged], int(Flag.COLLAPSED))
    with np.errstate(divide="ignore", invalid="ignore"):
        kish = n * sums_by(domain, size, w**2) / sums_by(domain, size, w) ** 2
    table.n[:, at] = n[:, None]
    table.n_psu[:, at] = np.bincount(units.psu_domain, minlength=size)[:, None]
    table.n_strata[:, at] = np.bincount(units.stratum_domain, minlength=size)[:, None]
    table.kish[:, at] = kish[:, None]
    table.flags[:, at] |= flags[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """The PSUs and strata that hold rows of each domain: one entry per pair."""

    psu_domain: IntArray
    stratum_domain: IntArray
    stratum: IntArray

    @classmethod
    def of(cls, design: Design, rows: IntArray, domain: IntArray) -> _Units:
        first = design.stages[0]
        _, keys = codes_of(cross(domain, first.unit[rows], first.n_units))
        psu_domain, psu = np.divmod(keys, first.n_units)
        _, keys = codes_of(cross(psu_domain, first.stratum[psu], first.n_strata))
        stratum_domain, stratum = np.divmod(keys, first.n_strata)
        return cls(psu_domain, stratum_domain, stratum)


def _is_collapsed(design: Design) -> BoolArray:
    merged = {name for pair in design.collapsed for name in (pair.stratum, pair.merged_into)}
    first = design.stages[0]
    is_member = design.frame[design.strata[0]].astype(str).isin(merged).to_numpy()
    found = np.zeros(first.n_strata, dtype=bool)
    found[first.stratum[first.unit[is_member]]] = True
    return found


def _count_members(design: Design, table: Table, domains: Domains) -> None:
    """Who did not answer, and the degrees of freedom: PSUs - strata that hold members.

    Members who skipped the item count (as in R), unless all answers come from strata with one PSU.
    """
    rows, size = np.flatnonzero((domains.code >= 0) & (design.weights != 0)), len(domains)
    members: FloatArray = np.bincount(domains.code[rows], minlength=size).astype(np.float64)
    table.missing[:] = members[:, None] - table.n
    if design.replication is not None:
        table.df[:] = members_df(design, domains)[:, None]
        return
    of_answers = table.n_psu - table.n_strata
    table.df[:] = of_answers
    if not table.missing.any():
        return
    units = _Units.of(design, rows, domains.code[rows])
    psus = np.bincount(units.psu_domain, minlength=size)
    of_members = psus - np.bincount(units.stratum_domain, minlength=size)
    table.df[:] = np.where(of_answers > 0, of_members[:, None], of_answers)
