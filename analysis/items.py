"""The columns that an estimator works on: numbers with nan where an answer is missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import infer_dtype

from analysis.arrays import BoolArray, FloatArray, IntArray, cross, sorted_codes
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

    @property
    def count(self) -> int:
        return int(self.y.shape[1])

    def column(self, item: int, rows: IntArray | slice = slice(None)) -> FloatArray:
        """y of one item."""
        return self.y[rows, item]

    def gaps(self) -> Gaps:
        sums = self.y.sum(axis=0)
        if self.x is not None:
            sums = sums + self.x.sum(axis=0)
        every = np.arange(self.count)
        if not np.isnan(sums).any():
            return Gaps(None, every)
        missing = np.isnan(self.y)
        return Gaps(missing if self.x is None else missing | np.isnan(self.x), every)


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Where answers are missing (rows, columns), None if nowhere, and the column of each item."""

    missing: BoolArray | None
    column: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class LevelItems:
    """An item for each level of each column: 1 for who gave that answer, else 0.

    `codes` of the columns say which answer (-1: none). The indicators are never side by side: a
    column of a thousand levels would be a thousand times as large as it is.
    """

    variable: tuple[str, ...]
    level: tuple[object, ...]
    codes: tuple[IntArray, ...]
    sizes: tuple[int, ...]
    x: None = None

    @property
    def count(self) -> int:
        return len(self.variable)

    def column(self, item: int, rows: IntArray | slice = slice(None)) -> FloatArray:
        """The indicator of one item."""
        column = int(np.searchsorted(np.cumsum(self.sizes), item, side="right"))
        code = self.codes[column][rows]
        level = item - sum(self.sizes[:column])
        return np.where(code < 0, np.nan, (code == level).astype(np.float64))

    def gaps(self) -> Gaps:
        of_item = np.repeat(np.arange(len(self.sizes)), self.sizes)
        if all(code.min(initial=0) >= 0 for code in self.codes):
            return Gaps(None, of_item)
        return Gaps(np.stack([code < 0 for code in self.codes], axis=1), of_item)

    def sums(
        self, items: tuple[int, ...], rows: IntArray | slice, group: IntArray, w: FloatArray
    ) -> FloatArray:
        """Weights of who gave each answer, in groups of rows that all answered: (groups, items).

        `items` are all levels of some columns.
        """
        size, parts = int(group.max(initial=-1)) + 1, []
        for column in np.unique(self.gaps().column[list(items)]):
            levels = self.sizes[column]
            place = cross(self.codes[column][rows], group, size)
            held = np.bincount(place, w, levels * size).astype(np.float64, copy=False)
            parts.append(held.reshape(levels, size))
        return np.transpose(parts[0] if len(parts) == 1 else np.vstack(parts))


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
        values = column_of(design, column)
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


def category_items(design: Design, columns: tuple[str, ...]) -> LevelItems:
    """An indicator for each level of each column."""
    variable: list[str] = []
    level: list[object] = []
    parts: list[IntArray] = []
    sizes: list[int] = []
    for column in columns:
        codes, labels = sorted_codes(column_of(design, column))
        if not len(labels):  # nobody answered: one entry that says so
            labels = pd.Index([None])
        variable += [column] * len(labels)
        level += labels.tolist()
        parts.append(codes)
        sizes.append(len(labels))
    return LevelItems(tuple(variable), tuple(level), tuple(parts), tuple(sizes))


def column_of(design: Design, column: str) -> pd.Series:
    """A column of the data; yes and no among gaps, which pandas holds as objects, as numbers.

    Raises
    ------
    AnalysisError
        There is no such column, or several.
    """
    if column not in design.frame.columns:
        raise AnalysisError(f"there is no column {column!r} in the data")
    values = design.frame[column]
    if np.ndim(values) > 1:
        raise AnalysisError(f"{column!r} is the name of several columns; rename them")
    is_yes_or_no = values.dtype == object and infer_dtype(values, skipna=True) == "boolean"
    return values.astype("boolean") if is_yes_or_no else values


def _numbers(design: Design, columns: tuple[str, ...]) -> FloatArray:
    if not columns:
        raise AnalysisError("name at least one variable")
    if len(columns) == 1:  # may be the data themselves: looked at, never written to
        y = np.asarray(_plain(design, columns[0]), dtype=np.float64)[:, None]
    else:
        y = np.empty((design.n_rows, len(columns)), order="F")
        for at, column in enumerate(columns):
            y[:, at] = _plain(design, column)
    for at, column in enumerate(columns):
        if _farthest(y[:, at]) > LARGEST:
            raise AnalysisError(
                f"column {column!r} holds a value too large to square (or infinite)"
            )
    return y


def _plain(design: Design, column: str) -> NDArray[Any]:
    values = column_of(design, column)
    if _is_blank(values):
        return np.full(len(values), np.nan)
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_complex_dtype(values):
        raise AnalysisError(f"column {column!r} holds no numbers; use proportion or count")
    if isinstance(values.dtype, np.dtype):
        return values.to_numpy()
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _is_blank(values: pd.Series) -> bool:
    """Nobody answered, so that pandas could not tell what answers would have been."""
    return values.dtype == object and bool(values.isna().all())


def _farthest(y: FloatArray) -> float:
    """The largest distance from zero; missing answers have none."""
    low, high = float(y.min()), float(y.max())
    if np.isnan(low):  # then the slower way, which passes over gaps
        low, high = float(np.fmin.reduce(y)), float(np.fmax.reduce(y))
    return max(-low, high) if low <= high else 0.0
