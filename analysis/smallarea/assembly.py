"""What every area-level model begins with and ends in: checked input, one shape of answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import BoolArray, FloatArray, IntArray, numbers_in
from analysis.errors import AnalysisError
from analysis.smallarea.areas import AreaEstimates, AreaFit, AreaFlag, Scale
from analysis.smallarea.between import AreaData
from analysis.smallarea.covariates import Basis, Covariates
from analysis.smallarea.errors import ErrorCovariance

MOSTLY_MODEL = 1 / 3
BEYOND = 1.5  # times the highest leverage of the areas in the fit is extrapolation


@dataclass(frozen=True, slots=True, eq=False)
class AreaInput:
    """Direct estimates with variances, who they are, and the covariates in two forms."""

    area: tuple[object, ...]
    y: FloatArray
    psi: FloatArray
    n: IntArray
    covariates: Covariates
    sampled: BoolArray
    basis: Basis

    @property
    def data(self) -> AreaData:
        """The areas of the fit."""
        return AreaData(self.y[self.sampled], self.psi[self.sampled], self.basis.fitted)

    def flags(self, gamma: FloatArray) -> IntArray:
        """What is to be said of each area, given the weight of its direct estimate."""
        leverage = (self.basis.everywhere**2).sum(axis=1)
        highest = (self.basis.fitted**2).sum(axis=1).max()
        conditions = {
            AreaFlag.SYNTHETIC: ~self.sampled,
            AreaFlag.NO_VARIANCE: np.isfinite(self.y) & ~self.sampled,
            AreaFlag.MOSTLY_MODEL: (gamma > 0) & (gamma < MOSTLY_MODEL),
            AreaFlag.EXTRAPOLATED: leverage > BEYOND * highest,
        }
        flags = np.zeros(len(self.y), dtype=np.int64)
        for flag, condition in conditions.items():
            flags |= np.where(condition, int(flag), 0)
        return flags

    def coefficients(
        self, beta: FloatArray, covariance: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """From the basis of the fit to the covariates."""
        back = self.basis.back
        return back @ beta, back @ covariance @ back.T


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """What a model says of each area."""

    estimate: FloatArray
    mse: FloatArray
    gamma: FloatArray
    synthetic: FloatArray
    g1: FloatArray
    g2: FloatArray
    g3: FloatArray
    errors: ErrorCovariance


def area_input(
    estimate: ArrayLike,
    variance: ArrayLike,
    x: ArrayLike | pd.DataFrame | None,
    *,
    area: Sequence[object] | None,
    n: ArrayLike | None,
    intercept: bool,
) -> AreaInput:
    """Arrays of one length, checked.

    Raises
    ------
    AnalysisError
        See `fay_herriot`.
    """
    y, psi = numbers_in(estimate, "estimate"), numbers_in(variance, "variance")
    y, psi = (np.where(np.isfinite(values), values, np.nan) for values in (y, psi))
    labels = tuple(range(len(y))) if area is None else tuple(area)
    sizes = np.zeros(len(y)) if n is None else numbers_in(n, "n")
    if not (np.isfinite(sizes) & (sizes >= 0)).all():
        raise AnalysisError("n= holds a size that is missing or negative")
    counts = sizes.astype(np.int64)
    if not len(y) == len(psi) == len(labels) == len(counts):
        raise AnalysisError(
            f"{len(y)} estimates, {len(psi)} variances, {len(labels)} areas, {len(counts)} sizes"
        )
    if len(set(labels)) != len(labels):
        raise AnalysisError("an area occurs twice")
    wrong = np.isfinite(y) & (psi <= 0)
    if wrong.any():
        raise AnalysisError(
            f"area {labels[int(np.argmax(wrong))]!r} has a sampling variance of 0 or below, which "
            "would trust it for ever: smooth the variances first (smoothed_variances)"
        )
    sampled = np.isfinite(y) & np.isfinite(psi)
    covariates = Covariates.of(x, len(y), intercept=intercept)
    return AreaInput(
        labels, y, np.where(psi > 0, psi, np.nan), counts, covariates, sampled,
        covariates.orthonormal(sampled),
    )  # fmt: skip


def assembled(
    model: str,
    asked: AreaInput,
    fit: AreaFit,
    predicted: Predicted,
    *,
    confidence: float,
    more_flags: int = 0,
) -> AreaEstimates:
    """The answer, with normal limits; `more_flags` are those of every area."""
    if not 0 < confidence < 1:
        raise AnalysisError(f"confidence={confidence} must lie between 0 and 1")
    half = special.ndtri((1 + confidence) / 2) * np.sqrt(predicted.mse)
    return AreaEstimates(
        model=model,
        fit=fit,
        scale=Scale.IDENTITY,
        confidence=confidence,
        area=asked.area,
        direct=asked.y,
        direct_se=np.sqrt(asked.psi),
        n=asked.n,
        estimate=predicted.estimate,
        mse=predicted.mse,
        lower=predicted.estimate - half,
        upper=predicted.estimate + half,
        gamma=predicted.gamma,
        synthetic=predicted.synthetic,
        g1=predicted.g1,
        g2=predicted.g2,
        g3=predicted.g3,
        flags=asked.flags(predicted.gamma) | more_flags,
        reason=("",) * len(asked.area),
        errors=predicted.errors,
    )
