"""Variance of linearised totals under the design: all stages, all domains, one pass.

With z the weighted linearised values summed to units, the variance is

    V = sum over stages s, strata h:  carried_h (1 - f_h) n_h / (n_h - 1)  sum_i (z_hi - mean_h)^2

where `carried` is the product of the sampling fractions of the stages before (Sarndal, Swensson
and Wretman 1992, result 4.3.1). Units of the sample without members of a domain are zeros; they
count in n_h and never have to be written down, so that the cost does not depend on the number of
domains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    codes_of,
    cross,
    group_count,
    group_sum,
)
from analysis.design import Design
from analysis.errors import LonelyPsuError
from analysis.lonely import LonelyPsu
from analysis.stages import Stage
from analysis.within import later

ROUNDING = 1e-13  # of the squares that cancel in a quadratic form


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Weighted linearised values, summed to pairs of domain and last-stage unit.

    `row` is one row of the data that belongs to the pair, `values` has one column per item.
    """

    row: IntArray
    domain: IntArray
    values: FloatArray


def scores(
    design: Design, rows: IntArray, domain: IntArray, weighted: FloatArray, n_domains: int
) -> Scores:
    """Sum row scores to the pairs that occur."""
    last = design.stages[-1]
    unit = last.unit[rows]
    if n_domains == 1:
        pair, keys = codes_of(unit)
    else:
        pair, keys = codes_of(cross(domain, unit, last.n_units))
    first = np.empty(len(keys), dtype=np.int64)
    first[pair[::-1]] = np.arange(len(pair) - 1, -1, -1)
    return Scores(rows[first], domain[first], group_sum(pair, len(keys), weighted))


def check_lonely(design: Design, rows: IntArray) -> None:
    """Under the rule `fail`, refuse lonely strata that hold any of these rows."""
    if design.lonely_psu is not LonelyPsu.FAIL:
        return
    for number, stage in enumerate(design.stages):
        if not stage.is_lonely.any():
            continue
        present = np.unique(stage.stratum[stage.unit[rows]])
        lonely = present[stage.is_lonely[present]]
        if len(lonely):
            label = design.stratum_label(int(lonely[0]), number)
            more = f" (and {len(lonely) - 1} more)" if len(lonely) > 1 else ""
            raise LonelyPsuError(
                f"stratum {label}{more} has only one PSU at stage {number + 1}; choose "
                "lonely_psu='collapse' (or another rule), or merge strata in the data"
            )


def domain_variance(design: Design, z: Scores, n_domains: int) -> FloatArray:
    """Variance per domain and item from the pairs that occur, as a (domains, items) array."""
    total = np.zeros((n_domains, z.values.shape[1]))
    for number, stage in enumerate(design.stages):
        total += _stage_variance(design, stage, number, _seen(design, number, z), n_domains)
    return total


def _seen(design: Design, number: int, z: Scores) -> Scores:
    """Scores as a stage sees them: residuals of the calibrations inside units of earlier stages."""
    for calibration in design.within:
        if calibration.stage < number:
            z = Scores(*calibration.spread(z.row, z.domain, z.values))
    return z


