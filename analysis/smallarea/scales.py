"""Shares on a scale where the model is linear, and the way back.

A share near 0 or 1 has a variance that goes with it and an interval that leaves [0, 1]. On the
arcsine scale, z = arcsin sqrt p, the variance is 1/(4 n_eff) whatever p is (Schmid et al. 2017;
Hadam, Wuerz and Kreutzmann 2020); on the logit scale it is 1/(n_eff p (1 - p)).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from analysis.arguments import checked
from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.smallarea.areas import AreaEstimates, AreaFlag, Scale
from analysis.smallarea.between import Method
from analysis.smallarea.errors import ErrorCovariance
from analysis.smallarea.fayherriot import fay_herriot

WIDTH = 8.0  # standard deviations to either side of the mean that are integrated over
NODES, WEIGHTS = np.polynomial.legendre.leggauss(96)
SMALLEST = 1e-12
LOGIT_ROUNDS = 3
EDGE = 1e-4  # a level of a share that is kept off 0 and 1


@dataclass(frozen=True, slots=True)
class Link:
    """A scale: to it, back from it, the slope of the way back, and where that way ends."""

    to: Callable[[FloatArray], FloatArray]
    back: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    low: float
    high: float

    def limits(
        self, centre: FloatArray, lower: FloatArray, upper: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Limits carried back; those of a predictor beyond the end of the scale move to that end.

        They would shrink to a point there, though nothing is known so well; moved with it they
        hold the truth, which lies inside, at least as often as before.
        """
        step = np.clip(centre, self.low, self.high) - centre
        return self.back(lower + step), self.back(upper + step)


LINKS = {
    Scale.IDENTITY: Link(lambda p: p, lambda z: z, np.ones_like, low=-np.inf, high=np.inf),
    Scale.ARCSINE: Link(
        lambda p: np.arcsin(np.sqrt(p)),
        lambda z: np.sin(np.clip(z, 0, np.pi / 2)) ** 2,
        lambda z: np.sin(2 * np.clip(z, 0, np.pi / 2)),
        low=0.0,
        high=np.pi / 2,
    ),
    Scale.LOGIT: Link(
        special.logit,
        special.expit,
        lambda z: special.expit(z) * special.expit(-z),
        low=-np.inf,
        high=np.inf,
    ),
}


def expected(
    link: Link, mean: FloatArray, sd: FloatArray, centre: FloatArray | None = None
) -> FloatArray:
    """E back(z), or E (back(z) - centre)^2, for z ~ N(mean, sd^2).

    By Gauss and Legendre's rule on eight standard deviations within the range of the scale; what
    lies outside the range is a lump at its end.
    """
    low = np.clip(mean - WIDTH * sd, link.low, link.high)
    high = np.clip(mean + WIDTH * sd, link.low, link.high)
    at = (low + high)[:, None] / 2 + (high - low)[:, None] / 2 * NODES
    spread = np.maximum(sd, SMALLEST)
    density = np.exp(-0.5 * ((at - mean[:, None]) / spread[:, None]) ** 2)
    density /= spread[:, None] * np.sqrt(2 * np.pi)

    def value(z: FloatArray) -> FloatArray:
        there = link.back(z)
        if centre is None:
            return there
        return np.asarray((there - (centre[:, None] if z.ndim == 2 else centre)) ** 2)

    inside = (value(at) * density) @ WEIGHTS * (high - low) / 2
    outside = np.zeros_like(mean)
    if np.isfinite(link.low):
        ends = np.full_like(mean, link.low)
        outside += value(ends) * special.ndtr((link.low - mean) / spread)
    if np.isfinite(link.high):
        ends = np.full_like(mean, link.high)
        outside += value(ends) * special.ndtr((mean - link.high) / spread)
    return np.where(sd > SMALLEST, inside + outside, value(mean))


@checked
def back_transformed(fitted: AreaEstimates, scale: Scale | str) -> AreaEstimates:
    """Estimates of shares from a model that was fitted on the scale.

    The estimate is E back(z), z ~ N(predictor, g1), not back(predictor), which would be biased
    towards 1/2 or away from it; the interval is that of the scale with its ends carried back, so it
    stays in [0, 1] (see `Link.limits`); the MSE is E (back(z) - estimate)^2, z ~ N(predictor, MSE
    of the scale) (`bootstrap_mse` gives one by simulation).

    Examples
    --------
    >>> z = fay_herriot([0.5, 0.7, 0.6, 0.9], [0.01] * 4)
    >>> shares = back_transformed(z, "arcsine")
    >>> shares.estimate.round(3).tolist()
    [0.285, 0.408, 0.345, 0.537]
    """
    kind = Scale(scale)
    link = LINKS[kind]
    centre, spread = fitted.estimate, fitted.rmse
    estimate = expected(link, centre, np.sqrt(fitted.g1))
    mse = expected(link, centre, spread, estimate)
    lower, upper = link.limits(centre, fitted.lower, fitted.upper)
    return replace(
        fitted,
        scale=kind,
        direct=link.back(fitted.direct),
        direct_se=fitted.direct_se * link.slope(fitted.direct),
        estimate=estimate,
        mse=mse,
        lower=lower,
        upper=upper,
        synthetic=expected(
            link, fitted.synthetic, np.full_like(centre, np.sqrt(fitted.fit.sigma2))
        ),
        errors=_carried(fitted.errors, link.slope(centre), mse),
        on_scale=fitted,
    )


