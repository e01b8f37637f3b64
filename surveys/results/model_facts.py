"""What a run says of a small-area model: fit, covariates, diagnostics, as plain JSON."""

from __future__ import annotations

from math import isnan
from typing import Any, Final

import numpy as np

from analysis.smallarea import AreaEstimates
from surveys.results.covariates import Known
from surveys.results.model_fit import Fitted
from surveys.results.recipe import Recipe

MOST_SHARED: Final = 12  # of the parts that errors share, the largest


def shared_errors(fitted: AreaEstimates) -> dict[str, list[float]]:
    """By area the correlations of its error with what all areas share: the coefficients.

    On the scale of the model, where errors are normal; a benchmark's part is left out.
    """
    errors = fitted.linear.errors
    sizes = np.square(errors.shared)
    spread = np.sqrt(errors.own + sizes.sum(axis=1))
    largest = np.sort(np.argsort(-sizes.sum(axis=0), kind="stable")[:MOST_SHARED])
    with np.errstate(divide="ignore", invalid="ignore"):
        rows = np.where(spread[:, None] > 0, errors.shared / spread[:, None], 0.0)[:, largest]
    rows = rows.round(4)
    return {str(area): row.tolist() for area, row in zip(fitted.area, rows, strict=True)}


def facts_of(made: Fitted, known: Known, recipe: Recipe) -> dict[str, Any]:
    """What the technical page says of a model; `met_by` are the communes brought to the total."""
    fitted, found = made.areas, made.found
    return {
        "kind": recipe.small_area,
        "scale": made.scale,
        "method": fitted.fit.method,
        "covariates": [
            {"name": name, "beta": float(beta), "se": float(se)}
            for name, beta, se in zip(
                fitted.fit.names, fitted.fit.beta, fitted.fit.beta_se, strict=True
            )
        ],
        "left_out": list(known.left_out),
        "sigma2": fitted.fit.sigma2,
        "areas": found.n_areas,
        "rho": None if isnan(fitted.fit.rho) else fitted.fit.rho,
        "unsampled": known.unsampled,
        "lacking": list(known.lacking),
        "is_benchmarked": bool(made.met_by),
        "met_by": made.met_by,
        "why_not_all": made.why,
        "faults": [fault.name.lower() for fault in found.faults],
        "shapiro_p": found.shapiro_p,
        "goodness_p": found.goodness_p,
        "curvature_p": None if isnan(found.curvature_p) else found.curvature_p,
        "coverage": found.coverage,
    }
