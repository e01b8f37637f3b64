"""Model-based estimates that add up to a total which is already published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from analysis.arguments import checked, one_of
from analysis.arrays import BoolArray, FloatArray, numbers_in
from analysis.errors import AnalysisError
from analysis.smallarea.areas import AreaEstimates, AreaFlag, Scale
from analysis.smallarea.scales import LINKS, Link, back_transformed, expected

ROUNDS = 50
SAME = 1e-9


class Benchmark(StrEnum):
    """How the difference to the total is spread over areas.

    `optimal`: most to the least certain, theta + V W (W'V W)^-1 (T - W'theta) (Wang, Fuller and Qu
    2008; Datta et al. 2011; `bench` of R's hbsae). `ratio`: all by one factor. `difference`: all by
    one amount. `shift`: all by one amount on the scale of the model, which keeps shares in [0, 1].
    """

    OPTIMAL = "optimal"
    RATIO = "ratio"
    DIFFERENCE = "difference"
    SHIFT = "shift"


class BenchmarkMse(StrEnum):
    """What the benchmark does to the MSE.

    `added`: the squared move is added, as a bias against the best predictor. `exact`: the total
    counts as known without error, and lowers the MSE. `kept`: the MSE stays.
    """

    ADDED = "added"
    EXACT = "exact"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    weights: FloatArray  # (areas, constraints)
    target: FloatArray
    low: float
    high: float


@checked
def benchmark(
    areas: AreaEstimates,
    weights: ArrayLike,
    target: ArrayLike,
    *,
    how: Benchmark | str | None = None,
    mse: BenchmarkMse | str = BenchmarkMse.ADDED,
    bounds: tuple[float, float] | None = None,
) -> AreaEstimates:
    """Estimates moved so that sum over areas of weight x estimate is the target.

    Parameters
    ----------
    weights
        (areas,) for one total: populations, or their shares; (areas, r) for r of them, a province
        per column, say.
    target
        The totals, one per column; usually direct estimates whose error is small.
    how
        `shift` is the default for shares, `optimal` for the rest. `optimal` takes columns that
        overlap, the others do not.
    mse
        `exact` goes with `optimal` only.
    bounds
        Where the estimates must stay: (0, 1) by default on the arcsine and logit scales. Under
        `optimal` an area that would leave is held at the bound and the others carry the rest.

    Raises
    ------
    AnalysisError
        Shapes differ, columns overlap or repeat each other, or no estimates within the bounds meet
        the totals.

    Examples
    --------
    >>> from analysis.smallarea import fay_herriot
    >>> found = fay_herriot([4, 6, 9], [1, 1, 2])
    >>> moved = benchmark(found, [0.5, 0.3, 0.2], 6.0)
    >>> float(np.dot([0.5, 0.3, 0.2], moved.estimate).round(9)), bool(moved.fit is found.fit)
    (6.0, True)
    """
    is_share = areas.scale is not Scale.IDENTITY
    usual = Benchmark.SHIFT if is_share else Benchmark.OPTIMAL
    rule = usual if how is None else one_of(Benchmark, how, "how")
    error = one_of(BenchmarkMse, mse, "mse")
    if error is BenchmarkMse.EXACT and rule is not Benchmark.OPTIMAL:
        raise AnalysisError("only the optimal benchmark lowers the MSE: mse='added' or 'kept'")
    low, high = bounds or ((0.0, 1.0) if is_share else (-np.inf, np.inf))
    w = numbers_in(weights, "weights", axes=(1, 2))
    totals = np.atleast_1d(numbers_in(target, "target", axes=(0, 1)))
    asked = _Asked(w[:, None] if w.ndim == 1 else w, totals, low, high)
    _check(areas, asked)
    if rule is Benchmark.OPTIMAL:
        return _optimal(areas, asked, error)
    columns = asked.weights != 0
    if (columns.sum(axis=1) > 1).any():
        raise AnalysisError("totals that share areas need how='optimal'")
    if rule is Benchmark.SHIFT and areas.on_scale is not None:
        return _with_error(areas, _shifted(areas, asked, columns), error)
    moved = areas
    for number, rows in enumerate(columns.T):
        moved = _one_total(moved, asked, number, rows, rule)
    if (moved.estimate < low).any() or (moved.estimate > high).any():
        raise AnalysisError(f"how={str(rule)!r} leaves {low}..{high}; use 'shift' or 'optimal'")
    return _with_error(areas, moved, error)


def _check(areas: AreaEstimates, asked: _Asked) -> None:
    if asked.weights.shape != (len(areas), len(asked.target)):
        raise AnalysisError(
            f"weights of {asked.weights.shape} for {len(areas)} areas, {len(asked.target)} totals"
        )
    if not np.isfinite(asked.weights).all() or not np.isfinite(asked.target).all():
        raise AnalysisError("a weight or a total to benchmark to is missing")
    if np.linalg.matrix_rank(asked.weights) < len(asked.target):
        raise AnalysisError("two totals say the same, or one is over no area: leave one out")


def _optimal(areas: AreaEstimates, asked: _Asked, error: BenchmarkMse) -> AreaEstimates:
    estimate = areas.estimate.copy()
    free = np.ones(len(areas), dtype=bool)
    for _ in range(ROUNDS):
        w = asked.weights * free[:, None]
        spread = areas.errors.times(w) * free[:, None]
        inner = w.T @ spread
        if np.linalg.cond(inner) > 1 / np.finfo(float).eps:
            break
        gain = np.asarray(np.linalg.solve(inner, spread.T).T, dtype=np.float64)
        estimate = estimate + gain @ (asked.target - asked.weights.T @ estimate)
        out = (estimate < asked.low) | (estimate > asked.high)
        if not out.any():
            moved = replace(areas, estimate=estimate)
            return _with_error(areas, moved, error, gain=gain, weights=w)
        estimate = np.clip(estimate, asked.low, asked.high)
        free &= ~out
    raise AnalysisError(f"no estimates within {asked.low}..{asked.high} meet the totals")


def _one_total(
    areas: AreaEstimates, asked: _Asked, number: int, rows: BoolArray, rule: Benchmark
) -> AreaEstimates:
    """One total by a factor, an amount, or an amount on the scale of the model."""
    w, target = asked.weights[:, number], float(asked.target[number])
    now = float(w @ areas.estimate)
    if rule is Benchmark.RATIO:
        if now == 0:
            raise AnalysisError("estimates that add up to 0 cannot be scaled")
        return replace(
            areas, estimate=np.where(rows, areas.estimate * target / now, areas.estimate)
        )
    if rule is Benchmark.DIFFERENCE:
        step = (target - now) / w.sum()
        return replace(areas, estimate=areas.estimate + np.where(rows, step, 0.0))
    return _logit_shift(areas, asked, number, rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The areas of one total, on the scale of the model."""

    weight: FloatArray
    centre: FloatArray
    sd: FloatArray
    link: Link
    target: float

    def excess(self, step: float) -> float:
        return float(self.weight @ expected(self.link, self.centre + step, self.sd)) - self.target


def _shifted(areas: AreaEstimates, asked: _Asked, columns: BoolArray) -> AreaEstimates:
    """Each total's areas by one amount on the scale of the model, then all back from it."""
    assert areas.on_scale is not None
    linear, link = areas.on_scale, LINKS[areas.scale]
    sd = np.sqrt(linear.g1)
    if np.abs(expected(link, linear.estimate, sd) - areas.estimate).max() > SAME:
        raise AnalysisError(
            "these shares were moved off the scale before: benchmark the model's own"
        )
    change = np.zeros(len(areas))
    for number, rows in enumerate(columns.T):
        part = _Part(
            asked.weights[rows, number],
            linear.estimate[rows],
            sd[rows],
            link,
            float(asked.target[number]),
        )
        change[rows] = _root(part.excess, part.target)
    there = replace(
        linear,
        estimate=linear.estimate + change,
        lower=linear.lower + change,
        upper=linear.upper + change,
    )
    made = back_transformed(there, areas.scale)
    return replace(made, direct=areas.direct, direct_se=areas.direct_se, synthetic=areas.synthetic)


def _logit_shift(
    areas: AreaEstimates, asked: _Asked, number: int, rows: BoolArray
) -> AreaEstimates:
    """Within bounds, on the logit of the way from one to the other."""
    low, width = asked.low, asked.high - asked.low
    if not np.isfinite(width):
        raise AnalysisError("how='shift' needs a scale or bounds=(low, high)")
    inner = special.logit(np.clip((areas.estimate - low) / width, 1e-9, 1 - 1e-9))
    w, target = asked.weights[:, number], float(asked.target[number])

    def made(step: float) -> FloatArray:
        return np.where(rows, low + width * special.expit(inner + step), areas.estimate)

    step = _root(lambda step: float(w @ made(step)) - target, target)
    return replace(areas, estimate=made(step))


def _root(excess: Callable[[float], float], target: float) -> float:
    width = 0.25
    while excess(-width) * excess(width) > 0:
        width *= 2
        if width > ROUNDS:
            raise AnalysisError(f"no estimates within their bounds meet the total {target}")
    return float(optimize.brentq(excess, -width, width, xtol=1e-15, rtol=1e-14))


def _with_error(
    areas: AreaEstimates,
    moved: AreaEstimates,
    error: BenchmarkMse,
    *,
    gain: FloatArray | None = None,
    weights: FloatArray | None = None,
) -> AreaEstimates:
    """MSE, covariance, limits and flag of what was moved."""
    step = moved.estimate - areas.estimate
    errors, mse = areas.errors, areas.mse
    if error is BenchmarkMse.EXACT and gain is not None and weights is not None:
        errors = areas.errors.constrained(gain, weights)
        mse = areas.mse - (areas.errors.diagonal() - errors.diagonal())
    elif error is BenchmarkMse.ADDED:
        mse = areas.mse + step**2
        errors = areas.errors.with_diagonal(areas.errors.diagonal() + step**2)
    lower, upper = moved.lower, moved.upper
    if moved.on_scale is areas.on_scale:  # not yet moved on the scale itself
        if areas.scale is Scale.IDENTITY:
            half = special.ndtri((1 + areas.confidence) / 2) * np.sqrt(mse)
            lower, upper = moved.estimate - half, moved.estimate + half
        else:
            lower = np.clip(areas.lower + step, 0.0, moved.estimate)
            upper = np.clip(areas.upper + step, moved.estimate, 1.0)
    flags = areas.flags | int(AreaFlag.BENCHMARKED)
    return replace(moved, mse=mse, errors=errors, lower=lower, upper=upper, flags=flags)
