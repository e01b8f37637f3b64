"""Which areas share a border, from their shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

SHORTEST = 1e-5  # degrees, about a metre: areas that meet in a point are no neighbours


def shared_borders(shapes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Pairs of areas with a common border line, each once, in order.

    `shapes` are shapely geometries by code, of one cleaned coverage: neighbours have the same
    vertices on their border, as every stored level has.

    Examples
    --------
    >>> from shapely import box
    >>> shared_borders({"b": box(1, 0, 2, 1), "a": box(0, 0, 1, 1), "c": box(2, 1, 3, 2)})
    [('a', 'b')]
    """
    codes = sorted(shapes)
    outlines = np.array([shapes[code] for code in codes], dtype=object)
    tree = shapely.STRtree(outlines)
    first, second = tree.query(outlines)
    once = first < second
    first, second = first[once], second[once]
    common = shapely.intersection(shapely.boundary(outlines[first]), outlines[second])
    # an area inside another shares its whole boundary, also as a hole
    is_line = shapely.length(common) > SHORTEST
    return sorted(
        (codes[a], codes[b]) for a, b in zip(first[is_line], second[is_line], strict=True)
    )
