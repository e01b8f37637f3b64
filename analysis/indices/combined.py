"""An index of item means as ONE linearised variable per respondent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis import estimators
from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.design import Design
from analysis.estimates import Estimates
from analysis.indices.definition import Missing, Part
from analysis.indices.replicated import replicated
from analysis.indices.sums import Domain, domain_codes

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


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """Of one item: who answered, their answers (0 of others) and their weights (0 of others)."""

    known: BoolArray
    y: FloatArray
    w: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Columns of the frame (nan where unknown), who counts in which domain, and the weights.

    Who counts in none has the code `size`. Nothing of (rows, items) is formed: an index of many
    items over a million respondents would be several times the data.
    """

    columns: tuple[FloatArray, ...]
    inside: BoolArray
    code: IntArray
    w: FloatArray
    size: int

    def sums(self, values: FloatArray) -> FloatArray:
        """Sums of a column by domain."""
        found = np.bincount(self.code, values, self.size + 1)[: self.size]
        return found.astype(np.float64, copy=False)

    def known(self, item: int) -> BoolArray:
        return ~np.isnan(self.columns[item]) & self.inside

    def answers(self, item: int) -> _Answers:
        known = self.known(item)
        if known.all():
            return _Answers(known, self.columns[item], self.w)
        return _Answers(
            known, np.where(known, self.columns[item], 0.0), np.where(known, self.w, 0.0)
        )


