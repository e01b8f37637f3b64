"""Differences between domains and changes between waves, with the covariance of what they share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

import numpy as np

from analysis.arguments import checked
from analysis.arrays import FloatArray
from analysis.contrasts.contrast import Combined, packed
from analysis.contrasts.joint import joint, text_of
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.freedom import Freedom
from analysis.linear import MATRIX_LIMIT


class Against(StrEnum):
    """What each level is compared with: the first, the one before it, or every other one."""

    FIRST = "first"
    PREVIOUS = "previous"
    EACH = "each"


@checked
def difference(
    estimates: Estimates,
    between: str | None = None,
    *,
    reference: object = None,
    against: Against | str = Against.FIRST,
    relative: bool = False,
    df: Freedom | str | float = Freedom.DOMAIN,
    confidence: float | None = None,
) -> Estimates:
    """Differences between domains of one table; domains that share PSUs covary, and it counts.

    Parameters
    ----------
    estimates : Estimates
        Made with `by=`.
    between : str, optional
        The column whose levels are compared, within each combination of the other `by` columns
        and for each variable; may be left out where there is one column.
    reference : optional
        The level that is subtracted from all others; the first in order by default.
    against : {"first", "previous", "each"}
        Compare with the reference, with the level before, or all pairs.
    relative : bool
        theta_2 / theta_1 - 1 instead, with limits made on the log scale.
    df, confidence
        As in `contrast`.

    Returns
    -------
    Estimates
        The column `between` holds `"H - E"` (`"H / E"` if relative). A pair of which one has no
        standard error has none. R: `svycontrast(svyby(…, covmat=TRUE), …)`.

    Raises
    ------
    AnalysisError
        The table has no such column or level.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import Design, mean
    >>> data = pd.DataFrame({"psu": [1, 1, 2, 2], "sex": list("fmfm"), "y": [1.0, 2, 3, 6]})
    >>> by_sex = mean(Design.from_frame(data, ids="psu"), "y", by="sex")
    >>> row = difference(by_sex, "sex").row(0)
    >>> row.domain, row.estimate
    (('m - f',), 2.0)
    """
    column = _column(estimates, between)
    try:
        asked = Against(against)
    except ValueError:
        raise AnalysisError(f"against={against!r} is none of: {', '.join(Against)}") from None
    most = MATRIX_LIMIT // max(len(estimates), 1)
    pairs = list(islice(_pairs(estimates, column, reference, asked), most + 1))
    if len(pairs) > most:
        raise AnalysisError(f"pairs of {len(estimates)} estimates do not fit; name fewer domains")
    if not pairs:
        raise AnalysisError(f"there are no two levels of {estimates.by[column]!r} to compare")
    parts = joint(estimates)
    statistic = "relative difference" if relative else "difference"
    if relative:
        found = _relative(estimates, pairs, df, confidence)
    else:
        matrix = np.zeros((len(pairs), len(parts)))
        for row, pair in enumerate(pairs):
            matrix[row, pair.later], matrix[row, pair.earlier] = 1.0, -1.0
        value = estimates.estimate[[p.later for p in pairs]]
        value = value - estimates.estimate[[p.earlier for p in pairs]]
        names = tuple(map(str, range(len(pairs))))
        made = Combined(statistic, names, value, matrix, matrix != 0)
        found = packed(parts, made, df=df, confidence=confidence)
    mark = " / " if relative else " - "
    return replace(
        found,
        statistic=statistic,
        by=estimates.by,
        domain=tuple(_domain(estimates, column, pair, mark) for pair in pairs),
        variable=tuple(estimates.variable[pair.later] for pair in pairs),
        level=tuple(estimates.level[pair.later] for pair in pairs),
    )


@checked
def change(
    estimates: Estimates,
    wave: str = "wave",
    *,
    since: Against | str = Against.PREVIOUS,
    relative: bool = False,
    df: Freedom | str | float = Freedom.DOMAIN,
    confidence: float | None = None,
) -> Estimates:
    """Change from wave to wave: later minus earlier, villages of both waves covarying.

    One stacked file with the same PSU ids in all waves, the wave as a column of `by`: then
    V = V1 + V2 - 2 Cov (Berger and Priam 2016). Domains of one wave only have no change.

    Parameters
    ----------
    estimates : Estimates
        Made with `by=["wave"]` or `by=["province", "wave"]`.
    wave : str
        The column of waves, in order.
    since : {"previous", "first", "each"}
    relative : bool
        Change over the earlier value, with limits made on the log scale.
    df, confidence
        As in `contrast`.

    Raises
    ------
    AnalysisError
        The table has no such column, or holds one wave.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import Design, mean
    >>> data = pd.DataFrame({"psu": [1, 2, 3] * 2, "wave": [1] * 3 + [2] * 3, "y": range(6)})
    >>> change(mean(Design.from_frame(data, ids="psu"), "y", by="wave")).estimate.tolist()
    [3.0]
    """
    return difference(
        estimates, wave, against=since, relative=relative, df=df, confidence=confidence
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Places of two entries that differ in one column."""

    later: int
    earlier: int


