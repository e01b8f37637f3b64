"""The one path that every estimator takes: blocks of answers, linearised values, figures, flags."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray, codes_of, cross, sorted_codes
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.estimates import Estimates, Flag
from analysis.intervals import Evidence, Interval, limits
from analysis.items import Items
from analysis.linear import Block, Linear, block_variance, linear_block
from analysis.variance import check_lonely

FEW_DF = 8
FLAT = 1e-20  # a variance below this share of the value's square is rounding


class Missing(StrEnum):
    PER_ITEM = "per_item"
    LISTWISE = "listwise"
    FAIL = "fail"


class Statistic(StrEnum):
    MEAN = "mean"
    PROPORTION = "proportion"
    TOTAL = "total"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    by: tuple[str, ...]
    where: str | pd.Series | BoolArray | None
    missing: Missing
    interval: Interval
    confidence: float
    is_without_replacement: bool


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """Labels in order, and the domain of each row (-1: in none)."""

    labels: tuple[tuple[object, ...], ...]
    code: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Figures of all domains (rows) and items (columns) before flags and intervals."""

    value: FloatArray
    variance: FloatArray
    spread: FloatArray  # variance of the linearised value in the population, on the value's scale
    population: FloatArray
    n: FloatArray
    n_psu: FloatArray
    n_strata: FloatArray
    kish: FloatArray
    missing: FloatArray
    df: FloatArray
    flags: IntArray


def estimate(
    design: Design, statistic: Statistic, items: Items, options: Options, *, name: str = ""
) -> Estimates:
    domains = domains_of(design, options)
    n_domains, n_items = len(domains.labels), items.y.shape[1]
    table = _blank(n_domains, n_items)
    blocks = []
    for columns, rows in answered_blocks(items, domains.code, options.missing):
        check_lonely(design, rows)
        blocks.append(_fill(design, statistic, items, table, columns, rows, domains))
    _count_members(design, table, domains)
    linear = Linear(design, n_domains, n_items, tuple(blocks))
    return finish(
        table, name or statistic, statistic, items.variable, items.level, domains.labels, options,
        linear,
    )  # fmt: skip


def domains_of(design: Design, options: Options) -> Domains:
    """All combinations of the `by` columns that occur anywhere in the data, in label order."""
    inside = np.ones(design.n_rows, dtype=bool) if design.domain is None else design.domain
    if options.where is not None:
        inside = inside & design.mask(options.where)
    if not options.by:
        return Domains(((),), np.where(inside, 0, -1))
    code = np.zeros(design.n_rows, dtype=np.int64)
    known = np.ones(design.n_rows, dtype=bool)
    levels = []
    for column in options.by:
        if column not in design.frame.columns:
            raise AnalysisError(f"there is no column {column!r} to form domains by")
        part, labels = sorted_codes(design.frame[column])
        known &= part >= 0
        code = cross(code, part, len(labels))
        levels.append(labels)
    if len(options.by) == 1:
        found = tuple((label,) for label in levels[0].tolist())
    else:
        dense, keys = pd.factorize(pd.Series(np.where(known, code, -1)), sort=True)
        keys = np.asarray(keys)
        dense = dense - int(len(keys) > 0 and keys[0] < 0)
        code, keys = dense.astype(np.int64), keys[keys >= 0]
        shape = tuple(len(labels) for labels in levels)
        parts = np.unravel_index(keys, shape)
        columns = [labels[at].tolist() for labels, at in zip(levels, parts, strict=True)]
        found = tuple(zip(*columns, strict=True))
    if not found:
        raise AnalysisError(f"columns {', '.join(options.by)} hold no value to form domains by")
    return Domains(found, np.where(inside & known, code, -1))


def answered_blocks(
    items: Items, domain: IntArray, missing: Missing
) -> list[tuple[tuple[int, ...], IntArray]]:
    """Items grouped by who answered them, each group with its rows inside any domain."""
    gaps = np.isnan(items.y)
    if items.x is not None:
        gaps |= np.isnan(items.x)
    inside = domain >= 0
    if missing is Missing.FAIL and gaps[inside].any():
        at = int(np.flatnonzero(gaps[inside].any(axis=0))[0])
        lost = int(gaps[inside][:, at].sum())
        raise AnalysisError(
            f"{items.variable[at]!r} is missing in {lost} rows; choose missing='per_item' or "
            "'listwise'"
        )
    if missing is Missing.LISTWISE:
        gaps = np.broadcast_to(gaps.any(axis=1, keepdims=True), gaps.shape)
    groups: dict[bytes, list[int]] = {}
    for item in range(gaps.shape[1]):
        key = gaps[:, item].tobytes() if gaps[:, item].any() else b""
        groups.setdefault(key, []).append(item)
    return [
        (tuple(found), np.flatnonzero(inside & ~gaps[:, found[0]])) for found in groups.values()
    ]


