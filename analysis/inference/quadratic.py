"""Tails of weighted sums of chi-squares, Q = sum_j weight_j chi2(df_j): the law of quadratic forms.

P(Q > x) is the inversion integral of the moment generating function,

    P(Q > x) = 1/(2 pi i) integral exp(K(s) - s x) / s ds,   K(s) = -1/2 sum df log(1 - 2 weight s)

taken along a hyperbola through the saddlepoint, on which the integrand falls without oscillation,
so that the trapezoidal rule gives all digits (Rice 1980; the integral is that of Imhof 1961 and
Davies 1980). The saddlepoint approximation is that of Kuonen (1999), the moment approximation that
of Satterthwaite (1946).
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from scipy import optimize, stats

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError

STEPS = 400
REACH = 40.0
TILT = np.pi / 6
NEAR_MEAN = 1e-4  # the saddlepoint formula is 0/0 at the mean


class Tail(StrEnum):
    """How the tail of a sum of chi-squares is computed."""

    EXACT = "exact"
    SADDLEPOINT = "saddlepoint"
    SATTERTHWAITE = "satterthwaite"


def upper_tail(
    x: float,
    weights: FloatArray,
    *,
    ddf: float = np.inf,
    method: Tail = Tail.EXACT,
    is_ddf_cut: bool = False,
) -> float:
    """P(sum weight_j chi2(1) > x); with `ddf`, of the ratio to an independent chi2(ddf) / ddf.

    R's `pFsum` cuts ddf to a whole number in the chi-square but not in its divisor, which moves a
    p-value of 0.022 to 0.025 where ddf is 20.9; `is_ddf_cut` does so too, to compare with R.

    Examples
    --------
    >>> import numpy as np
    >>> round(upper_tail(3.841459, np.array([1.0])), 6)
    0.05
    >>> round(upper_tail(4.0, np.array([2.0, 2.0]), ddf=10), 6)  # F(2, 10) at 1
    0.401878
    """
    found = np.asarray(weights, dtype=np.float64)
    if not np.isfinite(found).all() or not np.isfinite(x) or ddf <= 0:
        return float("nan")
    found = found[np.abs(found) > 1e-12 * np.abs(found).max(initial=0.0)]
    if not (found > 0).any():
        raise AnalysisError("a quadratic form needs a positive weight")
    if method is Tail.SATTERTHWAITE:
        return satterthwaite(x, found, ddf)
    if not np.isfinite(ddf):
        df = np.ones(len(found))
        if method is Tail.EXACT:
            return _exact(x, found, df)
        near = _saddlepoint(x, found, df)
        return satterthwaite(x, found, ddf) if np.isnan(near) else near
    whole = max(np.floor(ddf), 1.0) if is_ddf_cut else ddf
    if method is Tail.EXACT:
        return _exact(0.0, np.append(found, -x / ddf), np.append(np.ones(len(found)), whole))
    near = _saddlepoint(0.0, np.append(found, -x / ddf), np.append(np.ones(len(found)), whole))
    return satterthwaite(x, found, ddf) if np.isnan(near) else near


def satterthwaite(x: float, weights: FloatArray, ddf: float) -> float:
    """Tail of scale x chi2(df) (over chi2(ddf)/ddf) with the same mean and variance."""
    mean = weights.mean()
    spread = (weights**2).mean() / mean**2
    df = len(weights) / spread
    scaled = x / (mean * spread)
    if np.isfinite(ddf):
        return float(stats.f.sf(scaled / df, df, ddf))
    return float(stats.chi2.sf(scaled, df))


def _exact(x: float, weights: FloatArray, df: FloatArray) -> float:
    if x <= 0 and (weights > 0).all():
        return 1.0
    largest = np.abs(weights).max()
    weights, x = weights / largest, x / largest
    end = 1 / (2 * weights.max())

    def slope(s: float) -> float:
        return float((df * weights / (1 - 2 * weights * s)).sum() - x - 1 / s)

    s0 = optimize.brentq(slope, end * 1e-14, end * (1 - 1e-14), xtol=end * 1e-14)
    bend = 2 * (df * weights**2 / (1 - 2 * weights * s0) ** 2).sum() + 1 / s0**2
    scale = 1 / np.sqrt(bend)
    # exp(-x s) falls below rounding at the end of the path; without x, the power of s must do
    reach = min(REACH, np.arcsinh(2 * REACH / (x * scale * np.sin(TILT)))) if x else REACH
    t = np.linspace(0, reach, STEPS + 1)
    path = s0 + scale * ((np.cosh(t) - 1) * np.sin(TILT) + 1j * np.sinh(t) * np.cos(TILT))
    step = scale * (np.sinh(t) * np.sin(TILT) + 1j * np.cosh(t) * np.cos(TILT))
    logs = -0.5 * (df[:, None] * np.log(1 - 2 * weights[:, None] * path)).sum(axis=0)
    values = (np.exp(logs - path * x - np.log(path)) * step).imag
    values[0] /= 2
    return float(min(max(values.sum() * (t[1] - t[0]) / np.pi, 0.0), 1.0))


def _saddlepoint(x: float, weights: FloatArray, df: FloatArray) -> float:
    """Lugannani and Rice's formula in Barndorff-Nielsen's form; nan next to the mean."""
    largest = weights.max()
    weights, x = weights / largest, x / largest
    high = 1 / (2 * weights.max()) * 0.99999
    if (weights < 0).any():
        low = float((1 / (2 * weights[weights < 0])).max()) * 0.99999
    else:
        low = -0.01 if x > (df * weights).sum() else -df.sum() / (2 * x)

    def slope(s: float) -> float:
        return float((df * weights / (1 - 2 * s * weights)).sum() - x)

    if slope(low) * slope(high) > 0:
        return float("nan")
    s = float(optimize.brentq(slope, low, high, xtol=1e-14))
    if abs(s) < NEAR_MEAN:
        return float("nan")
    log_mgf = -0.5 * (df * np.log(1 - 2 * s * weights)).sum()
    w = np.sign(s) * np.sqrt(2 * (s * x - log_mgf))
    v = s * np.sqrt(2 * (df * weights**2 / (1 - 2 * s * weights) ** 2).sum())
    return float(stats.norm.sf(w + np.log(v / w) / w))
