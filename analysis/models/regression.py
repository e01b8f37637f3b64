"""Design-based generalised linear models: pseudo-likelihood with robust variance."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from analysis.arguments import checked
from analysis.arrays import FloatArray, IntArray
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.inference.moments import degrees_of_freedom, members
from analysis.influence import statistic_covariance
from analysis.models.answers import answers_of
from analysis.models.families import family_of, link_of
from analysis.models.fitting import (
    Fit,
    Problem,
    fit,
    independent_columns,
    information_inverse,
    null_deviance,
)
from analysis.models.formula import Formula, Frame, Matrix

FLAT = 1e-12  # of the naive variance: what is below is rounding and the last step of the search


@dataclass(frozen=True, slots=True)
class Options:
    """What `regression` was asked for, beside design and formula."""

    family: str
    link: str | None
    confidence: float
    tolerance: float
    max_iterations: int
    allows_separation: bool
    drops_collinear: bool


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A fitted model: one entry per coefficient, and what predictions and tests of it need.

    `covariance` is the robust (sandwich) or replicate covariance; `naive` the inverse information
    with weights of mean 1. `df` = degrees of freedom of the design + 1 - coefficients: t tests
    and intervals use it. `rows` are the rows of the design's frame that were used.
    """

    formula: str
    options: Options
    family: str
    link: str
    terms: tuple[str, ...]
    estimate: FloatArray
    covariance: FloatArray
    df: float
    confidence: float
    n: int
    deviance: float
    null_deviance: float
    iterations: int
    naive: FloatArray = field(repr=False)
    design: Design = field(repr=False)
    frame: Frame = field(repr=False)
    matrix: Matrix = field(repr=False)
    rows: IntArray = field(repr=False)
    fitted: FloatArray = field(repr=False)

    def __len__(self) -> int:
        return len(self.estimate)

    @property
    def term_of(self) -> tuple[int, ...]:
        """The term that each coefficient belongs to (-1: intercept)."""
        return self.matrix.term

    @property
    def se(self) -> FloatArray:
        """nan where one PSU leaves rounding alone: its scores add up to zero by construction."""
        variance = np.diag(self.covariance)
        if self.df <= 0:
            variance = np.where(variance > FLAT * np.diag(self.naive), variance, np.nan)
        return np.asarray(np.sqrt(variance))

    @property
    def t(self) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.estimate / self.se)

    @property
    def p_value(self) -> FloatArray:
        if self.df <= 0:
            return np.full(len(self), np.nan)
        return np.asarray(2 * stats.t.sf(np.abs(self.t), self.df))

    @property
    def lower(self) -> FloatArray:
        return np.asarray(self.estimate - self._half_width)

    @property
    def upper(self) -> FloatArray:
        return np.asarray(self.estimate + self._half_width)

    @property
    def _half_width(self) -> FloatArray:
        if self.df <= 0:
            return np.full(len(self), np.nan)
        return np.asarray(stats.t.ppf(0.5 + self.confidence / 2, self.df) * self.se)

    def to_frame(self) -> pd.DataFrame:
        """A frame with one row per coefficient."""
        return pd.DataFrame(
            {
                "term": self.terms,
                "estimate": self.estimate,
                "se": self.se,
                "lower": self.lower,
                "upper": self.upper,
                "t": self.t,
                "df": self.df,
                "p_value": self.p_value,
            }
        )


@checked
def regression(
    design: Design,
    formula: str,
    *,
    family: str = "gaussian",
    link: str | None = None,
    confidence: float = 0.95,
    tolerance: float = 1e-8,
    max_iterations: int = 25,
    allows_separation: bool = False,
    drops_collinear: bool = False,
) -> Regression:
    """A generalised linear model of the population, from a sample with this design.

    Coefficients solve sum w x (y - mu) mu' / V(mu) = 0; their errors are totals of
    u = A^-1 x (y - mu) mu' / V(mu), A the weighted information (Binder 1983; Lumley and Scott
    2017), so that strata, stages, finite populations, lonely PSUs and calibration count as they do
    for means. Replicate weights fit the model anew each time. Who misses a variable is left out of
    the model, not of the design.

    Parameters
    ----------
    design : Design
    formula : str
        As in R: `"smartphone ~ area + agegrp + I(income / 1000)"`; see `models.formula`.
    family : {"gaussian", "binomial", "poisson", "gamma"}
        `quasibinomial` and `quasipoisson` are the same here: the variance is robust anyway.
    link : {"identity", "log", "logit", "probit", "cloglog", "cauchit", "inverse", "sqrt"}
        The family's own by default.
    confidence : float
        Level of the intervals.
    tolerance, max_iterations : float, int
        When the search stops; the defaults are R's.
    allows_separation : bool
        Take coefficients that are on their way to infinity as they are where the search stops (as
        R does), instead of refusing them.
    drops_collinear : bool
        Leave out columns that are combinations of earlier ones (as R does), instead of refusing
        the model.

    Returns
    -------
    Regression

    Raises
    ------
    AnalysisError
        Collinear columns, single-level classes, separation, no convergence, answers that the
        family does not take. The message names the column.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 2, 3, 4, 5, 6], "x": [1, 2, 3, 4, 5, 6.0],
    ...                      "y": [1, 3, 2, 5, 4, 7.0]})
    >>> found = regression(Design.from_frame(data, ids="psu"), "y ~ x")
    >>> found.terms, found.estimate.round(3).tolist(), found.df
    (('(Intercept)', 'x'), [0.067, 1.029], 4.0)
    """
    options = Options(
        family, link, confidence, tolerance, max_iterations, allows_separation, drops_collinear
    )
    return fitted(design, formula, options)


