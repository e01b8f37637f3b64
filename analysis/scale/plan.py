"""What has to be summed: the one question that every store answers in its own language.

An answer is a frame with one row per cell, a combination of the key columns (stratum, PSU, domain,
calibration cells) that occurs, and these columns beside the keys:

* `rows`, `bad` (rows whose weight is no finite number), `negative` (weights below zero), `weight`
  (sum of weights of all rows), `least` and `most` (of the fpc column);
* of the rows inside `where`: `inside` (rows) and `members` (rows with a weight);
* per item i, of its answers inside `where`: `answers_i`, `n_i` (those with a weight), `w_i`,
  `ww_i`, and with e = y - c x: `e_i`, `ee_i`, for ratios `x_i`, `ex_i`, `xx_i`;
* with weights d from before a calibration: `before` (all rows), `d_i`, `de_i`, for ratios `dx_i`.

All are sums but `least` and `most`, so that answers of parts of the data add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

import pandas as pd

Value = str | int | float | bool


class Kind(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Item:
    """One figure: the mean, total or ratio of what its rows say.

    y is `column` as a number, or 1 where it holds one of `matches` and else 0, or 1 for every row
    (no column). x is `below`, or 1.
    """

    variable: str
    column: str | None = None
    matches: tuple[Value, ...] | None = None
    level: Value | None = None
    below: str | None = None
    centre: float = 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.column, self.below) if name is not None)


@dataclass(frozen=True, slots=True)
class Plan:
    """Keys, weights and items of one estimate."""

    keys: tuple[str, ...]
    weights: str
    items: tuple[Item, ...]
    where: str | None = None
    before: str | None = None
    fpc: str | None = None
    is_listwise: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that has to be read, once."""
        singles = (self.weights, self.where, self.before, self.fpc)
        found = [*self.keys, *(name for name in singles if name is not None)]
        for item in self.items:
            found += item.columns
        return tuple(dict.fromkeys(found))

    def with_centres(self, centres: Sequence[float]) -> Plan:
        pairs = zip(self.items, centres, strict=True)
        return replace(self, items=tuple(replace(item, centre=c) for item, c in pairs))


class Rows(Protocol):
    """Rows that stay where they are: in memory, in files, on a cluster."""

    def kind(self, column: str) -> Kind:
        """What a column holds. Raises AnalysisError when there is no such column."""
        ...

    def levels(self, column: str, limit: int) -> list[Value]:
        """The distinct values of a column in order, at most `limit` + 1 of them."""
        ...

    def sample(self, columns: Sequence[str]) -> pd.DataFrame:
        """Some rows, to see about which size the values have."""
        ...

    def sums(self, plan: Plan) -> pd.DataFrame:
        """The sums that a plan asks for, one row per cell; keys come first, in their order."""
        ...


def parts_of(plan: Plan) -> tuple[str, ...]:
    """Names of the columns of sums (without `least` and `most`) in one order."""
    names = ["rows", "bad", "negative", "weight", "inside", "members"]
    if plan.before is not None:
        names.append("before")
    for at, item in enumerate(plan.items):
        kinds = ["answers", "n", "w", "ww", "e", "ee"]
        kinds += ["x", "ex", "xx"] if item.below is not None else []
        if plan.before is not None:
            kinds += ["d", "de", *(["dx"] if item.below is not None else [])]
        names += [f"{kind}_{at}" for kind in kinds]
    return tuple(names)