def _stage_variance(
    design: Design, stage: Stage, number: int, z: Scores, n_domains: int
) -> FloatArray:
    unit, domain, values = stage.unit[z.row], z.domain, z.values
    if number < len(design.stages) - 1:
        pair, keys = codes_of(cross(domain, unit, stage.n_units))
        values = group_sum(pair, len(keys), values)
        domain, unit = np.divmod(keys, stage.n_units)
    group, keys = codes_of(cross(domain, stage.stratum[unit], stage.n_strata))
    at = _Groups.of(design, stage, number, keys, group_count(group, len(keys)))
    out = np.empty((n_domains, values.shape[1]))
    for item in range(values.shape[1]):
        terms = at.terms(stage, unit, group, values[:, item : item + 1])
        out[:, item] = np.bincount(at.domain, terms, n_domains)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """The strata that hold members of each domain: units that do, units that were drawn, and what
    the squares count with."""

    domain: IntArray
    present: FloatArray
    n: FloatArray
    scale: FloatArray
    rule: _Rule | None

    @classmethod
    def of(
        cls, design: Design, stage: Stage, number: int, keys: IntArray, present: FloatArray
    ) -> _Groups:
        domain, stratum = np.divmod(keys, stage.n_strata)
        n = stage.sampled[stratum]
        scale = (stage.scale if stage.pps is None else stage.carried)[stratum]
        lonely = stage.is_lonely[stratum]
        if design.adjust_domain_lonely:
            lonely |= (present == 1) & (n > 1) & (stage.scale[stratum] > 0)
        if not lonely.any():
            return cls(domain, present, n, scale, None)
        scale = np.where(lonely, stage.scale[stratum], scale)
        parent = cross(domain, stage.parent[stratum], stage.n_parents)
        return cls(domain, present, n, scale, _Rule(design.lonely_psu, number, lonely, parent, n))

    def terms(
        self, stage: Stage, unit: IntArray, group: IntArray, values: FloatArray
    ) -> FloatArray:
        """What each group adds to the variance; `values` is one item, (units, 1)."""
        size = len(self.n)
        mean = group_sum(group, size, values) / self.n[:, None]
        if stage.pps is None:
            squares = group_sum(group, size, (values - mean[group]) ** 2)
            squares += (self.n - self.present)[:, None] * mean**2
        else:
            moved = stage.pps.times(unit, group, size, values)
            squares = group_sum(group, size, values * moved)
            least = ROUNDING * group_sum(group, size, values**2)
            squares = np.where(np.abs(squares) < least, 0.0, squares)
        if self.rule is not None:
            squares = self.rule.apply(squares, values, group, self.present)
        return self.scale * squares[:, 0]


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """What lonely strata add, at one stage; `parent` codes each group by domain and parent."""

    lonely_psu: LonelyPsu
    stage: int
    lonely: BoolArray
    parent: IntArray
    n: FloatArray

    def apply(
        self, squares: FloatArray, values: FloatArray, group: IntArray, present: FloatArray
    ) -> FloatArray:
        squares = squares.copy()
        if self.lonely_psu is LonelyPsu.ADJUST:
            parent, keys = codes_of(self.parent)
            drawn = np.bincount(parent, self.n, len(keys))
            centre = (group_sum(parent[group], len(keys), values) / drawn[:, None])[parent]
            off = group_sum(group, len(present), (values - centre[group]) ** 2)
            off += (self.n - present)[:, None] * centre**2
            squares[self.lonely] = off[self.lonely]
        elif self.lonely_psu is LonelyPsu.AVERAGE:
            parent, keys = codes_of(self.parent)
            good = np.bincount(parent, ~self.lonely, len(keys))
            strata = np.bincount(parent, minlength=len(keys))
            unknown = np.full(len(keys), np.nan if self.stage == 0 else 0.0)
            factor = np.divide(strata, good, out=unknown, where=good > 0)
            squares[self.lonely] = 0.0
            squares *= factor[parent][:, None]
        elif self.lonely_psu is LonelyPsu.COLLAPSE and self.stage == 0:
            squares[self.lonely & (self.n == 1)] = np.nan
        return squares


def covariance(design: Design, z: FloatArray, present: BoolArray) -> FloatArray:
    """Covariance matrix of totals whose last-stage unit scores are the columns of `z`."""
    total = np.zeros((z.shape[1], z.shape[1]))
    for left, right in _factors(design, z, present):
        total += left.T @ right
    return total


def column_variances(design: Design, z: FloatArray, present: BoolArray) -> FloatArray:
    """The diagonal of `covariance`."""
    found = np.zeros(z.shape[1])
    for left, right in _factors(design, z, present):
        found += (left * right).sum(axis=0)
    return found


