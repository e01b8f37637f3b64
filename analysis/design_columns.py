"""The columns that describe a design, checked before anything is made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray
from analysis.errors import DesignError
from analysis.stages import Stage


def check_signs(weights: FloatArray) -> None:
    """Only linear calibration may make weights negative."""
    if (weights < 0).any():
        row = int(np.flatnonzero(weights < 0)[0])
        raise DesignError(f"row {row} has a negative weight ({weights[row]:g})")


def check_truth(values: pd.Series) -> None:
    """Text counts as true in Python, also the text `no`."""
    if not pd.api.types.is_numeric_dtype(values) and not values.dropna().isin([True, False]).all():
        raise DesignError("`where` holds values neither true nor false: compare them first")


def check_columns(frame: pd.DataFrame, *groups: tuple[str, ...]) -> None:
    for column in (name for group in groups for name in group):
        if column not in frame.columns:
            raise DesignError(f"there is no column {column!r} in the data")
        gaps = int(frame[column].isna().sum())
        if gaps and column not in groups[-1]:
            raise DesignError(f"column {column!r} is empty in {gaps} of {len(frame)} rows")


def weights_of(
    frame: pd.DataFrame, weights: str | FloatArray | None, stages: tuple[Stage, ...]
) -> FloatArray:
    if weights is None:
        return _inverse_fractions(stages)
    if isinstance(weights, str):
        check_columns(frame, (weights,), ())
        given: object = frame[weights]
        name = f"weight column {weights!r}"
    else:
        given, name = weights, "the weights"
    try:
        values = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise DesignError(f"{name}: not all values are numbers") from None
    if values.shape != (len(frame),):
        raise DesignError(f"{name}: {values.size} values for {len(frame)} rows")
    bad = ~np.isfinite(values)
    if bad.any():
        raise DesignError(f"{name}: row {int(np.flatnonzero(bad)[0])} is not a finite number")
    if not (values != 0).any():
        raise DesignError(f"{name}: every weight is zero")
    return values


def _inverse_fractions(stages: tuple[Stage, ...]) -> FloatArray:
    share = np.ones(len(stages[0].unit))
    for stage in stages:
        known = np.isfinite(stage.population)[stage.stratum]
        share = share * np.where(known, stage.unit_fraction, 1.0)[stage.unit]
    return np.asarray(1 / share)
