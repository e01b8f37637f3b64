"""The column of a stage's population sizes, sampling fractions or inclusion probabilities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray, first_rows, floats
from analysis.errors import DesignError

DRIFT = 1e-9


def populations(
    frame: pd.DataFrame,
    column: str,
    stratum: IntArray,
    sampled: FloatArray,
    words: Callable[[int], str],
) -> FloatArray:
    """Units in the population per stratum (coded by row); fractions (all <= 1) are turned into it.

    Raises
    ------
    DesignError
        A value is no positive number, changes within a stratum, mixes counts with fractions, or
        is below the number of units that were sampled; the message names the row and stratum.
    """
    values = _numbers(frame, column)
    first_row = first_rows(stratum)
    first = values[first_row][stratum]
    drift = np.abs(values - first) > DRIFT * np.abs(values)
    if drift.any():
        row = int(np.flatnonzero(drift)[0])
        raise DesignError(
            f"fpc column {column!r} changes within one stratum ({words(row)}; row {row}: "
            f"{values[row]:g} after {first[row]:g})"
        )
    per_stratum = values[first_row]
    if (values <= 1).all():
        return np.asarray(sampled / per_stratum)
    if (values < 1).any():
        row = int(np.flatnonzero(values < 1)[0])
        raise DesignError(
            f"fpc column {column!r} mixes fractions (below 1, row {row}) and counts (above 1)"
        )
    short = per_stratum < sampled - 1e-6
    if short.any():
        at = int(np.flatnonzero(short)[0])
        row = int(first_row[at])
        raise DesignError(
            f"fpc column {column!r}: {sampled[at]:g} units were sampled where the population is "
            f"said to hold {per_stratum[at]:g} ({words(row)}; row {row})"
        )
    return np.asarray(per_stratum)


def probabilities(frame: pd.DataFrame, column: str, unit: IntArray) -> FloatArray:
    """Inclusion probabilities per unit from a column that may not change within units.

    Raises
    ------
    DesignError
        A value is no probability, or changes within a unit; the message names the row.
    """
    values = _numbers(frame, column)
    if (values > 1).any():
        row = int(np.flatnonzero(values > 1)[0])
        raise DesignError(f"fpc column {column!r}, row {row}: {values[row]:g} is no probability")
    first = values[first_rows(unit)]
    drift = np.flatnonzero(np.abs(values - first[unit]) > DRIFT)
    if len(drift):
        row = int(drift[0])
        raise DesignError(
            f"fpc column {column!r} changes within one unit (row {row}: {values[row]:g} after "
            f"{first[unit[row]]:g})"
        )
    return np.asarray(first)


def _numbers(frame: pd.DataFrame, column: str) -> FloatArray:
    try:
        values = floats(frame[column])
    except (TypeError, ValueError):
        raise DesignError(f"fpc column {column!r}: not all values are numbers") from None
    bad = ~(np.isfinite(values) & (values > 0))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise DesignError(f"fpc column {column!r}, row {row}: need a positive count or fraction")
    return np.asarray(values)
