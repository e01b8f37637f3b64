"""What the areas may truly be: joint draws, from which every statement on ranks is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arguments import checked
from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.smallarea.areas import AreaEstimates, Scale
from analysis.smallarea.errors import ErrorCovariance
from analysis.smallarea.scales import LINKS, expected

FEWEST = 200


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """`values` (draws, areas) around `estimate`; a draw is one state of the whole province."""

    area: tuple[object, ...]
    estimate: FloatArray
    values: FloatArray

    def __len__(self) -> int:
        return len(self.values)


@checked
def draws_of(areas: AreaEstimates, *, count: int = 2000, seed: int = 1) -> Draws:
    """Joint draws from the errors of model-based estimates, with what the areas share.

    Normal on the scale of the model and carried back from there, so that shares stay shares.

    Raises
    ------
    AnalysisError
        Fewer than 200 draws, or an area without an MSE.

    Examples
    --------
    >>> from analysis.smallarea import fay_herriot
    >>> made = draws_of(fay_herriot([4, 6, 9], [1, 1, 2]))
    >>> made.values.shape
    (2000, 3)
    """
    rng = _generator(count, seed)
    linear, link = areas.linear, LINKS[areas.scale]
    if not np.isfinite(areas.mse).all():
        raise AnalysisError(f"area {_first_lacking(areas)!r} has no mean squared error")
    values = linear.errors.draw(count, rng)
    values += linear.estimate
    if areas.scale is not Scale.IDENTITY:
        values = link.back(values)
        moved = areas.estimate - expected(link, linear.estimate, np.sqrt(linear.g1))
        if np.abs(moved).max() > 1e-12:  # a benchmark moved them after the way back
            values = np.clip(values + moved, 0.0, 1.0)
    return Draws(areas.area, areas.estimate, values)


@checked
def normal_draws(
    estimate: ArrayLike,
    covariance: ErrorCovariance | ArrayLike,
    *,
    area: Sequence[object] | None = None,
    count: int = 2000,
    seed: int = 1,
) -> Draws:
    """Joint draws for direct estimates.

    `covariance`: the matrix (`Estimates.vcov()`), or variances where areas have no PSU in common.

    Raises
    ------
    AnalysisError
        Fewer than 200 draws, shapes that differ, an estimate or variance that is missing.

    Examples
    --------
    >>> normal_draws([1.0, 2.0], [0.1, 0.1]).values.mean(axis=0).round(1).tolist()
    [1.0, 2.0]
    """
    rng = _generator(count, seed)
    centre = np.asarray(estimate, dtype=np.float64)
    errors = covariance if isinstance(covariance, ErrorCovariance) else _errors(covariance)
    if len(errors.own) != len(centre):
        raise AnalysisError(f"a covariance of {len(errors.own)} areas for {len(centre)} estimates")
    if not np.isfinite(centre).all():
        raise AnalysisError("an area without an estimate has no rank: leave it out, and say so")
    labels = tuple(range(len(centre))) if area is None else tuple(area)
    return Draws(labels, centre, centre + errors.draw(count, rng))


def _errors(covariance: ArrayLike) -> ErrorCovariance:
    matrix = np.asarray(covariance, dtype=np.float64)
    if not np.isfinite(matrix).all():
        raise AnalysisError("an area without a variance has no rank: leave it out, and say so")
    if matrix.ndim == 1 and (matrix < 0).any():
        raise AnalysisError("a variance is negative")
    if matrix.ndim == 1:
        return ErrorCovariance(matrix, np.zeros((len(matrix), 0)))
    value, vector = np.linalg.eigh(matrix)
    if value.min(initial=0.0) < -1e-8 * value.max(initial=0.0):
        raise AnalysisError("the covariance matrix is not one: it has a negative variance")
    return ErrorCovariance(np.zeros(len(matrix)), vector * np.sqrt(np.maximum(value, 0.0)))


def _generator(count: int, seed: int) -> np.random.Generator:
    if count < FEWEST:
        raise AnalysisError(f"{count} draws say nothing in the tails; take at least {FEWEST}")
    return np.random.default_rng(seed)


def _first_lacking(areas: AreaEstimates) -> object:
    return areas.area[int(np.argmax(~np.isfinite(areas.mse)))]
