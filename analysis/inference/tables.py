"""Tests of two-way tables of shares: Rao and Scott, Wald, score."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from scipy import stats

from analysis.arguments import checked
from analysis.arrays import FloatArray, IntArray, sorted_codes
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.inference.moments import (
    degrees_of_freedom,
    freedom_of_test,
    means,
    members,
    rows_with,
    solved,
    totals,
)
from analysis.inference.quadratic import Tail, upper_tail
from analysis.inference.results import TestResult


class TableTest(StrEnum):
    """Which statistic tests independence; the first is the default."""

    RAO_SCOTT_F = "rao_scott_f"
    RAO_SCOTT_CHISQ = "rao_scott_chisq"
    WALD = "wald"
    ADJUSTED_WALD = "adjusted_wald"
    EXACT = "exact"
    LINCOM = "lincom"
    SADDLEPOINT = "saddlepoint"
    SCORE = "score"


@checked
def independence(
    design: Design,
    rows: str,
    columns: str,
    *,
    test: TableTest | str = TableTest.RAO_SCOTT_F,
) -> TestResult:
    """Are two classifications independent in the population?

    Pearson's X2 of the weighted shares, scaled to the number of rows, has under independence the
    law of sum_j delta_j chi2(1), delta the eigenvalues of the generalised design effects. The
    tests: `rao_scott_f` F = X2 / sum delta on (d, d nu), d = (sum delta)^2 / sum delta^2 (Rao and
    Scott 1984; Thomas and Rao 1987); `rao_scott_chisq` X2 / mean delta on (r-1)(c-1) (first
    order); `exact` and `saddlepoint` the law itself, over a chi-square with d nu degrees of
    freedom for the variance; `wald` and `adjusted_wald` on the differences between the counts and
    those expected (Koch, Freeman and Freeman 1975; Felegi 1980); `score` the score statistic
    U'V^-1 U / k of the k = (r-1)(c-1) products (1_row - p_row)(1_column - p_column), on (k, nu - r
    - c + 2), which stands where cells are thin (Rao, Scott and Skinner 1998; R's `wls-score`
    prints k / r^2 times that and reads it against F(k, .) as it is). nu = degrees of freedom of the
    design. Who misses one of the answers is left out of the table, not of the design.

    Parameters
    ----------
    design : Design
    rows, columns : str
        Two classifications. Levels that nobody with a weight holds are left out and noted.
    test : TableTest or str

    Returns
    -------
    TestResult

    Raises
    ------
    AnalysisError
        A classification has one level only, the covariance matrix is singular, or PSUs do not
        outnumber strata.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": range(8), "sex": list("fmfmfmfm"), "own": list("yyyn") * 2})
    >>> found = independence(Design.from_frame(data, ids="psu"), "sex", "own")
    >>> round(found.statistic, 3), found.df, found.ddf
    (2.593, 1.0, 7.0)
    """
    kind = _kind(test)
    table = _Table.of(design, rows, columns)
    if kind in (TableTest.WALD, TableTest.ADJUSTED_WALD):
        return _wald(design, table, is_adjusted=kind is TableTest.ADJUSTED_WALD)
    if kind is TableTest.SCORE:
        return _score(design, table)
    return _rao_scott(design, table, kind)


def _kind(test: TableTest | str) -> TableTest:
    try:
        return TableTest(test)
    except ValueError:
        raise AnalysisError(f"test={test!r} is none of: {', '.join(TableTest)}") from None


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Rows that answered both, the row and column of each, and the shape."""

    rows: IntArray
    row: IntArray
    column: IntArray
    n_row: int
    n_column: int
    notes: tuple[str, ...]

    @classmethod
    def of(cls, design: Design, row: str, column: str) -> _Table:
        for name in (row, column):
            if name not in design.frame.columns:
                raise AnalysisError(f"there is no column {name!r} in the data")
        used = rows_with(design, design.frame[row], design.frame[column])
        notes: list[str] = []
        row_code, n_row = _levels(design, row, used, notes)
        column_code, n_column = _levels(design, column, used, notes)
        kept = (row_code >= 0) & (column_code >= 0)
        row_code, column_code = row_code[kept], column_code[kept]
        return cls(used[kept], row_code, column_code, n_row, n_column, tuple(notes))

    @property
    def cell(self) -> IntArray:
        return self.row * self.n_column + self.column

    @property
    def free(self) -> int:
        return (self.n_row - 1) * (self.n_column - 1)


def _dummies(code: IntArray, size: int) -> FloatArray:
    found = np.zeros((len(code), size))
    found[np.arange(len(code)), code] = 1.0
    return found


def _levels(design: Design, name: str, rows: IntArray, notes: list[str]) -> tuple[IntArray, int]:
    """Codes of the levels that people with a weight hold (-1: others); what nobody has is noted."""
    column = design.frame[name]
    code, labels = sorted_codes(column)
    present = np.unique(code[rows[design.weights[rows] != 0]])
    if len(present) < 2:
        raise AnalysisError(f"{name!r} has a single level among those who answered; no test")
    is_class = not pd.api.types.is_numeric_dtype(column)
    expected = np.arange(len(labels)) if is_class else np.unique(code[members(design)])
    absent = np.setdiff1d(expected[expected >= 0], present)
    if len(absent):
        notes.append(f"nobody has {name} = {', '.join(str(labels[at]) for at in absent)}")
    position = np.full(len(labels), -1, dtype=np.int64)
    position[present] = np.arange(len(present))
    return position[code[rows]], len(present)