def fitted(design: Design, formula: str, options: Options) -> Regression:
    """A model with options that are already together; see `regression`."""
    if not 0 < options.confidence < 1:
        raise AnalysisError(f"confidence={options.confidence} must lie between 0 and 1")
    read = Formula.read(formula)
    if read.response is None:
        raise AnalysisError(f"{formula!r} has no answer before the ~")
    inside = np.flatnonzero(members(design))
    frame = Frame.of(read, design.frame, inside)
    w = _weights(design, frame.rows)
    matrix = frame.matrix()
    if options.drops_collinear:
        matrix = matrix.only(independent_columns(matrix.x, w))
    problem = _problem(frame, matrix, options)
    scaled = w / design.weights[inside].mean()
    found = fit(problem, scaled)
    naive = information_inverse(problem.x, found.working, matrix.names)
    return Regression(
        formula=formula,
        options=options,
        family=problem.family.name,
        link=problem.link.name,
        terms=matrix.names,
        estimate=found.beta,
        covariance=_covariance(design, frame, problem, found, naive=naive, scaled=scaled),
        df=_freedom(design, frame.rows, inside) + 1 - len(found.beta),
        confidence=options.confidence,
        n=int((w > 0).sum()),
        deviance=found.deviance,
        null_deviance=null_deviance(problem, scaled, has_intercept=read.has_intercept),
        iterations=found.iterations,
        naive=naive,
        design=design,
        frame=frame,
        matrix=matrix,
        rows=frame.rows,
        fitted=found.mu,
    )


def _problem(frame: Frame, matrix: Matrix, options: Options) -> Problem:
    family = family_of(options.family)
    assert frame.response is not None
    y = answers_of(frame.response, frame.formula.text, family.name)
    if not family.response(y):
        raise AnalysisError(
            f"the {family.name} family needs {family.needs} in {frame.formula.text!r}"
        )
    return Problem(
        y,
        matrix.x,
        frame.offset,
        family,
        link_of(family, options.link),
        matrix.names,
        options.tolerance,
        options.max_iterations,
        options.allows_separation,
    )


def _weights(design: Design, rows: IntArray) -> FloatArray:
    w = design.weights[rows]
    if (w < 0).any():
        raise AnalysisError("a model takes no negative weights; calibrate with bounds")
    if not (w > 0).any():
        raise AnalysisError("nobody who answered has a weight")
    return w


def _freedom(design: Design, rows: IntArray, inside: IntArray) -> float:
    """Of the rows used; with replicates, of the whole domain (R's two rules)."""
    return degrees_of_freedom(design, inside if design.replication is not None else rows)


def _covariance(
    design: Design,
    frame: Frame,
    problem: Problem,
    found: Fit,
    *,
    naive: FloatArray,
    scaled: FloatArray,
) -> FloatArray:
    def influence() -> FloatArray:
        with np.errstate(all="ignore"):
            factor = found.working * (problem.y - found.mu) / problem.link.slope(found.eta)
            row = np.divide(factor, scaled, out=np.zeros_like(scaled), where=scaled > 0)
        scale = float(design.weights[np.flatnonzero(members(design))].mean())
        return np.asarray((problem.x * row[:, None]) @ naive / scale)

    def statistic(weights: FloatArray) -> FloatArray:
        w = weights[frame.rows]
        if weights is design.weights:
            return found.beta
        try:
            return fit(problem, w / w.sum(), found.beta).beta
        except AnalysisError:  # a replicate that cannot carry the model adds nothing
            return np.full(len(found.beta), np.nan)

    return statistic_covariance(design, statistic, frame.rows, influence)
