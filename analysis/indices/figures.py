"""From recoded frame and design to figures: one per indicator, category and domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis import estimators
from analysis.design import Design
from analysis.estimates import Estimate, Flag
from analysis.indices.combined import Bounds, combined_means, index_bounds
from analysis.indices.definition import Definition, Kind, Unit
from analysis.indices.sums import DomainSums, domain_sums
from analysis.intervals import Interval, t_quantile

CONFIDENCE: Final = 0.95
ROUND: Final = ""  # the domain that is everybody
OFTEN: Final = 0.2


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with everything that has to travel with it; None where it cannot be had.

    Shares are 0..1, scores 0..100 (1..5 for mean scores). `numerator` and `denominator` are
    weighted sums over those who answered; `missing_share` is the weighted share of the base that
    did not. `low` and `high` are the bounds of a composite. `deff` is of this cell; whether the
    cell is published is decided with the pooled one (`analysis.publication`).
    """

    indicator: str
    category: str
    domain: str
    estimate: float | None
    se: float | None
    lower: float | None
    upper: float | None
    interval: str
    df: float | None
    deff: float | None
    n: int
    n_psu: int
    numerator: float | None
    denominator: float | None
    low: float | None
    high: float | None
    missing_share: float | None
    flags: tuple[str, ...]


def figures(
    design: Design,
    definition: Definition,
    by: str | None = None,
    *,
    interval: Interval | str = Interval.KORN_GRAUBARD,
    confidence: float = CONFIDENCE,
) -> tuple[Figure, ...]:
    """Estimate an indicator for everybody or for the domains of a column.

    Parameters
    ----------
    design : Design
        Of the frame that `digital.persons`, `digital.households` or `satisfaction.respondents`
        made, with the weight that the definition names.
    definition : Definition
        A row of `indicators.table.TABLE`.
    by : str, optional
        Domain column. Rows where it is empty belong to no domain.
    interval : Interval or str
        Of shares; scores and indices have t.
    confidence : float
        Level of all intervals.

    Returns
    -------
    tuple of Figure
        Shares with Korn and Graubard's interval (n_eff capped at n) by default, scores with t;
        where that would leave 0..100, the interval is made on the logit of value / 100.
        An index is one linearised variable per respondent, each item on its own base; with fewer
        answers to any of its items than the definition asks for (30) it is None and flagged
        `few_answers`.

    Raises
    ------
    AnalysisError
        A column is missing from the frame.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.indicators.table import TABLE
    >>> data = pd.DataFrame({"psu": [1, 1, 2, 2, 3, 3], "net_3m": [1, 0, 1, 1, 1, np.nan]})
    >>> design = Design.from_frame(data.assign(persons_15=1.0), ids="psu")
    >>> figures(design, TABLE["net_3m"])[0].n
    5
    """
    if definition.kind is Kind.INDEX:
        return _index(design, definition, by, confidence)
    how = _How(by, Interval(interval), confidence)
    return tuple(
        figure
        for column in definition.columns
        for figure in _simple(design, definition, column, how)
    )


@dataclass(frozen=True, slots=True)
class _How:
    by: str | None
    interval: Interval
    confidence: float


def _simple(design: Design, definition: Definition, column: str, how: _How) -> Iterator[Figure]:
    base = design.frame[definition.base.id].eq(1)
    by, level = how.by, how.confidence
    if definition.kind is Kind.SCORE:
        found = estimators.mean(design, column, by=by, where=base, confidence=level)
    else:
        found = estimators.proportion(
            design,
            column,
            success=1.0,
            by=by,
            where=base,
            interval=how.interval,
            confidence=level,
        )
    sums = domain_sums(design, column, base.to_numpy(), by, item=definition.item)
    for row in found:
        yield _figure(definition, column, row=row, sums=sums[row.domain])


def _figure(definition: Definition, column: str, *, row: Estimate, sums: DomainSums) -> Figure:
    scale = definition.scale
    often = sums.not_applicable is not None and sums.not_applicable > OFTEN
    plain = Figure(
        indicator=definition.id,
        category=column.partition("__")[2],
        domain=str(row.domain[0]) if row.domain else ROUND,
        estimate=_number(row.estimate * scale),
        se=_number(row.se * scale),
        lower=_number(row.lower * scale),
        upper=_number(row.upper * scale),
        interval=row.interval,
        df=_number(row.df),
        deff=_number(row.deff),
        n=row.n,
        n_psu=row.n_psu,
        numerator=sums.numerator if row.n else None,
        denominator=sums.answered if row.n else None,
        low=None if sums.low is None else sums.low * scale,
        high=None if sums.high is None else sums.high * scale,
        missing_share=1 - sums.answered / sums.base if sums.base > 0 else None,
        # the figure of an item that often does not apply is about the rest
        flags=(*_flags(row.flags), *(["na_over_20"] if often else [])),
    )
    return _inside_the_scale(plain) if definition.unit is Unit.SCORE else plain


def _index(
    design: Design, definition: Definition, by: str | None, confidence: float
) -> tuple[Figure, ...]:
    base = design.frame[definition.base.id].eq(1)
    combined = combined_means(
        design,
        definition.parts,
        base=base,
        by=by,
        constant=definition.constant,
        missing=definition.missing,
    )
    bounds = Bounds({}, {})
    if definition.has_bounds:
        bounds = index_bounds(
            design, definition.parts, base=base, by=by, constant=definition.constant
        )
    out = []
    for row in combined.scores:
        value, few = combined.value[row.domain], combined.fewest[row.domain]
        half = float(t_quantile(np.array([row.df]), (1 + confidence) / 2)[0]) * row.se
        figure = Figure(
            indicator=definition.id,
            category="",
            domain=str(row.domain[0]) if row.domain else ROUND,
            estimate=_number(value),
            se=_number(row.se),
            lower=_number(value - half),
            upper=_number(value + half),
            interval="t",
            df=_number(row.df),
            deff=_number(row.deff),
            n=row.n,
            n_psu=row.n_psu,
            numerator=None,
            denominator=combined.population[row.domain] if row.n else None,
            low=_number(bounds.low.get(row.domain, np.nan)),
            high=_number(bounds.high.get(row.domain, np.nan)),
            missing_share=None,
            flags=_flags(row.flags),
        )
        if few < definition.least_answers:
            figure = _unavailable(figure)
        elif definition.unit is Unit.SCORE:
            figure = _inside_the_scale(figure)
        out.append(figure)
    return tuple(out)


def _unavailable(figure: Figure) -> Figure:
    return replace(
        figure,
        estimate=None,
        se=None,
        lower=None,
        upper=None,
        deff=None,
        flags=(*figure.flags, "few_answers"),
    )


def _inside_the_scale(figure: Figure) -> Figure:
    """Limits on the logit of value / 100 where a t interval would leave the scale."""
    value, se, upper, lower = figure.estimate, figure.se, figure.upper, figure.lower
    if value is None or se is None or lower is None or upper is None:
        return figure
    if (lower >= 0 and upper <= 100) or figure.interval != "t" or not 0 < value < 100:
        return figure
    share = value / 100
    half = (upper - value) / 100 / (share * (1 - share))
    centre = np.log(share / (1 - share))
    ends = 100 / (1 + np.exp(-(centre + np.array([-half, half]))))
    return replace(figure, lower=float(ends[0]), upper=float(ends[1]), interval="t_logit")


def _flags(flags: Flag) -> tuple[str, ...]:
    return tuple(Flag.text(int(flags)).split())


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
