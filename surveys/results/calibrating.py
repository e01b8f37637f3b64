"""Weights brought to the benchmarks of a round, in the way that its recipe names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.calibrated import Distance, calibrate
from analysis.design import Design
from analysis.indicators import digital
from analysis.weights import Margin, WeightChain, WeightStep, rake, sex_age_margin
from analysis.weights.report import MarginRow, WeightSummary
from analysis.weights.trimming import trim
from surveys.results.extract import BenchmarkCell
from surveys.results.recipe import Calibrating, Recipe

PROVINCE: Final = "province"
BOUNDS: Final = (0.3, 3.0)  # of the factor by which linear calibration may move a weight


def calibration(
    frame: pd.DataFrame,
    chain: WeightChain,
    benchmarks: tuple[BenchmarkCell, ...],
    recipe: Recipe,
) -> WeightStep:
    """The step that makes weights meet the benchmarks.

    Cells of sex x age in each stratum at once (post-stratification), or sex x age over all strata
    and the size of each stratum as two margins (raking; linear: the regression estimator with
    factors kept within 0.3 to 3).

    Raises
    ------
    WeightingError : a cell that cannot be met, by name.
    """
    if recipe.calibration == Calibrating.POST_STRATIFICATION:
        return rake(chain.final, [_cells(frame, benchmarks, recipe, by_stratum=True)])
    margins = [_cells(frame, benchmarks, recipe, by_stratum=False)]
    if _has_strata(benchmarks):
        margins.append(_strata(frame, margins[0], benchmarks))
    if recipe.calibration == Calibrating.RAKING:
        return rake(chain.final, margins)
    return _linear(frame, chain, margins)


def trimmed(chain: WeightChain, recipe: Recipe) -> WeightChain:
    """With weights capped at so many times their median; what is cut off goes to the others."""
    if not recipe.trim_times:
        return chain
    cap = recipe.trim_times * float(np.median(chain.final))
    return chain.then(trim(chain.final, 0.0, cap))


def _has_strata(benchmarks: tuple[BenchmarkCell, ...]) -> bool:
    return any(cell.domain != PROVINCE for cell in benchmarks)


def _cells(
    frame: pd.DataFrame,
    benchmarks: tuple[BenchmarkCell, ...],
    recipe: Recipe,
    *,
    by_stratum: bool,
) -> Margin:
    """Sex x age, of each stratum or of all together."""
    has_strata = _has_strata(benchmarks)
    used = [cell for cell in benchmarks if (cell.domain != PROVINCE) == has_strata]
    is_split = by_stratum and has_strata
    cells: dict[tuple[str | None, str, str], float] = {}
    for cell in used:
        key = (cell.domain if is_split else None, cell.sex, cell.age_group)
        cells[key] = cells.get(key, 0.0) + float(cell.count)
    return sex_age_margin(
        frame["sex"],
        frame["age_group"],
        cells,
        area=frame["stratum"] if is_split else None,
        ages=[age for age in digital.AGE_GROUPS if any(key[2] == age for key in cells)],
        least=recipe.least_cell,
    )


def _strata(frame: pd.DataFrame, other: Margin, benchmarks: tuple[BenchmarkCell, ...]) -> Margin:
    """The size of each stratum; who is in no cell of sex and age is in none here."""
    totals: dict[str, float] = {}
    for cell in benchmarks:
        if cell.domain != PROVINCE:
            totals[cell.domain] = totals.get(cell.domain, 0.0) + float(cell.count)
    inside = pd.Series(list(other.cell), index=frame.index).notna()
    stratum = frame["stratum"].astype(object).where(inside, None)
    return Margin("stratum", stratum, totals, fallback=other.fallback)


def _linear(frame: pd.DataFrame, chain: WeightChain, margins: list[Margin]) -> WeightStep:
    columns: dict[str, FloatArray] = {}
    totals: dict[str, float] = {}
    for margin in margins:
        cell = pd.Series(list(margin.cell))
        for label, size in margin.benchmark.items():
            name = f"{margin.name}: {label}"
            columns[name] = cell.eq(label).to_numpy().astype(np.float64)
            totals[name] = float(size)
    before = chain.final
    bare = Design.from_frame(frame, weights=before)
    made = calibrate(bare, pd.DataFrame(columns), totals, distance=Distance.LINEAR, bounds=BOUNDS)
    return WeightStep(
        name="calibration",
        weights=made.weights,
        summary=WeightSummary.of(made.weights),
        margins=tuple(_rows(columns, totals, before, made.weights)),
        merges=tuple(merge for margin in margins for merge in margin.merges),
        notes=tuple(note for margin in margins for note in margin.notes),
        calibration=made.calibrations[-1],
    )


def _rows(
    columns: Mapping[str, FloatArray],
    totals: Mapping[str, float],
    before: FloatArray,
    after: FloatArray,
) -> list[MarginRow]:
    return [
        MarginRow(
            margin=name.partition(": ")[0],
            cell=name.partition(": ")[2],
            benchmark=totals[name],
            respondents=int(inside.sum()),
            before=float(before @ inside),
            after=float(after @ inside),
        )
        for name, inside in columns.items()
    ]
