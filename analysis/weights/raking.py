"""Raking to benchmarks, with a clear word when a benchmark cannot be met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray, IntArray, labelled, sums_by
from analysis.calibration import Calibration
from analysis.errors import InfeasibleCellError, WeightingError
from analysis.weights.diagnostics import Diagnostics
from analysis.weights.doctor import far_cells, neighbour, no_convergence
from analysis.weights.fitting import CodedMargin, Raking
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

    def __post_init__(self) -> None:
        if not isinstance(self.benchmark, Mapping):
            raise WeightingError(f"margin {self.name!r}: benchmark= maps each cell to its size")
        for part, values in (("cell", self.cell), ("fallback", self.fallback)):
            several = isinstance(values, Sized) and not isinstance(values, str | pd.DataFrame)
            if not several and not (part == "fallback" and values is None):
                raise WeightingError(f"margin {self.name!r}: {part}= holds one value a row")


@checked
def rake(
    w: Sequence[float] | FloatArray | pd.Series,
    margins: Sequence[Margin],
    *,
    tolerance: float = TOLERANCE,
    max_iterations: int = 1000,
    rescale: bool = False,
    partial: bool = False,
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
    partial : bool
        Leave out benchmark cells without respondents (R: partial=TRUE); else they are an error.

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
    margins = as_margins(margins)
    inside = before > 0
    for margin in margins:
        if len(margin.cell) != len(before):
            raise WeightingError(
                f"margin {margin.name!r} has {len(margin.cell)} rows, the weights {len(before)}"
            )
        inside &= ~_series(margin.cell).isna().to_numpy()
    coded = [_code(margin, before, inside, is_partial=partial) for margin in margins]
    coded = _same_sums(coded, rescale=rescale)
    plan = Raking.of(
        tuple(coded),
        inside,
        _peers(margins, len(before)),
        tolerance=tolerance,
        rounds=max_iterations,
    )
    held = sums_by(plan.group, plan.n_groups, before)
    fit = plan.fit(held[:, None])
    if np.isnan(fit.factors).any():
        raise WeightingError(no_convergence(tuple(coded), before, inside, fit))
    after = before * fit.factors[plan.group, 0]
    respondents = np.bincount(plan.group, minlength=plan.n_groups)
    sums = np.stack([respondents, held, held * fit.factors[:, 0]])
    rows = tuple(
        row
        for margin, place in zip(coded, plan.place, strict=True)
        for row in _rows(margin, place[plan.cell], np.where(plan.cell >= 0, sums, 0.0))
    )
    found = Diagnostics.of(
        before,
        after,
        iterations=fit.iterations,
        max_residual=fit.error,
        far_cells=far_cells(rows),
    )
    outside = int(((before > 0) & ~inside).sum())
    notes = [note for margin in margins for note in margin.notes]
    if outside:
        notes.append(f"{outside} rows in no benchmark cell got the mean factor of their group")
    return WeightStep(
        name="raking",
        weights=after,
        summary=WeightSummary.of(after),
        margins=rows,
        merges=tuple(merge for margin in margins for merge in margin.merges),
        notes=tuple(notes),
        diagnostics=found,
        calibration=Calibration.from_cells(
            [margin.code for margin in coded], before, after=after, again=plan, report=found
        ),
    )


def as_margins(given: Iterable[Margin]) -> tuple[Margin, ...]:
    """Margins, at least one and nothing else."""
    margins = tuple(given)
    if not margins:
        raise WeightingError("name at least one margin to rake to")
    for margin in margins:
        if not isinstance(margin, Margin):
            raise WeightingError(f"margins= holds {margin!r}, which is no Margin")
    return margins


def _size(margin: Margin, label: Any) -> float:
    try:
        return float(margin.benchmark[label])
    except (TypeError, ValueError):
        raise WeightingError(
            f"margin {margin.name!r}: the benchmark of {label!r} is no number"
        ) from None


def _peers(margins: Sequence[Margin], size: int) -> IntArray | None:
    fallback = next((m.fallback for m in margins if m.fallback is not None), None)
    return None if fallback is None else pd.factorize(_series(fallback))[0].astype(np.int64) + 1


def _series(values: Sequence[Any] | pd.Series[Any]) -> pd.Series[Any]:
    return values if isinstance(values, pd.Series) else pd.Series(list(values))


def _code(
    margin: Margin, before: FloatArray, inside: BoolArray, *, is_partial: bool
) -> CodedMargin:
    labels = tuple(margin.benchmark)
    if is_partial:
        present = set(_series(margin.cell)[inside].unique())
        labels = tuple(label for label in labels if label in present)
    position = {label: at for at, label in enumerate(labels)}
    found, cells = labelled(_series(margin.cell))
    place = np.array([position.get(cell, -1) for cell in cells] + [-1], dtype=np.int64)
    code = place[found]
    if not inside.all():
        code = np.where(inside, code, -1)
    stray = np.flatnonzero(inside & (code < 0))
    if len(stray):
        cell = cells[found[stray[0]]]
        raise WeightingError(f"margin {margin.name!r}: cell {cell!r} has no benchmark")
    target = np.array([_size(margin, label) for label in labels])
    held = sums_by(code + 1, len(labels) + 1, before)[1:]
    for at, label in enumerate(labels):
        if not np.isfinite(target[at]) or target[at] < 0:
            raise WeightingError(
                f"margin {margin.name!r}: the benchmark of {label!r} is {target[at]}"
            )
        if target[at] > 0 and held[at] <= 0:
            raise InfeasibleCellError(
                f"margin {margin.name!r}: cell {label!r} has a benchmark of {target[at]:g} but no "
                f"respondents; merge it with {neighbour(labels, at, held)}"
            )
        if target[at] == 0 and held[at] > 0:
            raise InfeasibleCellError(
                f"margin {margin.name!r}: cell {label!r} has respondents but a benchmark of 0; "
                "merge it with a cell of the population that they belong to, or leave them outside"
            )
    return CodedMargin(margin.name, labels, code, target)


def _same_sums(coded: list[CodedMargin], *, rescale: bool) -> list[CodedMargin]:
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
        scaled.append(CodedMargin(margin.name, margin.labels, margin.code, target))
    return scaled


def _rows(margin: CodedMargin, place: IntArray, sums: FloatArray) -> list[MarginRow]:
    """From respondents, weights before and after of the groups, each in its cell of the margin."""
    size = len(margin.labels)
    count, held, fitted = (np.bincount(place, each, size) for each in sums)
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
