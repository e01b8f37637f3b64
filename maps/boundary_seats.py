"""Shapes that carry the code of another commune, told by the seats that they hold.

A few codes swapped or moved by a row are too few to refuse a file for, but each puts people into
the wrong commune. A seat that lies outside its shape alone proves nothing: lists of seats err too.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.boundary_placing import KnownUnit

LIKE: Final = 0.1  # of the declared area: a shape as large as the list says
Shapes = NDArray[np.object_]


def strangers(
    codes: Sequence[str],
    shapes: Shapes,
    known: Mapping[str, KnownUnit],
    seats: Mapping[str, tuple[float, float]],
) -> dict[int, str]:
    """Rows that hold another commune's seat instead of their own, and whose.

    A row counts only if the other commune's row is astray as well (codes swapped, or moved along
    some rows), or if the other commune has no row and this code has another that holds its seat
    (a code mistyped). A row as large as the list says of its own commune, and not of the other,
    stays: there the seats of the list were mixed up.

    Parameters
    ----------
    codes, shapes
        Row by row, in an equal-area plane in metres.
    known
        The code list of the day.
    seats
        In the same plane, of all communes of the list where known.

    Returns
    -------
    dict
        Commune whose seat it holds, by row.

    Example
    -------
    >>> boxes = np.array([shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9)])
    >>> strangers(["00002", "00001"], boxes, {}, {"00001": (4, 4), "00002": (14, 4)})
    {0: '00001', 1: '00002'}
    """
    held = _held(shapes, seats)
    at_home = {codes[row] for row, inside in held.items() if codes[row] in inside}
    astray = {
        row: others
        for row, inside in held.items()
        if codes[row] in seats and codes[row] not in inside
        if (others := inside - at_home) and not _is_vouched(codes[row], others, shapes[row], known)
    }
    away = {codes[row] for row in astray}
    sought = set().union(*astray.values())
    found = {}
    for row, others in astray.items():
        is_moved = bool(others & away) or codes[row] in sought
        is_mistyped = codes[row] in at_home and others.isdisjoint(codes)
        if is_moved or is_mistyped:
            found[row] = min(others)
    return found


def _held(shapes: Shapes, seats: Mapping[str, tuple[float, float]]) -> dict[int, set[str]]:
    """The communes whose seats lie in a row."""
    of = list(seats)
    points = shapely.points(np.array([seats[code] for code in of]).reshape(-1, 2))
    found, rows = shapely.STRtree(shapes).query(points, predicate="intersects")
    held: dict[int, set[str]] = {}
    for at, row in zip(found, rows, strict=True):
        held.setdefault(int(row), set()).add(of[at])
    return held


def _is_vouched(
    code: str, others: set[str], shape: shapely.Geometry, known: Mapping[str, KnownUnit]
) -> bool:
    size = shapely.area(shape) / 1e6
    return _is_like(size, known.get(code)) and not any(
        _is_like(size, known.get(other)) for other in others
    )


def _is_like(square_km: float, unit: KnownUnit | None) -> bool:
    declared = unit.area_km2 if unit is not None else None
    return declared is not None and abs(square_km - declared) <= LIKE * declared
