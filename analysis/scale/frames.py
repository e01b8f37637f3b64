"""Sums of a frame in memory, and of the parts of a larger one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray, first_rows
from analysis.cells import LOOKED_AT, centre_of
from analysis.errors import AnalysisError
from analysis.scale.plan import Item, Kind, Plan, Value, parts_of


@dataclass(frozen=True, slots=True, eq=False)
class FrameRows:
    """A frame in memory."""

    frame: pd.DataFrame

    def kind(self, column: str) -> Kind:
        return kind_of(self.frame, column)

    def levels(self, column: str, limit: int) -> list[Value]:
        return levels_of(self.frame[column].drop_duplicates(), limit)

    def sample(self, columns: Sequence[str]) -> pd.DataFrame:
        step = max(1, len(self.frame) // LOOKED_AT)
        return self.frame[list(columns)].iloc[::step]

    def sums(self, plan: Plan) -> pd.DataFrame:
        return sum_frame(self.frame, plan)


def kind_of(frame: pd.DataFrame, column: str) -> Kind:
    """What a column holds, by its dtype."""
    if column not in frame.columns:
        raise AnalysisError(f"there is no column {column!r} in the data")
    values = frame[column]
    if pd.api.types.is_bool_dtype(values):
        return Kind.BOOLEAN
    return Kind.NUMBER if pd.api.types.is_numeric_dtype(values) else Kind.OTHER


def levels_of(values: pd.Series, limit: int) -> list[Value]:
    """The first values in order."""
    found: list[Value] = pd.Index(values.dropna()).sort_values().tolist()
    return found[: limit + 1]


def centres(plan: Plan, sample: pd.DataFrame) -> list[float]:
    """The centre of every item, from some rows; indicators stay at zero."""
    return [
        0.0
        if item.column is None or item.matches is not None
        else centre_of(*_values(sample, item))
        for item in plan.items
    ]


def sum_frame(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """The sums of one frame, as `plan.py` describes them."""
    keys = list(plan.keys)
    code = _codes(frame, keys)
    size = int(code.max()) + 1 if len(code) else 0
    found = frame[keys].iloc[first_rows(code, size)].reset_index(drop=True)
    with np.errstate(over="ignore", invalid="ignore"):  # what is too large is refused by its sums
        sums = pd.DataFrame(_sums(frame, plan, _Grouped(code, size)))
    if plan.fpc is not None:
        grouped = frame[plan.fpc].groupby(code)
        sums["least"], sums["most"] = grouped.min(), grouped.max()
    return _beside(found, sums)


def merge(parts: Sequence[pd.DataFrame], plan: Plan) -> pd.DataFrame:
    """One frame of sums from those of parts of the rows."""
    stacked = pd.concat(parts, ignore_index=True)
    keys = [f"key_{at}" for at in range(len(plan.keys))]
    code = _codes(stacked, keys)
    size = int(code.max()) + 1 if len(code) else 0
    found = stacked[keys].iloc[first_rows(code, size)].reset_index(drop=True)
    names = parts_of(plan)
    sums = pd.DataFrame({name: np.bincount(code, stacked[name], size) for name in names})
    if plan.fpc is not None:
        sums["least"] = stacked["least"].groupby(code).min()
        sums["most"] = stacked["most"].groupby(code).max()
    return pd.concat([found, sums], axis=1)


def _codes(frame: pd.DataFrame, keys: list[str]) -> IntArray:
    groups = frame.groupby(keys, dropna=False, observed=True, sort=False)
    return groups.ngroup().to_numpy().astype(np.int64, copy=False)


def _beside(keys: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Keys under neutral names: a column of the data may be called `rows`."""
    keys.columns = pd.Index([f"key_{at}" for at in range(keys.shape[1])])
    return pd.concat([keys, sums], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Grouped:
    code: IntArray
    size: int

    def __call__(self, values: FloatArray | BoolArray) -> FloatArray:
        return np.bincount(self.code, values, self.size).astype(np.float64, copy=False)


def _sums(frame: pd.DataFrame, plan: Plan, grouped: _Grouped) -> dict[str, FloatArray]:
    w = _numbers(frame, plan.weights)
    is_bad = ~np.isfinite(w)
    w = np.where(is_bad, 0.0, w)
    inside = np.ones(len(frame), dtype=bool)
    if plan.where is not None:
        inside = np.asarray(frame[plan.where].fillna(value=False), dtype=bool)
    found = {
        "rows": grouped(np.ones(len(frame))),
        "bad": grouped(is_bad),
        "negative": grouped(w < 0),
        "weight": grouped(w),
        "inside": grouped(inside),
        "members": grouped(inside & (w != 0)),
    }
    before = None
    if plan.before is not None:
        before = _numbers(frame, plan.before)
        found["before"] = grouped(before)
    values = [_values(frame, item) for item in plan.items]
    known = [inside & ~np.isnan(y) & ~np.isnan(x) for y, x in values]
    if plan.is_listwise:
        known = [np.logical_and.reduce(known)] * len(known)
    for at, (item, (y, x), answers) in enumerate(zip(plan.items, values, known, strict=True)):
        e = np.where(answers, y - item.centre * x, 0.0)
        v = np.where(answers, w, 0.0)
        terms = {"answers": answers, "n": answers & (w != 0), "w": v, "ww": v * v}
        terms |= {"e": v * e, "ee": v * e * e}
        if item.below is not None:
            below = np.where(answers, x, 0.0)
            terms |= {"x": v * below, "ex": v * e * below, "xx": v * below * below}
        if before is not None:
            d = np.where(answers, before, 0.0)
            terms |= {"d": d, "de": d * e}
            terms |= {"dx": d * below} if item.below is not None else {}
        found |= {f"{kind}_{at}": grouped(term) for kind, term in terms.items()}
    return found


def _values(frame: pd.DataFrame, item: Item) -> tuple[FloatArray, FloatArray]:
    """y and x of every row, nan where there is no answer."""
    x = np.ones(len(frame)) if item.below is None else _numbers(frame, item.below)
    if item.column is None:
        return np.ones(len(frame)), x
    if item.matches is None:
        return _numbers(frame, item.column), x
    column = frame[item.column]
    return np.where(column.isna(), np.nan, column.isin(list(item.matches))), x


def _numbers(frame: pd.DataFrame, column: str) -> FloatArray:
    return frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
