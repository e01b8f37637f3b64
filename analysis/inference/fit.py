"""Do the shares of a classification equal given ones? Goodness of fit under the design."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import stats

from analysis.arguments import checked
from analysis.arrays import factorised, numbers_in
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.inference.moments import freedom_of_test, rows_with, totals
from analysis.inference.results import TestResult

ROUNDING = 1e-14  # a variance below this share of the squared counts is rounding


@checked
def goodness_of_fit(design: Design, variable: str, shares: Mapping[object, float]) -> TestResult:
    """Do the levels of a classification have the given shares in the population?

    X2 = sum (O - E)^2 / E of the estimated counts, against the law of sum_j lambda_j chi2(1) with
    lambda the eigenvalues of the covariance matrix of (O - E) / sqrt(E), by Satterthwaite's
    approximation: X2 / `scale` is read against a chi-square with `df` degrees of freedom (Rao and
    Scott 1981). R: `svygofchisq`.

    Parameters
    ----------
    design : Design
    variable : str
    shares : mapping
        The share (or any multiple of it) of each level; all levels must be named.

    Returns
    -------
    TestResult

    Raises
    ------
    AnalysisError
        A level is not named, or has share zero; PSUs do not outnumber strata.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": range(6), "sex": list("fmffmf")})
    >>> found = goodness_of_fit(Design.from_frame(data, ids="psu"), "sex", {"f": 0.5, "m": 0.5})
    >>> round(found.p_value, 3)
    0.429
    """
    if variable not in design.frame.columns:
        raise AnalysisError(f"there is no column {variable!r} in the data")
    used = rows_with(design, design.frame[variable])
    column = design.frame[variable].iloc[used]
    held = factorised(column)[1].tolist()
    unnamed = sorted({str(value) for value in held if value not in shares})
    wanted = numbers_in(list(shares.values()), "shares")
    if unnamed or len(wanted) < 2 or not (wanted > 0).all():
        lack = f"; {', '.join(unnamed)} is not named" if unnamed else ""
        raise AnalysisError(f"{variable!r} needs a positive share for each of its levels{lack}")
    dummies = np.column_stack([np.asarray(column == level, dtype=np.float64) for level in shares])
    counts = totals(design, used, dummies)
    share = wanted / wanted.sum()
    expected = share * counts.value.sum()
    off = np.asarray(counts.value - expected)
    gradient = (np.eye(len(share)) - share[:, None]) / np.sqrt(expected)[:, None]
    gradient -= 0.5 * (off / expected**1.5)[:, None] * share[:, None]
    weights = np.linalg.eigvalsh(counts.at(gradient))
    if not weights.sum() > ROUNDING * expected.sum():
        raise AnalysisError(f"the counts of {variable!r} have no variance (strata? calibrated?)")
    freedom_of_test(design)
    statistic = float((off**2 / expected).sum())
    scale = float((weights**2).sum() / weights.sum())
    df = float(weights.sum() ** 2 / (weights**2).sum())
    p_value = float(stats.chi2.sf(statistic / scale, df))
    return TestResult(
        "goodness of fit, Rao-Scott", statistic, df, np.inf, p_value, n=len(used), scale=scale
    )
