"""Equal tiles in place of borders: where no boundary file is at hand, each area gets one square.

Squares of one size on one grid, with gaps between them, near the seat of each commune: neighbours
stay roughly neighbours, and nobody can take the picture for administrative borders.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from scipy.spatial import cKDTree

EARTH = 6_378_137.0  # metres; radius of the sphere that web maps draw on
PITCH = 1.15  # grid step over the median distance to the nearest other seat
SMALLEST = 500.0  # metres between tiles, when seats (almost) coincide
GAP = 0.08  # share of a tile left empty around it
NEAREST = 24  # candidate tiles for each seat; doubled until everybody has one
GeoJson = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Grid:
    origin: NDArray[np.float64]
    step: float
    cells: NDArray[np.int64]

    def centres(self) -> NDArray[np.float64]:
        return self.origin + self.cells * self.step


def schematic_tiles(seats: Mapping[str, tuple[float, float]]) -> GeoJson:
    """One equal square for each area, on a grid, as near to its seat as the others allow.

    The sum of squared displacements is the smallest possible on the candidate grid (an assignment
    problem), no two tiles overlap, and the same seats always give the same picture.

    Parameters
    ----------
    seats
        Latitude and longitude of the seat by area code.

    Returns
    -------
    dict
        A GeoJSON FeatureCollection in code order; each feature has `id` and property `code`.
        Tiles are equal on a web map (spherical Mercator), so they differ slightly in square metres.

    Raises
    ------
    ValueError
        If a seat is not a position on earth.

    Example
    -------
    >>> two = schematic_tiles({"16228": (19.66, 105.54), "16234": (19.77, 105.48)})
    >>> [feature["id"] for feature in two["features"]]
    ['16228', '16234']
    """
    codes = sorted(seats)
    for code in codes:
        lat, lon = seats[code]
        if not (-85 < lat < 85 and -180 <= lon <= 180):  # also refuses NaN
            raise ValueError(f"the seat of {code} is not a position: {lat}, {lon}")
    if not codes:
        return {"type": "FeatureCollection", "features": []}
    points = np.array([_projected(*seats[code]) for code in codes])
    grid = _grid(points)
    chosen = _assigned(points, grid.centres())
    half = grid.step * (1 - GAP) / 2
    features = [
        _tile(code, centre, half)
        for code, centre in zip(codes, grid.centres()[chosen], strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _projected(lat: float, lon: float) -> tuple[float, float]:
    return (
        EARTH * math.radians(lon),
        EARTH * math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)),
    )


def _position(x: float, y: float) -> list[float]:
    lat = math.degrees(2 * math.atan(math.exp(y / EARTH)) - math.pi / 2)
    return [round(math.degrees(x / EARTH), 6), round(lat, 6)]


def _grid(points: NDArray[np.float64]) -> _Grid:
    """Cells within a few steps of any seat; far islands bring their own few cells."""
    step = SMALLEST
    if len(points) > 1:
        distances, _ = cKDTree(points).query(points, k=2)
        step = max(step, float(np.median(distances[:, 1])) * PITCH)
    origin = points.min(axis=0)
    home = np.round((points - origin) / step).astype(np.int64)
    reach = 2 + math.isqrt(int(np.unique(home, axis=0, return_counts=True)[1].max()))
    span = np.arange(-reach, reach + 1)
    around = np.stack(np.meshgrid(span, span), axis=-1).reshape(-1, 2)
    cells = np.unique((home[:, None, :] + around[None, :, :]).reshape(-1, 2), axis=0)
    return _Grid(origin, step, cells)


def _assigned(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.intp]:
    """The cell of each point, all different, with the least sum of squared distances."""
    nearest = min(NEAREST, len(centres))
    tree = cKDTree(centres)
    while True:
        distances, cells = tree.query(points, k=nearest)
        distances = distances.reshape(len(points), -1)
        # sparse zeros would mean "no edge", hence the added metre
        costs = (distances**2 + 1.0).ravel()
        rows = np.repeat(np.arange(len(points)), nearest)
        shape = (len(points), len(centres))
        edges = coo_array((costs, (rows, np.ravel(cells))), shape=shape).tocsr()
        try:
            return np.asarray(min_weight_full_bipartite_matching(edges)[1], dtype=np.intp)
        except ValueError:  # some crowded place has more seats than near cells
            if nearest == len(centres):
                raise
            nearest = min(nearest * 2, len(centres))


def _tile(code: str, centre: NDArray[np.float64], half: float) -> GeoJson:
    x, y = float(centre[0]), float(centre[1])
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    ring = [_position(x + sx * half, y + sy * half) for sx, sy in corners]
    return {
        "type": "Feature",
        "id": code,
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