def combined_means(
    design: Design,
    parts: Sequence[Part],
    *,
    base: pd.Series[Any],
    by: str | None = None,
    constant: float = 0.0,
    missing: Missing = Missing.ITEM,
) -> Combined:
    """Estimate a constant plus sum_j a_j ybar_j, each mean over those who answered that item.

    The index is a smooth function of totals, so that its variance is that of the total of one
    variable (Binder 1983; Demnati and Rao 2004):

        u_k = sum_j a_j 1(k answered j) (y_jk - ybar_j) / N_j

    with the covariances of the items, who answered what, and the clusters all inside it. Under
    replicate weights the index is computed anew for each replicate. Items of
    one pool have one mean over all their answers together, R = sum_j a_j T(y_j) / sum_j a_j N_j,
    which counts with A = sum_j a_j: u_k = A sum_j a_j 1(k answered j) (y_jk - R) / sum_j a_j N_j.

    Parameters
    ----------
    design : Design
    parts : items with coefficients; NaN where not answered.
    base : Series of bool
        Rows that can count.
    by : str, optional
        Domain column.
    constant : what reversed items and steps add.
    missing : `ITEM`: everybody who answered an item; `ALL`: only who answered all of them.

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
    >>> design = Design.from_frame(data, ids="psu")
    >>> both, everybody = (Part("a", 50), Part("b", 50)), pd.Series([True] * 4)
    >>> found = combined_means(design, both, base=everybody)
    >>> round(found.value[()], 2), found.fewest[()]
    (58.33, 3)
    >>> pooled = (Part("a", 50, pool="p"), Part("b", 50, pool="p"))
    >>> round(combined_means(design, pooled, base=everybody).value[()], 2)
    57.14
    """
    domains = domain_codes(design.frame, by)
    labels, size = domains.labels, len(domains.labels)
    rows = _rows(design, parts, base, domains.code, size=size, missing=missing)
    found, inside = _linearised(rows, parts, constant), rows.inside
    del rows, domains  # columns as long as the data; the scores need none of them
    scored = replace(design, frame=design.frame.assign(**{_VARIABLE: found.linear}))
    scores = estimators.total(scored, _VARIABLE, by=by, where=base)
    scores = replicated(design, parts, _pools(parts), inside=inside, by=by, linearised=scores)
    return Combined(
        {label: float(found.value[at]) for at, label in enumerate(labels)},
        {label: int(found.fewest[at]) for at, label in enumerate(labels)},
        {label: float(found.population[at]) for at, label in enumerate(labels)},
        scores,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Linearised:
    """`linear` of each row (nan where no item was answered); the rest by domain."""

    linear: FloatArray
    value: FloatArray
    fewest: IntArray
    population: FloatArray


def _linearised(rows: _Rows, parts: Sequence[Part], constant: float) -> _Linearised:
    linear, value = np.zeros(len(rows.w)), np.full(rows.size, constant)
    for items in _pools(parts):
        value += _add_pool(rows, parts, items, linear)
    fewest, anybody = np.full(rows.size, np.iinfo(np.int64).max), np.zeros(len(linear), dtype=bool)
    weighted = rows.w != 0
    for item in range(len(parts)):
        known = rows.known(item)
        anybody |= known
        count = np.bincount(rows.code[known & weighted], minlength=rows.size)
        fewest = np.minimum(fewest, count)
    linear[~anybody] = np.nan
    return _Linearised(linear, value, fewest, rows.sums(np.where(anybody, rows.w, 0.0)))


def _rows(
    design: Design,
    parts: Sequence[Part],
    base: pd.Series[Any],
    code: IntArray,
    *,
    size: int,
    missing: Missing,
) -> _Rows:
    columns = tuple(design.frame[part.column].to_numpy(dtype=np.float64) for part in parts)
    inside = base.to_numpy() & (code >= 0)
    if missing is Missing.ALL:
        for column in columns:
            inside &= ~np.isnan(column)
    domain = code if inside.all() else np.where(code >= 0, code, size)
    return _Rows(columns, inside, domain, design.weights, size)


def _pools(parts: Sequence[Part]) -> list[list[int]]:
    """Places of the parts that have one mean together."""
    found: dict[str, list[int]] = {}
    for at, part in enumerate(parts):
        found.setdefault(part.pool or f"{at}", []).append(at)
    return list(found.values())


def _add_pool(
    rows: _Rows, parts: Sequence[Part], items: Sequence[int], linear: FloatArray
) -> FloatArray:
    """The contribution of a pool to the index; its scores are added to `linear`."""
    whole = sum(parts[item].coefficient for item in items)
    above, below = np.zeros(rows.size), np.zeros(rows.size)
    for item in items:
        share, found = parts[item].coefficient / whole, rows.answers(item)
        below += share * rows.sums(found.w)
        above += share * rows.sums(found.w * found.y)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, scale = above / below, 1 / below
    is_empty = ~np.isfinite(mean)
    centre = np.append(np.where(is_empty, 0.0, mean), 0.0)[rows.code]
    scale = np.append(np.where(is_empty, 0.0, scale), 0.0)[rows.code]
    for item in items:
        if len(items) > 1:
            found = rows.answers(item)
        rest = found.y - centre
        rest *= scale
        rest *= parts[item].coefficient
        np.add(linear, rest, out=linear, where=found.known)
    return whole * mean


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """The least and the most that an index can be, whatever the missing answers were."""

    low: Mapping[Domain, float]
    high: Mapping[Domain, float]


def index_bounds(
    design: Design,
    parts: Sequence[Part],
    *,
    base: pd.Series[Any],
    by: str | None = None,
    constant: float = 0.0,
) -> Bounds:
    """Fill each missing answer of the base with the worst, then with the best it may have been.

    Whom a question does not apply to (column `na_<item>`) is not missing and stays out.

    Examples
    --------
    >>> data = pd.DataFrame({"psu": [1, 1, 2, 2], "a": [1, 0, 1, np.nan]})
    >>> found = index_bounds(Design.from_frame(data, ids="psu"), [Part("a", 100)],
    ...     base=pd.Series([True] * 4))
    >>> found.low[()], found.high[()]
    (50.0, 75.0)
    """
    domains = domain_codes(design.frame, by)
    size = len(domains.labels)
    ends = []
    for is_high in (False, True):
        frame = design.frame[[part.column for part in parts]].copy()
        for part in parts:
            best = part.most if (part.coefficient > 0) == is_high else part.least
            filled = frame[part.column].fillna(best)
            apart = f"na_{part.item}"
            if part.item and apart in design.frame.columns:
                filled = filled.mask(design.frame[apart].eq(1) & frame[part.column].isna())
            frame[part.column] = filled
        changed = replace(design, frame=frame)
        rows = _rows(changed, parts, base, domains.code, size=size, missing=Missing.ITEM)
        nowhere = np.zeros(len(rows.w))
        value = np.full(size, constant)
        for items in _pools(parts):
            value += _add_pool(rows, parts, items, nowhere)
        ends.append({label: float(value[at]) for at, label in enumerate(domains.labels)})
    return Bounds(*ends)
