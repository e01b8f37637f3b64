"""From answers to columns of 0, 1 and NaN, as data: by what an indicator is met.

A column is read from a question (the answer is one of some codes, holds a code, is a number) or put
together from other columns (all, any, a weighted mean). Those put together may carry `_low` and
`_high`: the least and the most they can be, whatever the missing answers were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.indices.answers import answer, has_code, is_code, number


class Table(StrEnum):
    """What a row of the recoded frame is."""

    PERSONS = "persons"
    HOUSEHOLDS = "households"
    RESPONDENTS = "respondents"


class Way(StrEnum):
    """How a column comes about; `ALL`, `ANY` and `MEAN` are put together from other columns."""

    IS = "is"
    HAS = "has"
    NUMBER = "number"
    ALL = "all"
    ANY = "any"
    MEAN = "mean"

    @property
    def is_composite(self) -> bool:
        return self in (Way.ALL, Way.ANY, Way.MEAN)


@dataclass(frozen=True, slots=True)
class Recode:
    """One column.

    `codes` are those of IS (one of them) and HAS (the one). `among`: answers outside are missing.
    `is_reversed`: 1 becomes 0. Then, in this order: 0 where the column `zero_where` is 0; 0 where
    missing and `missing_zero_where` is 0; missing where the column `only` is not 1. `times`
    multiplies (100 for a score). A base counts nobody whose answer is missing (`is_base`).
    """

    column: str
    table: Table
    way: Way
    question: str = ""
    codes: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    is_reversed: bool = False
    zero_where: str = ""
    missing_zero_where: str = ""
    only: str = ""
    times: float = 1.0
    is_base: bool = False
    has_bounds: bool = True

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that have to be there first."""
        beside = (self.zero_where, self.missing_zero_where, self.only)
        return (*self.of, *(name for name in beside if name))


Columns = dict[str, "pd.Series[Any]"]


def recoded(
    frame: pd.DataFrame, ready: Mapping[str, pd.Series[Any]], recodes: tuple[Recode, ...]
) -> Columns:
    """The columns of `recodes`, in their order.

    Parameters
    ----------
    frame : answers; columns are question names. A question that is not there was asked of nobody.
    ready : columns that are there already (bases, and what the program makes).
    recodes : in an order in which each finds what it needs.

    Raises
    ------
    AnalysisError
        A column that is needed is not there.

    Examples
    --------
    >>> answers = pd.DataFrame({"phone": ["smart", "none", "dk"], "net": ["yes", "yes", "no"]})
    >>> both = (Recode("p", Table.PERSONS, Way.IS, "phone", ("smart",)),
    ...     Recode("n", Table.PERSONS, Way.IS, "net", ("yes",)),
    ...     Recode("both", Table.PERSONS, Way.ALL, of=("p", "n")))
    >>> found = recoded(answers, {}, both)
    >>> found["both"].tolist(), found["both_high"].tolist()
    ([1.0, 0.0, nan], [1.0, 0.0, 0.0])
    """
    out: Columns = {}
    for recode in recodes:
        known = {**ready, **out}
        lacking = [name for name in recode.needs if name not in known]
        if lacking:
            raise AnalysisError(f"column {recode.column!r} needs {lacking[0]!r}, which is not made")
        if recode.way.is_composite:
            out |= _composite(recode, known)
        else:
            out[recode.column] = _finished(recode, _answers(frame, recode), known)
    return out


def _answers(frame: pd.DataFrame, recode: Recode) -> pd.Series[Any]:
    if recode.way is Way.NUMBER:
        found = number(frame, recode.question)
    elif recode.way is Way.HAS:
        found = has_code(frame, recode.question, recode.codes[0])
    else:
        found = is_code(frame, recode.question, *recode.codes)
    if recode.among:
        found = found.where(answer(frame, recode.question).isin(recode.among))
    return found


def _composite(recode: Recode, known: Mapping[str, pd.Series[Any]]) -> Columns:
    low = _rule(recode, [_end(known, name, "low") for name in recode.of])
    high = _rule(recode, [_end(known, name, "high") for name in recode.of])
    complete = np.logical_and.reduce([known[name].notna() for name in recode.of])
    value = _rule(recode, [known[name].fillna(0.0) for name in recode.of]).where(complete)
    if recode.is_reversed:
        low, high = high, low
    if not recode.has_bounds:
        return {recode.column: _finished(recode, value, known)}
    return {
        recode.column: _finished(recode, value, known),
        f"{recode.column}_low": _finished(recode, low, known),
        f"{recode.column}_high": _finished(recode, high, known),
    }


def _end(known: Mapping[str, pd.Series[Any]], name: str, end: str) -> pd.Series[Any]:
    """A composite brings its own bounds; of another column, a missing answer is 0 or 1."""
    bound = known.get(f"{name}_{end}")
    return known[name].fillna(float(end == "high")) if bound is None else bound


def _rule(recode: Recode, columns: list[pd.Series[Any]]) -> pd.Series[Any]:
    """Rises with each of its columns, so that bounds of the columns give bounds of the rule."""
    if recode.way is Way.ANY:
        return pd.concat(columns, axis=1).max(axis=1)
    found = columns[0] * (recode.weights[0] if recode.weights else 1.0)
    for at, column in enumerate(columns[1:], 1):
        found = found * column if recode.way is Way.ALL else found + recode.weights[at] * column
    return found


def _finished(
    recode: Recode, column: pd.Series[Any], known: Mapping[str, pd.Series[Any]]
) -> pd.Series[Any]:
    if recode.is_reversed:
        column = 1.0 - column
    if recode.zero_where:
        column = column.where(known[recode.zero_where].ne(0), 0.0)
    if recode.missing_zero_where:
        asked = column.notna() | known[recode.missing_zero_where].ne(0)
        column = column.where(asked, 0.0)
    if recode.only:
        column = column.where(known[recode.only].eq(1))
    column = column * recode.times if recode.times != 1.0 else column
    return column.fillna(0.0) if recode.is_base else column
