"""Sampling stages: who was drawn from where, coded once so that variances are sums over codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    coded,
    codes_of,
    cross,
    factorised,
    first_rows,
    group_sum,
    sorted_codes,
)
from analysis.errors import DesignError
from analysis.fpc import populations, probabilities
from analysis.pps import Pps, PpsMethod, Quadratic, quadratic

CERTAIN = 1e-7  # a sampling fraction this near to 1 is a census of the stratum


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage of sampling.

    `unit` codes the rows of the data by the unit drawn at this stage, `stratum` codes these units
    by what they were drawn from (strata cross the units of the stage before), `parent` codes the
    strata by the unit of the stage before. `sampled`, `population` (inf when unknown) and `carried`
    (the product of the sampling fractions of earlier stages) are per stratum. Where units were
    drawn with unequal probabilities, `pps` holds these and the form of the variance, and the
    stratum's fraction is their mean.
    """

    unit: IntArray
    stratum: IntArray
    parent: IntArray
    sampled: FloatArray
    population: FloatArray
    carried: FloatArray
    first_row: IntArray
    pps: Quadratic | None = None

    @property
    def n_units(self) -> int:
        return len(self.stratum)

    @property
    def n_strata(self) -> int:
        return len(self.sampled)

    @property
    def n_parents(self) -> int:
        return int(self.parent.max()) + 1

    @property
    def fraction(self) -> FloatArray:
        return np.asarray(self.sampled / self.population)

    @property
    def unit_fraction(self) -> FloatArray:
        """The sampling fraction, or inclusion probability, of each unit."""
        return self.fraction[self.stratum] if self.pps is None else self.pps.pi

    @property
    def is_lonely(self) -> BoolArray:
        """Strata with one unit that were not taken whole: their variance cannot be seen."""
        return np.asarray((self.sampled == 1) & (1 - self.fraction > CERTAIN) & (self.carried > 0))

    @property
    def scale(self) -> FloatArray:
        """carried x (1 - f) x n / (n - 1), and without the last factor where n = 1."""
        spread = self.sampled / np.maximum(self.sampled - 1, 1)
        rest = np.where(1 - self.fraction < CERTAIN, 0.0, 1 - self.fraction)
        return np.asarray(self.carried * rest * spread)


