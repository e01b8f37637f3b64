"""Whether a small-area model may be published, and why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray
from analysis.errors import AnalysisError
from analysis.smallarea.areas import AreaEstimates, AreaFlag
from analysis.smallarea.covariates import Covariates

FEWEST = 10  # areas beyond the coefficients: below that the variance between areas is a guess
SURE = 0.01  # a fault is called one when chance gives it once in a hundred
SHAPIRO = 0.90  # W above that is near enough to normal, however many areas reject it
LARGE_COOK = 1.0
SHAPIRO_HOLDS = 5000


class Fault(StrEnum):
    """Why a model must not be published; the sentence says it to a statistician."""

    TOO_FEW_AREAS = "do not publish: too few areas for the number of covariates"
    NOT_NORMAL = "do not publish: residuals of the areas are far from normal"
    DISAGREES = "do not publish: direct and model-based estimates disagree beyond their errors"
    BENT = "do not publish: the line of the covariates misses where its values are high or low"
    UNDER_COVERS = "do not publish: areas left out fall outside their intervals too often"
    ONE_AREA_RULES = "do not publish: a single area moves the coefficients"
    NO_VARIANCE = "do not publish: no variance between areas is left; all is regression"


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """Figures about the fit, per area (nan without a sample) and overall, and the faults found."""

    area: tuple[object, ...]
    residual: FloatArray
    cook: FloatArray
    left_out: FloatArray
    is_covered: BoolArray
    n_areas: int
    shapiro: float
    shapiro_p: float
    goodness: float
    goodness_p: float
    curvature: float
    curvature_p: float
    coverage: float
    faults: tuple[Fault, ...]

    @property
    def may_be_published(self) -> bool:
        return not self.faults

    def to_frame(self) -> pd.DataFrame:
        """One row per area."""
        return pd.DataFrame(
            {
                "area": self.area,
                "residual": self.residual,
                "cook": self.cook,
                "left_out": self.left_out,
                "is_covered": self.is_covered,
            }
        )


@checked
def diagnosis(
    areas: AreaEstimates, x: ArrayLike | pd.DataFrame | None, *, intercept: bool = True
) -> Diagnosis:
    """Check a fitted area-level model, on its own scale.

    - `residual`: (direct - x'beta) / sqrt(A + psi), by Shapiro and Wilk normal or not;
    - `goodness`: sum (direct - model)^2 / (psi + mse) against chi2 (Brown et al. 2001);
    - `curvature`: the coefficient of the squared regression part beside the covariates (Ramsey's
      test of the form), nan where the covariates leave it no room. The direct estimates are not
      set against the model-based ones: shrinkage alone gives that line a slope near 1 / gamma;
    - `cook`: how far each area moves the coefficients;
    - `left_out`: the area's prediction from the others, error over its standard deviation, at the
      variance between areas of all; `coverage` is the share within the confidence of the fit.

    Parameters
    ----------
    x, intercept
        The covariates that the model had.

    Raises
    ------
    AnalysisError
        The covariates are not those of the model.

    Examples
    --------
    >>> from analysis.smallarea import fay_herriot
    >>> found = diagnosis(fay_herriot([4, 6, 9, 5], [1, 1, 2, 1]), None)
    >>> found.may_be_published, found.faults[0].name
    (False, 'TOO_FEW_AREAS')
    """
    linear = areas.linear
    matrix = Covariates.of(x, len(linear), intercept=intercept)
    if matrix.matrix.shape[1] != len(linear.fit.beta):
        raise AnalysisError(
            f"the model has {len(linear.fit.beta)} coefficients, not {matrix.matrix.shape[1]}"
        )
    rows = (linear.flags & int(AreaFlag.SYNTHETIC)) == 0
    part = _Part.of(linear, matrix.matrix, rows)
    left_out = part.left_out()
    z = stats.norm.ppf((1 + areas.confidence) / 2)
    normal = _normality(part.residual)
    bend = _bend(part, matrix.matrix[rows], linear.fit.beta)
    found = Diagnosis(
        area=linear.area,
        residual=_spread(part.residual, rows),
        cook=_spread(part.cook(), rows),
        left_out=_spread(left_out, rows),
        is_covered=_spread(np.abs(left_out) <= z, rows) == 1,
        n_areas=len(part.y),
        shapiro=normal.statistic,
        shapiro_p=normal.p,
        goodness=part.goodness,
        goodness_p=float(stats.chi2.sf(part.goodness, len(part.y))),
        curvature=bend.value,
        curvature_p=bend.p,
        coverage=float((np.abs(left_out) <= z).mean()),
        faults=(),
    )
    return replace(found, faults=_faults(found, areas))


def _spread(values: ArrayLike, rows: BoolArray) -> FloatArray:
    """Values of the areas in the fit among all areas; nan elsewhere."""
    found = np.full(len(rows), np.nan)
    found[rows] = values
    return found


@checked
def judged(areas: AreaEstimates, found: Diagnosis) -> AreaEstimates:
    """The estimates with the reason beside each that must not be published.

    A fault of the model is a reason for every area; an area whose covariates lie outside those of
    the areas with a sample has its own. No reason looks at the estimate itself: a rule on results
    publishes the extremes.
    """
    everywhere = "; ".join(found.faults)
    far = areas.flags & (int(AreaFlag.EXTRAPOLATED) | int(AreaFlag.SYNTHETIC))
    alone = far == int(AreaFlag.EXTRAPOLATED) | int(AreaFlag.SYNTHETIC)
    own = "do not publish: no sample here, and covariates outside those of the areas with one"
    reason = tuple(everywhere or (own if is_far else "") for is_far in alone.tolist())
    return replace(areas, reason=reason)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The areas of the fit."""

    y: FloatArray
    estimate: FloatArray
    weight: FloatArray
    residual: FloatArray
    leverage: FloatArray
    size: int
    goodness: float

    @classmethod
    def of(cls, areas: AreaEstimates, x: FloatArray, rows: BoolArray) -> _Part:
        y, psi = areas.direct[rows], areas.direct_se[rows] ** 2
        weight = 1 / (areas.fit.sigma2 + psi)
        inside = x[rows]
        basis = np.linalg.qr(inside * np.sqrt(weight)[:, None])[0]
        rest = (y - inside @ areas.fit.beta) * np.sqrt(weight)
        gap = (y - areas.estimate[rows]) ** 2 / (psi + areas.mse[rows])
        leverage = (basis**2).sum(axis=1)
        return cls(y, areas.estimate[rows], weight, rest, leverage, x.shape[1], float(gap.sum()))

    def left_out(self) -> FloatArray:
        """(direct - prediction from the others) over its standard deviation, which is what the
        standardised residual becomes by one over the root of what its leverage leaves.
        """
        return np.asarray(self.residual / np.sqrt(np.maximum(1 - self.leverage, 1e-12)))

    def cook(self) -> FloatArray:
        rest = np.maximum(1 - self.leverage, 1e-12)
        return np.asarray(self.residual**2 * self.leverage / (rest**2 * self.size))


@dataclass(frozen=True, slots=True)
class _Normality:
    statistic: float
    p: float


def _normality(residual: FloatArray) -> _Normality:
    """Shapiro and Wilk's test, on quantiles where areas are more than its tables hold."""
    if len(residual) < 3 or np.ptp(residual) <= 1e-12:
        return _Normality(float("nan"), float("nan"))
    values = np.sort(residual)
    if len(values) > SHAPIRO_HOLDS:
        values = values[np.linspace(0, len(values) - 1, SHAPIRO_HOLDS).astype(np.int64)]
    found = stats.shapiro(values)
    return _Normality(float(found.statistic), float(found.pvalue))


@dataclass(frozen=True, slots=True)
class _Bend:
    value: float
    p: float


def _bend(part: _Part, x: FloatArray, beta: FloatArray) -> _Bend:
    """The squared regression part, as far as it is no combination of the covariates."""
    root = np.sqrt(part.weight)
    line = x @ beta
    square = ((line - line.mean()) ** 2) * root
    basis = np.linalg.qr(x * root[:, None])[0]
    rest = square - basis @ (basis.T @ square)
    size = float(rest @ rest)
    if size <= 1e-12 * float(square @ square):
        return _Bend(float("nan"), float("nan"))
    value = float(rest @ part.residual) / size
    return _Bend(value, float(2 * stats.norm.sf(abs(value) * np.sqrt(size))))


def _faults(found: Diagnosis, areas: AreaEstimates) -> tuple[Fault, ...]:
    m, fit = found.n_areas, areas.linear.fit
    covered = round(found.coverage * m)
    checks = {
        Fault.TOO_FEW_AREAS: m - len(fit.beta) < FEWEST,
        Fault.NOT_NORMAL: found.shapiro_p < SURE and found.shapiro < SHAPIRO,
        Fault.DISAGREES: found.goodness_p < SURE,
        Fault.BENT: found.curvature_p < SURE,
        Fault.UNDER_COVERS: stats.binom.cdf(covered, m, areas.confidence) < SURE,
        Fault.ONE_AREA_RULES: bool(np.nanmax(found.cook) > LARGE_COOK),
        Fault.NO_VARIANCE: fit.sigma2 <= 0,
    }
    return tuple(fault for fault, is_there in checks.items() if is_there)
