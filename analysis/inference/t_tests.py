"""t tests of a mean, and of the difference between the means of two groups."""

from __future__ import annotations

import numpy as np
from scipy import stats

from analysis.arguments import checked
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.expressions import parse
from analysis.inference.moments import degrees_of_freedom, means, members, rows_with
from analysis.inference.results import TestResult
from analysis.models.columns import evaluate
from analysis.models.regression import regression


@checked
def mean_test(
    design: Design, variable: str, *, expected: float = 0.0, confidence: float = 0.95
) -> TestResult:
    """Is a mean what was expected? For paired answers, give their difference: `"after - before"`.

    t = (mean - expected) / se on the degrees of freedom of the design less one, as R's `svyttest`.

    Parameters
    ----------
    design : Design
    variable : str
        A column or an expression. Who misses it is left out of the mean, not of the design.
    expected : float
    confidence : float

    Returns
    -------
    TestResult

    Raises
    ------
    AnalysisError
        Nobody answered, or no degree of freedom is left.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": range(5), "before": [1, 2, 3, 2, 1], "after": [2, 4, 3, 3, 3]})
    >>> found = mean_test(Design.from_frame(data, ids="psu"), "after - before")
    >>> round(found.estimate, 2), round(found.statistic, 3), found.df
    (1.2, 3.207, 3.0)
    """
    column = evaluate(parse(variable), design.frame)
    rows = rows_with(design, column.values)
    found = means(design, rows, column.values[rows][:, None])
    df = degrees_of_freedom(design, np.flatnonzero(members(design))) - 1
    return _t_result(
        "one-sample t",
        float(found.value[0]),
        float(np.sqrt(found.covariance[0, 0])),
        df,
        expected=expected,
        n=len(rows),
        confidence=confidence,
    )


@checked
def difference_test(
    design: Design, variable: str, group: str, *, confidence: float = 0.95
) -> TestResult:
    """Do two groups have the same mean?

    The coefficient of the group in a linear model, with the covariance of the two means (they may
    share PSUs); degrees of freedom of the design less one.

    Parameters
    ----------
    design : Design
    variable, group : str
        Columns or expressions; the group has two levels, or is coded 0 and 1 (or 1 and 2).
    confidence : float

    Returns
    -------
    TestResult

    Raises
    ------
    AnalysisError
        The group has not two levels.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 1, 2, 2, 3, 3], "y": [1, 2, 2, 4, 3, 4],
    ...                      "sex": list("fmfmfm")})
    >>> found = difference_test(Design.from_frame(data, ids="psu"), "y", "sex")
    >>> round(found.estimate, 3), round(found.p_value, 3), found.df
    (1.333, 0.156, 1.0)
    """
    model = regression(design, f"{variable} ~ {group}", confidence=confidence)
    x = model.matrix.x
    codes = {float(value) for value in np.unique(x[:, -1])} if x.shape[1] == 2 else set()
    if not (codes <= {0.0, 1.0} or codes <= {1.0, 2.0}) or not codes:
        raise AnalysisError(f"{group!r} must have two levels, or be coded 0 and 1")
    return _t_result(
        "two-sample t",
        float(model.estimate[1]),
        float(model.se[1]),
        model.df,
        expected=0.0,
        n=model.n,
        confidence=confidence,
    )


def _t_result(
    method: str,
    estimate: float,
    se: float,
    df: float,
    *,
    expected: float,
    n: int,
    confidence: float,
) -> TestResult:
    if not df > 0:
        raise AnalysisError(f"{df:g} degrees of freedom are left; the sample has too few PSUs")
    if not se > 0:
        raise AnalysisError("the estimate has no variance that could be seen; no t test")
    t = (estimate - expected) / se
    half = float(stats.t.ppf(0.5 + confidence / 2, df)) * se
    return TestResult(
        method,
        t,
        df,
        float("nan"),
        float(2 * stats.t.sf(abs(t), df)),
        n,
        estimate=estimate,
        se=se,
        lower=estimate - half,
        upper=estimate + half,
        confidence=confidence,
    )