def _column(estimates: Estimates, between: str | None) -> int:
    if between is None and len(estimates.by) == 1:
        return 0
    if between not in estimates.by:
        raise AnalysisError(f"estimates by {', '.join(estimates.by) or 'nothing'}, not {between!r}")
    return estimates.by.index(between)


def _pairs(
    estimates: Estimates, column: int, reference: object, against: Against
) -> Iterator[_Pair]:
    """Pairs in the order of the later entry, within the other columns, variable and level."""
    levels = list(dict.fromkeys(domain[column] for domain in estimates.domain))
    if reference is not None:
        if reference not in levels:
            raise AnalysisError(f"{reference!r} is no level of {estimates.by[column]!r}")
        levels = [reference, *(level for level in levels if level != reference)]
    rank = {level: number for number, level in enumerate(levels)}
    groups: dict[tuple[object, ...], dict[int, int]] = {}
    for at, domain in enumerate(estimates.domain):
        rest = domain[:column] + domain[column + 1 :]
        key = (rest, estimates.variable[at], estimates.level[at])
        groups.setdefault(key, {})[rank[domain[column]]] = at
    for places in groups.values():
        order = sorted(places)
        for number, later in enumerate(order[1:], start=1):
            earlier = {
                Against.FIRST: order[:1] if order[0] == 0 else [],
                Against.PREVIOUS: order[number - 1 : number],
                Against.EACH: order[:number],
            }[against]
            for one in earlier:
                yield _Pair(places[later], places[one])


def _domain(estimates: Estimates, column: int, pair: _Pair, mark: str) -> tuple[object, ...]:
    later, earlier = estimates.domain[pair.later], estimates.domain[pair.earlier]
    text = text_of(later[column]) + mark + text_of(earlier[column])
    return (*later[:column], text, *later[column + 1 :])


def _relative(
    estimates: Estimates,
    pairs: list[_Pair],
    df: Freedom | str | float,
    confidence: float | None,
) -> Estimates:
    """theta_2 / theta_1 - 1: variance by the delta method, limits from the log of the ratio."""
    parts = joint(estimates)
    later, earlier = [p.later for p in pairs], [p.earlier for p in pairs]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = estimates.estimate[later] / estimates.estimate[earlier]
        ratio = np.where((ratio > 0) & np.isfinite(ratio), ratio, np.nan)
        of_log = np.zeros((len(pairs), len(parts)))
        rows = np.arange(len(pairs))
        of_log[rows, later] = 1 / estimates.estimate[later]
        of_log[rows, earlier] = -1 / estimates.estimate[earlier]
    used = np.zeros(of_log.shape, dtype=bool)
    used[rows, later] = used[rows, earlier] = True
    of_log[np.isnan(ratio)] = 0.0

    def made(value: FloatArray, gradient: FloatArray) -> Estimates:
        names = tuple(map(str, range(len(pairs))))
        combined = Combined("relative difference", names, value, gradient, used)
        return packed(parts, combined, df=df, confidence=confidence)

    log = made(np.log(ratio), of_log)
    found = made(ratio - 1, of_log * np.nan_to_num(ratio)[:, None])
    return replace(found, lower=np.expm1(log.lower), upper=np.expm1(log.upper))
