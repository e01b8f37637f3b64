"""Weighted sums of one column per domain: what travels beside an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray, sorted_codes
from analysis.design import Design

Domain = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DomainCodes:
    """The domain of each row as a number (-1: in none), and the domains in order."""

    code: IntArray
    labels: tuple[Domain, ...]


@dataclass(frozen=True, slots=True)
class DomainSums:
    """Weights of the base and of who answered, weighted sum of the answers, and mean bounds.

    `not_applicable` is the weighted share of "does not apply" among the answers to the item.
    """

    base: float
    answered: float
    numerator: float
    low: float | None
    high: float | None
    not_applicable: float | None


def domain_codes(frame: pd.DataFrame, by: str | None) -> DomainCodes:
    """Number the domains of a column; without one everybody is in domain ()."""
    if by is None:
        return DomainCodes(np.zeros(len(frame), dtype=np.int64), ((),))
    code, labels = sorted_codes(frame[by])
    return DomainCodes(code, tuple((label,) for label in labels.tolist()))


def domain_sums(
    design: Design, column: str, base: BoolArray, by: str | None, *, item: str = ""
) -> Mapping[Domain, DomainSums]:
    """Sums of a column, its `_low` and `_high` and the `na_` column of its item, by domain."""
    domains = domain_codes(design.frame, by)
    inside = base & (domains.code >= 0)
    y = design.frame[column].to_numpy(dtype=np.float64)
    everybody = _total(design, domains, inside, np.ones(len(y)))
    answered = _total(design, domains, inside & ~np.isnan(y), np.ones(len(y)))
    numerator = _total(design, domains, inside & ~np.isnan(y), y)
    low, high, apart = (
        _mean(design, name, domains, inside)
        for name in (f"{column}_low", f"{column}_high", f"na_{item}")
    )
    return {
        label: DomainSums(
            base=float(everybody[at]),
            answered=float(answered[at]),
            numerator=float(numerator[at]),
            low=None if low is None else _finite(low[at]),
            high=None if high is None else _finite(high[at]),
            not_applicable=None if apart is None else _finite(apart[at]),
        )
        for at, label in enumerate(domains.labels)
    }


def _total(design: Design, domains: DomainCodes, rows: BoolArray, y: FloatArray) -> FloatArray:
    found = np.bincount(domains.code[rows], design.weights[rows] * y[rows], len(domains.labels))
    return np.asarray(found, dtype=np.float64)


def _mean(
    design: Design, column: str, domains: DomainCodes, inside: BoolArray
) -> FloatArray | None:
    if column not in design.frame.columns:
        return None
    y = design.frame[column].to_numpy(dtype=np.float64)
    known = inside & ~np.isnan(y)
    weight = _total(design, domains, known, np.ones(len(y)))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_total(design, domains, known, y) / weight)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