def root_terms(design: Design, z: FloatArray, present: BoolArray) -> list[FloatArray]:
    """Per stage, a matrix D (units, columns) with V = sum over stages of D'D.

    `present` says which last-stage units hold members of the column's domain. It matters only to
    the rules for lonely PSUs; the sums themselves count absent units as zeros. A stage of unequal
    probabilities is given as if its units had their mean.
    """
    return [
        _stage_root(design, at.stage, at.number, at.values, at.here)
        for at in _levels(design, z, present)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """Totals of the units of one stage, and which of them hold members."""

    stage: Stage
    number: int
    values: FloatArray
    here: BoolArray


def _levels(design: Design, z: FloatArray, present: BoolArray) -> Iterator[_Level]:
    last = design.stages[-1]
    row = np.empty(last.n_units, dtype=np.int64)
    row[last.unit] = np.arange(len(last.unit))
    for number, stage in enumerate(design.stages):
        unit = stage.unit[row]
        here = group_sum(unit, stage.n_units, present.astype(np.float64)) > 0
        seen = later(design.within, number, z, row)
        yield _Level(stage, number, group_sum(unit, stage.n_units, seen), here)


def _factors(
    design: Design, z: FloatArray, present: BoolArray
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Pairs of matrices whose products L'R add up to the covariance."""
    for at in _levels(design, z, present):
        root = _stage_root(design, at.stage, at.number, at.values, at.here)
        if at.stage.pps is None:
            yield root, root
            continue
        h = at.stage.stratum
        lonely, factor = _lonely_columns(design, at.stage, at.number, at.here)
        alone = np.where(lonely[h], root, 0.0)
        yield alone, alone
        values = np.where(lonely[h], 0.0, at.values) * np.sqrt(factor)[at.stage.parent[h]]
        moved = at.stage.pps.times(np.arange(len(h)), h, at.stage.n_strata, values)
        yield values * at.stage.carried[h][:, None], moved


def _lonely_columns(
    design: Design, stage: Stage, number: int, here: BoolArray
) -> tuple[BoolArray, FloatArray]:
    """Which strata are lonely for each column, and by what `average` scales up the others."""
    present = group_sum(stage.stratum, stage.n_strata, here.astype(np.float64))
    lonely = stage.is_lonely[:, None] & (present > 0)
    if design.adjust_domain_lonely:
        lonely |= (present == 1) & (stage.sampled > 1)[:, None] & (stage.scale > 0)[:, None]
    factor = np.ones((stage.n_parents, here.shape[1]))
    if design.lonely_psu is LonelyPsu.AVERAGE and lonely.any():
        good = group_sum(stage.parent, stage.n_parents, ((present > 0) & ~lonely).astype(float))
        strata = group_sum(stage.parent, stage.n_parents, (present > 0).astype(float))
        unknown = np.full(good.shape, np.nan if number == 0 else 0.0)
        factor = np.divide(strata, good, out=unknown, where=good > 0)
    return lonely, factor


def _stage_root(
    design: Design, stage: Stage, number: int, values: FloatArray, here: BoolArray
) -> FloatArray:
    h = stage.stratum
    mean = group_sum(h, stage.n_strata, values) / stage.sampled[:, None]
    off = values - mean[h]
    lonely, factor = _lonely_columns(design, stage, number, here)
    if lonely.any():
        parent = stage.parent
        if design.lonely_psu is LonelyPsu.ADJUST:
            present = group_sum(h, stage.n_strata, here.astype(np.float64)) > 0
            drawn = group_sum(parent, stage.n_parents, present * stage.sampled[:, None])
            centre = group_sum(parent[h], stage.n_parents, values) / np.maximum(drawn, 1)
            off = np.where(lonely[h], values - centre[parent[h]], off)
        elif design.lonely_psu is LonelyPsu.AVERAGE:
            off = np.where(lonely[h], 0.0, off) * np.sqrt(factor)[parent[h]]
        elif design.lonely_psu is LonelyPsu.COLLAPSE and number == 0:
            off = np.where((lonely & (stage.sampled == 1)[:, None])[h], np.nan, off)
    return np.asarray(off * np.sqrt(stage.scale)[h][:, None])
