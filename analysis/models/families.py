"""Families and links of generalised linear models: variance, deviance, and how eta becomes mu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from analysis.arrays import BoolArray, FloatArray
from analysis.errors import AnalysisError

Change = Callable[[FloatArray], FloatArray]
TINY = float(np.finfo(np.float64).eps)
THRESHOLD = 30.0  # beyond it a logit is taken for 0 or 1 to all digits, as R does


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """eta = link(mu), mu = inverse(eta), slope = d mu / d eta."""

    name: str
    link: Change
    inverse: Change
    slope: Change


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Variance function, deviance of each row (without its weight), valid means, first guess."""

    name: str
    default_link: str
    variance: Change
    deviance: Callable[[FloatArray, FloatArray], FloatArray]
    is_valid: Callable[[FloatArray], BoolArray]
    start: Callable[[FloatArray, FloatArray], FloatArray]
    response: Callable[[FloatArray], bool]
    needs: str


def _expit(eta: FloatArray) -> FloatArray:
    found = special.expit(eta)
    found = np.where(eta > THRESHOLD, 1 / (1 + TINY), found)
    return np.asarray(np.where(eta < -THRESHOLD, TINY / (1 + TINY), found))


def _logit_slope(eta: FloatArray) -> FloatArray:
    p = special.expit(eta)
    return np.asarray(np.where(np.abs(eta) > THRESHOLD, TINY, p * (1 - p)))


def _cloglog_inverse(eta: FloatArray) -> FloatArray:
    return np.asarray(np.clip(-np.expm1(-np.exp(eta)), TINY, 1 - TINY))


def _cloglog_slope(eta: FloatArray) -> FloatArray:
    eta = np.minimum(eta, 700.0)
    return np.asarray(np.maximum(np.exp(eta) * np.exp(-np.exp(eta)), TINY))


LINKS = {
    found.name: found
    for found in (
        Link("identity", lambda mu: mu, lambda eta: eta, np.ones_like),
        Link(
            "log",
            np.log,
            lambda eta: np.maximum(np.exp(eta), TINY),
            lambda eta: np.maximum(np.exp(eta), TINY),
        ),
        Link("logit", special.logit, _expit, _logit_slope),
        Link(
            "probit",
            special.ndtri,
            lambda eta: np.clip(special.ndtr(eta), TINY, 1 - TINY),
            lambda eta: np.maximum(stats.norm.pdf(eta), TINY),
        ),
        Link("cloglog", lambda mu: np.log(-np.log1p(-mu)), _cloglog_inverse, _cloglog_slope),
        Link(
            "cauchit",
            lambda mu: np.tan(np.pi * (mu - 0.5)),
            lambda eta: np.clip(np.arctan(eta) / np.pi + 0.5, TINY, 1 - TINY),
            lambda eta: np.maximum(stats.cauchy.pdf(eta), TINY),
        ),
        Link("inverse", lambda mu: 1 / mu, lambda eta: 1 / eta, lambda eta: -1 / eta**2),
        Link("sqrt", np.sqrt, lambda eta: eta**2, lambda eta: 2 * eta),
    )
}


def _all_finite(mu: FloatArray) -> BoolArray:
    return np.isfinite(mu)


def _is_share(mu: FloatArray) -> BoolArray:
    return np.isfinite(mu) & (mu > 0) & (mu < 1)


def _is_positive(mu: FloatArray) -> BoolArray:
    return np.isfinite(mu) & (mu > 0)


FAMILIES = {
    found.name: found
    for found in (
        Family(
            "gaussian",
            "identity",
            np.ones_like,
            lambda y, mu: (y - mu) ** 2,
            _all_finite,
            lambda y, _: y,
            lambda _: True,
            "numbers",
        ),
        Family(
            "binomial",
            "logit",
            lambda mu: mu * (1 - mu),
            lambda y, mu: 2 * (special.rel_entr(y, mu) + special.rel_entr(1 - y, 1 - mu)),
            _is_share,
            lambda y, w: (w * y + 0.5) / (w + 1),
            lambda y: bool(((y >= 0) & (y <= 1)).all()),
            "a share, 0..1, or yes/no",
        ),
        Family(
            "poisson",
            "log",
            lambda mu: mu,
            lambda y, mu: 2 * (special.rel_entr(y, mu) - (y - mu)),
            _is_positive,
            lambda y, _: y + 0.1,
            lambda y: bool((y >= 0).all()),
            "counts, 0 or more",
        ),
        Family(
            "gamma",
            "inverse",
            lambda mu: mu**2,
            lambda y, mu: -2 * (np.log(y / mu) - (y - mu) / mu),
            _is_positive,
            lambda y, _: y,
            lambda y: bool((y > 0).all()),
            "numbers above 0",
        ),
    )
}


def family_of(name: str) -> Family:
    """A family by name; `quasibinomial` and `quasipoisson` have the same estimates and variance.

    Raises
    ------
    AnalysisError
        There is no such family.
    """
    found = FAMILIES.get(name.lower().removeprefix("quasi"))
    if found is None:
        raise AnalysisError(f"family={name!r} is none of: {', '.join(FAMILIES)}")
    return found


def link_of(family: Family, name: str | None) -> Link:
    """A link by name, or the family's own."""
    found = LINKS.get(name or family.default_link)
    if found is None:
        raise AnalysisError(f"link={name!r} is none of: {', '.join(LINKS)}")
    return found
