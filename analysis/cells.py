"""Rows summed to pairs of domain and sampling unit: all that a table of figures needs of them.

A mean, share, total or ratio and its variance depend on the rows only through sums of w, w e and
w e^2 over the pairs that occur (for ratios also of w x, w e x and w x^2), with e = y - c x and c
near the estimate. So the rows are read once, whatever the number of domains, and these sums may as
well come from a database or a cluster (`analysis.scale`). c is zero unless values lie far from
zero compared with their spread; there it keeps the digits that squares would lose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray, codes_of, cross, first_rows, sums_by
from analysis.design import Design
from analysis.domains import Answered, Domains
from analysis.errors import AnalysisError
from analysis.items import LARGEST, Items, LevelItems

LOOKED_AT = 4096  # rows from which the centre of an item is taken
MOST = 100_000_000  # sums of one kind in memory: 800 MB, of which a table holds two
FAR = 64  # sum y^2 above so many times sum e^2: values lie far from zero


@dataclass(frozen=True, slots=True, eq=False)
class RatioSums:
    """Sums of w x, w e x and w x^2 per pair and item."""

    x: FloatArray
    ex: FloatArray
    xx: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Sums of the rows of each pair; those of e are (pairs, items).

    `row` is one row of the design's data that belongs to the pair, `n` counts rows with a weight.
    """

    row: IntArray
    domain: IntArray
    n: FloatArray
    w: FloatArray
    ww: FloatArray
    centre: FloatArray
    e: FloatArray
    ee: FloatArray
    ratio: RatioSums | None = None


def centre_of(y: FloatArray, x: FloatArray | None = None) -> float:
    """The centre c of one item, from some of its rows."""
    step = max(1, len(y) // LOOKED_AT)
    seen = y[::step]
    below = np.ones_like(seen) if x is None else x[::step]
    known = (np.abs(seen) <= LARGEST) & (np.abs(below) <= LARGEST)
    seen, below = seen[known], below[known]
    if not below.sum():
        return 0.0
    found = float(seen.sum() / below.sum())
    is_far = float(seen @ seen) > FAR * float(((seen - found * below) ** 2).sum())
    return found if is_far else 0.0


def sum_rows(design: Design, items: Items | LevelItems, group: Answered, domains: Domains) -> Cells:
    """Sum the rows of a group of items that the same people answered.

    Raises
    ------
    AnalysisError
        There are too many pairs and items for memory.
    """
    last = design.stages[-1]
    every = len(group.rows) == design.n_rows
    pick: IntArray | slice = slice(None) if every else group.rows
    unit, w = last.unit[pick], design.weights[pick]
    if len(domains) > 1:
        pair, keys = codes_of(cross(domains.code[pick], unit, last.n_units))
    elif every:
        pair, keys = unit, np.arange(last.n_units)
    else:
        pair, keys = codes_of(unit)
    size = len(keys)
    _check_size(size, group, items)
    first = first_rows(pair, size)
    weighted = w != 0
    counted = pair if weighted.all() else pair[weighted]
    if isinstance(items, LevelItems):
        e = items.sums(group.items, pick, pair, w)
        found = _Sums(np.zeros(len(group.items)), e, e.copy(order="F"), None)
    else:
        found = _sums(items, group.items, pick, pair, w)
    return Cells(
        row=first if every else group.rows[first],
        domain=keys // last.n_units,
        n=np.bincount(counted, minlength=size).astype(np.float64),
        w=sums_by(pair, size, w),
        ww=sums_by(pair, size, w * w),
        centre=found.centre,
        e=found.e,
        ee=found.ee,
        ratio=found.ratio,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    centre: FloatArray
    e: FloatArray
    ee: FloatArray
    ratio: RatioSums | None


def _sums(
    items: Items, chosen: tuple[int, ...], pick: IntArray | slice, pair: IntArray, w: FloatArray
) -> _Sums:
    size = int(pair.max(initial=-1)) + 1
    shape = (size, len(chosen))
    e, ee = np.empty(shape, order="F"), np.empty(shape, order="F")
    ratio = None if items.x is None else RatioSums(*(np.empty_like(e) for _ in range(3)))
    centre, part = np.zeros(len(chosen)), np.empty_like(w)
    for at, item in enumerate(chosen):
        y = items.y[pick, item]
        x = None if items.x is None else items.x[pick, item]
        centre[at] = centre_of(y, x)
        if centre[at]:
            y = y - centre[at] * (1.0 if x is None else x)
        e[:, at] = np.bincount(pair, np.multiply(w, y, out=part), size)
        square = part * y
        is_indicator = np.array_equal(square, part)
        ee[:, at] = e[:, at] if is_indicator else np.bincount(pair, square, size)
        if ratio is not None and x is not None:
            ratio.x[:, at] = np.bincount(pair, np.multiply(w, x, out=part), size)
            ratio.xx[:, at] = np.bincount(pair, part * x, size)
            ratio.ex[:, at] = np.bincount(pair, part * y, size)
    return _Sums(centre, e, ee, ratio)


def _check_size(pairs: int, group: Answered, items: Items | LevelItems) -> None:
    count = len(group.items)
    if pairs * count > MOST:
        name = items.variable[group.items[0]]
        raise AnalysisError(
            f"{count:,} levels or items (the first of {name!r}) over {pairs:,} sampling units in "
            "domains do not fit into memory: group the levels, name some with success=, or look "
            "at fewer domains or items at a time"
        )
