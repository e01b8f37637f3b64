"""Where an area lies among the others: outlines as short SVG paths that a page puts together.

A page shows a few of them, so each area has its own path and box on one grid of whole numbers; a
coarse grid is enough, because nothing is measured on a picture as wide as a hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRID = 4_000  # steps across the longer side of everything
FINEST = 0.0002  # degrees a step: a few communes are drawn no finer than 20 m


@dataclass(frozen=True, slots=True)
class Outline:
    """An area as a path, with left, top, right and bottom; y grows downward."""

    path: str
    box: tuple[int, int, int, int]


def outlines(shapes: Mapping[str, Any]) -> dict[str, Outline]:
    """The outline of each area on a common grid.

    Parameters
    ----------
    shapes
        GeoJSON FeatureCollection of Polygons and MultiPolygons whose features carry `code`.

    Returns
    -------
    dict
        By code. Degrees of longitude are narrowed as they are in the middle of the shapes.

    Example
    -------
    >>> ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    >>> shape = {"type": "Polygon", "coordinates": [ring]}
    >>> made = outlines({"features": [{"properties": {"code": "a"}, "geometry": shape}]})
    >>> made["a"].path
    'M0 4000h4000v-4000z'
    """
    read = {
        str(each["properties"]["code"]): _rings(each["geometry"])
        for each in shapes["features"]
        if each.get("geometry")
    }
    if not read:
        return {}
    every = np.concatenate([ring for rings in read.values() for ring in rings])
    low, high = every.min(axis=0), every.max(axis=0)
    narrowed = float(np.cos(np.radians((low[1] + high[1]) / 2)))
    extent = max((high[0] - low[0]) * narrowed, high[1] - low[1])
    step = max(extent / GRID, FINEST)
    return {
        code: _outline(rings, (low[0], high[1]), narrowed, step) for code, rings in read.items()
    }


def _rings(geometry: Mapping[str, Any]) -> list[NDArray[np.float64]]:
    several = geometry["type"] == "MultiPolygon"
    polygons = geometry["coordinates"] if several else [geometry["coordinates"]]
    return [np.asarray(ring, dtype=float)[:, :2] for rings in polygons for ring in rings]


def _outline(
    rings: list[NDArray[np.float64]], corner: tuple[float, float], narrowed: float, step: float
) -> Outline:
    """Islands smaller than a step vanish, unless there is nothing else."""
    placed = []
    for ring in rings:
        x = (ring[:, 0] - corner[0]) * narrowed / step
        y = (corner[1] - ring[:, 1]) / step
        points = np.rint(np.stack([x, y], axis=1)).astype(np.int64)
        moved = (np.diff(points, axis=0, prepend=points[:1] - 1) != 0).any(axis=1)
        placed.append(points[moved])
    kept = [points for points in placed if len(points) > 3] or placed[:1]
    every = np.concatenate(kept)
    (left, top), (right, bottom) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
    return Outline("".join(map(_path, kept)), (left, top, right, bottom))


def _path(points: NDArray[np.int64]) -> str:
    start = points[0].tolist()
    steps = np.diff(points, axis=0).tolist()[:-1]  # the last one comes back to the start
    return f"M{start[0]} {start[1]}" + "".join(_step(x, y) for x, y in steps) + "z"


def _step(x: int, y: int) -> str:
    if not y:
        return f"h{x}"
    return f"v{y}" if not x else f"l{x} {y}"
