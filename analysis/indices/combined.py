"""An index of item means as ONE linearised variable per respondent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis import estimators
from analysis.arrays import FloatArray
from analysis.design import Design
from analysis.estimates import Estimates
from analysis.indices.sums import Domain, domain_codes

FEW_ANSWERS: Final = 30  # an item with fewer in a domain makes the index of the domain unavailable
_VARIABLE: Final = "linearised"


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """`value` per domain; `scores` are totals of the linearised variable: their standard errors,
    degrees of freedom, design effects, n and PSUs are those of the index. `fewest`: answers to the
    item that has fewest; `population`: weight of who answered any item."""

    value: Mapping[Domain, float]
    fewest: Mapping[Domain, int]
    population: Mapping[Domain, float]
    scores: Estimates


def combined_means(
    design: Design,
    columns: Sequence[str],
    coefficients: FloatArray,
    *,
    base: pd.Series[Any],
    by: str | None = None,
) -> Combined:
    """Estimate sum_j a_j ybar_j, each mean over those who answered that item.

    The index I = sum_j a_j T(y_j) / N_j is a smooth function of totals, so that its variance is
    that of the total of one variable (Binder 1983; Demnati and Rao 2004):

        u_k = sum_j a_j 1(k answered j) (y_jk - ybar_j) / N_j

    with the covariances of the items, who answered what, and the clusters all inside it.

    Parameters
    ----------
    design : Design
    columns : sequence of str
        Items; NaN where not answered.
    coefficients : array
        a_j, one per item.
    base : Series of bool
        Rows that can count.
    by : str, optional
        Domain column.

    Returns
    -------
    Combined

    Raises
    ------
    AnalysisError
        A column is missing.

    Examples
    --------
    >>> data = pd.DataFrame({"psu": [1, 1, 2, 2], "a": [1, 0, 1, np.nan], "b": [1, 1, 0, 0.0]})
    >>> found = combined_means(Design.from_frame(data, ids="psu"), ["a", "b"], np.array([50., 50.]),
    ...     base=pd.Series([True] * 4))
    >>> round(found.value[()], 2), found.fewest[()]
    (58.33, 3)
    """
    y = design.frame[list(columns)].to_numpy(dtype=np.float64)
    w = design.weights
    domains = domain_codes(design.frame, by)
    code, labels = domains.code, domains.labels
    known = ~np.isnan(y) & (base.to_numpy() & (code >= 0))[:, None]
    size = len(labels)
    linear = np.zeros(len(w))
    value = np.zeros(size)
    fewest = np.full(size, np.iinfo(np.int64).max)
    for item, coefficient in enumerate(coefficients):
        rows = np.flatnonzero(known[:, item])
        domain = code[rows]
        population = np.bincount(domain, w[rows], size)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.bincount(domain, w[rows] * y[rows, item], size) / population
            rest = coefficient * (y[rows, item] - mean[domain]) / population[domain]
        linear[rows] += np.nan_to_num(rest)
        value += coefficient * mean
        fewest = np.minimum(fewest, np.bincount(domain[w[rows] != 0], minlength=size))
    anybody = known.any(axis=1)
    linear[~anybody] = np.nan
    answered = np.bincount(code[anybody], w[anybody], size)
    scored = replace(design, frame=design.frame.assign(**{_VARIABLE: linear}))
    scores = estimators.total(scored, _VARIABLE, by=by, where=base)
    return Combined(
        {label: float(value[at]) for at, label in enumerate(labels)},
        {label: int(fewest[at]) for at, label in enumerate(labels)},
        {label: float(answered[at]) for at, label in enumerate(labels)},
        scores,
    )
