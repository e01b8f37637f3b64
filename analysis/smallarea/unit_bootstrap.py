"""The unit-level model's mean squared errors by simulating it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.arguments import checked
from analysis.smallarea.areas import AreaEstimates
from analysis.smallarea.unit import unit_model


@checked
def unit_bootstrap_mse(
    found: AreaEstimates,
    x: pd.DataFrame,
    area: ArrayLike,
    population_means: pd.DataFrame,
    *,
    population_sizes: pd.Series[float] | None = None,
    intercept: bool = True,
    count: int = 200,
    seed: int = 1,
) -> AreaEstimates:
    """The estimates of `unit_model` with the MSE of a parametric bootstrap.

    Area effects, answers and the means of those not asked are drawn from the fitted model; the
    other arguments are those that the model had (Gonzalez-Manteiga et al. 2008; `pbmseBHF` of R's
    sae).

    Examples
    --------
    >>> means = pd.DataFrame({"x": [2.0, 3.0, 4.0]}, index=list("abc"))
    >>> x = pd.DataFrame({"x": [1, 2, 3, 3, 4, 5]})
    >>> found = unit_model([2, 4, 7, 8, 8, 9], x, list("aabbcc"), means)
    >>> bool((unit_bootstrap_mse(found, x, list("aabbcc"), means, count=20).mse > 0).all())
    True
    """
    rng = np.random.default_rng(seed)
    place = {label: at for at, label in enumerate(found.area)}
    code = np.array([place[label] for label in np.asarray(area).tolist()], dtype=np.int64)
    n = np.bincount(code, minlength=len(found)).astype(np.float64)
    size = np.full(len(found), np.inf)
    if population_sizes is not None:
        size = np.asarray(population_sizes.reindex(list(found.area)), dtype=np.float64)
    inner = x.to_numpy(dtype=np.float64)
    inner = np.column_stack([np.ones(len(inner)), inner]) if intercept else inner
    centre, within = inner @ found.fit.beta, np.sqrt(found.fit.sigma2_e)
    squares = np.zeros(len(found))
    for _ in range(count):
        effect = np.sqrt(found.fit.sigma2) * rng.standard_normal(len(found))
        noise = within * rng.standard_normal(len(code))
        unseen = within / np.sqrt(np.maximum(size - n, 1)) * rng.standard_normal(len(found))
        seen = np.bincount(code, noise, len(found)) / size
        truth = found.synthetic + effect + seen + (1 - n / size) * unseen
        again = unit_model(
            centre + effect[code] + noise, x, area, population_means,
            population_sizes=population_sizes, method=found.fit.method, intercept=intercept,
        )  # fmt: skip
        squares += (again.estimate - truth) ** 2
    mse = squares / count
    return replace(found, mse=mse, errors=found.errors.with_diagonal(mse))
