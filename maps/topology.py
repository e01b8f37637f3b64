"""Shapes as TopoJSON: every border between two areas once, on a grid of whole numbers.

A coverage of communes written as GeoJSON says each border twice, in degrees with six decimals.
TopoJSON (its specification 1.0) says it once, as small steps from point to point: a fifth of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRID = 30_000  # steps across the longer side: 60 m of the whole country, 5 m of a province
Ints = NDArray[np.int64]
Json = dict[str, Any]


@dataclass(slots=True)
class _Arcs:
    """Borders met so far; the neighbour meets the same one from its other end."""

    found: list[Ints] = field(default_factory=list)
    known: dict[bytes, int] = field(default_factory=dict)

    def index(self, arc: Ints) -> int:
        """The number of an arc; its complement where it runs the other way."""
        ahead = self.known.get(arc.tobytes())
        if ahead is not None:
            return ahead
        back = self.known.get(arc[::-1].tobytes())
        if back is not None:
            return ~back
        self.known[arc.tobytes()] = len(self.found)
        self.found.append(arc)
        return len(self.found) - 1


@dataclass(frozen=True, slots=True)
class _Rings:
    """All rings of all areas: points on the grid without the closing one, and where each begins."""

    points: Ints
    starts: Ints
    area: Ints
    polygon: Ints


def topology(collection: Mapping[str, Any], *, grid: int = GRID) -> Json:
    """Polygons as TopoJSON with shared, quantised, delta-coded arcs.

    Borders are shared where neighbours have the same points, as the stored levels do. Rings that
    fall together on the grid are left out; an area that loses all of them becomes one grid cell.

    Parameters
    ----------
    collection
        A GeoJSON FeatureCollection of Polygons and MultiPolygons whose features carry `id`.
    grid
        Steps across the longer side of everything.

    Returns
    -------
    dict
        A TopoJSON Topology; its object `areas` holds the features in the order given.

    Raises
    ------
    ValueError
        If a shape is no polygon or a coordinate is no number.

    Example
    -------
    >>> def square(x):
    ...     ring = [[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]]
    ...     return {"type": "Feature", "id": str(x),
    ...             "geometry": {"type": "Polygon", "coordinates": [ring]}}
    >>> made = topology({"features": [square(0), square(1)]}, grid=2)
    >>> len(made["arcs"]), [each["arcs"] for each in made["objects"]["areas"]["geometries"]]
    (3, [[[0, 1]], [[2, -1]]])
    """
    features = collection["features"]
    geometries: list[Json] = [
        {"type": "MultiPolygon", "id": each["id"], "arcs": []} for each in features
    ]
    made: Json = {
        "type": "Topology",
        "arcs": [],
        "objects": {"areas": {"type": "GeometryCollection", "geometries": geometries}},
    }
    read = list(_read(features))
    if not read:
        return made
    every = np.concatenate([ring for _, _, ring in read])
    if not np.isfinite(every).all():
        raise ValueError("a coordinate of a shape is not a number")
    low = every.min(axis=0)
    step = max(float((every.max(axis=0) - low).max()) / grid, 1e-9)
    rings = _quantised(read, low, step)
    arcs = _Arcs()
    ids, at = _numbered(rings.points)
    _join(rings, ids, geometries, arcs)
    made["transform"] = {"scale": [step, step], "translate": low.tolist()}
    made["arcs"] = _steps(arcs.found, at)
    for each in geometries:
        if len(each["arcs"]) == 1:
            each["type"], each["arcs"] = "Polygon", each["arcs"][0]
    return made


def _steps(arcs: list[Ints], at: Ints) -> list[list[list[int]]]:
    """Each arc as its first point and the steps from there."""
    points = at[np.concatenate(arcs)]
    steps = np.diff(points, axis=0, prepend=0)
    starts = np.cumsum([0, *map(len, arcs)])
    steps[starts[:-1]] = points[starts[:-1]]
    flat = steps.tolist()
    return [flat[a:b] for a, b in pairwise(starts.tolist())]


def _read(features: Any) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
    """Area, polygon and points of each ring."""
    for area, feature in enumerate(features):
        shape = feature["geometry"]
        if shape["type"] not in ("Polygon", "MultiPolygon"):
            raise ValueError(f"the shape of {feature['id']} is no polygon")
        several = shape["type"] == "MultiPolygon"
        polygons = shape["coordinates"] if several else [shape["coordinates"]]
        for polygon, rings in enumerate(polygons):
            for ring in rings:
                yield area, polygon, np.asarray(ring, dtype=float)[:, :2]


def _quantised(
    read: list[tuple[int, int, NDArray[np.float64]]], low: NDArray[np.float64], step: float
) -> _Rings:
    kept: list[tuple[int, int, Ints]] = []
    lost: dict[int, Ints] = {}
    for area, polygon, ring in read:
        points = np.rint((ring - low) / step).astype(np.int64)
        following = np.roll(points, -1, axis=0)
        open_ring = points[(points != following).any(axis=1)]
        # a longer ring without repeats in a row has three places, or is a path there and back
        if len(open_ring) > 4 or len({*map(tuple, open_ring.tolist())}) >= 3:
            kept.append((area, polygon, open_ring))
        elif len(points):
            lost.setdefault(area, points[0])
    for area in lost.keys() - {area for area, _, _ in kept}:
        kept.append((area, 0, lost[area] + np.array([[0, 0], [1, 0], [1, 1], [0, 1]])))
    lengths = np.array([len(ring) for _, _, ring in kept])
    return _Rings(
        points=np.concatenate([ring for _, _, ring in kept]),
        starts=np.concatenate([[0], np.cumsum(lengths)]),
        area=np.array([area for area, _, _ in kept]),
        polygon=np.array([polygon for _, polygon, _ in kept]),
    )


def _numbered(points: Ints) -> tuple[Ints, Ints]:
    """One number for each place, and the places by number."""
    packed = (points[:, 0] << 32) + points[:, 1]
    places, ids = np.unique(packed, return_inverse=True)
    return ids.reshape(-1).astype(np.int64), np.stack([places >> 32, places & 0xFFFFFFFF], axis=1)


def _junctions(rings: _Rings, ids: Ints) -> NDArray[np.bool_]:
    """By place: whether borders part there, that is, whether its neighbours differ by ring."""
    before, after = np.roll(ids, 1), np.roll(ids, -1)
    first, last = rings.starts[:-1], rings.starts[1:] - 1
    before[first], after[last] = ids[last], ids[first]
    low, high = np.minimum(before, after), np.maximum(before, after)
    order = np.lexsort((high, low, ids))
    same_place = ids[order][1:] == ids[order][:-1]
    other = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    found = np.zeros(int(ids.max()) + 1, dtype=bool)
    found[ids[order][1:][same_place & other]] = True
    return found


def _join(rings: _Rings, ids: Ints, geometries: list[Json], arcs: _Arcs) -> None:
    """Cut each ring where borders part, and name its pieces by arc."""
    is_junction = _junctions(rings, ids)
    previous = (-1, -1)
    spans = zip(rings.starts[:-1], rings.starts[1:], rings.area, rings.polygon, strict=True)
    for start, end, area, polygon in spans:
        ring = ids[start:end]
        cuts = np.flatnonzero(is_junction[ring])
        turn = int(cuts[0]) if len(cuts) else int(ring.argmin())
        closed = np.concatenate([ring[turn:], ring[: turn + 1]])
        ends = [*(cuts - turn).tolist(), len(ring)] if len(cuts) else [0, len(ring)]
        pieces = [arcs.index(np.ascontiguousarray(closed[a : b + 1])) for a, b in pairwise(ends)]
        if (area, polygon) != previous:
            geometries[area]["arcs"].append([])
        geometries[area]["arcs"][-1].append(pieces)
        previous = (area, polygon)
