"""Who belongs to which domain, and which items were answered by the same people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, IntArray, cross, sorted_codes
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.items import Items, LevelItems


class Missing(StrEnum):
    """Who counts when answers are missing: per item whoever answered it, or who answered all."""

    PER_ITEM = "per_item"
    LISTWISE = "listwise"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """Labels in order, and the domain of each row (-1: in none)."""

    labels: tuple[tuple[object, ...], ...]
    code: IntArray

    def __len__(self) -> int:
        return len(self.labels)


def domains_of(
    design: Design, by: tuple[str, ...], where: str | pd.Series[Any] | BoolArray | None
) -> Domains:
    """All combinations of the `by` columns that occur anywhere in the data, in label order.

    A domain that occurs only outside `where` is kept: it is reported as empty, not left out.
    """
    inside = np.ones(design.n_rows, dtype=bool) if design.domain is None else design.domain
    if where is not None:
        inside = inside & design.mask(where)
    if not by:
        return Domains(((),), np.where(inside, 0, -1).astype(np.int64))
    parts, levels = [], []
    for column in by:
        if column not in design.frame.columns:
            raise AnalysisError(f"there is no column {column!r} to form domains by")
        values = design.frame[column]
        if np.ndim(values) > 1:
            raise AnalysisError(f"{column!r} is the name of several columns; rename them")
        code, labels = sorted_codes(values)
        parts.append(code)
        levels.append(labels)
    known = np.all([code >= 0 for code in parts], axis=0)
    code = parts[0]
    found: list[tuple[object, ...]] = list(zip(levels[0].tolist()))
    if len(by) > 1:
        code, found = _combinations(parts, levels, known)
    if not found:
        raise AnalysisError(f"columns {', '.join(by)} hold no value to form domains by")
    return Domains(tuple(found), np.where(inside & known, code, -1))


def _combinations(
    parts: list[IntArray], levels: list[pd.Index[Any]], known: BoolArray
) -> tuple[IntArray, list[tuple[object, ...]]]:
    key = np.zeros(len(known), dtype=np.int64)
    for code, labels in zip(parts, levels, strict=True):
        key = cross(key, code, len(labels))
    dense = np.full(len(known), -1, dtype=np.int64)
    dense[known], keys = sorted_codes(pd.Series(key[known]))
    shape = tuple(len(labels) for labels in levels)
    places = np.unravel_index(keys.to_numpy(dtype=np.int64), shape)
    columns = [labels[at].tolist() for labels, at in zip(levels, places, strict=True)]
    return dense, list(zip(*columns, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Items that were answered by the same rows."""

    items: tuple[int, ...]
    rows: IntArray


def answered(items: Items | LevelItems, domains: Domains, missing: Missing) -> tuple[Answered, ...]:
    """Items grouped by who answered them, each group with its rows inside any domain."""
    inside = domains.code >= 0
    everybody = np.arange(len(inside)) if inside.all() else np.flatnonzero(inside)
    found = items.gaps()
    if found.missing is None:
        return (Answered(tuple(range(items.count)), everybody),)
    gaps = found.missing
    lost = (gaps if inside.all() else gaps & inside[:, None]).sum(axis=0)
    if missing is Missing.FAIL and lost.any():
        at = int(lost.argmax())
        variable = items.variable[int((found.column == at).argmax())]
        raise AnalysisError(
            f"{variable!r} is missing in {lost[at]} rows; choose missing='per_item' or "
            "missing='listwise'"
        )
    if missing is Missing.LISTWISE and lost.any():
        gaps = np.broadcast_to(gaps.any(axis=1, keepdims=True), gaps.shape)
    groups: dict[bytes, list[int]] = {}
    for column in range(gaps.shape[1]):
        key = gaps[:, column].tobytes() if lost[column] or missing is Missing.LISTWISE else b""
        groups.setdefault(key, []).append(column)
    return tuple(
        Answered(
            tuple(np.flatnonzero(np.isin(found.column, columns)).tolist()),
            np.flatnonzero(inside & ~gaps[:, columns[0]]),
        )
        for columns in groups.values()
    )
