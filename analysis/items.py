"""The columns that an estimator works on: numbers with nan where an answer is missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import FloatArray, sorted_codes
from analysis.design import Design
from analysis.errors import AnalysisError

LARGEST = 1e100  # squares of larger values overflow


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """`y` (rows, items), for ratios also `x`; each item has the name and level of its result."""

    variable: tuple[str, ...]
    level: tuple[object, ...]
    y: FloatArray
    x: FloatArray | None = None


def numeric_items(design: Design, columns: tuple[str, ...]) -> Items:
    return Items(columns, (None,) * len(columns), _numbers(design, columns))


def ratio_items(design: Design, above: tuple[str, ...], below: tuple[str, ...]) -> Items:
    if len(below) == 1:
        below = below * len(above)
    if len(above) != len(below):
        raise AnalysisError(f"{len(above)} numerators but {len(below)} denominators")
    labels = tuple(f"{a}/{b}" for a, b in zip(above, below, strict=True))
    return Items(labels, (None,) * len(labels), _numbers(design, above), _numbers(design, below))


def success_items(design: Design, columns: tuple[str, ...], success: object) -> Items:
    """1 where the answer is (one of) `success`, 0 for any other answer."""
    wanted = (
        list(success)
        if isinstance(success, Collection) and not isinstance(success, str)
        else [success]
    )
    if not columns:
        raise AnalysisError("name at least one variable")
    if not wanted:
        raise AnalysisError("success= names no answer")
    y = np.empty((design.n_rows, len(columns)), order="F")
    for at, column in enumerate(columns):
        values = _column(design, column)
        found = values.isin(wanted)
        if not found.any():
            _check_kind(values, wanted, column)
        y[:, at] = np.where(values.isna(), np.nan, found)
    return Items(columns, (None,) * len(columns), y)


def _check_kind(values: pd.Series, wanted: list[object], column: str) -> None:
    """Nobody gave these answers: is it that text and numbers never meet?"""
    is_text = {isinstance(answer, str) for answer in values.dropna().unique().tolist()}
    if is_text and is_text.isdisjoint(isinstance(answer, str) for answer in wanted):
        holds, asked = ("text", "numbers") if True in is_text else ("numbers", "text")
        raise AnalysisError(f"column {column!r} holds {holds}, success= names {asked}: {wanted}")


def category_items(design: Design, columns: tuple[str, ...]) -> Items:
    """An indicator for each level of each column."""
    variable: list[str] = []
    level: list[object] = []
    parts: list[FloatArray] = []
    for column in columns:
        codes, labels = sorted_codes(_column(design, column))
        if not len(labels):  # nobody answered: one entry that says so
            labels = pd.Index([None])
        indicator = (codes[:, None] == np.arange(len(labels))).astype(np.float64)
        indicator[codes < 0] = np.nan
        variable += [column] * len(labels)
        level += labels.tolist()
        parts.append(indicator)
    return Items(tuple(variable), tuple(level), np.hstack(parts))


def _column(design: Design, column: str) -> pd.Series:
    if column not in design.frame.columns:
        raise AnalysisError(f"there is no column {column!r} in the data")
    return design.frame[column]


def _numbers(design: Design, columns: tuple[str, ...]) -> FloatArray:
    if not columns:
        raise AnalysisError("name at least one variable")
    y = np.empty((design.n_rows, len(columns)), order="F")
    for at, column in enumerate(columns):
        values = _column(design, column)
        if _is_blank(values):
            y[:, at] = np.nan
            continue
        if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_complex_dtype(values):
            raise AnalysisError(f"column {column!r} holds no numbers; use proportion or count")
        is_plain = isinstance(values.dtype, np.dtype)
        y[:, at] = values if is_plain else values.to_numpy(dtype=np.float64, na_value=np.nan)
        if _farthest(y[:, at]) > LARGEST:
            raise AnalysisError(
                f"column {column!r} holds a value too large to square (or infinite)"
            )
    return y


def _is_blank(values: pd.Series) -> bool:
    """Nobody answered, so that pandas could not tell what answers would have been."""
    return values.dtype == object and bool(values.isna().all())


def _farthest(y: FloatArray) -> float:
    """The largest distance from zero; missing answers have none."""
    low, high = float(y.min()), float(y.max())
    if np.isnan(low):  # then the slower way, which passes over gaps
        low, high = float(np.fmin.reduce(y)), float(np.fmax.reduce(y))
    return max(-low, high) if low <= high else 0.0
