"""Rows that are alike: many rows of a matrix are often few different ones."""

from __future__ import annotations

import numpy as np

from analysis.arrays import FloatArray, IntArray

AT_ONCE = 120_000  # numbers compared at a time: copies of the whole would be many times the data


def rows_alike(matrix: FloatArray, same: float = 0.0) -> tuple[IntArray, IntArray]:
    """A code for each row, equal where rows are, and a first row of each code.

    Rows are told apart by a random projection, which costs one sort instead of one per column,
    and then compared as they are; `same` is the relative difference that still counts as equal.

    >>> code, first = rows_alike(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]))
    >>> code.tolist(), first.tolist()
    ([0, 1, 0], [0, 1])
    """
    every = np.arange(len(matrix))
    mark = matrix @ np.random.default_rng(1).uniform(0.5, 1.5, matrix.shape[1])
    order = np.argsort(mark, kind="stable")
    step = np.diff(mark[order], prepend=mark[order[:1]])
    least = max(same, 1e-14) * max(float(np.abs(mark).max(initial=0.0)), 1.0)
    group = np.cumsum(step > least)
    if not len(mark) or group[-1] + 1 == len(mark):
        return every, every
    code = np.empty(len(mark), dtype=np.int64)
    code[order] = group
    first = np.empty(int(group[-1]) + 1, dtype=np.int64)
    first[group[::-1]] = order[::-1]
    width = max(1, AT_ONCE // max(1, matrix.shape[1]))
    for low in range(0, len(matrix), width):
        part = matrix[low : low + width]
        gap = np.abs(matrix[first[code[low : low + width]]] - part)
        if not (gap <= same * np.maximum(np.abs(part), 1.0)).all():
            return every, every
    return code, first