def _blank(n_domains: int, n_items: int) -> Table:
    shape = (n_domains, n_items)
    return Table(*(np.full(shape, np.nan) for _ in range(3)), *(np.zeros(shape) for _ in range(7)),
                 flags=np.zeros(shape, dtype=np.int64))  # fmt: skip


def _fill(
    design: Design,
    statistic: Statistic,
    items: Items,
    table: Table,
    columns: tuple[int, ...],
    rows: IntArray,
    domains: Domains,
) -> Block:
    """Estimate the items of one block and write them into the table."""
    at = list(columns)
    domain, w = domains.code[rows], design.weights[rows]
    size = len(domains.labels)
    y = items.y[rows][:, at]
    x = np.ones_like(y) if items.x is None else items.x[rows][:, at]
    u = np.empty_like(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        population = np.bincount(domain, w, size)
        for item, column in enumerate(at):
            sum_y = np.bincount(domain, w * y[:, item], size)
            sum_x = population if items.x is None else np.bincount(domain, w * x[:, item], size)
            rate = sum_y / sum_x
            rest = y[:, item] - rate[domain] * x[:, item]
            scale = np.ones(size) if statistic is Statistic.TOTAL else 1 / sum_x
            table.value[:, column] = sum_y if statistic is Statistic.TOTAL else rate
            table.spread[:, column] = (
                np.bincount(domain, w * rest**2, size) / population * (population * scale) ** 2
            )
            u[:, item] = y[:, item] if statistic is Statistic.TOTAL else rest * scale[domain]
    u[~np.isfinite(u)] = 0.0
    block = linear_block(design, columns, rows, domain, u, n_domains=size)
    table.variance[:, at] = block_variance(design, block, size)
    table.population[:, at] = population[:, None]
    _describe(design, table, at, rows[w != 0], domain[w != 0], w[w != 0])
    return block


def _describe(
    design: Design, table: Table, at: list[int], rows: IntArray, domain: IntArray, w: FloatArray
) -> None:
    """Respondents, PSUs, strata, Kish's design effect and flags of the design."""
    size, first = len(table.value), design.stages[0]
    n = np.bincount(domain, minlength=size)
    _, keys = codes_of(cross(domain, first.unit[rows], first.n_units))
    psu_domain, psu = np.divmod(keys, first.n_units)
    stratum_key = np.unique(cross(psu_domain, first.stratum[psu], first.n_strata))
    stratum_domain, stratum = np.divmod(stratum_key, first.n_strata)
    flags = np.zeros(size, dtype=np.int64)
    flags[stratum_domain[first.is_lonely[stratum]]] |= Flag.LONELY_PSU
    if design.collapsed:
        flags[stratum_domain[_is_collapsed(design)[stratum]]] |= Flag.COLLAPSED
    with np.errstate(divide="ignore", invalid="ignore"):
        kish = n * np.bincount(domain, w**2, size) / np.bincount(domain, w, size) ** 2
    table.n[:, at] = n[:, None]
    table.n_psu[:, at] = np.bincount(psu_domain, minlength=size)[:, None]
    table.n_strata[:, at] = np.bincount(stratum_domain, minlength=size)[:, None]
    table.kish[:, at] = kish[:, None]
    table.flags[:, at] |= flags[:, None]


def _is_collapsed(design: Design) -> BoolArray:
    merged = {name for pair in design.collapsed for name in (pair.stratum, pair.merged_into)}
    first = design.stages[0]
    labels = design.frame[design.strata[0]].astype(str)
    found = np.zeros(first.n_strata, dtype=bool)
    found[first.stratum[first.unit[labels.isin(merged).to_numpy()]]] = True
    return found


def _count_members(design: Design, table: Table, domains: Domains) -> None:
    """Who did not answer, and the degrees of freedom: PSUs - strata that hold members.

    Members who skipped the item count (as in R), unless all answers come from strata with one PSU.
    """
    inside = (domains.code >= 0) & (design.weights != 0)
    members = np.bincount(domains.code[inside], minlength=len(domains.labels))
    table.missing[:] = members[:, None] - table.n
    first, rows = design.stages[0], np.flatnonzero(inside)
    _, keys = codes_of(cross(domains.code[rows], first.unit[rows], first.n_units))
    psu_domain, psu = np.divmod(keys, first.n_units)
    pairs = np.unique(cross(psu_domain, first.stratum[psu], first.n_strata)) // first.n_strata
    of_members = np.bincount(psu_domain, minlength=len(members)) - np.bincount(
        pairs, minlength=len(members)
    )
    answered = table.n_psu - table.n_strata
    table.df[:] = np.where(answered > 0, of_members[:, None], answered)


def finish(
    table: Table,
    name: str,
    statistic: Statistic,
    variable: tuple[str, ...],
    level: tuple[object, ...],
    labels: tuple[tuple[object, ...], ...],
    options: Options,
    linear: Linear,
) -> Estimates:
    """Standard errors, design effects, intervals and flags of a table."""
    design, n, df = linear.design, table.n, table.df
    is_share = statistic is Statistic.PROPORTION
    value = np.where(n > 0, table.value, np.nan)
    is_total = statistic is Statistic.TOTAL
    with np.errstate(divide="ignore", invalid="ignore"):
        size2 = value**2 + table.spread
        flat = table.variance <= FLAT * size2
        hidden = (n <= 0) | (~np.asarray(is_total) & ((n == 1) | ((table.n_psu == 1) & flat)))
        variance = np.where(hidden, np.nan, np.where(flat, 0.0, table.variance))
        deff = variance / (table.spread / (n - 1))
        if options.is_without_replacement:
            deff = deff / (1 - n / table.population)
        n_plain = n / table.kish
        n_eff = np.where(flat | (table.spread <= 0), n_plain, table.spread / table.variance)
        n_eff = np.where(hidden, np.nan, n_eff)
        deff = np.where(np.isfinite(deff) & (table.spread > 0) & ~flat, deff, np.nan)
    is_edge = is_share & ((value <= 0) | (value >= 1))
    evidence = Evidence(value, variance, n, df, n_plain, options.confidence)
    found = limits(options.interval, evidence)
    no_spread = ~hidden & (variance == 0) & ~is_edge
    empty_width = no_spread & ~np.asarray(is_share)
    flags = table.flags | _flags(n, table.n_psu, df, is_edge, no_spread)
    if is_share:
        flags |= np.where(n_eff > n, int(Flag.CAPPED), 0)
    repeat = len(variable)
    return Estimates(
        statistic=name,
        by=options.by,
        interval=options.interval,
        confidence=options.confidence,
        domain=tuple(label for label in labels for _ in range(repeat)),
        variable=variable * len(labels),
        level=level * len(labels),
        estimate=value.ravel(),
        se=np.sqrt(variance).ravel(),
        lower=np.where(empty_width, np.nan, found.lower).ravel(),
        upper=np.where(empty_width, np.nan, found.upper).ravel(),
        df=df.ravel(),
        deff=deff.ravel(),
        n=n.astype(np.int64).ravel(),
        n_eff=n_eff.ravel(),
        n_psu=table.n_psu.astype(np.int64).ravel(),
        n_strata=table.n_strata.astype(np.int64).ravel(),
        n_missing=table.missing.astype(np.int64).ravel(),
        flags=flags.ravel(),
        collapsed=design.collapsed,
        linear=linear,
    )


def _flags(
    n: FloatArray, n_psu: FloatArray, df: FloatArray, is_edge: BoolArray, no_spread: BoolArray
) -> IntArray:
    conditions = {
        Flag.EMPTY: n <= 0,
        Flag.ONE_RESPONDENT: n == 1,
        Flag.ONE_PSU: n_psu == 1,
        Flag.NO_DF: (n > 0) & (df <= 0),
        Flag.FEW_DF: (df > 0) & (df < FEW_DF),
        Flag.ALL_OR_NONE: is_edge,
        Flag.NO_SPREAD: no_spread,
    }
    flags = np.zeros(n.shape, dtype=np.int64)
    for flag, condition in conditions.items():
        flags |= np.where(condition, int(flag), 0)
    return flags
