"""The one shape in which every small-area model answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntFlag, StrEnum
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.arrays import FloatArray, IntArray
from analysis.smallarea.errors import ErrorCovariance

PER_AREA = (
    "direct", "direct_se", "n", "estimate", "mse", "lower", "upper",
    "gamma", "synthetic", "g1", "g2", "g3", "flags",
)  # fmt: skip
MODEL = "model"  # what every figure of this module is called wherever it is shown


class Scale(StrEnum):
    """The scale on which the model is linear."""

    IDENTITY = "identity"
    ARCSINE = "arcsine"
    LOGIT = "logit"


class AreaFlag(IntFlag):
    """What a reader must know before using a model-based figure."""

    SYNTHETIC = 1  # no direct estimate here: the regression alone speaks
    NO_VARIANCE = 2  # there was a direct estimate but no sampling variance: left out of the fit
    MOSTLY_MODEL = 4  # the direct estimate weighs less than a third
    ZERO_VARIANCE = 8  # the variance between areas was estimated as 0
    ADJUSTED = 16  # and the adjusted likelihood took its place, so that no weight is 0
    SMOOTHED = 32  # the sampling variance was smoothed
    BENCHMARKED = 64  # moved to meet a total
    EXTRAPOLATED = 128  # covariates outside those of the areas with a sample

    @classmethod
    def text(cls, value: int) -> str:
        """Names in lower case, joined by blanks."""
        return " ".join(flag.name.lower() for flag in cls if flag & value and flag.name)


@dataclass(frozen=True, slots=True, eq=False)
class AreaFit:
    """The fitted model: coefficients, variance between areas, likelihood.

    `sigma2` is that variance, `rho` the spatial correlation (nan where there is none), `sigma2_e`
    the variance within areas of a unit-level model (nan at area level). `loglik` is the full, not
    the restricted one, so that models with different covariates can be compared by `aic`, `bic`.
    """

    method: str
    names: tuple[str, ...]
    beta: FloatArray
    beta_covariance: FloatArray
    sigma2: float
    n_areas: int
    loglik: float = float("nan")
    rho: float = float("nan")
    sigma2_e: float = float("nan")
    n_variances: int = 1

    @property
    def beta_se(self) -> FloatArray:
        return np.asarray(np.sqrt(np.diag(self.beta_covariance)))

    @property
    def aic(self) -> float:
        return -2 * self.loglik + 2 * (len(self.beta) + self.n_variances)

    @property
    def bic(self) -> float:
        return -2 * self.loglik + float(np.log(self.n_areas)) * (len(self.beta) + self.n_variances)

    def to_frame(self) -> pd.DataFrame:
        """One row per coefficient."""
        z = np.divide(self.beta, self.beta_se)
        return pd.DataFrame(
            {
                "name": self.names,
                "beta": self.beta,
                "se": self.beta_se,
                "z": z,
                "p": 2 * special.ndtr(-np.abs(z)),
            }
        )


@dataclass(frozen=True, slots=True)
class AreaEstimate:
    """One row of `AreaEstimates`."""

    area: object
    direct: float
    direct_se: float
    n: int
    estimate: float
    mse: float
    lower: float
    upper: float
    gamma: float
    synthetic: float
    flags: AreaFlag
    reason: str

    @property
    def label(self) -> str:
        return MODEL


@dataclass(frozen=True, slots=True, eq=False)
class AreaEstimates:
    """Model-based estimates, one entry per area, each with what it was made of.

    `gamma` is the weight of the direct estimate: estimate = gamma direct + (1 - gamma) synthetic
    on the scale of the model, before any benchmark moved it. `mse` = g1 + g2 + 2 g3 (less the bias
    of g1 under ML and FH). `reason` says why a figure must not be published; it is empty where
    nothing speaks against it. `on_scale` holds the same areas on the scale of the model, where the
    errors are normal; it is None if that is the scale of the estimates.
    """

    model: str
    fit: AreaFit
    scale: Scale
    confidence: float
    area: tuple[object, ...]
    direct: FloatArray
    direct_se: FloatArray
    n: IntArray
    estimate: FloatArray
    mse: FloatArray
    lower: FloatArray
    upper: FloatArray
    gamma: FloatArray
    synthetic: FloatArray
    g1: FloatArray
    g2: FloatArray
    g3: FloatArray
    flags: IntArray
    reason: tuple[str, ...]
    errors: ErrorCovariance
    on_scale: AreaEstimates | None = None

    def __len__(self) -> int:
        return len(self.estimate)

    def __iter__(self) -> Iterator[AreaEstimate]:
        return (self.row(number) for number in range(len(self)))

    @property
    def rmse(self) -> FloatArray:
        return np.asarray(np.sqrt(self.mse))

    @property
    def cv(self) -> FloatArray:
        """Root mean squared error relative to the estimate."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.rmse / np.abs(self.estimate))

    @property
    def linear(self) -> AreaEstimates:
        """The areas on the scale of the model."""
        return self if self.on_scale is None else self.on_scale

    def take(self, rows: Sequence[int] | IntArray) -> AreaEstimates:
        """Some of the areas, in the order asked for: a province, say."""
        at = np.asarray(rows, dtype=np.int64)
        fields: dict[str, Any] = {name: getattr(self, name)[at] for name in PER_AREA}
        for name in ("area", "reason"):
            fields[name] = tuple(getattr(self, name)[number] for number in at.tolist())
        fields["errors"] = self.errors.take(at)
        fields["on_scale"] = None if self.on_scale is None else self.on_scale.take(at)
        return replace(self, **fields)

    def row(self, number: int) -> AreaEstimate:
        return AreaEstimate(
            area=self.area[number],
            direct=float(self.direct[number]),
            direct_se=float(self.direct_se[number]),
            n=int(self.n[number]),
            estimate=float(self.estimate[number]),
            mse=float(self.mse[number]),
            lower=float(self.lower[number]),
            upper=float(self.upper[number]),
            gamma=float(self.gamma[number]),
            synthetic=float(self.synthetic[number]),
            flags=AreaFlag(int(self.flags[number])),
            reason=self.reason[number],
        )

    def at(self, area: object) -> AreaEstimate:
        """The entry of one area.

        Raises
        ------
        KeyError
            There is no such area.
        """
        if area not in self.area:
            raise KeyError(f"no area {area!r}")
        return self.row(self.area.index(area))

    def to_frame(self) -> pd.DataFrame:
        """A frame with one row per area; flags are written as words."""
        words = {value: AreaFlag.text(value) for value in np.unique(self.flags).tolist()}
        return pd.DataFrame(
            {
                "area": self.area,
                "label": MODEL,
                "direct": self.direct,
                "direct_se": self.direct_se,
                "n": self.n,
                "estimate": self.estimate,
                "rmse": self.rmse,
                "mse": self.mse,
                "lower": self.lower,
                "upper": self.upper,
                "cv": self.cv,
                "gamma": self.gamma,
                "synthetic": self.synthetic,
                "g1": self.g1,
                "g2": self.g2,
                "g3": self.g3,
                "flags": [words[value] for value in self.flags.tolist()],
                "reason": self.reason,
            }
        )