def _rao_scott(design: Design, table: _Table, kind: TableTest) -> TestResult:
    shares = means(design, table.rows, _dummies(table.cell, table.n_row * table.n_column))
    p = shares.value
    grid = p.reshape(table.n_row, table.n_column)
    expected = np.outer(grid.sum(axis=1), grid.sum(axis=0)).ravel()
    n = int(members(design).sum())
    statistic = n * float(((p - expected) ** 2 / expected).sum())
    delta = _design_effects(p, n * shares.covariance, table)
    nu = freedom_of_test(design)
    d = float(delta.sum() ** 2 / (delta**2).sum())
    name, df, ddf, scale = f"Pearson X2, {kind} tail", float("nan"), float("nan"), 1.0
    if kind is TableTest.RAO_SCOTT_F:
        name, statistic, df, ddf = "Rao-Scott F", statistic / float(delta.sum()), d, d * nu
        p_value = float(stats.f.sf(statistic, df, ddf))
    elif kind is TableTest.RAO_SCOTT_CHISQ:
        name, df, ddf = "Rao-Scott chi-square", float(table.free), np.inf
        scale = float(delta.mean())
        p_value = float(stats.chi2.sf(statistic / scale, df))
    else:
        # with replicate weights R takes the variance as known
        of_variance = d * nu if design.replication is None else np.inf
        tail = Tail.SADDLEPOINT if kind is TableTest.SADDLEPOINT else Tail.EXACT
        is_cut = kind is not TableTest.EXACT
        p_value = upper_tail(statistic, delta, ddf=of_variance, method=tail, is_ddf_cut=is_cut)
    return TestResult(
        name, statistic, df, ddf, p_value, n=len(table.rows), scale=scale, notes=table.notes
    )


def _design_effects(p: FloatArray, covariance: FloatArray, table: _Table) -> FloatArray:
    """Eigenvalues of (C' D^-1 C)^-1 C' D^-1 V D^-1 C over the interaction contrasts C."""
    inverse = np.divide(1.0, p, out=np.zeros_like(p), where=p > 0)
    row, column = np.divmod(np.arange(len(p)), table.n_column)
    main = np.hstack(
        [
            np.ones((len(p), 1)),
            _dummies(row, table.n_row)[:, 1:],
            _dummies(column, table.n_column)[:, 1:],
        ]
    )
    both = _dummies(row, table.n_row)[:, 1:, None] * _dummies(column, table.n_column)[:, None, 1:]
    both = both.reshape(len(p), -1)
    q, _ = np.linalg.qr(main)
    contrast = both - q @ (q.T @ both)
    left = contrast.T @ (inverse[:, None] * contrast)
    scaled = inverse[:, None] * contrast
    right = scaled.T @ covariance @ scaled
    if np.linalg.cond(left) > 1e12:
        raise AnalysisError(
            "the table has too many empty cells to be tested; join levels of its classifications"
        )
    delta = np.linalg.eigvals(np.linalg.solve(left, right)).real
    if not np.isfinite(delta).all() or not delta.sum() > 0:
        raise AnalysisError("the table has no variance that could be seen; no test")
    return np.asarray(delta)


def _wald(design: Design, table: _Table, *, is_adjusted: bool) -> TestResult:
    cells = table.n_row * table.n_column
    counts = totals(design, table.rows, _dummies(table.cell, cells))
    total = counts.value.sum()
    grid = counts.value.reshape(table.n_row, table.n_column)
    row, column = grid.sum(axis=1), grid.sum(axis=0)
    expected = np.outer(row, column).ravel() / total
    of_row, of_column = np.divmod(np.arange(cells), table.n_column)
    gradient = (
        np.eye(cells)
        - (of_row[:, None] == of_row) * (column[of_column] / total)[:, None]
        - (of_column[:, None] == of_column) * (row[of_row] / total)[:, None]
        + (expected / total)[:, None]
    )
    free = np.flatnonzero((of_row > 0) & (of_column > 0))
    off = (counts.value - expected)[free]
    covariance = counts.at(gradient[free])
    k = table.free
    nu = degrees_of_freedom(design, np.flatnonzero(members(design)))
    f = float(off @ solved(covariance, off, "Wald test of the table")) / k
    ddf = nu
    if is_adjusted:
        ddf = nu - k + 1
        f *= ddf / nu
    if ddf <= 0:
        raise AnalysisError(f"the design has {nu:g} degrees of freedom, too few for {k} contrasts")
    name = "adjusted Wald F" if is_adjusted else "Wald F"
    p_value = float(stats.f.sf(f, k, ddf))
    return TestResult(name, f, float(k), ddf, p_value, n=len(table.rows), notes=table.notes)


def _score(design: Design, table: _Table) -> TestResult:
    w = design.weights[table.rows]
    row, column = _dummies(table.row, table.n_row), _dummies(table.column, table.n_column)
    row, column = ((x - w @ x / w.sum())[:, 1:] for x in (row, column))
    products = (row[:, :, None] * column[:, None, :]).reshape(len(w), -1)
    found = totals(design, table.rows, products)
    nu = degrees_of_freedom(design, np.flatnonzero(members(design)))
    ddf = nu - table.n_row - table.n_column + 2
    if ddf <= 0:
        raise AnalysisError(f"the design has {nu:g} degrees of freedom, too few for this table")
    k = table.free
    f = float(found.value @ solved(found.covariance, found.value, "score test of the table")) / k
    p_value = float(stats.f.sf(f, k, ddf))
    return TestResult("score F", f, float(k), ddf, p_value, n=len(table.rows), notes=table.notes)
