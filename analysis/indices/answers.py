"""Reading answers: which codes are values, which are missing, and what a code says.

`dk`, `ref`, `na`, an empty answer and a question that was not asked are missing, never 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

MISSING_CODES: Final = frozenset({"", "dk", "ref", "na"})


def answer(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """The answers to a question, None where missing; all missing if the form has no such question.

    Examples
    --------
    >>> answer(pd.DataFrame({"a_bank": ["yes", "dk", None]}), "a_bank").tolist()
    ['yes', None, None]
    """
    return _each(frame, name, _code, object)


def is_code(frame: pd.DataFrame, name: str, *codes: str) -> pd.Series[Any]:
    """1 where the answer is one of the codes, 0 where it is another one, NaN where missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"a_vneid": ["own", "none", "ref"]})
    >>> is_code(frame, "a_vneid", "own", "other").tolist()
    [1.0, 0.0, nan]
    """
    wanted = frozenset(codes)
    return _each(frame, name, lambda value: _is_among(_code(value), wanted), float)


def has_code(frame: pd.DataFrame, name: str, code: str) -> pd.Series[Any]:
    """Of a question with several answers: 1 where the code was chosen, NaN where missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"a_skill": [("form", "pay"), ("none",), ("dk",), None]})
    >>> has_code(frame, "a_skill", "form").tolist()
    [1.0, 0.0, nan, nan]
    """
    return _each(frame, name, lambda value: _holds(_choices(value), code), float)


def number(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """The answers as numbers, NaN where missing or no number."""
    return _each(frame, name, _number, float)


def says(frame: pd.DataFrame, name: str, word: str) -> pd.Series[Any]:
    """1 where exactly this stands there, be it a missing code; NaN where nothing does.

    Examples
    --------
    >>> says(pd.DataFrame({"f1_1": ["na", "4", "", None]}), "f1_1", "na").tolist()
    [1.0, 0.0, nan, nan]
    """
    return _each(frame, name, lambda value: _is(value, word), float)


def where_true(column: pd.Series[Any]) -> pd.Series[Any]:
    """Boolean: the 0/1/NaN column is 1."""
    return column.eq(1)


def _each(
    frame: pd.DataFrame, name: str, read: Callable[[Any], Any], kind: type[object]
) -> pd.Series[Any]:
    """What `read` makes of each answer; of text it is asked once for all rows that say the same."""
    if name not in frame.columns:
        return pd.Series([read(None)] * len(frame), index=frame.index, dtype=kind)
    values = frame[name]
    if pd.api.types.infer_dtype(values, skipna=True) != "string":
        return pd.Series([read(value) for value in values], index=frame.index, dtype=kind)
    place, distinct = pd.factorize(values)
    found = np.array([*map(read, distinct), read(None)], dtype=kind)  # the last for empty ones
    return pd.Series(found[place], index=frame.index, dtype=kind)


def _is_among(code: str | None, wanted: frozenset[str]) -> float:
    return np.nan if code is None else float(code in wanted)


def _holds(chosen: tuple[str, ...] | None, code: str) -> float:
    return np.nan if chosen is None else float(code in chosen)


def _is(value: Any, word: str) -> float:
    return float(value == word) if isinstance(value, str) and value else np.nan


def _number(value: Any) -> float:
    if isinstance(value, tuple) or (isinstance(value, str) and value.strip() in MISSING_CODES):
        return np.nan
    return float(pd.to_numeric(value, errors="coerce"))


def _code(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    code = str(value).strip()
    return None if code in MISSING_CODES else code


def _choices(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        value = tuple(value.split())
    if not isinstance(value, tuple) or not value:
        return None
    return None if MISSING_CODES.intersection(value) else value
