"""Reading answers: which codes are values, which are missing, and what a code says.

`dk`, `ref`, `na`, an empty answer and a question that was not asked are missing, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    if name not in frame.columns:
        return pd.Series([None] * len(frame), index=frame.index, dtype=object)
    read = [_code(value) for value in frame[name]]
    return pd.Series(read, index=frame.index, dtype=object)


def is_code(frame: pd.DataFrame, name: str, *codes: str) -> pd.Series[Any]:
    """1 where the answer is one of the codes, 0 where it is another one, NaN where missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"a_vneid": ["own", "none", "ref"]})
    >>> is_code(frame, "a_vneid", "own", "other").tolist()
    [1.0, 0.0, nan]
    """
    found = answer(frame, name)
    return found.isin(codes).astype(float).where(found.notna())


def has_code(frame: pd.DataFrame, name: str, code: str) -> pd.Series[Any]:
    """Of a question with several answers: 1 where the code was chosen, NaN where missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"a_skill": [("form", "pay"), ("none",), ("dk",), None]})
    >>> has_code(frame, "a_skill", "form").tolist()
    [1.0, 0.0, nan, nan]
    """
    chosen = [_choices(value) for value in _raw(frame, name)]
    read = [np.nan if each is None else float(code in each) for each in chosen]
    return pd.Series(read, index=frame.index, dtype=float)


def number(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """The answers as numbers, NaN where missing or no number."""
    values = pd.Series(list(_raw(frame, name)), index=frame.index, dtype=object)
    return pd.to_numeric(values.map(_text), errors="coerce").astype(float)


def where_true(column: pd.Series[Any]) -> pd.Series[Any]:
    """Boolean: the 0/1/NaN column is 1."""
    return column.eq(1)


def _raw(frame: pd.DataFrame, name: str) -> Iterable[Any]:
    return frame[name] if name in frame.columns else [None] * len(frame)


def _text(value: Any) -> Any:
    if isinstance(value, str):
        stripped = value.strip()
        return None if stripped in MISSING_CODES else stripped
    return value


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
