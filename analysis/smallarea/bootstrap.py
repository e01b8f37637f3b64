"""Mean squared errors by simulating the fitted model: what expansions leave out is in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arguments import checked
from analysis.arrays import BoolArray, FloatArray
from analysis.errors import AnalysisError
from analysis.smallarea.areas import AreaEstimates, AreaFlag
from analysis.smallarea.covariates import Covariates
from analysis.smallarea.fayherriot import MODEL
from analysis.smallarea.scales import LINKS, Link

STEPS = 80
CLOSE = 1e-10
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(12)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@dataclass(frozen=True, slots=True, eq=False)
class ManyFits:
    """Fits of many samples to one design: a column each."""

    between: FloatArray  # (samples,)
    beta: FloatArray  # (p, samples)


@dataclass(frozen=True, slots=True, eq=False)
class _Many:
    y: FloatArray  # (areas, samples)
    psi: FloatArray  # (areas, 1)
    x: FloatArray
    products: FloatArray  # (areas, p p)

    def beta(self, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Inverses (samples, p, p) and coefficients (p, samples)."""
        p = self.x.shape[1]
        information = (self.products.T @ weight).T.reshape(-1, p, p)
        inverse: FloatArray = np.linalg.inv(information).astype(np.float64, copy=False)
        moment = self.x.T @ (weight * self.y)
        return inverse, np.asarray(np.einsum("bij,jb->ib", inverse, moment))

    def slope(self, a: FloatArray, *, is_adjusted: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Slope of the restricted (and, where A was 0, adjusted) likelihood, and information."""
        p = self.x.shape[1]
        weight = 1 / (a + self.psi)
        inverse, beta = self.beta(weight)
        square = weight**2
        rest = self.y - self.x @ beta
        outer = (self.products.T @ square).T.reshape(-1, p, p)
        trace = weight.sum(axis=0) - (inverse * outer).sum(axis=(1, 2))
        value = 0.5 * ((square * rest**2).sum(axis=0) - trace)
        total = (a * weight).sum(axis=0)
        change = (self.psi * square).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            extra = change / ((1 + total**2) * np.arctan(total)) / len(self.x)
        return value + np.where(is_adjusted, extra, 0.0), 0.5 * square.sum(axis=0)


def fit_many(y: FloatArray, psi: FloatArray, x: FloatArray) -> ManyFits:
    """REML for all columns of `y` at once: scoring, kept inside a bracket that only shrinks.

    A column whose likelihood falls from 0 on takes the adjusted likelihood; that a likelihood may
    rise again further out is not looked for here, as `between_variance` does.
    """
    data = _Many(y, psi[:, None], x, (x[:, :, None] * x[:, None, :]).reshape(len(x), -1))
    size = y.shape[1]
    none = np.zeros(size, dtype=bool)
    is_zero = data.slope(np.zeros(size), is_adjusted=none)[0] <= 0
    low, high = np.zeros(size), np.full(size, 4 * float(psi.max()) + 4 * y.var(axis=0).max())
    for _ in range(STEPS):
        rising = data.slope(high, is_adjusted=is_zero)[0] > 0
        if not rising.any():
            break
        high = np.where(rising, 4 * high, high)
    a = np.full(size, float(np.median(psi)))
    for _ in range(STEPS):
        slope, information = data.slope(a, is_adjusted=is_zero)
        low, high = np.where(slope > 0, a, low), np.where(slope > 0, high, a)
        step = a + slope / information
        inside = (step > low) & (step < high)
        new = np.where(inside, step, (low + high) / 2)
        done = np.abs(new - a) <= CLOSE * a
        a = new
        if done.all():
            break
    return ManyFits(a, data.beta(1 / (a + data.psi))[1])


@checked
def bootstrap_mse(
    areas: AreaEstimates,
    x: ArrayLike | pd.DataFrame | None,
    *,
    count: int = 200,
    seed: int = 1,
    intercept: bool = True,
) -> AreaEstimates:
    """The estimates with the MSE of a parametric bootstrap (Gonzalez-Manteiga et al. 2008).

    Areas and samples are drawn from the fitted model, fitted anew, carried back from the scale as
    the estimates were; the MSE is the mean squared gap to the drawn truth. For models that were
    fitted by REML, before any benchmark.

    Parameters
    ----------
    x, intercept
        The covariates that the model had.

    Raises
    ------
    AnalysisError
        The model is benchmarked, or not Fay and Herriot's by REML.

    Examples
    --------
    >>> from analysis.smallarea import fay_herriot
    >>> found = fay_herriot([4, 6, 9, 7, 3, 8], [1, 1, 2, 1, 1, 1])
    >>> bool((bootstrap_mse(found, None).mse > 0).all())
    True
    """
    linear = areas.linear
    if linear.model != MODEL or linear.fit.method != "REML":
        raise AnalysisError("the bootstrap is for Fay and Herriot's model by REML")
    if (areas.flags & int(AreaFlag.BENCHMARKED)).any():
        raise AnalysisError("take the bootstrap first, and benchmark then")
    matrix = Covariates.of(x, len(areas), intercept=intercept)
    rows = (linear.flags & int(AreaFlag.SYNTHETIC)) == 0
    basis = matrix.orthonormal(rows)
    psi = linear.direct_se[rows] ** 2
    rng = np.random.default_rng(seed)
    centre = (matrix.matrix @ linear.fit.beta)[:, None]
    truth = centre + np.sqrt(linear.fit.sigma2) * rng.standard_normal((len(areas), count))
    y = truth[rows] + np.sqrt(psi)[:, None] * rng.standard_normal((len(psi), count))
    fits = fit_many(y, psi, basis.fitted)
    estimate = basis.everywhere @ fits.beta
    gamma = fits.between / (fits.between + psi[:, None])
    estimate[rows] += gamma * (y - estimate[rows])
    g1 = np.tile(fits.between, (len(areas), 1))
    g1[rows] *= 1 - gamma
    link = LINKS[areas.scale]
    gap = _carried_back(link, estimate, np.sqrt(g1)) - link.back(truth)
    mse = np.asarray((gap**2).mean(axis=1))
    return replace(areas, mse=mse, errors=areas.errors.with_diagonal(mse))


def _carried_back(link: Link, mean: FloatArray, sd: FloatArray) -> FloatArray:
    """E back(z) by twelve points: enough beside the noise of a bootstrap."""
    found = np.zeros_like(mean)
    for node, weight in zip(NODES.tolist(), WEIGHTS.tolist(), strict=True):
        found += weight * link.back(mean + node * sd)
    return found