@dataclass(frozen=True, slots=True)
class CollapsedStratum:
    """A lonely stratum that was paired with the neighbour of nearest size."""

    stratum: str
    merged_into: str
    size: float
    size_of_neighbour: float

    def __str__(self) -> str:
        return (
            f"stratum {self.stratum} has one PSU; paired with {self.merged_into} "
            f"(weighted sizes {self.size:g} and {self.size_of_neighbour:g})"
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """Row by row, where a stage starts: stratum drawn from, parent unit, fractions so far."""

    number: int
    stratum: IntArray
    parent: IntArray
    carried: FloatArray
    column: str | None = None

    def words(self, frame: pd.DataFrame) -> Callable[[int], str]:
        """Names the stratum of a row for people."""
        stage = f"stage {self.number + 1}"
        name = self.column
        return lambda row: f"stratum {frame[name].iloc[row]}, {stage}" if name else stage


def build_stages(
    frame: pd.DataFrame,
    ids: tuple[str, ...],
    strata: tuple[str, ...],
    fpc: tuple[str, ...],
    *,
    is_nested: bool,
    pps: Pps | None = None,
) -> tuple[Stage, ...]:
    """Code every stage that a variance can use: the first, and later ones as far as fpc reach."""
    if ids and not fpc and not is_nested:
        return (_only_stage(frame, ids[0], strata),)
    rows = len(frame)
    parent, carried = np.zeros(rows, dtype=np.int64), np.ones(rows)
    stages: list[Stage] = []
    for number in range(max(1, min(max(len(ids), 1), len(fpc)))):
        labels = np.zeros(rows, dtype=np.int64)
        if number < len(strata):
            labels, _ = sorted_codes(frame[strata[number]])
        stratum, _ = sorted_codes(pd.Series(cross(parent, labels, int(labels.max()) + 1)))
        drawn = np.arange(rows, dtype=np.int64)
        if number < len(ids):
            drawn, _ = factorised(frame[ids[number]])
            if number == 0 and not is_nested:
                _check_units_keep_their_stratum(frame, ids[0], strata, drawn, stratum)
        unit, _ = codes_of(cross(stratum, drawn, int(drawn.max()) + 1))
        column = fpc[number] if number < len(fpc) else None
        is_pps = number == 0 or (pps is not None and pps.method is PpsMethod.BREWER)
        name = strata[number] if number < len(strata) else None
        level = _Level(number, stratum, parent, carried, name)
        stage = _stage(frame, column, unit, level, pps if is_pps else None)
        stages.append(stage)
        parent, carried = unit, stage.carried[stratum] * stage.unit_fraction[unit]
    return tuple(stages)


def _only_stage(frame: pd.DataFrame, psu: str, strata: tuple[str, ...]) -> Stage:
    """PSUs of known strata, drawn with replacement: strata are coded once per PSU."""
    unit, first = coded(frame[psu])
    stratum = np.zeros(len(first), dtype=np.int64)
    if strata:
        column = frame[strata[0]]
        codes = column if isinstance(column.dtype, np.dtype) else pd.Series(sorted_codes(column)[0])
        values = codes.to_numpy()
        stratum = sorted_codes(pd.Series(values[first]))[0]
        if (values != values[first][unit]).any():
            of_row = sorted_codes(codes)[0]
            _check_units_keep_their_stratum(frame, psu, strata, unit, of_row)
    n_strata = int(stratum.max()) + 1
    return Stage(
        unit=unit,
        stratum=stratum,
        parent=np.zeros(n_strata, dtype=np.int64),
        sampled=np.bincount(stratum).astype(np.float64),
        population=np.full(n_strata, np.inf),
        carried=np.ones(n_strata),
        first_row=first[first_rows(stratum, n_strata)],
    )


def unit_stage(unit: IntArray) -> Stage:
    """One stage without strata, with replacement, of units that are already coded."""
    level = _Level(0, np.zeros_like(unit), np.zeros_like(unit), np.ones(len(unit)))
    return _stage(pd.DataFrame(index=range(len(unit))), None, unit, level)


def _stage(
    frame: pd.DataFrame,
    fpc: str | None,
    unit: IntArray,
    level: _Level,
    pps: Pps | None = None,
) -> Stage:
    stratum = level.stratum[first_rows(unit)]
    first_row = first_rows(level.stratum)
    sampled = np.bincount(stratum).astype(np.float64)
    population = np.full(len(sampled), np.inf)
    form = None
    if fpc is not None and pps is not None:
        pi = probabilities(frame, fpc, unit)
        population = np.asarray(sampled**2 / np.bincount(stratum, pi))
        labels = frame[level.column].iloc[first_row].tolist() if level.column else ("",)
        form = quadratic(pps, pi, stratum, tuple(labels))
    elif fpc is not None:
        population = populations(frame, fpc, level.stratum, sampled, level.words(frame))
    return Stage(
        unit=unit,
        stratum=stratum,
        parent=level.parent[first_row],
        sampled=sampled,
        population=population,
        carried=level.carried[first_row],
        first_row=first_row,
        pps=form,
    )


def _check_units_keep_their_stratum(
    frame: pd.DataFrame,
    column: str,
    strata: tuple[str, ...],
    unit: IntArray,
    stratum_of_row: IntArray,
) -> None:
    torn = stratum_of_row != stratum_of_row[first_rows(unit)][unit]
    if torn.any():
        psu = frame[column].iloc[int(np.flatnonzero(torn)[0])]
        found = sorted({str(s) for s in frame.loc[frame[column] == psu, strata[0]]})
        raise DesignError(
            f"PSU {psu} of column {column!r} lies in several strata of {strata[0]!r} "
            f"({', '.join(found[:3])}); give nest=True if PSU ids restart in each stratum"
        )


def collapse_lonely(
    stage: Stage, weights: FloatArray, labels: tuple[str, ...]
) -> tuple[Stage, tuple[CollapsedStratum, ...]]:
    """Pair each lonely stratum of the first stage with the stratum nearest in weighted size.

    Strata taken whole are no partners, for they have no variance to lend. A lonely stratum that
    finds no partner stays lonely; the estimators then give no standard error.
    Source: Wolter (2007) ch. 2.5; Rust and Kalton (1987).
    """
    lonely = np.flatnonzero(stage.is_lonely)
    if not len(lonely):
        return stage, ()
    row_stratum = stage.stratum[stage.unit]
    size = group_sum(row_stratum, stage.n_strata, weights[:, None])[:, 0]
    group = np.arange(stage.n_strata)
    open_strata = 1 - stage.fraction > CERTAIN
    done: list[CollapsedStratum] = []
    for stratum in lonely[np.lexsort((lonely, size[lonely]))]:
        if (group == group[stratum]).sum() > 1:
            continue
        partners = np.flatnonzero(open_strata & (group != group[stratum]))
        if not len(partners):
            continue
        partner = partners[np.argmin(np.abs(size[partners] - size[stratum]))]
        group[group == group[stratum]] = group[partner]
        names = (labels[stratum], labels[partner])
        done.append(CollapsedStratum(*names, float(size[stratum]), float(size[partner])))
    new, _ = sorted_codes(pd.Series(group))
    return _regrouped(stage, new), tuple(done)


def _regrouped(stage: Stage, new: IntArray) -> Stage:
    count = int(new.max()) + 1
    first_row = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(first_row, new, stage.first_row)
    return replace(
        stage,
        stratum=new[stage.stratum],
        parent=np.zeros(count, dtype=np.int64),
        sampled=group_sum(new, count, stage.sampled[:, None])[:, 0],
        population=group_sum(new, count, stage.population[:, None])[:, 0],
        carried=np.ones(count),
        first_row=first_row,
    )
