"""Tests of the terms of a model, and how much it explains."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import stats

from analysis.arguments import checked
from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.inference.moments import members, solved
from analysis.inference.quadratic import Tail, upper_tail
from analysis.inference.results import TestResult
from analysis.models.formula import Formula
from analysis.models.regression import Regression, fitted

if TYPE_CHECKING:
    from analysis.models.formula import Frame


class TermTest(StrEnum):
    """Robust Wald; or the working Wald or likelihood ratio statistic with its true law."""

    WALD = "wald"
    WORKING_WALD = "working_wald"
    LIKELIHOOD_RATIO = "likelihood_ratio"


class Model(Protocol):
    """What a test of terms needs of a model."""

    @property
    def estimate(self) -> FloatArray: ...
    @property
    def covariance(self) -> FloatArray: ...
    @property
    def naive(self) -> FloatArray: ...
    @property
    def df(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def frame(self) -> Frame: ...
    @property
    def term_of(self) -> tuple[int, ...]: ...


@checked
def term_test(
    model: Model,
    terms: str | Sequence[str],
    *,
    test: TermTest | str = TermTest.WALD,
    df: float | None = None,
) -> TestResult:
    """Are all coefficients of some terms zero?

    `wald`: F = b' V^-1 b / k on (k, df), a chi-square when `df` is inf. `working_wald` and
    `likelihood_ratio` (of a `Regression`): the statistic with the inverse information instead of
    V, or the difference of deviances, against sum_j lambda_j chi2(1), lambda the eigenvalues of
    V0^-1 V (Rao and Scott 1984; Lumley and Scott 2014), by the saddlepoint approximation.

    Parameters
    ----------
    model : Regression or OrdinalRegression
    terms : str or list of str
        As the formula labels them: `"area"`, `["age", "area:age"]`.
    test : TermTest or str
    df : float, optional
        Denominator degrees of freedom; those of the model by default.

    Returns
    -------
    TestResult

    Raises
    ------
    AnalysisError
        The model has no such term, or the covariance matrix of its coefficients is singular.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import Design
    >>> from analysis.models import regression
    >>> data = pd.DataFrame({"psu": range(6), "x": [1, 2, 3, 4, 5, 6.0], "y": [1, 3, 2, 5, 4, 7.0]})
    >>> model = regression(Design.from_frame(data, ids="psu"), "y ~ x")
    >>> found = term_test(model, "x")
    >>> bool(abs(found.statistic - model.t[1] ** 2) < 1e-9), found.df, found.ddf
    (True, 1.0, 4.0)
    """
    try:
        kind = TermTest(test)
    except ValueError:
        raise AnalysisError(f"test={test!r} is none of: {', '.join(TermTest)}") from None
    at = columns_of(model, [terms] if isinstance(terms, str) else list(terms))
    beta, covariance = model.estimate[at], model.covariance[np.ix_(at, at)]
    ddf = model.df if df is None else float(df)
    if not ddf > 0:
        raise AnalysisError(f"{ddf:g} degrees of freedom are left; no test of terms")
    k = float(len(at))
    if kind is TermTest.WALD:
        chisq = float(beta @ solved(covariance, beta, "test of terms"))
        if np.isinf(ddf):
            return TestResult(
                "Wald chi-square", chisq, k, ddf, float(stats.chi2.sf(chisq, k)), model.n
            )
        p_value = float(stats.f.sf(chisq / k, k, ddf))
        return TestResult("Wald F", chisq / k, k, ddf, p_value, model.n)
    naive = model.naive[np.ix_(at, at)]
    weights = np.linalg.eigvals(np.linalg.solve(naive, covariance)).real
    if kind is TermTest.WORKING_WALD:
        chisq = float(beta @ np.linalg.solve(naive, beta))
    else:
        chisq = _deviance_gained(model, [terms] if isinstance(terms, str) else list(terms))
    p_value = upper_tail(chisq, weights, ddf=ddf, method=Tail.SADDLEPOINT)
    return TestResult(kind.replace("_", " "), chisq, k, ddf, p_value, model.n)


def columns_of(model: Model, terms: Sequence[str]) -> list[int]:
    """Places of the coefficients of some terms; `1` is the intercept."""
    formula = model.frame.formula
    by_set = {term: at for at, term in enumerate(formula.terms)}
    wanted = set()
    for text in terms:
        if text == "1":
            wanted.add(-1)
            continue
        for term in Formula.read(f"~{text}").terms:
            if term not in by_set:
                raise AnalysisError(
                    f"the model has no term {text!r}; it has {', '.join(formula.labels)}"
                )
            wanted.add(by_set[term])
    found = [place for place, term in enumerate(model.term_of) if term in wanted]
    if not found:
        raise AnalysisError(f"the model has no coefficient of {', '.join(terms)}")
    return found


def _deviance_gained(model: Model, terms: Sequence[str]) -> float:
    if not isinstance(model, Regression):
        raise AnalysisError("the likelihood ratio test is there for generalised linear models only")
    design = model.design.subset(_is_used(model))
    smaller = fitted(design, f"{model.formula} - {' - '.join(terms)}", model.options)
    # deviances are in weights of mean 1, over the rows of each model's domain
    rescale = model.design.weights[model.rows].mean() / _mean_weight(model)
    return float(smaller.deviance * rescale - model.deviance)


def _mean_weight(model: Regression) -> float:
    return float(model.design.weights[members(model.design)].mean())


def _is_used(model: Regression) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    used = np.zeros(model.design.n_rows, dtype=bool)
    used[model.rows] = True
    return used


class PseudoR2(StrEnum):
    COX_SNELL = "cox_snell"
    NAGELKERKE = "nagelkerke"


@checked
def pseudo_r2(model: Regression, method: PseudoR2 | str = PseudoR2.COX_SNELL) -> float:
    """Share of the entropy that the model explains, estimated for the population.

    Cox and Snell 1 - exp((D - D0) / n) of mean deviances; Nagelkerke divides by its largest
    possible value 1 - exp(-D0 / n) (Lumley 2017). For binomial and Poisson models.

    Raises
    ------
    AnalysisError
        The model is of another family.
    """
    try:
        kind = PseudoR2(method)
    except ValueError:
        raise AnalysisError(f"method={method!r} is none of: {', '.join(PseudoR2)}") from None
    if model.family not in ("binomial", "poisson"):
        raise AnalysisError("pseudo R2 is for binomial and Poisson models")
    size = float(model.design.weights[model.rows].sum()) / _mean_weight(model)
    share = 1 - np.exp((model.deviance - model.null_deviance) / size)
    if kind is PseudoR2.NAGELKERKE:
        share /= 1 - np.exp(-model.null_deviance / size)
    return float(share)
