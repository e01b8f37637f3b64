"""Confidence intervals for means and proportions from complex samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import special

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError


class Interval(StrEnum):
    """How an interval is made.

    `korn_graubard` is the default for proportions: it holds its level for small and extreme shares
    where Wald does not. `t` is the default for means, totals and ratios, estimate +- t se whatever
    the estimate; `wald` is `t` except where a share is 0 or 1, where it takes the limit from n over
    Kish's design effect as all the others do. `score` and `replicates` are of quantiles alone.
    """

    T = "t"
    WALD = "wald"
    KORN_GRAUBARD = "korn_graubard"
    KORN_GRAUBARD_UNCAPPED = "korn_graubard_uncapped"
    LOGIT = "logit"
    XLOGIT = "xlogit"
    WILSON = "wilson"
    ARCSINE = "arcsine"
    LIKELIHOOD = "likelihood"
    SCORE = "score"
    REPLICATES = "replicates"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What an interval is made from, one entry per estimate.

    `n_plain` is the effective size that the weights alone leave (n / Kish's deff); it takes over
    where the variance is zero because everybody, or nobody, said yes. `of_logit` is the variance of
    the logit where it is known otherwise than by the delta method.
    """

    estimate: FloatArray
    variance: FloatArray
    n: FloatArray
    df: FloatArray
    n_plain: FloatArray
    confidence: float
    of_logit: FloatArray | None = None

    @property
    def alpha(self) -> float:
        return 1 - self.confidence

    @property
    def t(self) -> FloatArray:
        """Student's quantile, nan where there are no degrees of freedom."""
        return t_quantile(self.df, 1 - self.alpha / 2)

    @property
    def n_effective(self) -> FloatArray:
        return self.estimate * (1 - self.estimate) / self.variance


def t_quantile(df: FloatArray, share: float) -> FloatArray:
    with np.errstate(invalid="ignore"):
        return np.where(df > 0, special.stdtrit(np.where(df > 0, df, 1.0), share), np.nan)


def check_scale(method: Interval, estimate: FloatArray) -> None:
    """Refuse the intervals of shares for figures that lie outside 0..1."""
    if method in _METHODS and ((estimate < 0) | (estimate > 1)).any():
        raise AnalysisError(f"interval={str(method)!r} is made for shares, 0..1; use interval='t'")


