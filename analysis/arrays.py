"""Array types and the two operations that every estimator is made of: coding keys and adding up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import AnalysisError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def codes_of(key: IntArray) -> tuple[IntArray, IntArray]:
    """Dense codes 0..m-1 in order of appearance, and the keys that they stand for."""
    codes, keys = pd.factorize(key)
    return codes.astype(np.int64, copy=False), np.asarray(keys, dtype=np.int64)


def sorted_codes(values: pd.Series[Any]) -> tuple[IntArray, pd.Index[Any]]:
    """Dense codes in label order (-1 where missing), and the labels."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return np.asarray(values.cat.codes, dtype=np.int64), values.cat.categories
    if _is_close(values):
        codes, first = coded(values)
        return codes, pd.Index(values.to_numpy()[first])
    codes, labels = factorised(values, is_sorted=True)
    return codes, pd.Index(labels)


def cross(first: IntArray, second: IntArray, n_second: int) -> IntArray:
    """One key for a pair of codes."""
    return first * np.int64(n_second) + second


def group_sum(codes: IntArray, size: int, values: FloatArray) -> FloatArray:
    """Column sums of `values` within groups, as a (size, columns) array."""
    sums = np.empty((size, values.shape[1]), order="F")
    for column in range(values.shape[1]):
        sums[:, column] = np.bincount(codes, values[:, column], size)
    return sums


def sums_by(codes: IntArray, size: int, values: FloatArray) -> FloatArray:
    """Sums of one column within groups; a single group needs no codes."""
    if size == 1:
        return np.array([values.sum()])
    return np.bincount(codes, values, size).astype(np.float64, copy=False)


def first_rows(codes: IntArray, size: int | None = None) -> IntArray:
    """The first row of each code; every code occurs."""
    first = np.empty(int(codes.max()) + 1 if size is None else size, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first


def coded(values: pd.Series[Any]) -> tuple[IntArray, IntArray]:
    """Dense codes of the labels (none is missing), and the first row of each.

    Whole numbers that lie close together find their code in a table, in order of the labels.
    """
    if not _is_close(values):
        codes, labels = factorised(values)
        return codes, first_rows(codes, len(labels))
    number = values.to_numpy().astype(np.int64, copy=False)
    place = number - number.min()
    first = np.full(int(place.max()) + 1, -1, dtype=np.int64)
    first[place[::-1]] = np.arange(len(place) - 1, -1, -1)
    occurs = first >= 0
    if occurs.all():
        return place, first
    return (np.cumsum(occurs) - 1)[place], first[occurs]


def labelled(values: pd.Series[Any]) -> tuple[IntArray, Any]:
    """Codes of the labels, -1 where there is none, and the labels."""
    if _is_close(values):
        number = values.to_numpy()
        least = number.min()
        place = number.astype(np.int64) - int(least)
        occurs = np.bincount(place) > 0
        found = (np.flatnonzero(occurs) + int(least)).astype(number.dtype)
        return place if occurs.all() else (np.cumsum(occurs) - 1)[place], found
    return factorised(values)


def factorised(values: pd.Series[Any], *, is_sorted: bool = False) -> tuple[IntArray, Any]:
    """Codes and labels as pandas gives them, with a word on values that can be no label."""
    try:
        codes, labels = pd.factorize(values, sort=is_sorted)
    except TypeError as problem:
        raise AnalysisError(f"column {values.name!r} holds no single values: {problem}") from None
    return codes.astype(np.int64, copy=False), labels


def _is_close(values: pd.Series[Any]) -> bool:
    """Whole numbers whose range is no larger than their count allows a table to be."""
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind not in "iu" or not len(values):
        return False
    return int(values.max()) - int(values.min()) < 4 * len(values)


def group_count(codes: IntArray, size: int) -> FloatArray:
    return np.bincount(codes, minlength=size).astype(np.float64)


def floats(values: object) -> FloatArray:
    """Numbers as they are; dates and complex numbers are none, whatever numpy makes of them.

    Raises
    ------
    TypeError, ValueError
        Not all values are numbers.
    """
    if getattr(getattr(values, "dtype", None), "kind", "") in ("m", "M", "c"):
        raise TypeError("dates and complex numbers are no numbers to calculate with")
    return np.asarray(values, dtype=np.float64)


def numbers_in(values: object, name: str, *, axes: tuple[int, ...] = (1,)) -> FloatArray:
    """An array of numbers with so many axes.

    Raises
    ------
    AnalysisError
        Not all values are numbers, or it has another shape.
    """
    try:
        found = floats(values)
    except (TypeError, ValueError):
        raise AnalysisError(f"{name}: not all values are numbers") from None
    if found.ndim not in axes:
        wanted = "a table of numbers" if 2 in axes else "one number for each area or row"
        raise AnalysisError(f"{name}= must hold {wanted}")
    return found


def names(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """One name, several or none, as a tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def solve_symmetric(information: FloatArray, moment: FloatArray) -> FloatArray:
    """Least-norm solution of a symmetric system that may be rank deficient.

    Columns are brought to one scale first: dummies beside incomes would cost half the digits.
    """
    size = np.sqrt(np.diag(information))
    scale = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
    even = information * scale[:, None] * scale
    inverse = np.linalg.pinv(even, rcond=1e-11, hermitian=True)
    right = (moment.T * scale).T
    found = inverse @ right
    found = found + inverse @ (right - even @ found)  # one refinement
    return np.asarray((found.T * scale).T)
