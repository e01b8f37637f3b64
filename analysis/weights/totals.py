"""Weights calibrated to totals of auxiliaries, with a word on what cannot be met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from analysis.arguments import checked
from analysis.arrays import FloatArray, factorised, group_sum
from analysis.calibration import Calibration
from analysis.errors import InfeasibleCellError, WeightingError
from analysis.patterns import rows_alike
from analysis.weights.diagnostics import Diagnostics
from analysis.weights.doctor import far_cells
from analysis.weights.newton import Calibrating, Distance, Force, Solution
from analysis.weights.report import MarginRow, WeightStep, WeightSummary, as_floats

SOLVABLE = 1_500  # groups up to which the bounds that would do are looked for


@checked
def calibrate_weights(
    w: Sequence[float] | FloatArray | pd.Series,
    x: pd.DataFrame,
    totals: Mapping[str, float],
    *,
    distance: Distance | str = Distance.LINEAR,
    bounds: tuple[float, float] | None = None,
    trim: tuple[float, float] | None = None,
    clusters: Sequence[Any] | pd.Series | None = None,
) -> WeightStep:
    """Move weights as little as possible so that sum w x meets known totals.

    See `analysis.calibrated.calibrate` for the parameters; `clusters` names the cluster of each
    row, whose rows keep one common factor. Columns of `x` without a total are left free.

    Raises
    ------
    InfeasibleCellError
        A total is not zero where nobody in the sample has any of it.
    WeightingError
        A total has no column, or no weights within the bounds meet the totals; the message names
        the total that is furthest off and the bounds that would do.

    Examples
    --------
    >>> x = pd.DataFrame({"one": [1.0, 1.0, 1.0], "age": [20.0, 40.0, 60.0]})
    >>> step = calibrate_weights([1, 1, 1], x, {"one": 6, "age": 250})
    >>> [round(float(value), 3) for value in (step.weights @ x.age, step.diagnostics.g_max)]
    [250.0, 2.25]
    """
    before = as_floats(w, "w")
    absent = [name for name in totals if name not in x.columns]
    if absent or not totals:
        raise WeightingError(f"x has columns {list(x.columns)}, totals name {list(totals)}")
    if len(x) != len(before):
        raise WeightingError(f"x has {len(x)} rows, the weights {len(before)}")
    names = list(totals)
    matrix = as_floats(x[names].to_numpy().ravel(), "x").reshape(len(x), len(names))
    if clusters is not None:
        matrix = _cluster_means(matrix, before, clusters)
    target = np.array([_total(name, given) for name, given in totals.items()])
    _check_reach(matrix, before, target, names)
    low, high = (-np.inf, np.inf) if bounds is None else pair(bounds, "bounds")
    if trim is not None:
        trim = pair(trim, "trim")
    group, first = rows_alike(matrix)
    plan = Calibrating(matrix[first], target, Force(_distance(distance), low, high), group, trim)
    d = group_sum(group, len(first), before[:, None])[:, 0]
    solution = plan.solve(d)
    if not solution.is_met:
        raise WeightingError(_too_tight(plan, d, solution, names))
    factors = plan.trimmed(solution.factors, d)
    return _step(before, matrix, plan, factors, solution, names=names)


def _step(
    before: FloatArray,
    matrix: FloatArray,
    plan: Calibrating,
    factors: FloatArray,
    solution: Solution,
    *,
    names: list[str],
) -> WeightStep:
    after = before * factors[plan.group]
    rows = tuple(
        MarginRow(
            margin=name,
            cell="",
            benchmark=float(plan.target[at]),
            respondents=int(((matrix[:, at] != 0) & (before != 0)).sum()),
            before=float(before @ matrix[:, at]),
            after=float(after @ matrix[:, at]),
        )
        for at, name in enumerate(names)
    )
    size = np.maximum(np.abs(matrix).T @ np.abs(before), 1e-300)
    residual = float((np.abs(matrix.T @ after - plan.target) / size).max())
    found = Diagnostics.of(
        before,
        after,
        iterations=solution.iterations,
        max_residual=residual,
        at_bounds=int(plan.at_bounds(factors)[plan.group].sum()),
        far_cells=far_cells(rows),
        is_met=plan.trim is None or residual < 1e-8,
    )
    return WeightStep(
        name="calibration",
        weights=after,
        summary=WeightSummary.of(after),
        margins=rows,
        diagnostics=found,
        calibration=Calibration.from_matrix(matrix, before, after=after, again=plan, report=found),
    )


def _total(name: str, given: object) -> float:
    found = as_floats([given], f"the total of {name!r}")  # type: ignore[list-item] # looks itself
    return float(found[0])


def pair(given: Sequence[float], name: str) -> tuple[float, float]:
    """A lower and an upper number."""
    try:
        low, high = map(float, given)
    except (TypeError, ValueError):
        raise WeightingError(f"{name}={given!r} must be a lower and an upper number") from None
    return low, high


def _distance(distance: Distance | str) -> Distance:
    try:
        return Distance(distance)
    except ValueError:
        raise WeightingError(f"distance={distance!r} is none of: {', '.join(Distance)}") from None


def _check_reach(x: FloatArray, before: FloatArray, target: FloatArray, names: list[str]) -> None:
    reach = np.abs(x).T @ np.abs(before)
    for at in np.flatnonzero((reach == 0) & (target != 0)):
        raise InfeasibleCellError(
            f"the total of {names[at]!r} is {target[at]:g} but nobody with a weight has any; "
            "merge it with a neighbouring cell or drop the total"
        )


def _too_tight(plan: Calibrating, d: FloatArray, solution: Solution, names: list[str]) -> str:
    worst = int(np.abs(solution.gap).argmax())
    text = (
        f"no weights within the bounds meet the totals: {names[worst]!r} is off by "
        f"{np.abs(solution.gap[worst]):.1e} of what the sample holds"
    )
    spread = _least_spread(plan, d) if plan.n_groups <= SOLVABLE else None
    if spread is None:
        return f"{text}; drop a total, or correct totals that contradict each other"
    return (
        f"{text}; some factors must lie {spread:.3g} or more from 1 (bounds of "
        f"{1 - spread:.3g} to {1 + spread:.3g} or wider): widen the bounds or drop a total"
    )


def _least_spread(plan: Calibrating, d: FloatArray) -> float | None:
    """The smallest s such that factors within 1 - s .. 1 + s meet the totals (linear program)."""
    size = plan.n_groups
    scale = np.maximum(np.abs(plan.x * d[:, None]).sum(axis=0), 1e-300)
    meets = np.hstack([(plan.x * d[:, None] / scale).T, np.zeros((len(scale), 1))])
    right = (plan.target - plan.x.T @ d) / scale
    within = np.vstack(
        [
            np.hstack([np.eye(size), -np.ones((size, 1))]),
            np.hstack([-np.eye(size), -np.ones((size, 1))]),
        ]
    )
    found = optimize.linprog(
        np.r_[np.zeros(size), 1.0],
        A_ub=within,
        b_ub=np.zeros(2 * size),
        A_eq=meets,
        b_eq=right,
        bounds=[(None, None)] * size + [(0, None)],
    )
    return float(found.x[-1]) if found.status == 0 else None


def _cluster_means(
    x: FloatArray, before: FloatArray, clusters: Sequence[Any] | pd.Series
) -> FloatArray:
    if len(clusters) != len(before):
        raise WeightingError(f"{len(before)} weights, but clusters of {len(clusters)} rows")
    code, _ = factorised(pd.Series(list(clusters), dtype=object, name="clusters"))
    if (code < 0).any():
        raise WeightingError(f"row {int(np.flatnonzero(code < 0)[0])} has no cluster")
    weight = np.bincount(code, before)
    if (weight == 0).any():
        weight = np.where(weight == 0, 1.0, weight)
    sums = [np.bincount(code, before * x[:, at]) / weight for at in range(x.shape[1])]
    return np.stack(sums, axis=1)[code]
