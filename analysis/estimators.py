"""Means, proportions, totals, ratios and counts of populations and domains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.arguments import checked, one_of
from analysis.arrays import BoolArray, FloatArray, names
from analysis.design import Design
from analysis.domains import Missing
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.freedom import Freedom, as_freedom
from analysis.intervals import Interval
from analysis.items import (
    Items,
    LevelItems,
    category_items,
    column_of,
    numeric_items,
    ratio_items,
    success_items,
)
from analysis.survey import Options, Statistic, estimate

By = str | Sequence[str] | None
Where = str | pd.Series | BoolArray | None
Variables = str | Sequence[str]
Deff = Literal["replace", "wor"]


@checked
def mean(
    design: Design,
    variables: Variables,
    *,
    by: By = None,
    where: Where = None,
    missing: Missing | str = Missing.PER_ITEM,
    interval: Interval | str = Interval.T,
    confidence: float = 0.95,
    deff: Deff = "replace",
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Estimates:
    """Weighted means, with covariances between all of them.

    Estimate sum w y / sum w; variance by linearisation with u = (y - mean) / sum w (Binder 1983;
    Sarndal, Swensson and Wretman 1992 ch. 5). A domain is a subpopulation: rows outside it stay
    in the design.

    Parameters
    ----------
    design : Design
    variables : str or list of str
        Numeric or boolean columns.
    by : str or list of str, optional
        Domain columns; all domains are estimated in one pass.
    where : str, Series or array of bool, optional
        Subpopulation.
    missing : {"per_item", "listwise", "fail"}
        Use who answered this item, who answered all items, or refuse missing answers.
    interval : Interval or str
        `t` by default.
    confidence : float
        Level of the interval.
    deff : {"replace", "wor"}
        Simple random sampling with or without replacement as the yardstick (R: "replace", TRUE).
    df : Freedom, str or float
        How degrees of freedom are counted, or their number; see `Freedom`.

    Returns
    -------
    Estimates

    Raises
    ------
    AnalysisError
        A column is missing, not numeric, or lonely PSUs are met under `lonely_psu="fail"`.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 1, 2, 2, 3, 3], "score": [1, 2, 2, 3, 5, 5]})
    >>> float(mean(Design.from_frame(data, ids="psu"), "score").estimate[0])
    3.0
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
    return estimate(design, Statistic.MEAN, numeric_items(design, names(variables)), options)


@checked
def proportion(
    design: Design,
    variables: Variables,
    *,
    success: object = None,
    by: By = None,
    where: Where = None,
    missing: Missing | str = Missing.PER_ITEM,
    interval: Interval | str = Interval.KORN_GRAUBARD,
    confidence: float = 0.95,
    deff: Deff = "replace",
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Estimates:
    """Weighted shares, 0..1.

    Without `success`, a boolean or 0/1 column gives the share of ones and any other column the
    share of each of its levels. With `success` (one value or several) each column gives the share
    of those answers among all answers: `proportion(design, "overall", success=[4, 5])`.

    The interval is Korn and Graubard's (1998) with the effective sample size capped at n; see
    `Interval`. Other parameters, result and errors as in `mean`.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 1, 2, 2, 3, 3], "overall": [5, 4, 2, 3, 5, 5]})
    >>> found = proportion(Design.from_frame(data, ids="psu"), "overall", success=[4, 5])
    >>> round(float(found.estimate[0]), 3)
    0.667
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
    columns = names(variables)
    items: Items | LevelItems
    if success is not None:
        items = success_items(design, columns, success)
    elif all(_is_binary(design, column) for column in columns):
        items = numeric_items(design, columns)
    else:
        items = category_items(design, columns)
    return estimate(design, Statistic.PROPORTION, items, options)


@checked
def total(
    design: Design,
    variables: Variables,
    *,
    by: By = None,
    where: Where = None,
    missing: Missing | str = Missing.PER_ITEM,
    interval: Interval | str = Interval.T,
    confidence: float = 0.95,
    deff: Deff = "replace",
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Estimates:
    """Weighted totals, sum w y; missing answers add nothing. Parameters as in `mean`.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 1, 2, 2], "w": [10, 10, 5, 5], "dossiers": [1, 0, 2, 4]})
    >>> float(total(Design.from_frame(data, ids="psu", weights="w"), "dossiers").estimate[0])
    40.0
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
    return estimate(design, Statistic.TOTAL, numeric_items(design, names(variables)), options)


@checked
def ratio(
    design: Design,
    numerator: Variables,
    denominator: Variables,
    *,
    by: By = None,
    where: Where = None,
    missing: Missing | str = Missing.PER_ITEM,
    interval: Interval | str = Interval.T,
    confidence: float = 0.95,
    deff: Deff = "replace",
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Estimates:
    """Ratios of totals sum w y / sum w x; u = (y - R x) / sum w x. Parameters as in `mean`.

    Several numerators take one denominator each, or share one.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 2, 3], "ontime": [3, 1, 4], "dossiers": [4, 2, 4]})
    >>> float(ratio(Design.from_frame(data, ids="psu"), "ontime", "dossiers").estimate[0])
    0.8
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
    items = ratio_items(design, names(numerator), names(denominator))
    return estimate(design, Statistic.RATIO, items, options)


@checked
def count(
    design: Design,
    variable: str | None = None,
    *,
    by: By = None,
    where: Where = None,
    missing: Missing | str = Missing.PER_ITEM,
    interval: Interval | str = Interval.T,
    confidence: float = 0.95,
    deff: Deff = "replace",
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Estimates:
    """Estimated numbers of people: in all, or per level of a column. Parameters as in `mean`.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"psu": [1, 1, 2, 2], "w": [10, 10, 5, 5], "sex": list("fmff")})
    >>> count(Design.from_frame(data, ids="psu", weights="w"), "sex").estimate.tolist()
    [20.0, 10.0]
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
    items: Items | LevelItems
    if variable is None:
        items = Items(("count",), (None,), np.ones((design.n_rows, 1)))
    else:
        items = category_items(design, (variable,))
    return estimate(design, Statistic.COUNT, items, options)


def options_of(
    *,
    by: By,
    where: Where,
    missing: Missing | str,
    interval: Interval | str,
    confidence: float,
    deff: Deff = "replace",
    df: Freedom | str | float = Freedom.DOMAIN,
) -> Options:
    """The options that estimators have in common, checked."""
    if not 0 < confidence < 1:
        raise AnalysisError(f"confidence={confidence} must lie between 0 and 1")
    if deff not in ("replace", "wor"):
        raise AnalysisError(f"deff={deff!r} is neither 'replace' nor 'wor'")
    return Options(
        by=names(by),
        where=where,
        missing=one_of(Missing, missing, "missing"),
        interval=one_of(Interval, interval, "interval"),
        confidence=confidence,
        is_without_replacement=deff == "wor",
        df=as_freedom(df),
    )


def _is_binary(design: Design, column: str) -> bool:
    values: pd.Series[Any] = column_of(design, column)
    if pd.api.types.is_bool_dtype(values):
        return True
    if not pd.api.types.is_numeric_dtype(values):
        return False
    numbers: FloatArray = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return bool((np.isnan(numbers) | (numbers == 0) | (numbers == 1)).all())