def limits(method: Interval, evidence: Evidence) -> Limits:
    """Limits of all estimates at once; nan where there is nothing to base them on.

    Where a share is 0 or 1 (or its variance is zero) every method for proportions gives the
    Clopper-Pearson limit for n* = n / Kish's deff: lower 0 and upper 1 - (alpha/2)^(1/n*) at 0.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if method is Interval.NONE:
            nothing = np.full(evidence.estimate.shape, np.nan)
            return Limits(nothing, nothing)
        if method is Interval.T:
            return _wald(evidence)
        if method not in _METHODS:
            raise AnalysisError(f"interval={str(method)!r} is made for quantiles only")
        p = evidence.estimate
        found = _METHODS[method](evidence)
        flat = (p <= 0) | (p >= 1) | (evidence.variance <= 1e-20)
        edge = _beta_limits(p[flat], evidence.n_plain[flat], evidence.alpha)
        known = np.isfinite(p) & np.isfinite(evidence.variance) & (evidence.df > 0)
        lower, upper = found.lower.copy(), found.upper.copy()
        lower[flat], upper[flat] = edge.lower, edge.upper
        return Limits(np.where(known, lower, np.nan), np.where(known, upper, np.nan))


def _wald(e: Evidence) -> Limits:
    half = e.t * np.sqrt(e.variance)
    return Limits(e.estimate - half, e.estimate + half)


def _beta_limits(p: FloatArray, n: FloatArray, alpha: float) -> Limits:
    """Clopper-Pearson limits for a possibly fractional n."""
    yes, no = n * p, n * (1 - p)
    lower = np.where(yes > 0, special.betaincinv(yes, no + 1, alpha / 2), 0.0)
    upper = np.where(no > 0, special.betaincinv(yes + 1, no, 1 - alpha / 2), 1.0)
    return Limits(lower, upper)


def _korn_graubard(e: Evidence) -> Limits:
    return _beta_limits(e.estimate, np.minimum(_adjusted_size(e), e.n), e.alpha)


def _korn_graubard_uncapped(e: Evidence) -> Limits:
    return _beta_limits(e.estimate, _adjusted_size(e), e.alpha)


def _adjusted_size(e: Evidence) -> FloatArray:
    """n* = n_e (t_{n-1} / t_df)^2 (Korn and Graubard 1998)."""
    return e.n_effective * (t_quantile(e.n - 1, 1 - e.alpha / 2) / e.t) ** 2


def _logit(e: Evidence) -> Limits:
    """`logit` is that of the logistic model of the mean, `xlogit` the delta method: under replicate
    weights they part, for the first replicates the logit."""
    p = e.estimate
    se = np.sqrt(e.variance) / (p * (1 - p)) if e.of_logit is None else np.sqrt(e.of_logit)
    half = e.t * se
    centre = special.logit(p)
    return Limits(special.expit(centre - half), special.expit(centre + half))


def _wilson(e: Evidence) -> Limits:
    square = e.t**2 / e.n_effective
    centre = (e.estimate + square / 2) / (1 + square)
    spread = np.sqrt(square * e.estimate * (1 - e.estimate) + square**2 / 4) / (1 + square)
    return Limits(centre - spread, centre + spread)


def _arcsine(e: Evidence) -> Limits:
    """As in R: an angle below 0 is not cut off, so that the lower limit can rise again near 0."""
    angle = np.arcsin(np.sqrt(e.estimate))
    half = e.t / (2 * np.sqrt(e.n_effective))
    return Limits(np.sin(angle - half) ** 2, np.sin(angle + half) ** 2)


def _likelihood(e: Evidence) -> Limits:
    """Where 2 n_eff KL(p, limit) = t^2 n / (n - 1), KL being Kullback and Leibler's distance.

    That is the profile deviance of a logistic model of the mean alone, against its dispersion
    n / (n - 1) and the design's variance of the logit (Rao and Scott 1984). R draws a spline
    through ten points of it and chords through the spline, which moves limits near 0 and 1 by some
    tenths of a per cent; here the equation is solved, by bisection on the logit scale.
    """
    p = e.estimate
    spread = e.variance if e.of_logit is None else e.of_logit * (p * (1 - p)) ** 2
    target = e.t**2 * e.n / (e.n - 1) * spread / (2 * p * (1 - p))
    centre = special.logit(p)
    low, high = np.full_like(p, -40.0), np.full_like(p, 40.0)
    lower, upper = (low, centre.copy()), (centre.copy(), high)
    for _ in range(80):
        for ends, is_lower in ((lower, True), (upper, False)):
            middle = (ends[0] + ends[1]) / 2
            rest = special.kl_div(p, special.expit(middle)) + special.kl_div(
                1 - p, special.expit(-middle)
            )
            far = rest > target
            np.copyto(ends[0], middle, where=far if is_lower else ~far)
            np.copyto(ends[1], middle, where=~far if is_lower else far)
    known = np.isfinite(target)
    return Limits(
        np.where(known, special.expit(lower[0]), np.nan),
        np.where(known, special.expit(upper[1]), np.nan),
    )


_METHODS: dict[Interval, Callable[[Evidence], Limits]] = {
    Interval.WALD: _wald,
    Interval.KORN_GRAUBARD: _korn_graubard,
    Interval.KORN_GRAUBARD_UNCAPPED: _korn_graubard_uncapped,
    Interval.LOGIT: _logit,
    Interval.XLOGIT: _logit,
    Interval.WILSON: _wilson,
    Interval.ARCSINE: _arcsine,
    Interval.LIKELIHOOD: _likelihood,
}
