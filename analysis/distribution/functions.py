"""The weighted distribution function: the share of the population at or below given values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.arguments import checked
from analysis.arrays import floats
from analysis.design import Design
from analysis.domains import Missing
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.estimators import By, Deff, Where, options_of
from analysis.freedom import Freedom
from analysis.intervals import Interval
from analysis.items import Items, numeric_items
from analysis.survey import Statistic, estimate

MOST = 1_000  # distinct values taken where none are asked for


@checked
def cdf(
    design: Design,
    variable: str,
    at: float | Sequence[float] | None = None,
    *,
    by: By = None,
    where: Where = None,
    missing: Missing | str = Missing.PER_ITEM,
    interval: Interval | str = Interval.KORN_GRAUBARD,
    confidence: float = 0.95,
    deff: Deff = "replace",
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Estimates:
    """The distribution function F(x) = sum w 1(y <= x) / sum w, with standard errors.

    Parameters
    ----------
    design : Design
    variable : str
        A numeric column.
    at : float or list of float, optional
        Where to read F; all values that were answered by default.
    by, where, missing, interval, confidence, deff, df
        As in `proportion`.

    Returns
    -------
    Estimates
        `level` is x. R: `svycdf(~x, des)` (without its standard errors).

    Raises
    ------
    AnalysisError
        The column is not numeric, or more than 1,000 distinct values were answered and `at` is
        not given.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 2, 3, 4], "wait": [5, 10, 10, 30]})
    >>> cdf(Design.from_frame(data, ids="psu"), "wait", [4, 10]).estimate.tolist()
    [0.0, 0.75]
    """
    options = options_of(
        by=by,
        where=where,
        missing=missing,
        interval=interval,
        confidence=confidence,
        deff=deff,
        df=df,
    )
    y = numeric_items(design, (variable,)).y[:, 0]
    if at is None:
        points = np.unique(y[~np.isnan(y)])
        if len(points) > MOST:
            raise AnalysisError(
                f"{variable!r} has {len(points)} distinct values; say with at= where to read its "
                "distribution function"
            )
    else:
        try:
            points = np.atleast_1d(floats(at))
        except (TypeError, ValueError):
            raise AnalysisError("at= holds numbers where to read the distribution") from None
    if not points.size or np.isnan(points).any():
        raise AnalysisError("at= needs one number or more")
    table = np.asfortranarray(y[:, None] <= points, dtype=np.float64)
    table[np.isnan(y)] = np.nan
    items = Items((variable,) * len(points), tuple(points.tolist()), table)
    return estimate(design, Statistic.PROPORTION, items, options)
