"""Indices of stored designs: one linearised variable, as `analysis.indices` has, from sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arguments import checked
from analysis.arrays import FloatArray, IntArray, codes_of, cross, first_rows, group_sum, sums_by
from analysis.calibration import slopes
from analysis.cells import Cells
from analysis.domains import Missing
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.estimators import By, options_of
from analysis.figures import Labels, Table, finish
from analysis.freedom import Freedom, set_df
from analysis.indices.definition import Part
from analysis.intervals import Interval
from analysis.linear import Block, Linear, block_variance
from analysis.scale.plan import Item, Plan
from analysis.scale.stored import StoredDesign, Summed, summed
from analysis.tables import describe
from analysis.variance import Scores, check_lonely


@checked
def index(
    design: StoredDesign,
    parts: Sequence[Part],
    *,
    name: str = "index",
    constant: float = 0.0,
    by: By = None,
    where: str | None = None,
    missing: Missing | str = Missing.PER_ITEM,
    confidence: float = 0.95,
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Estimates:
    """A constant plus sum_j a_j ybar_j, each mean over those who answered that item.

    Parameters
    ----------
    design : StoredDesign
    parts : sequence of Part
        Items with their coefficients, as `Definition.parts` of an index has them; items of one
        `pool` have one mean over all their answers together.
    name : str
        The `variable` of the result.
    constant : float
        What reversed items and steps add (`Definition.constant`).
    by, where, confidence, df
        As in `mean`.
    missing : Missing or str
        `per_item`, or `listwise`: only who answered all items.

    Returns
    -------
    Estimates
        With the standard error of `analysis.indices.combined.combined_means`; `n` and `n_psu` are
        those of the item that fewest answered. No design effect.

    Raises
    ------
    AnalysisError
        There are no parts, or a column is missing or holds no numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.scale import FrameRows
    >>> data = pd.DataFrame({"psu": [1, 1, 2, 2], "a": [1, 0, 1, None], "b": [1, 1, 0, 0]})
    >>> data["w"] = 1.0
    >>> stored = StoredDesign(FrameRows(data), ids="psu", weights="w")
    >>> index(stored, [Part("a", 50), Part("b", 50)]).estimate.round(2).tolist()
    [58.33]
    >>> index(stored, [Part("a", 50, pool="p"), Part("b", 50, pool="p")]).estimate.round(2).tolist()
    [57.14]
    """
    if not parts or not all(isinstance(part, Part) for part in parts):
        raise AnalysisError("parts= holds the items of the index as Part(column, coefficient)")
    options = options_of(
        by=by, where=where, missing=missing, interval=Interval.T, confidence=confidence, df=df
    )
    items = tuple(Item(f"{part.column} {at}", part.column) for at, part in enumerate(parts))
    plan, found = summed(design, items, options)
    made = _added(found, plan, parts, constant)
    table = _of_fewest(made)
    linear = Linear(found.design, len(found.domains), 1, (made.block,))
    if options.df is not Freedom.DOMAIN:
        set_df(table, linear, options.df)
    return finish(
        table,
        Labels("index", options.by, found.domains.labels, (name,), (None,)),
        linear,
        interval=Interval.T,
        confidence=confidence,
        is_total=False,
        is_share=False,
        is_without_replacement=False,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Added:
    """The index and its scores, and the table of its items."""

    value: FloatArray
    variance: FloatArray
    block: Block
    items: Table


def _added(found: Summed, plan: Plan, parts: Sequence[Part], constant: float) -> _Added:
    size = len(found.domains)
    table, value = Table.blank(size, len(parts)), np.full(size, constant)
    scores: list[Scores] = []
    u = np.zeros((len(found.domains.code), 1))
    for pool in _pools(parts):
        cells = [found.cells(plan, (at,)) for at in pool]
        whole = sum(parts[at].coefficient for at in pool)
        mean, below = _mean(cells, [parts[at].coefficient / whole for at in pool], size)
        value += whole * mean
        for at, cell in zip(pool, cells, strict=True):
            check_lonely(found.design, cell.row)
            describe(found.design, table, (at,), cell)
            rest = cell.e[:, 0] + (cell.centre[0] - mean[cell.domain]) * cell.w
            z = parts[at].coefficient * rest / below[cell.domain]
            scores.append(Scores(cell.row, cell.domain, np.nan_to_num(z)[:, None]))
            _regressed(found, plan, at, parts[at].coefficient, mean=mean, below=below, u=u)
    found.count_members(table)
    merged = _merged(found, scores)
    rows = np.flatnonzero(found.domains.code >= 0)
    bent = None
    if found.design.calibrations:
        bent = slopes(found.design, rows, found.domains.code[rows], u[rows], size)
    block = Block((0,), merged, bent)
    return _Added(value, block_variance(found.design, block, size)[:, 0], block, table)


def _mean(cells: list[Cells], share: list[float], size: int) -> tuple[FloatArray, FloatArray]:
    """The mean of a pool's answers by domain, and the weight that it divides by."""
    above, below = np.zeros(size), np.zeros(size)
    for cell, part in zip(cells, share, strict=True):
        held = sums_by(cell.domain, size, cell.w)
        below += part * held
        above += part * (sums_by(cell.domain, size, cell.e[:, 0]) + cell.centre[0] * held)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(above / below), below


def _regressed(
    found: Summed,
    plan: Plan,
    at: int,
    coefficient: float,
    *,
    mean: FloatArray,
    below: FloatArray,
    u: FloatArray,
) -> None:
    """Under calibrated weights, adds the mean of u over each cell, by the weights before."""
    if not found.design.calibrations:
        return
    rows = found.rows_of((at,))
    domain, before = found.domains.code[rows], found.design.calibrations[0].before[rows]
    rest = found.column("de", at)[rows]
    rest = rest + (plan.items[at].centre - mean[domain]) * found.column("d", at)[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        u[rows, 0] += np.nan_to_num(coefficient * rest / below[domain] / before)


def _pools(parts: Sequence[Part]) -> list[list[int]]:
    """Places of the parts that have one mean together."""
    found: dict[str, list[int]] = {}
    for at, part in enumerate(parts):
        found.setdefault(part.pool or f"{at}", []).append(at)
    return list(found.values())


def _merged(found: Summed, scores: list[Scores]) -> Scores:
    """Scores of all items added up by pair of domain and PSU."""
    stage = found.design.stages[0]
    row: IntArray = np.concatenate([each.row for each in scores])
    domain = np.concatenate([each.domain for each in scores])
    pair, keys = codes_of(cross(domain, stage.unit[row], stage.n_units))
    first = first_rows(pair, len(keys))
    values = group_sum(pair, len(keys), np.vstack([each.values for each in scores]))
    return Scores(row[first], domain[first], values)


def _of_fewest(made: _Added) -> Table:
    """One column for the index: of its items' counts the smallest, so that it promises no more."""

    def least(values: FloatArray) -> FloatArray:
        return np.asarray(values.min(axis=1, keepdims=True))

    items = made.items
    n = least(items.n)
    return Table(
        value=made.value[:, None],
        variance=made.variance[:, None],
        spread=np.full(n.shape, np.nan),
        population=np.full(n.shape, np.nan),
        n=n,
        n_psu=least(items.n_psu),
        n_strata=least(items.n_strata),
        kish=items.kish.max(axis=1, keepdims=True),
        missing=-least(-items.missing),
        df=least(items.df),
        flags=np.bitwise_or.reduce(items.flags, axis=1, keepdims=True),
    )
