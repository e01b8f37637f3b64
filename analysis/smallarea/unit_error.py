"""Mean squared errors of the unit-level model: by expansion, and by simulating the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.smallarea.nested import NestedData, NestedFit


@dataclass(frozen=True, slots=True, eq=False)
class UnitTerms:
    """Parts of the MSE by target area; `weight` is that of the area's own gap from the regression,
    `lever` its coefficient of the error in beta.
    """

    weight: FloatArray
    lever: FloatArray
    g1: FloatArray
    g2: FloatArray
    g3: FloatArray
    mse: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Asymptotic covariance of (between, within), and the bias of maximum likelihood."""

    covariance: FloatArray
    bias: FloatArray


def unit_terms(
    data: NestedData,
    fitted: NestedFit,
    x: FloatArray,
    size: FloatArray,
    code: IntArray,
    *,
    is_ml: bool,
) -> UnitTerms:
    """g1 + g2 + 2 g3 of the part not seen, and the errors of those not seen (Rao and Molina 2015,
    section 7.2); under ML less the bias of g1.
    """
    has = code >= 0
    n = np.where(has, data.n[code], 0.0)
    x_mean = np.where(has[:, None], data.x_mean[code], 0.0)
    sv, se = fitted.between, fitted.within
    with np.errstate(divide="ignore", invalid="ignore"):
        gamma = np.where(n > 0, sv / (sv + se / np.maximum(n, 1)), 0.0)
        f = n / size
    unseen = 1 - f
    moments = _moments(data, fitted)
    lever = x - f[:, None] * x_mean - (unseen * gamma)[:, None] * x_mean
    g2 = ((lever @ fitted.inverse) * lever).sum(axis=1)
    c = moments.covariance
    spread = se**2 * c[0, 0] + sv**2 * c[1, 1] - 2 * se * sv * c[0, 1]
    per = np.maximum(n, 1)
    g3 = np.where(n > 0, spread / (per**2 * (sv + se / per) ** 3), 0.0)
    left = np.where(np.isfinite(size), unseen * se / size, 0.0)
    g1 = unseen**2 * sv * (1 - gamma) + left
    mse = g1 + g2 + 2 * unseen**2 * g3
    if is_ml:
        slope = (1 - gamma) ** 2 * moments.bias[0] + gamma**2 / per * moments.bias[1]
        mse = mse - unseen**2 * np.where(n > 0, slope, 0.0)
    return UnitTerms(f + unseen * gamma, lever, g1, g2, unseen**2 * g3, mse)


def _moments(data: NestedData, fitted: NestedFit) -> _Moments:
    n, sv, se = data.n, fitted.between, fitted.within
    alpha = se + n * sv
    vv = 0.5 * float((n**2 / alpha**2).sum())
    ve = 0.5 * float((n / alpha**2).sum())
    ee = 0.5 * float(((n - 1) / se**2 + 1 / alpha**2).sum())
    information = np.array([[vv, ve], [ve, ee]])
    # X'V^-1 V_j V^-1 X: between areas, 1'V^-1 X = n xbar / alpha; within, the rest besides
    mean = data.x_mean
    between = (mean * (n**2 / alpha**2)[:, None]).T @ mean
    inner = data.xx - (mean * n[:, None]).T @ mean
    within = inner / se**2 + (mean * (n / alpha**2)[:, None]).T @ mean
    traces = -np.array([(fitted.inverse * part).sum() for part in (between, within)])
    covariance = np.linalg.inv(information)
    return _Moments(np.asarray(covariance, dtype=np.float64), covariance @ traces / 2)
