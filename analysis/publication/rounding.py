"""Rounding such that printed cells add up to printed totals, and no digit pretends to be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import Final

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.errors import AnalysisError
from analysis.publication.tables import AdditiveTable, TableError

ONE_DECIMAL_FROM: Final = 1000.0  # n_eff; the half-width at 50 % is then 3.1 points
EXACTLY: Final = 1e-9
SECONDS: Final = 20.0


def round_table(table: AdditiveTable, base: float = 10.0) -> Mapping[str, float]:
    """Round every cell to a neighbouring multiple of `base` so that all totals stay sums.

    Controlled rounding (Cox 1987): of all roundings up or down that add up, the one nearest to the
    table; multiples of the base stay. Where up or down alone cannot add up (three-way tables), a
    cell may go one step further.

    Raises
    ------
    TableError
        No rounding within a step adds up.
    AnalysisError
        `base` is not positive.

    Examples
    --------
    >>> from analysis.publication.tables import TableCell, hierarchy
    >>> table = hierarchy([TableCell(key, 14) for key in "abc"], dict.fromkeys("abc", "all"))
    >>> sorted(round_table(table).values())
    [10.0, 10.0, 20.0, 40.0]
    """
    if not base > 0:
        raise AnalysisError(f"a base to round to is above zero, not {base}")
    steps = np.array([cell.amount for cell in table.cells]) / base
    nearest = np.round(steps)
    steps = np.where(np.abs(steps - nearest) < EXACTLY, nearest, steps)
    for further in (0.0, 1.0):
        low = np.maximum(np.floor(steps) - further, 0.0)
        high = np.ceil(steps) + further
        found = _nearest(table, steps, low, high)
        if found is not None:
            keys = [cell.key for cell in table.cells]
            return {key: float(value) * base for key, value in zip(keys, found, strict=True)}
    raise TableError("no rounding of the cells adds up to rounded totals")


def _nearest(
    table: AdditiveTable, steps: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray | None:
    """Whole numbers k between low and high that add up, least Σ |k - steps|."""
    size = len(steps)
    relations = table.relations()
    away = sparse.eye_array(size)
    found = milp(
        np.concatenate([np.zeros(size), np.ones(size)]),
        constraints=[
            LinearConstraint(
                sparse.csr_array(
                    sparse.hstack([relations, sparse.csr_array((relations.shape[0], size))])
                ),
                0,
                0,
            ),
            LinearConstraint(sparse.csr_array(sparse.hstack([away, -away])), -np.inf, steps),
            LinearConstraint(sparse.csr_array(sparse.hstack([away, away])), steps, np.inf),
        ],
        bounds=Bounds(
            np.concatenate([low, np.zeros(size)]), np.concatenate([high, np.full(size, np.inf)])
        ),
        integrality=np.concatenate([np.ones(size), np.zeros(size)]),
        options={"time_limit": SECONDS},
    )
    return None if found.x is None else np.round(found.x[:size])


def decimals_of_share(n_eff: float) -> int:
    """Decimals of a share in per cent: whole points, one decimal from n_eff 1,000.

    Examples
    --------
    >>> decimals_of_share(240), decimals_of_share(3000)
    (0, 1)
    """
    return 1 if n_eff >= ONE_DECIMAL_FROM else 0


def round_percent(share: float, n_eff: float) -> float:
    """A share 0..1 as per cent, to as many digits as the sample knows.

    What is not 0 or 100 % is not printed as such: below half a digit it is the first digit.

    Examples
    --------
    >>> round_percent(0.4567, 200), round_percent(0.4567, 2000), round_percent(0.002, 200)
    (46.0, 45.7, 1.0)
    """
    if not 0 <= share <= 1:
        raise AnalysisError(f"a share lies in 0..1, not {share}")
    digits = decimals_of_share(n_eff)
    step = 10.0**-digits
    found = floor(share * 100 / step + 0.5) * step
    if 0 < share < 1:
        found = min(max(found, step), 100 - step)
    return round(found, digits)


def round_parts(shares: Sequence[float], n_eff: float) -> tuple[float, ...]:
    """Shares of one whole as per cents whose sum is the rounded sum (largest remainders).

    Examples
    --------
    >>> round_parts([1 / 3, 1 / 3, 1 / 3], 200)
    (34.0, 33.0, 33.0)
    """
    if any(not 0 <= share <= 1 for share in shares):
        raise AnalysisError("shares lie in 0..1")
    digits = decimals_of_share(n_eff)
    unit = 10**digits
    steps = [share * 100 * unit for share in shares]
    whole = floor(sum(steps) + 0.5)
    out = [floor(step + EXACTLY) for step in steps]
    order = sorted(range(len(steps)), key=lambda at: (out[at] - steps[at], at))
    for at in order[: whole - sum(out)]:
        out[at] += 1
    return tuple(round(each / unit, digits) for each in out)
