"""Raking to benchmarks, with a clear word when a benchmark cannot be met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray, codes_of, cross
from analysis.calibration import Calibration
from analysis.errors import InfeasibleCellError, WeightingError
from analysis.weights.report import CellMerge, MarginRow, WeightStep, WeightSummary, as_floats

TOLERANCE = 1e-10
SAME_SUM = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """One benchmark: the cell of each row and the population of each cell.

    A row whose cell is None stays outside all benchmarks and gets the mean factor of the rows with
    the same `fallback` value (e.g. its age group). `merges` tells which cells were thin.
    """

    name: str
    cell: Sequence[Any] | pd.Series[Any]
    benchmark: Mapping[Any, float]
    fallback: Sequence[Any] | pd.Series[Any] | None = None
    merges: tuple[CellMerge, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    factor: FloatArray
    iterations: int
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class _Coded:
    name: str
    labels: tuple[Any, ...]
    code: IntArray
    target: FloatArray


def rake(
    w: Sequence[float] | FloatArray | pd.Series,
    margins: Sequence[Margin],
    *,
    tolerance: float = TOLERANCE,
    max_iterations: int = 1000,
    rescale: bool = False,
) -> WeightStep:
    """Iterative proportional fitting of weights to margins (Deming and Stephan 1940).

    Parameters
    ----------
    w : array
        Weights before; rows with weight 0 take no part.
    margins : sequence of Margin
    tolerance : float
        Largest relative distance of a margin from its benchmark.
    max_iterations : int
    rescale : bool
        Bring margins with other sums to the sum of the first; else unequal sums are an error.

    Returns
    -------
    WeightStep
        With the margins before and after, and the calibration that variances need.

    Raises
    ------
    InfeasibleCellError
        A cell has a positive benchmark but no respondents; the message names it.
    WeightingError
        Sums differ, a cell has no benchmark, or the fit does not converge.

    Examples
    --------
    >>> sex = Margin("sex", ["f", "m", "m"], {"f": 60.0, "m": 40.0})
    >>> rake([1, 1, 1], [sex]).weights.tolist()
    [60.0, 20.0, 20.0]
    """
    before = as_floats(w, "w")
    if not margins:
        raise WeightingError("name at least one margin to rake to")
    inside = before > 0
    for margin in margins:
        if len(margin.cell) != len(before):
            raise WeightingError(
                f"margin {margin.name!r} has {len(margin.cell)} rows, the weights {len(before)}"
            )
        inside &= ~_series(margin.cell).isna().to_numpy()
    coded = [_code(margin, before, inside) for margin in margins]
    coded = _same_sums(coded, rescale=rescale)
    fit = _fit(coded, before, inside, tolerance=tolerance, rounds=max_iterations)
    after, notes = _spread_to_outside(before, fit.factor, inside, margins)
    return WeightStep(
        name="raking",
        weights=after,
        summary=WeightSummary.of(after),
        margins=tuple(row for margin in coded for row in _rows(margin, before, after, inside)),
        merges=tuple(merge for margin in margins for merge in margin.merges),
        notes=(*(note for margin in margins for note in margin.notes), *notes),
        iterations=fit.iterations,
        max_relative_error=fit.error,
        calibration=Calibration.from_cells([margin.code for margin in coded], before),
    )


def _series(values: Sequence[Any] | pd.Series[Any]) -> pd.Series[Any]:
    return values if isinstance(values, pd.Series) else pd.Series(list(values))


def _code(margin: Margin, before: FloatArray, inside: BoolArray) -> _Coded:
    labels = tuple(margin.benchmark)
    position = {label: at for at, label in enumerate(labels)}
    found, cells = pd.factorize(_series(margin.cell))
    place = np.array([position.get(cell, -1) for cell in cells] + [-1], dtype=np.int64)
    code = np.where(inside, place[found], -1)
    stray = np.flatnonzero(inside & (code < 0))
    if len(stray):
        cell = cells[found[stray[0]]]
        raise WeightingError(f"margin {margin.name!r}: cell {cell!r} has no benchmark")
    target = np.array([float(margin.benchmark[label]) for label in labels])
    held = np.bincount(code[inside], before[inside], len(labels))
    for at, label in enumerate(labels):
        if not np.isfinite(target[at]) or target[at] < 0:
            raise WeightingError(
                f"margin {margin.name!r}: the benchmark of {label!r} is {target[at]}"
            )
        if target[at] > 0 and held[at] <= 0:
            raise InfeasibleCellError(
                f"margin {margin.name!r}: cell {label!r} has a benchmark of {target[at]:g} but no "
                "respondents; merge it with a neighbouring cell"
            )
        if target[at] == 0 and held[at] > 0:
            raise InfeasibleCellError(
                f"margin {margin.name!r}: cell {label!r} has respondents but a benchmark of 0"
            )
    return _Coded(margin.name, labels, code, target)


def _same_sums(coded: list[_Coded], *, rescale: bool) -> list[_Coded]:
    wanted = coded[0].target.sum()
    scaled = []
    for margin in coded:
        found = margin.target.sum()
        if abs(found - wanted) > SAME_SUM * wanted and not rescale:
            raise WeightingError(
                f"margin {margin.name!r} sums to {found:.10g} but {coded[0].name!r} to "
                f"{wanted:.10g}; correct the benchmarks or ask for rescale=True"
            )
        target = margin.target * (wanted / found)
        scaled.append(_Coded(margin.name, margin.labels, margin.code, target))
    return scaled


def _fit(
    coded: list[_Coded],
    before: FloatArray,
    inside: BoolArray,
    *,
    tolerance: float,
    rounds: int,
) -> _Fitted:
    """Factors per row; rows of the same cells are fitted as one."""
    key = np.zeros(int(inside.sum()), dtype=np.int64)
    for margin in coded:
        key = cross(key, margin.code[inside], len(margin.labels))
    cell, keys = codes_of(key)
    start: FloatArray = np.bincount(cell, before[inside], len(keys)).astype(np.float64)
    parts = [np.empty(0, dtype=np.int64)] * len(coded)
    for at in reversed(range(len(coded))):
        keys, parts[at] = np.divmod(keys, len(coded[at].labels))
    fitted = start.copy()
    worst, error = "", np.inf
    for iteration in range(1, rounds + 1):
        for margin, part in zip(coded, parts, strict=True):
            held = np.bincount(part, fitted, len(margin.labels))
            ratio = np.divide(margin.target, held, out=np.ones_like(held), where=held > 0)
            fitted *= ratio[part]
        error, worst = _worst_gap(coded, parts, fitted)
        if error < tolerance:
            factor = np.ones(len(before))
            factor[inside] = (fitted / start)[cell]
            return _Fitted(factor, iteration, error)
    raise WeightingError(
        f"raking does not converge: after {rounds} rounds cell {worst} is off by {error:.1e} of "
        "its benchmark; too few respondents hold some combination of cells, merge cells"
    )


def _worst_gap(coded: list[_Coded], parts: list[IntArray], fitted: FloatArray) -> tuple[float, str]:
    error, worst = 0.0, ""
    for margin, part in zip(coded, parts, strict=True):
        held = np.bincount(part, fitted, len(margin.labels))
        gap = np.abs(held - margin.target) / np.where(margin.target > 0, margin.target, 1.0)
        if gap.max() > error:
            error = float(gap.max())
            worst = f"{margin.labels[int(gap.argmax())]!r} of margin {margin.name!r}"
    return error, worst


def _spread_to_outside(
    before: FloatArray, factor: FloatArray, inside: BoolArray, margins: Sequence[Margin]
) -> tuple[FloatArray, tuple[str, ...]]:
    after = before * factor
    outside = (before > 0) & ~inside
    if not outside.any():
        return after, ()
    fallback = next((m.fallback for m in margins if m.fallback is not None), None)
    group = np.zeros(len(before), dtype=np.int64)
    if fallback is not None:
        group = pd.factorize(_series(fallback))[0].astype(np.int64) + 1
    size = int(group.max()) + 1
    held = np.bincount(group[inside], before[inside], size)
    mean = np.divide(
        np.bincount(group[inside], after[inside], size),
        held,
        out=np.full(size, after[inside].sum() / before[inside].sum()),
        where=held > 0,
    )
    after[outside] = before[outside] * mean[group[outside]]
    count = int(outside.sum())
    return after, (f"{count} rows in no benchmark cell got the mean factor of their group",)


def _rows(
    margin: _Coded, before: FloatArray, after: FloatArray, inside: BoolArray
) -> list[MarginRow]:
    code, size = margin.code[inside], len(margin.labels)
    count = np.bincount(code, minlength=size)
    held, fitted = np.bincount(code, before[inside], size), np.bincount(code, after[inside], size)
    return [
        MarginRow(
            margin=margin.name,
            cell=_words(label),
            benchmark=float(margin.target[at]),
            respondents=int(count[at]),
            before=float(held[at]),
            after=float(fitted[at]),
        )
        for at, label in enumerate(margin.labels)
    ]


def _words(label: Any) -> str:
    return " ".join(str(part) for part in label) if isinstance(label, tuple) else str(label)
