"""The area-level model of Fay and Herriot 1979: the direct estimate shrunk towards a regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arguments import checked
from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.smallarea.areas import AreaEstimates, AreaFit, AreaFlag
from analysis.smallarea.assembly import AreaInput, Predicted, area_input, assembled
from analysis.smallarea.between import Between, Gls, Method, between_variance
from analysis.smallarea.covariates import Basis
from analysis.smallarea.errors import ErrorCovariance

MODEL = "Fay-Herriot"


@checked
def fay_herriot(
    estimate: ArrayLike,
    variance: ArrayLike,
    x: ArrayLike | pd.DataFrame | None = None,
    *,
    area: Sequence[object] | None = None,
    n: ArrayLike | None = None,
    method: Method | str = Method.REML,
    intercept: bool = True,
    adjust: bool = True,
    between: float | None = None,
    confidence: float = 0.95,
) -> AreaEstimates:
    """Empirical best linear unbiased predictors of area means, with their mean squared errors.

    direct_d = theta_d + e_d, e_d ~ N(0, psi_d); theta_d = x_d'beta + v_d, v_d ~ N(0, A). The
    predictor is gamma_d direct_d + (1 - gamma_d) x_d'beta with gamma_d = A / (A + psi_d). Its MSE
    is g1 + g2 + 2 g3 under REML, less the bias of g1 under ML and FH: g1 = A psi / (A + psi),
    g2 = (1 - gamma)^2 x'(sum xx'/(A + psi))^-1 x, g3 = psi^2/(A + psi)^3 var(A) (Prasad and Rao
    1990; Datta and Lahiri 2000; Datta, Rao and Smith 2005). Equal to `mseFH` of R's sae.

    Parameters
    ----------
    estimate, variance
        Direct estimates and their sampling variances. An area where either is nan has no part in
        the fit and gets the synthetic estimate x'beta, with MSE A + x' var(beta) x.
    x
        Covariates of every area, known without error: a frame or a matrix.
    n
        Respondents per area, carried along for the reader.
    method
        `REML`, `ML`, or the moment equation `FH`.
    adjust
        Where the variance between areas is 0, take the adjusted likelihood (see
        `between_variance`) and flag it; else all estimates are synthetic.
    between
        The variance between areas, where it is known (from earlier rounds, say); g3 is then 0.

    Raises
    ------
    AnalysisError
        A variance is 0 or negative (smooth it first: `smoothed_variances`), a covariate is missing
        or made up by others, or there are too few areas.

    Examples
    --------
    >>> found = fay_herriot([5, 7, 9, 8, None], [1, 1, 1, 2, None], [1, 2, 3, 3, 4])
    >>> found.fit.beta.round(2).tolist(), found.gamma.round(2).tolist()
    ([3.25, 1.81], [0.21, 0.21, 0.21, 0.11, 0.0])
    """
    asked = area_input(estimate, variance, x, area=area, n=n, intercept=intercept)
    try:
        how = Method(method)
    except ValueError:
        raise AnalysisError(f"method={method!r} is none of: {', '.join(Method)}") from None
    if between is not None and not between >= 0:
        raise AnalysisError("a variance between areas is 0 or more")
    if between is None:
        found = between_variance(asked.data, how, adjust=adjust)
    else:
        found = Between(between, was_zero=between == 0, is_known=True)
    a, gls = found.value, asked.data.gls(found.value)
    beta, covariance = asked.coefficients(gls.beta, gls.inverse)
    fit = AreaFit(
        method=str(how),
        names=asked.covariates.names,
        beta=beta,
        beta_covariance=covariance,
        sigma2=a,
        n_areas=len(asked.data.y),
        loglik=asked.data.loglik(a),
    )
    return assembled(
        MODEL, asked, fit, _predicted(asked, found, gls, how),
        confidence=confidence, more_flags=_zero_flags(found),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """The parts of the mean squared error; nan where the area has no part in the fit."""

    g1: FloatArray
    g2: FloatArray
    g3: FloatArray
    bias: FloatArray


def _terms(found: Between, psi: FloatArray, gls: Gls, basis: Basis, method: Method) -> _Terms:
    a = found.value
    gamma = np.where(np.isfinite(psi), a / (a + psi), 0.0)
    spread = ((basis.everywhere @ gls.inverse) * basis.everywhere).sum(axis=1)
    w1, w2, m = gls.weight.sum(), (gls.weight**2).sum(), len(gls.weight)
    if found.is_known:
        variance, bias = 0.0, 0.0
    elif method is Method.FH:
        variance = 2 * m / w1**2
        bias = 2 * (m * w2 - w1**2) / w1**3
    else:
        variance, bias = 2 / w2, 0.0
    if method is Method.ML and not found.is_known:
        xw = basis.fitted * gls.weight[:, None]
        bias = -float(((xw @ gls.inverse) * xw).sum()) / w2
    g1 = np.where(np.isfinite(psi), a * (1 - gamma), a)
    with np.errstate(invalid="ignore"):
        g3 = np.where(np.isfinite(psi), psi**2 / (a + psi) ** 3 * variance, 0.0)
    return _Terms(g1, (1 - gamma) ** 2 * spread, g3, np.isfinite(psi) * (1 - gamma) ** 2 * bias)


def _predicted(asked: AreaInput, found: Between, gls: Gls, method: Method) -> Predicted:
    a, basis = found.value, asked.basis
    psi = np.where(asked.sampled, asked.psi, np.nan)
    gamma = np.where(asked.sampled, a / (a + psi), 0.0)
    synthetic = basis.everywhere @ gls.beta
    # an adjusted likelihood is restricted or full with a term of lower order: same expansion
    terms = _terms(found, psi, gls, basis, Method.REML if found.was_zero and a > 0 else method)
    own = terms.g1 + 2 * terms.g3 - terms.bias
    own = np.where(own + terms.g2 > 0, own, terms.g1)  # few areas: the expansion may fail
    root = np.linalg.cholesky(gls.inverse)
    return Predicted(
        estimate=synthetic + np.where(asked.sampled, gamma * (asked.y - synthetic), 0.0),
        mse=own + terms.g2,
        gamma=gamma,
        synthetic=synthetic,
        g1=terms.g1,
        g2=terms.g2,
        g3=terms.g3,
        errors=ErrorCovariance(own, (1 - gamma)[:, None] * (basis.everywhere @ root)),
    )


def _zero_flags(found: Between) -> int:
    if not found.was_zero:
        return 0
    return int(AreaFlag.ZERO_VARIANCE) | (int(AreaFlag.ADJUSTED) if found.value > 0 else 0)