@checked
def on_arcsine(
    fit: Callable[[FloatArray, FloatArray], AreaEstimates], share: ArrayLike, n_eff: ArrayLike
) -> AreaEstimates:
    """Any area-level model of shares, fitted on the arcsine scale and carried back.

    `fit` is called with the estimates and the sampling variances of that scale; areas with nan or
    without respondents are nan there.

    Raises
    ------
    AnalysisError
        A share outside [0, 1], or what the model raises.

    Examples
    --------
    >>> found = on_arcsine(fay_herriot, [0.2, 0.6, 0.1, 0.9], [20, 20, 20, 5])
    >>> found.scale.value, bool(found.estimate.min() > 0)
    ('arcsine', True)
    """
    p, size = _shares(share, n_eff)
    return _back(fit(LINKS[Scale.ARCSINE].to(p), 1 / (4 * size)), p, Scale.ARCSINE)


@checked
def share_model(
    share: ArrayLike,
    n_eff: ArrayLike,
    x: ArrayLike | pd.DataFrame | None = None,
    *,
    scale: Scale | str = Scale.ARCSINE,
    area: Sequence[object] | None = None,
    n: ArrayLike | None = None,
    method: Method | str = Method.REML,
    intercept: bool = True,
    confidence: float = 0.95,
) -> AreaEstimates:
    """Fay and Herriot's model for shares, on the arcsine (default) or logit scale.

    `n_eff` is the respondents divided by a design effect that is pooled over areas
    (`pooled_deff`); an area's own would put chance into the model's known variances. Shares of 0
    and 1 need no exception on the arcsine scale; on the logit scale half a respondent is added on
    either side. Areas with nan or without respondents get the synthetic estimate.

    Raises
    ------
    AnalysisError
        A share outside [0, 1], or what `fay_herriot` raises.

    Examples
    --------
    >>> found = share_model([0.2, 0.6, 0.0, 0.9], [20, 20, 20, 5], [0.3, 0.5, 0.1, 0.6])
    >>> found.estimate.round(2).tolist(), found.scale.value
    ([0.2, 0.63, 0.0, 0.84], 'arcsine')
    """
    kind = Scale(scale)
    fit = partial(
        fay_herriot, x=x, area=area, n=n, method=method, intercept=intercept, confidence=confidence
    )
    if kind is Scale.ARCSINE:
        return on_arcsine(fit, share, n_eff)
    if kind is not Scale.LOGIT:
        raise AnalysisError("on the identity scale, call fay_herriot with smoothed variances")
    p, size = _shares(share, n_eff)
    return _back(_on_logit(p, size, fit), p, kind)


def _shares(share: ArrayLike, n_eff: ArrayLike) -> tuple[FloatArray, FloatArray]:
    p, size = np.asarray(share, dtype=np.float64), np.asarray(n_eff, dtype=np.float64)
    if ((p < 0) | (p > 1)).any():
        raise AnalysisError("a share lies between 0 and 1 (a percentage is 100 times that)")
    return p, np.where((size > 0) & np.isfinite(p), size, np.nan)


def _back(fitted: AreaEstimates, p: FloatArray, kind: Scale) -> AreaEstimates:
    smoothed = fitted.flags | np.where(np.isfinite(fitted.direct_se), int(AreaFlag.SMOOTHED), 0)
    return replace(back_transformed(replace(fitted, flags=smoothed), kind), direct=p)


def _on_logit(
    p: FloatArray, size: FloatArray, fit: Callable[[FloatArray, FloatArray], AreaEstimates]
) -> AreaEstimates:
    """Variances 1/(n_eff p(1 - p)) with p first of all areas, then of the regression.

    With an area's own p, low shares would get high variances and lose their weight: the model would
    be biased away from 0 and 1.
    """
    link = LINKS[Scale.LOGIT]
    y = link.to((p * size + 0.5) / (size + 1))
    level = np.full(len(p), float(np.nansum(p * size) + 0.5) / float(np.nansum(size) + 1))
    for _ in range(LOGIT_ROUNDS):
        fitted = fit(y, 1 / (size * level * (1 - level)))
        level = np.clip(link.back(fitted.synthetic), EDGE, 1 - EDGE)
    return fitted


def _carried(errors: ErrorCovariance, slope: FloatArray, mse: FloatArray) -> ErrorCovariance:
    """The covariance by the slope of the way back; an area's own part makes its MSE whole."""
    return errors.scaled(slope).with_diagonal(mse)
