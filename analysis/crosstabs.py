"""Two-way tables of shares or numbers with their margins, and one covariance for all of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from analysis.arguments import checked
from analysis.arrays import FloatArray, IntArray, sorted_codes
from analysis.contrasts.joint import joint
from analysis.design import Design
from analysis.domains import Missing
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.estimators import Deff, Where, options_of
from analysis.freedom import Freedom
from analysis.intervals import Interval
from analysis.items import Items
from analysis.linear import MATRIX_LIMIT
from analysis.survey import Options, Statistic, estimate

ALL: Final = "(all)"  # the domain value of a margin


class Base(StrEnum):
    """What shares are shares of: the row, the column, the whole table; or numbers of people."""

    ROW = "row"
    COLUMN = "column"
    CELL = "cell"
    COUNT = "count"


@checked
def crosstab(
    design: Design,
    row: str,
    column: str,
    *,
    base: Base | str = Base.ROW,
    margins: bool = True,
    where: Where = None,
    interval: Interval | str = Interval.KORN_GRAUBARD,
    confidence: float = 0.95,
    deff: Deff = "replace",
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Estimates:
    """A table of two classifications, cell by cell with standard errors.

    Parameters
    ----------
    design : Design
    row, column : str
        Columns of categories; who lacks either is in no cell.
    base : Base or str
        Shares of the `row`, of the `column`, of the whole table (`cell`), or `count`.
    margins : bool
        Add the margins, with `ALL` in place of the level: the column's shares in the whole
        population under `row`, and so on.
    where, interval, confidence, deff, df
        As in `proportion`; numbers of people have t intervals.

    Returns
    -------
    Estimates
        `by` is (row, column). Levels that occur in the data but not together are cells with share
        0. `.vcov()` covers the whole table, unless it holds too many cells. R:
        `svytable`, `svyby(~factor(column), ~row, des, svymean)`, `svymean(~interaction(row,
        column), des)` for `cell`.

    Raises
    ------
    AnalysisError
        A column is not there or empty, or lonely PSUs are met under `fail`.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": range(4), "sex": list("ffmm"), "online": list("ynyy")})
    >>> table = crosstab(Design.from_frame(data, ids="psu"), "sex", "online")
    >>> table.at("f", "y").estimate, table.at(ALL, "y").estimate
    (0.5, 0.75)
    """
    try:
        asked = Base(base)
    except ValueError:
        raise AnalysisError(f"base={base!r} is none of: {', '.join(Base)}") from None
    options = options_of(
        by=None,
        where=where,
        missing=Missing.PER_ITEM,
        interval=Interval.T if asked is Base.COUNT else interval,
        confidence=confidence,
        deff=deff,
        df=df,
    )
    sides = _Sides.of(design, row, column)
    if asked is Base.CELL:
        parts = [_of_table(design, sides, options, margins=margins)]
    elif asked is Base.COUNT:
        parts = _numbers(design, sides, options, margins=margins)
    elif asked is Base.ROW:
        parts = _within(design, sides.row, sides.column, options, margins=margins)
    else:
        turned = _within(design, sides.column, sides.row, options, margins=margins)
        parts = [replace(p, cells=tuple((r, c) for c, r in p.cells)) for p in turned]
    return _packed(parts, row, column)


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One classification: its codes (-1: not known) and levels."""

    name: str
    code: IntArray
    levels: tuple[object, ...]

    @classmethod
    def of(cls, design: Design, name: str) -> _Side:
        if name not in design.frame.columns:
            raise AnalysisError(f"there is no column {name!r} to tabulate")
        code, levels = sorted_codes(design.frame[name])
        if not len(levels):
            raise AnalysisError(f"column {name!r} holds no value")
        return cls(name, code, tuple(levels.tolist()))

    @property
    def indicators(self) -> FloatArray:
        found = (self.code[:, None] == np.arange(len(self.levels))).astype(np.float64)
        return np.where(self.code[:, None] < 0, np.nan, found)


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    row: _Side
    column: _Side

    @classmethod
    def of(cls, design: Design, row: str, column: str) -> _Sides:
        """Both sides, with who lacks one in neither."""
        one, other = _Side.of(design, row), _Side.of(design, column)
        known = (one.code >= 0) & (other.code >= 0)
        return cls(
            replace(one, code=np.where(known, one.code, -1)),
            replace(other, code=np.where(known, other.code, -1)),
        )

    @property
    def cells(self) -> tuple[tuple[object, object], ...]:
        return tuple((r, c) for r in self.row.levels for c in self.column.levels)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Estimates, and the cell (row level, column level) of each entry."""

    estimates: Estimates
    cells: tuple[tuple[object, object], ...]


def _items(y: FloatArray, name: str) -> Items:
    size = y.shape[1]
    return Items((name,) * size, tuple(range(size)), np.asfortranarray(y))


def _within(
    design: Design, outer: _Side, inner: _Side, options: Options, *, margins: bool
) -> list[_Part]:
    """Shares of the inner levels in each outer level: cells are (outer, inner)."""
    items = _items(inner.indicators, inner.name)
    one = replace(options, by=(outer.name,))
    cells = tuple((o, i) for o in outer.levels for i in inner.levels)
    parts = [_Part(estimate(design, Statistic.PROPORTION, items, one), cells)]
    if margins:
        whole = estimate(design, Statistic.PROPORTION, items, options)
        parts.append(_Part(whole, tuple((ALL, i) for i in inner.levels)))
    return parts


def _of_table(design: Design, sides: _Sides, options: Options, *, margins: bool) -> _Part:
    row, column, cells = sides.row.indicators, sides.column.indicators, sides.cells
    y = (row[:, :, None] * column[:, None, :]).reshape(len(row), -1)
    if margins:
        y = np.hstack([y, row, column])
        cells += tuple((level, ALL) for level in sides.row.levels)
        cells += tuple((ALL, level) for level in sides.column.levels)
    items = _items(y, sides.column.name)
    return _Part(estimate(design, Statistic.PROPORTION, items, options), cells)


def _numbers(design: Design, sides: _Sides, options: Options, *, margins: bool) -> list[_Part]:
    y, rows, columns = sides.column.indicators, sides.row.levels, sides.column.levels
    if margins:
        columns = (*columns, ALL)
        y = np.hstack([y, y.sum(axis=1, keepdims=True)])
    items = _items(y, sides.column.name)
    one = replace(options, by=(sides.row.name,))
    inside = estimate(design, Statistic.COUNT, items, one)
    parts = [_Part(inside, tuple((r, c) for r in rows for c in columns))]
    if margins:
        whole = estimate(design, Statistic.COUNT, items, options)
        parts.append(_Part(whole, tuple((ALL, c) for c in columns)))
    return parts


def _packed(parts: list[_Part], row: str, column: str) -> Estimates:
    """One table of all parts, with scores that go together where they fit into memory."""
    tables = [part.estimates for part in parts]
    first = tables[0]
    design = first.linear.design if first.linear is not None else None
    size = sum(map(len, tables))
    linear = None
    if design is not None and design.stages[-1].n_units * size <= MATRIX_LIMIT:
        linear = joint(*tables).unmapped.linear(design)
    return replace(
        first,
        by=(row, column),
        domain=tuple(cell for part in parts for cell in part.cells),
        variable=(column,) * size,
        level=(None,) * size,
        estimate=np.concatenate([t.estimate for t in tables]),
        se=np.concatenate([t.se for t in tables]),
        lower=np.concatenate([t.lower for t in tables]),
        upper=np.concatenate([t.upper for t in tables]),
        df=np.concatenate([t.df for t in tables]),
        deff=np.concatenate([t.deff for t in tables]),
        n=np.concatenate([t.n for t in tables]),
        n_eff=np.concatenate([t.n_eff for t in tables]),
        n_psu=np.concatenate([t.n_psu for t in tables]),
        n_strata=np.concatenate([t.n_strata for t in tables]),
        n_missing=np.concatenate([t.n_missing for t in tables]),
        flags=np.concatenate([t.flags for t in tables]),
        linear=linear,
    )
