"""Calibration by stage: weights inside each unit drawn meet what is known of that unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.arguments import checked
from analysis.arrays import FloatArray, IntArray, factorised, first_rows, group_sum
from analysis.design import Design
from analysis.design_columns import check_columns, rows_in_order, weights_of
from analysis.errors import DesignError, WeightingError
from analysis.weights.diagnostics import Diagnostics
from analysis.weights.newton import MET, Distance
from analysis.weights.report import as_floats
from analysis.weights.totals import calibrate_weights
from analysis.within import Within, down_to_rows


@checked
def calibrate_within(
    design: Design,
    x: pd.DataFrame,
    totals: pd.DataFrame,
    *,
    within: str,
    unit_weights: str | None = None,
    distance: Distance | str = Distance.LINEAR,
    bounds: tuple[float, float] | None = None,
) -> Design:
    """Calibrate the weights inside each unit of a stage to totals of that unit.

    A village head's list gives the adults of each village that was drawn, by sex: the weights of
    its respondents, given the village, are moved to meet it. Nothing is learnt about villages that
    were not drawn, so the variance between them stays, and only that of the stages inside shrinks
    to residuals (Sarndal, Swensson and Wretman 1992, 8.9, case C).

    Parameters
    ----------
    design : Design
        Of two stages or more; the variance of the stages inside counts where their `fpc` is given.
    x : DataFrame
        Auxiliaries, row by row; put a column of ones in to fix the size of the unit.
    totals : DataFrame
        One row per unit, labelled as `within` labels them, and the columns of `x` that it names.
    within : str
        Column that names the units of one stage (a stage's `ids` unless these start anew).
    unit_weights : str, optional
        Column of the weight of the unit itself, 1 / its inclusion probability; None: from `fpc`.
    distance : Distance or str
    bounds : (low, high), optional

    Returns
    -------
    Design
        With `within[-1].report`.

    Raises
    ------
    DesignError
        `within` names no units of a stage, there are replicate weights, or neither `fpc` nor
        `unit_weights` tells the weight of the unit.
    WeightingError
        A unit has no totals, or its weights cannot meet them; the message names the unit.

    Notes
    -----
    R: `calibrate(des, ~x, population=list(...), stage=1)`, linear only, and with the variance of
    weights that are equal inside the unit. Replicates made afterwards need no repetition, for
    they draw whole units of the first stage.

    Examples
    --------
    >>> data = pd.DataFrame({"village": [1, 1, 2, 2], "hh": range(4), "N": 9, "M": [4, 4, 6, 6]})
    >>> drawn = Design.from_frame(data, ids=["village", "hh"], fpc=["N", "M"])
    >>> ones = pd.DataFrame({"adults": [2.0, 3.0, 1.0, 2.0]})
    >>> known = pd.DataFrame({"adults": [12, 9]}, index=[1, 2])
    >>> made = calibrate_within(drawn, ones, known, within="village")
    >>> (made.weights * ones.adults).groupby(data.village).sum().div(4.5).round(6).tolist()
    [12.0, 9.0]
    """
    if design.replication is not None:
        raise DesignError("calibrate inside units first, then make replicate weights")
    units = _units(design, within)
    weight = _unit_weights(design, units.stage, unit_weights)
    before = design.weights / weight
    auxiliary = rows_in_order(design.frame, x, "x")
    known = _known(totals, auxiliary, units, within)
    asked = _Asked(before, auxiliary[list(known.columns)], known.loc[list(units.labels)], within)
    if distance == Distance.LINEAR and bounds is None:
        moved = _at_once(asked, units)
    else:
        moved = _one_by_one(asked, units, distance, bounds)
    weights = np.asarray(moved.weights * weight)
    report = Diagnostics.of(
        design.weights,
        weights,
        iterations=moved.iterations,
        max_residual=moved.residual,
        at_bounds=moved.at_bounds,
    )
    made = Within(units.stage, units.code, _matrix(asked), before, weights, report)
    stages = down_to_rows(design.stages)
    return replace(design, weights=weights, stages=stages, within=(*design.within, made))


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """Weights given the unit, auxiliaries row by row, totals unit by unit."""

    before: FloatArray
    x: pd.DataFrame
    totals: pd.DataFrame
    within: str


@dataclass(frozen=True, slots=True, eq=False)
class _Moved:
    """Weights that meet the totals, given the unit, and how they came there."""

    weights: FloatArray
    iterations: int
    residual: float
    at_bounds: int = 0


def _matrix(asked: _Asked) -> FloatArray:
    found = as_floats(asked.x.to_numpy().ravel(), "x")
    return found.reshape(asked.x.shape)


def _at_once(asked: _Asked, units: _Units) -> _Moved:
    """Linear calibration of all units: g = 1 + x'M^-1 (T - sum d x), M = sum d x x' of the unit."""
    x, d, size = _matrix(asked), asked.before, len(units.labels)
    target = np.column_stack(
        [as_floats(asked.totals[name], f"totals of {name!r}") for name in asked.x.columns]
    )
    held = group_sum(units.code, size, d[:, None] * x)
    inverse = Within(units.stage, units.code, x, d, d).inverse()
    slope = np.einsum("uij,uj->ui", inverse, target - held)
    after = d * (1 + np.einsum("rj,rj->r", x, slope[units.code]))
    gap = np.abs(group_sum(units.code, size, after[:, None] * x) - target)
    reach = np.maximum(np.abs(held), np.abs(target))
    off = np.divide(gap, reach, out=np.zeros_like(gap), where=reach > 0)
    if (off > MET).any():
        unit, column = divmod(int(off.argmax()), off.shape[1])
        raise WeightingError(
            f"{asked.within} {units.labels[unit]}: no weights meet the total of "
            f"{asked.x.columns[column]!r} ({target[unit, column]:g}) together with the others"
        )
    return _Moved(after, 1, float(off.max(initial=0.0)))


def _one_by_one(
    asked: _Asked,
    units: _Units,
    distance: Distance | str,
    bounds: tuple[float, float] | None,
) -> _Moved:
    given, found = asked.before.copy(), []
    for label, rows in units.rows():
        totals = asked.totals.loc[label].to_dict()
        try:
            step = calibrate_weights(
                asked.before[rows], asked.x.iloc[rows], totals, distance=distance, bounds=bounds
            )
        except WeightingError as problem:
            raise type(problem)(f"{asked.within} {label}: {problem}") from None
        given[rows] = step.weights
        found += [step.diagnostics] if step.diagnostics is not None else []
    return _Moved(
        given,
        max(each.iterations for each in found),
        max(each.max_residual for each in found),
        sum(each.at_bounds for each in found),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """The units of a stage: their number in the design, the code of each row, their labels."""

    stage: int
    code: IntArray
    labels: tuple[Any, ...]

    def rows(self) -> Iterator[tuple[Any, IntArray]]:
        """The rows of each unit."""
        order = np.argsort(self.code, kind="stable")
        ends = np.cumsum(np.bincount(self.code, minlength=len(self.labels)))
        return zip(self.labels, np.split(order, ends[:-1]), strict=True)


def _units(design: Design, within: str) -> _Units:
    check_columns(design.frame, (within,), ())
    code, labels = factorised(design.frame[within])
    for number, stage in enumerate(design.stages):
        unit, first = stage.unit, first_rows(stage.unit)
        same = stage.n_units == len(labels) and bool((code[first][unit] == code).all())
        if same:
            return _Units(number, code, tuple(labels))
    raise DesignError(
        f"column {within!r} does not name the units of a stage one by one; where ids start anew "
        "make a column of both, and give fpc for each stage down to these units"
    )


def _unit_weights(design: Design, stage: int, column: str | None) -> FloatArray:
    """The weight of the unit itself, row by row."""
    if column is not None:
        check_columns(design.frame, (column,), ())
        found = weights_of(design.frame, column, design.stages)
        unit = design.stages[stage].unit
        if not (found > 0).all() or not np.allclose(found, found[first_rows(unit)][unit]):
            raise DesignError(f"column {column!r} is not one positive weight for each unit")
        return found
    share = np.ones(design.n_rows)
    for each in design.stages[: stage + 1]:
        if not np.isfinite(each.population).all():
            raise DesignError("say the weight of each unit with unit_weights=, or give its fpc")
        share *= each.unit_fraction[each.unit]
    return np.asarray(1 / share)


def _known(totals: pd.DataFrame, x: pd.DataFrame, units: _Units, within: str) -> pd.DataFrame:
    absent = [name for name in totals.columns if name not in x.columns]
    if absent or not len(totals.columns):
        raise WeightingError(f"x has columns {list(x.columns)}, totals {list(totals.columns)}")
    if not totals.index.is_unique:
        label = totals.index[totals.index.duplicated()][0]
        raise WeightingError(f"totals hold {within} {label} twice")
    lost = [label for label in units.labels if label not in totals.index]
    if lost:
        raise WeightingError(f"totals have no row for {within} {lost[0]}")
    return totals
