"""Composites: the value where every component is known, and the bounds where some are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Components = Mapping[str, "pd.Series[Any]"]
Rule = Callable[[Components], "pd.Series[Any]"]


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """A composite: `value` is NaN unless every component is known; `low` and `high` never are."""

    value: pd.Series[Any]
    low: pd.Series[Any]
    high: pd.Series[Any]

    def columns(self, name: str) -> dict[str, pd.Series[Any]]:
        """The three columns of the frame: name, name_low, name_high."""
        return {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}


def composite(components: Components, rule: Rule) -> Bounded:
    """Evaluate a rule that rises with each of its 0/1 components.

    Parameters
    ----------
    components : columns of 0, 1 and NaN (missing).
    rule : from filled columns to the composite; must never fall when a component rises.

    Returns
    -------
    Bounded
        `low` counts each missing component as not met, `high` as met. Because the rule is
        monotone, logic comes first by itself: a conjunction with one known failure is 0 in both,
        a disjunction with one known success is 1 in both. `value` keeps the records with every
        component known: taking those that one answer settles would lean towards the settled side
        (a missing answer beside a failure would count, beside a success it would not).

    Examples
    --------
    >>> phone, net = pd.Series([1.0, 0.0, 1.0]), pd.Series([1.0, np.nan, np.nan])
    >>> both = composite({"phone": phone, "net": net}, lambda c: c["phone"] * c["net"])
    >>> both.value.tolist(), both.low.tolist(), both.high.tolist()
    ([1.0, nan, nan], [1.0, 0.0, 0.0], [1.0, 0.0, 1.0])
    """
    low = rule({name: column.fillna(0.0) for name, column in components.items()})
    high = rule({name: column.fillna(1.0) for name, column in components.items()})
    known = np.logical_and.reduce([column.notna() for column in components.values()])
    return Bounded(low.where(known), low, high)


def any_of(*columns: pd.Series[Any]) -> pd.Series[Any]:
    """1 where at least one of the filled 0/1 columns is 1."""
    return pd.concat(columns, axis=1).max(axis=1)
