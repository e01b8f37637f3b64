"""Means, shares, totals, ratios and counts of stored designs; they equal those in memory."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypedDict, Unpack, cast

from analysis.arrays import names
from analysis.domains import Missing
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.estimators import By, Deff, Variables, options_of
from analysis.freedom import Freedom
from analysis.intervals import Interval
from analysis.scale.plan import Item, Kind, Value
from analysis.scale.stored import StoredDesign, estimate
from analysis.survey import Options, Statistic

MOST_LEVELS = 100  # answers of one question; each costs a column of sums


class Common(TypedDict, total=False):
    """Options of every estimator, as in `analysis.mean`.

    `where` names a true/false column of the store (missing counts as false). A condition is made
    where the rows are: in the query, or with `assign` on a frame.
    """

    by: By
    where: str | None
    missing: Missing | str
    interval: Interval | str
    confidence: float
    deff: Deff
    df: Freedom | str | float


def mean(
    design: StoredDesign,
    variables: Variables,
    **options: Unpack[Common],
) -> Estimates:
    """Weighted means of number columns; see `analysis.mean`.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.scale import FrameRows
    >>> data = pd.DataFrame({"village": [1, 2, 3], "w": [1.0, 1, 2], "score": [1, 3, 4]})
    >>> mean(StoredDesign(FrameRows(data), ids="village", weights="w"), "score").estimate.tolist()
    [3.0]
    """
    return estimate(design, Statistic.MEAN, _numbers(variables), _options(options, Interval.T))


def proportion(
    design: StoredDesign,
    variables: Variables,
    *,
    success: object = None,
    **options: Unpack[Common],
) -> Estimates:
    """Weighted shares; see `analysis.proportion`.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.scale import FrameRows
    >>> data = pd.DataFrame({"village": [1, 2, 3], "w": [1.0, 1, 2], "overall": [5, 2, 4]})
    >>> design = StoredDesign(FrameRows(data), ids="village", weights="w")
    >>> proportion(design, "overall", success=[4, 5]).estimate.tolist()
    [0.75]
    """
    columns = names(variables)
    if success is not None:
        wanted = _matches(success)
        for name in columns:
            _check_kind(design, name, wanted)
        items = tuple(Item(name, name, wanted) for name in columns)
    elif all(_is_binary(design, name) for name in columns):
        items = _numbers(columns)
    else:
        items = tuple(item for name in columns for item in _levels(design, name))
    return estimate(design, Statistic.PROPORTION, items, _options(options, Interval.KORN_GRAUBARD))


def total(
    design: StoredDesign,
    variables: Variables,
    **options: Unpack[Common],
) -> Estimates:
    """Weighted totals; see `analysis.total`.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.scale import FrameRows
    >>> data = pd.DataFrame({"village": [1, 2, 3], "w": [1.0, 1, 2], "dossiers": [1, 0, 4]})
    >>> design = StoredDesign(FrameRows(data), ids="village", weights="w")
    >>> total(design, "dossiers").estimate.tolist()
    [9.0]
    """
    return estimate(design, Statistic.TOTAL, _numbers(variables), _options(options, Interval.T))


def ratio(
    design: StoredDesign,
    numerator: Variables,
    denominator: Variables,
    **options: Unpack[Common],
) -> Estimates:
    """Ratios of totals; see `analysis.ratio`.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.scale import FrameRows
    >>> data = pd.DataFrame({"village": [1, 2, 3], "w": 1.0, "ontime": [3, 1, 4], "all": [4, 2, 4]})
    >>> design = StoredDesign(FrameRows(data), ids="village", weights="w")
    >>> ratio(design, "ontime", "all").estimate.tolist()
    [0.8]
    """
    above, below = names(numerator), names(denominator)
    if len(below) == 1:
        below = below * len(above)
    if len(above) != len(below) or not above:
        raise AnalysisError(f"{len(above)} numerators but {len(below)} denominators")
    items = tuple(Item(f"{a}/{b}", a, below=b) for a, b in zip(above, below, strict=True))
    return estimate(design, Statistic.RATIO, items, _options(options, Interval.T))


def count(
    design: StoredDesign,
    variable: str | None = None,
    **options: Unpack[Common],
) -> Estimates:
    """Estimated numbers of people; see `analysis.count`.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.scale import FrameRows
    >>> data = pd.DataFrame({"village": [1, 2, 3], "w": [1.0, 1, 2], "sex": list("fmf")})
    >>> count(StoredDesign(FrameRows(data), ids="village", weights="w"), "sex").estimate.tolist()
    [3.0, 1.0]
    """
    items = (Item("count"),) if variable is None else _levels(design, variable)
    return estimate(design, Statistic.COUNT, items, _options(options, Interval.T))


def _options(given: Common, interval: Interval) -> Options:
    return options_of(
        by=given.get("by"),
        where=given.get("where"),
        missing=given.get("missing", Missing.PER_ITEM),
        interval=given.get("interval", interval),
        confidence=given.get("confidence", 0.95),
        deff=given.get("deff", "replace"),
        df=given.get("df", Freedom.DOMAIN),
    )


def _numbers(variables: Variables) -> tuple[Item, ...]:
    columns = names(variables)
    if not columns:
        raise AnalysisError("name at least one variable")
    return tuple(Item(name, name) for name in columns)


def _matches(success: object) -> tuple[Value, ...]:
    several = isinstance(success, Collection) and not isinstance(success, str)
    found = tuple(cast("Collection[object]", success)) if several else (success,)
    for value in found:
        if not isinstance(value, str | int | float | bool):
            raise AnalysisError(f"success={value!r} is neither text nor a number")
    return cast("tuple[Value, ...]", found)


def _check_kind(design: StoredDesign, column: str, wanted: tuple[Value, ...]) -> None:
    """Engines differ on whether 1 and "1" are the same answer; here they never are."""
    is_number = design.rows.kind(column) is not Kind.OTHER
    if is_number == all(isinstance(value, str) for value in wanted):
        holds, asked = ("numbers", "text") if is_number else ("text", "numbers")
        raise AnalysisError(f"column {column!r} holds {holds}, success= names {asked}: {wanted}")


def _levels(design: StoredDesign, column: str) -> tuple[Item, ...]:
    """An indicator for each level of a column."""
    design.rows.kind(column)
    found = design.rows.levels(column, MOST_LEVELS)
    if len(found) > MOST_LEVELS:
        raise AnalysisError(
            f"column {column!r} has more than {MOST_LEVELS} levels; use mean, or give `success`"
        )
    return tuple(Item(column, column, (level,), level) for level in found)


def _is_binary(design: StoredDesign, column: str) -> bool:
    kind = design.rows.kind(column)
    if kind is not Kind.NUMBER:
        return kind is Kind.BOOLEAN
    return set(design.rows.levels(column, 2)) <= {0, 1}
