"""Totals and means of several variables at once, with their covariance under any design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.influence import statistic_covariance
from analysis.replication import domain_df


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Values (p,) with their covariance (p, p)."""

    value: FloatArray
    covariance: FloatArray

    def at(self, gradient: FloatArray) -> FloatArray:
        """Covariance of functions whose derivatives are the rows of `gradient`."""
        return np.asarray(gradient @ self.covariance @ gradient.T)


def members(design: Design) -> BoolArray:
    """Rows of the domain that the design looks at."""
    return np.ones(design.n_rows, dtype=bool) if design.domain is None else design.domain


def rows_with(design: Design, *columns: FloatArray | pd.Series[float]) -> IntArray:
    """Rows of the domain in which no column (an array per row of the design) is missing.

    Raises
    ------
    AnalysisError
        Nobody with a weight is left.
    """
    inside = members(design).copy()
    for values in columns:
        inside &= ~np.asarray(pd.isna(values))
    rows = np.flatnonzero(inside)
    if not (design.weights[rows] != 0).any():
        raise AnalysisError("nobody of the domain has answered all variables")
    return rows


def totals(design: Design, rows: IntArray, x: FloatArray) -> Moments:
    """Weighted totals sum w x of the columns of `x` (m, p), which holds the given rows."""

    def statistic(weights: FloatArray) -> FloatArray:
        return np.asarray(weights[rows] @ x)

    return Moments(
        statistic(design.weights), statistic_covariance(design, statistic, rows, lambda: x)
    )


def means(design: Design, rows: IntArray, x: FloatArray) -> Moments:
    """Weighted means sum w x / sum w of the columns of `x`, with u = (x - mean) / sum w."""

    def statistic(weights: FloatArray) -> FloatArray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(weights[rows] @ x / weights[rows].sum())

    value = statistic(design.weights)
    size = float(design.weights[rows].sum())
    if not size > 0:
        raise AnalysisError("the weights of those who answered do not add up to more than zero")
    return Moments(value, statistic_covariance(design, statistic, rows, lambda: (x - value) / size))


def degrees_of_freedom(design: Design, rows: IntArray) -> float:
    """PSUs - strata that hold `rows` with a weight; of replicates, the rank of weights - 1.

    The rule of R's `degf`, for the part of the design that a test or model uses.
    """
    if design.replication is not None:
        if len(rows) == design.n_rows and np.isfinite(design.replication.df):
            return float(design.replication.df)
        return float(domain_df(design.replication, rows, np.zeros_like(rows), 1)[0])
    first = design.stages[0]
    psu = np.unique(first.unit[rows[design.weights[rows] != 0]])
    return float(len(psu) - len(np.unique(first.stratum[psu])))


def freedom_of_test(design: Design) -> float:
    """Degrees of freedom of the domain, for a test that needs some.

    Raises
    ------
    AnalysisError
        PSUs do not outnumber strata: what looks like a variance is none, and p-values come out 0.
    """
    found = degrees_of_freedom(design, np.flatnonzero(members(design)))
    if found <= 0:
        raise AnalysisError(
            f"{found:g} degrees of freedom are left (PSUs less strata of the domain); no test"
        )
    return found


def solved(covariance: FloatArray, value: FloatArray, what: str) -> FloatArray:
    """covariance^-1 value.

    Raises
    ------
    AnalysisError
        The matrix is singular: fewer degrees of freedom than parameters, or a parameter without
        any variance.
    """
    scale = np.sqrt(np.diag(covariance))
    if not np.isfinite(covariance).all() or (scale <= 0).any():
        raise AnalysisError(f"{what}: a part has no variance; the sample is too small for it")
    even = covariance / scale / scale[:, None]
    if len(even) and np.linalg.cond(even) > 1e12:
        raise AnalysisError(
            f"{what}: the covariance matrix is singular (more parts than degrees of freedom?)"
        )
    return np.asarray(np.linalg.solve(even, (value.T / scale).T).T / scale).T
