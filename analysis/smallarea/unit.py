"""The unit-level model: respondents' own covariates, and the areas' population means of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import AnalysisError
from analysis.smallarea.areas import AreaEstimates, AreaFit, AreaFlag, Scale
from analysis.smallarea.assembly import MOSTLY_MODEL
from analysis.smallarea.between import Method
from analysis.smallarea.covariates import Basis, Covariates
from analysis.smallarea.errors import ErrorCovariance
from analysis.smallarea.nested import NestedData, NestedFit, fit_nested
from analysis.smallarea.unit_error import UnitTerms, unit_terms


@dataclass(frozen=True, slots=True, eq=False)
class UnitPopulation:
    """Target areas: means of the covariates in the basis of the fit, size, code in the sample."""

    area: tuple[object, ...]
    x: FloatArray
    size: FloatArray
    code: IntArray  # -1 without a sample


@checked
def unit_model(
    y: ArrayLike,
    x: pd.DataFrame | None,
    area: ArrayLike,
    population_means: pd.DataFrame,
    *,
    population_sizes: pd.Series[float] | None = None,
    method: Method | str = Method.REML,
    intercept: bool = True,
    confidence: float = 0.95,
) -> AreaEstimates:
    """Predictors of area means from a nested error regression (Battese, Harter and Fuller 1988).

    y_dk = x_dk'beta + v_d + e_dk; the mean of area d is f ybar + (Xbar - f xbar)'beta + (1 - f) v,
    f = n/N (0 without sizes), with v = gamma (ybar - xbar'beta), gamma = s_v / (s_v + s_e / n).
    The model knows no weights: the sample must not depend on y given x. MSE by Prasad and Rao 1990
    (Datta and Lahiri 2000 under ML); `unit_bootstrap_mse` has it by simulation. Equal to `eblupBHF`
    of R's sae.

    In what is returned, `direct` is the survey regression estimate ybar + (Xbar - xbar)'beta, and
    `gamma` its whole weight, f + (1 - f) gamma.

    Parameters
    ----------
    population_means
        One row per area to be estimated, indexed by area, with the columns of `x`.
    population_sizes
        Indexed by area; without them all areas are taken as large.

    Raises
    ------
    AnalysisError
        Columns, areas or sizes that do not match, missing values, or collinear covariates.

    Examples
    --------
    >>> means = pd.DataFrame({"x": [2.0, 3.0, 4.0, 5.0]}, index=list("abcd"))
    >>> x = pd.DataFrame({"x": [1, 2, 3, 3, 4, 5]})
    >>> found = unit_model([2, 4, 7, 8, 8, 9], x, list("aabbcc"), means)
    >>> found.n.tolist(), found.row(3).flags.name
    ([2, 2, 2, 0], 'SYNTHETIC')
    """
    how = Method(method)
    if how is Method.FH:
        raise AnalysisError("the unit-level model is fitted by REML or ML")
    values = np.asarray(y, dtype=np.float64)
    labels = pd.Series(list(np.asarray(area)), dtype=object)
    frame = pd.DataFrame(index=range(len(values))) if x is None else x
    _check_numbers(frame)
    covariates = Covariates.of(frame, len(values), intercept=intercept)
    if len(labels) != len(values) or not np.isfinite(values).all() or labels.isna().any():
        raise AnalysisError("every row needs a value and an area: leave out those without")
    basis = covariates.orthonormal(np.ones(len(values), dtype=bool))
    codes, known = pd.factorize(labels)
    data = NestedData.of(values, basis.fitted, codes.astype(np.int64), len(known))
    means = _means(population_means, list(frame.columns), intercept=intercept)
    target = _population(means @ basis.back, population_means.index, population_sizes, known, data)
    fitted = fit_nested(data, how)
    terms = unit_terms(data, fitted, target.x, target.size, target.code, is_ml=how is Method.ML)
    coefficients = _coefficients(covariates, basis, data, fitted)
    found = _assembled(target, data, fitted, terms, coefficients)
    half = special.ndtri((1 + confidence) / 2) * found.rmse
    return replace(
        found, confidence=confidence, lower=found.estimate - half, upper=found.estimate + half
    )


def _coefficients(
    covariates: Covariates, basis: Basis, data: NestedData, fitted: NestedFit
) -> AreaFit:
    return AreaFit(
        method=fitted.method,
        names=covariates.names,
        beta=basis.back @ fitted.beta,
        beta_covariance=basis.back @ fitted.inverse @ basis.back.T,
        sigma2=fitted.between,
        sigma2_e=fitted.within,
        n_areas=len(data.n),
        loglik=fitted.loglik,
        n_variances=2,
    )


def _check_numbers(frame: pd.DataFrame) -> None:
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            raise AnalysisError(f"write the categories of {name!r} as columns of 0 and 1")


def _means(means: pd.DataFrame, columns: list[str], *, intercept: bool) -> FloatArray:
    lacking = [str(name) for name in columns if name not in means.columns]
    if lacking:
        raise AnalysisError(f"no population mean of {', '.join(lacking)}")
    _check_numbers(means[columns])
    return Covariates.of(means[columns], len(means), intercept=intercept).matrix


def _population(
    x: FloatArray,
    index: pd.Index[Any],
    sizes: pd.Series[float] | None,
    known: pd.Index[Any],
    data: NestedData,
) -> UnitPopulation:
    area = tuple(index)
    for label in known:
        if label not in index:
            raise AnalysisError(f"area {label!r} has respondents but no population means")
    place = {label: at for at, label in enumerate(known)}
    code = np.array([place.get(label, -1) for label in area], dtype=np.int64)
    size = np.full(len(area), np.inf)
    if sizes is not None:
        size = np.asarray(sizes.reindex(index), dtype=np.float64)
    n = np.where(code >= 0, data.n[code], 0.0)
    wrong = np.isnan(size) | (size < n) | (size <= 0)
    if wrong.any():
        label = area[int(np.argmax(wrong))]
        raise AnalysisError(f"area {label!r} needs a population of at least its respondents")
    return UnitPopulation(area, x, size, code)


def _assembled(
    target: UnitPopulation,
    data: NestedData,
    fitted: NestedFit,
    terms: UnitTerms,
    coefficients: AreaFit,
) -> AreaEstimates:
    """Everything but the limits."""
    has = target.code >= 0
    synthetic = target.x @ fitted.beta
    gap = np.where(has, (data.y_mean - data.x_mean @ fitted.beta)[target.code], 0.0)
    n = np.where(has, data.n[target.code], 0.0)
    with np.errstate(divide="ignore"):
        se = np.where(has, np.sqrt(fitted.within / n), np.nan)
    errors = ErrorCovariance(terms.g1, terms.lever @ np.linalg.cholesky(fitted.inverse))
    unknown = np.full(len(has), np.nan)
    return AreaEstimates(
        model="Battese-Harter-Fuller",
        fit=coefficients,
        scale=Scale.IDENTITY,
        confidence=float("nan"),
        area=target.area,
        direct=np.where(has, synthetic + gap, np.nan),
        direct_se=se,
        n=n.astype(np.int64),
        estimate=synthetic + terms.weight * gap,
        mse=terms.mse,
        lower=unknown,
        upper=unknown,
        gamma=terms.weight,
        synthetic=synthetic,
        g1=terms.g1,
        g2=terms.g2,
        g3=terms.g3,
        flags=_flags(has, terms.weight, fitted),
        reason=("",) * len(target.area),
        errors=errors.with_diagonal(terms.mse),
    )


def _flags(has: BoolArray, weight: FloatArray, fitted: NestedFit) -> IntArray:
    flags = np.where(has, 0, int(AreaFlag.SYNTHETIC))
    flags |= np.where(has & (weight < MOSTLY_MODEL), int(AreaFlag.MOSTLY_MODEL), 0)
    return np.asarray(flags | (int(AreaFlag.ZERO_VARIANCE) if fitted.between <= 0 else 0))
