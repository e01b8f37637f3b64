"""The columns that describe a design, checked before anything is made of them."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, IntArray, floats
from analysis.errors import DesignError
from analysis.stages import Stage

FARTHEST = 1e50  # weights beyond have squares that overflow, times answers at their limit


def check_signs(weights: FloatArray) -> None:
    """Only linear calibration may make weights negative."""
    if (weights < 0).any():
        row = int(np.flatnonzero(weights < 0)[0])
        raise DesignError(f"row {row} has a negative weight ({weights[row]:g})")


def check_stages(ids: tuple[str, ...], strata: tuple[str, ...], fpc: tuple[str, ...]) -> None:
    """No stage has a stratum or a population size without its units."""
    most = max(1, len(ids))
    if len(fpc) > most:
        raise DesignError(f"fpc names {len(fpc)} stages, ids only {len(ids)}")
    if len(strata) > most:
        raise DesignError(f"strata name {len(strata)} stages, ids only {len(ids)}")


def check_truth(values: pd.Series) -> None:
    """Text counts as true in Python, also the text `no`."""
    if not pd.api.types.is_numeric_dtype(values) and not values.dropna().isin([True, False]).all():
        raise DesignError("`where` holds values neither true nor false: compare them first")


def check_columns(frame: pd.DataFrame, *groups: tuple[str, ...]) -> None:
    for column in (name for group in groups for name in group):
        if column not in frame.columns:
            raise DesignError(f"there is no column {column!r} in the data")
        if isinstance(frame[column], pd.DataFrame):
            raise DesignError(f"{column!r} is the name of several columns; rename them")
        gaps = int(frame[column].isna().sum())
        if gaps and column not in groups[-1]:
            raise DesignError(f"column {column!r} is empty in {gaps} of {len(frame)} rows")


def labelled_once(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame under its own row labels, or numbered anew where labels stand twice."""
    return frame.copy(deep=False) if frame.index.is_unique else frame.reset_index(drop=True)


def in_order(frame: pd.DataFrame, values: object, name: str) -> Any:
    """One value a row; a Series is brought into the order of the frame by its row labels.

    Raises
    ------
    DesignError
        Another number of rows, or labels that are not those of the frame.
    """
    size = len(values) if isinstance(values, Sized) else -1
    if size != len(frame):
        raise DesignError(f"{name} has {size} rows, the design {len(frame)}")
    if not isinstance(values, pd.Series):
        return np.asarray(values)
    return values.array if (at := _places(frame, values.index, name)) is None else values.array[at]


def rows_in_order(frame: pd.DataFrame, x: pd.DataFrame, name: str) -> pd.DataFrame:
    """`in_order` for a table."""
    if not isinstance(x, pd.DataFrame) or len(x) != len(frame):
        raise DesignError(f"{name}: give a table with a row for each of the {len(frame)} rows")
    return x if (at := _places(frame, x.index, name)) is None else x.iloc[at]


def _places(frame: pd.DataFrame, labels: pd.Index[Any], name: str) -> IntArray | None:
    """Where each row of the frame stands; None if they stand in its order."""
    # Labels that stand twice are those of a frame that was numbered anew.
    if labels.equals(frame.index) or not labels.is_unique:
        return None
    at = labels.get_indexer(frame.index)
    if (at < 0).any():
        missing = frame.index[int(np.flatnonzero(at < 0)[0])]
        raise DesignError(
            f"{name}: row {missing!r} of the design is not among its labels; give an array in the "
            "order of the rows, or a column of the design"
        )
    return at.astype(np.int64)


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
        name = "the weights"
        given = in_order(frame, weights, name)
    try:
        values = floats(given).copy()
    except (TypeError, ValueError):
        raise DesignError(f"{name}: not all values are numbers") from None
    if values.shape != (len(frame),):
        raise DesignError(f"{name}: one number a row is needed")
    bad = ~np.isfinite(values)
    if bad.any():
        raise DesignError(f"{name}: row {int(np.flatnonzero(bad)[0])} is not a finite number")
    largest = max(float(values.max()), -float(values.min()))
    if not largest:
        raise DesignError(f"{name}: every weight is zero")
    if not 1 / FARTHEST < largest < FARTHEST:
        raise DesignError(
            f"{name}: the largest is {largest:.1g}, and squares of it leave the range of numbers; "
            "multiply all weights by one factor"
        )
    return values


def _inverse_fractions(stages: tuple[Stage, ...]) -> FloatArray:
    share = np.ones(len(stages[0].unit))
    for stage in stages:
        known = np.isfinite(stage.population)[stage.stratum]
        share = share * np.where(known, stage.unit_fraction, 1.0)[stage.unit]
    return np.asarray(1 / share)
