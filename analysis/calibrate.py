"""Calibrated designs: weights that meet known totals, and the residuals their variance needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, solve_symmetric
from analysis.calibration import Calibration
from analysis.design import Design
from analysis.errors import WeightingError
from analysis.weights.raking import Margin, rake
from analysis.weights.report import as_floats

TOLERANCE = 1e-11
ROUNDS = 200


class Distance(StrEnum):
    """How weights may move: w = d F(x'lambda) (Deville and Sarndal 1992).

    `linear` F = 1 + u (the regression estimator; weights can turn negative), `raking` F = exp(u),
    `logit` keeps factors strictly inside bounds, `linear` with bounds clips them.
    """

    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


def post_stratify(design: Design, by: str, totals: Mapping[Any, float]) -> Design:
    """Scale weights so that the cells of one column meet their population counts.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 2, 3], "sex": ["f", "m", "m"]})
    >>> post_stratify(Design.from_frame(data, ids="psu"), "sex", {"f": 60, "m": 40}).weights
    array([60., 20., 20.])
    """
    return rake_design(design, {by: totals})


def rake_design(design: Design, margins: Mapping[str, Mapping[Any, float]]) -> Design:
    """Rake a design to the margins of one or more columns; see `rake` for the errors.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"sex": list("ffmm"), "area": list("urur")})
    >>> known = {"sex": {"f": 60, "m": 40}, "area": {"u": 50, "r": 50}}
    >>> rake_design(Design.from_frame(data), known).weights
    array([30., 30., 20., 20.])
    """
    for column in margins:
        if column not in design.frame.columns:
            raise WeightingError(f"there is no column {column!r} to rake by")
    asked = [Margin(name, list(design.frame[name]), totals) for name, totals in margins.items()]
    step = rake(design.weights, asked)
    assert step.calibration is not None
    return replace(
        design, weights=step.weights, calibrations=(*design.calibrations, step.calibration)
    )


def calibrate(
    design: Design,
    x: pd.DataFrame,
    totals: Mapping[str, float],
    *,
    distance: Distance | str = Distance.LINEAR,
    bounds: tuple[float, float] | None = None,
    trim: tuple[float, float] | None = None,
    same_within: str | None = None,
) -> Design:
    """Move weights as little as possible so that sum w x meets known totals.

    Parameters
    ----------
    design : Design
    x : DataFrame
        Auxiliaries, row by row; put a column of ones in to fix the population size.
    totals : mapping
        Population total of each column of `x`.
    distance : Distance or str
    bounds : (low, high), optional
        Limits of w_after / w_before; needed for `logit`.
    trim : (low, high), optional
        Cut factors to these limits afterwards and give the rest evenly to the others: the sum of
        weights is kept, the totals are then met only nearly.
    same_within : str, optional
        Column of clusters whose rows keep one common factor.

    Returns
    -------
    Design

    Raises
    ------
    WeightingError
        Totals and columns differ, or no weights within the bounds meet the totals.

    Examples
    --------
    >>> data = pd.DataFrame({"psu": [1, 2, 3, 4], "age": [20.0, 30.0, 40.0, 60.0]})
    >>> x = pd.DataFrame({"one": [1.0] * 4, "age": data.age})
    >>> made = calibrate(Design.from_frame(data, ids="psu"), x, {"one": 8, "age": 320})
    >>> round(float((made.weights * data.age).sum()), 6)
    320.0
    """
    if list(x.columns) != list(totals):
        raise WeightingError(f"x has columns {list(x.columns)}, totals name {list(totals)}")
    matrix = as_floats(x.to_numpy().ravel(), "x").reshape(x.shape)
    if same_within is not None:
        matrix = _cluster_means(matrix, design, same_within)
    target = as_floats(list(totals.values()), "totals")
    factor = _solve(matrix, design.weights, target, _force(Distance(distance), bounds))
    if trim is not None:
        factor = _trimmed(factor, design.weights, trim)
    found = Calibration.from_matrix(matrix, design.weights)
    return replace(
        design, weights=design.weights * factor, calibrations=(*design.calibrations, found)
    )


@dataclass(frozen=True, slots=True)
class _Force:
    """F(u), and its derivative as a function of u."""

    value: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]


def _force(distance: Distance, bounds: tuple[float, float] | None) -> _Force:
    low, high = bounds if bounds is not None else (-np.inf, np.inf)
    if not low < 1 < high:
        raise WeightingError(f"bounds {bounds} must enclose 1")
    if distance is Distance.LOGIT:
        if bounds is None:
            raise WeightingError("distance 'logit' needs bounds")
        rate = (high - low) / ((1 - low) * (high - 1))

        def logit(u: FloatArray) -> FloatArray:
            grown = np.exp(np.clip(rate * u, -500, 500))
            return np.asarray(
                (low * (high - 1) + high * (1 - low) * grown) / (high - 1 + (1 - low) * grown)
            )

        return _Force(logit, lambda u: (logit(u) - low) * (high - logit(u)) * rate / (high - low))
    if distance is Distance.RAKING:
        raw: Callable[[FloatArray], FloatArray] = lambda u: np.exp(np.clip(u, -500, 500))  # noqa: E731 # two one-line branches
        rise = raw
    else:
        raw, rise = (lambda u: 1 + u), np.ones_like
    return _Force(
        lambda u: np.clip(raw(u), low, high),
        lambda u: np.where((raw(u) >= low) & (raw(u) <= high), rise(u), 0.0),
    )


def _solve(x: FloatArray, d: FloatArray, target: FloatArray, force: _Force) -> FloatArray:
    """Newton with step halving for sum d F(x'lambda) x = target."""
    size = np.maximum(np.abs(x).T @ np.abs(d), 1e-300)
    multiplier = np.zeros(len(target))

    def gap(at: FloatArray) -> FloatArray:
        return np.asarray(target - x.T @ (d * force.value(x @ at)))

    current = gap(multiplier)
    for _ in range(ROUNDS):
        error = float(np.abs(current / size).max())
        if error < TOLERANCE:
            break
        u = x @ multiplier
        information = (x * (d * force.slope(u))[:, None]).T @ x
        step = solve_symmetric(information, current)
        for halving in range(30):
            tried = gap(multiplier + step / 2**halving)
            if np.abs(tried / size).max() < error:
                break
        else:
            break
        multiplier, current = multiplier + step / 2**halving, tried
    error = float(np.abs(current / size).max())
    if error > 1e-8:
        raise WeightingError(
            f"no weights within the bounds meet the totals (off by {error:.1e} of them); widen "
            "the bounds or drop a total"
        )
    return force.value(x @ multiplier)


def _trimmed(factor: FloatArray, d: FloatArray, trim: tuple[float, float]) -> FloatArray:
    cut = np.clip(factor, *trim)
    inside = cut == factor
    if not inside.any():
        raise WeightingError(f"every factor lies outside trim={trim}")
    spare = float(((factor - cut) * d).sum() / d[inside].sum())
    return np.asarray(np.where(inside, cut + spare, cut))


def _cluster_means(x: FloatArray, design: Design, column: str) -> FloatArray:
    if column not in design.frame.columns:
        raise WeightingError(f"there is no column {column!r} of clusters")
    code, _ = pd.factorize(design.frame[column])
    weight = np.bincount(code, design.weights)
    sums = [np.bincount(code, design.weights * x[:, at]) / weight for at in range(x.shape[1])]
    return np.stack(sums, axis=1)[code]
