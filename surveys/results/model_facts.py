"""What a run says of a small-area model: fit, covariates, diagnostics, as plain JSON."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np

from analysis.smallarea import AreaEstimates, Diagnosis
from surveys.results.covariates import Known


def shared_errors(fitted: AreaEstimates) -> dict[str, list[float]]:
    """By area the correlations of its error with what all areas share: the coefficients.

    On the scale of the model, where errors are normal; a benchmark's part is left out.
    """
    errors = fitted.linear.errors
    spread = np.sqrt(errors.own + np.square(errors.shared).sum(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        rows = np.where(spread[:, None] > 0, errors.shared / spread[:, None], 0.0)
    return {str(area): row.tolist() for area, row in zip(fitted.area, rows, strict=True)}


def facts_of(
    fitted: AreaEstimates, found: Diagnosis, known: Known, way: str, *, was_benchmarked: bool
) -> dict[str, Any]:
    """What the technical page says of a model."""
    return {
        "scale": way,
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
        "is_benchmarked": was_benchmarked,
        "faults": [fault.name.lower() for fault in found.faults],
        "shapiro_p": found.shapiro_p,
        "goodness_p": found.goodness_p,
        "curvature_p": None if isnan(found.curvature_p) else found.curvature_p,
        "coverage": found.coverage,
    }
