"""Shapes on paper: projected to metres, the far islands apart from the country."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from matplotlib.path import Path
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

FAR_EAST: Final = 109.5  # degrees; the mainland ends at 109.47, Hoàng Sa begins at 111.2
NORTH, SOUTH = 20.0, 11.0  # a map reaching beyond both shows the whole country
# Islands of the two archipelagos (latitude, longitude), marked even where no shape is at hand.
HOANG_SA: Final = ((16.83, 112.34), (16.53, 111.61), (16.98, 112.27), (16.05, 111.77))
TRUONG_SA: Final = ((8.64, 111.92), (11.43, 114.33), (10.38, 114.37), (9.88, 114.33), (7.9, 112.92))
HOANG_SA_LABEL: Final = (15.6, 114.0)  # the right end, where no island lies
TRUONG_SA_LABEL: Final = (7.5, 117.7)
INSET: Final = (109.0, 6.3, 117.9, 18.0)  # west, south, east, north
Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """One area in metres."""

    code: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Plane:
    """What is drawn, in metres of an equal-area projection around the middle of the map."""

    main: tuple[Placed, ...]
    islands: tuple[Placed, ...]
    is_national: bool
    to_metres: Transformer

    def bounds(self) -> tuple[float, ...]:
        """West, south, east, north of the main frame; of an empty map a square kilometre."""
        if not self.main:
            return (0.0, 0.0, 1000.0, 1000.0)
        return tuple(float(each) for each in shapely.total_bounds([p.shape for p in self.main]))

    def inset(self) -> tuple[float, ...]:
        """West, south, east, north of the frame around the two archipelagos."""
        west, south, east, north = INSET
        lons = [*np.linspace(west, east, 9), west, east]
        x, y = self.to_metres.transform([*lons, *lons], [south] * 11 + [north] * 11)
        return (min(x), min(y), max(x), max(y))

    def point(self, position: Position) -> Position:
        """Metres of a latitude and longitude."""
        x, y = self.to_metres.transform(position[1], position[0])
        return float(x), float(y)


def plane(shapes: Mapping[str, Any]) -> Plane:
    """Project a FeatureCollection made by `maps.webmap.drawn`.

    Parameters
    ----------
    shapes
        Features with `id` and a (Multi)Polygon in longitude and latitude.

    Returns
    -------
    Plane
        On a national map, parts far in the east stand in `islands`: drawn in the main frame, they
        would shrink the country to half its size.
    """
    features = shapes["features"]
    if not features:
        return Plane((), (), is_national=False, to_metres=_turn(105.5, 16.5))
    found = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    near = [_side(each, is_far=False) for each in found]
    box = shapely.total_bounds([each for each in near if not each.is_empty])
    is_national = bool(box[1] < SOUTH and box[3] > NORTH)
    if not is_national:
        near, far = found, []
        box = shapely.total_bounds(found)
    else:
        far = [_side(each, is_far=True) for each in found]
    turn = _turn(float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2)
    codes = [feature["id"] for feature in features]
    return Plane(_placed(codes, near, turn), _placed(codes, far, turn), is_national, turn)


def outline(shape: BaseGeometry, scale: float, shift: Position) -> Path:
    """The shape as one path of millimetres; holes run the other way round."""
    vertices: list[NDArray[np.float64]] = []
    codes: list[NDArray[np.uint8]] = []
    for polygon in _polygons(shapely.orient_polygons(shape)):
        for ring in (polygon.exterior, *polygon.interiors):
            points = np.asarray(ring.coords)[:, :2] * scale + shift
            steps = np.full(len(points), Path.LINETO, dtype=np.uint8)
            steps[0], steps[-1] = Path.MOVETO, Path.CLOSEPOLY
            vertices.append(points)
            codes.append(steps)
    return Path(np.concatenate(vertices), np.concatenate(codes))


def heart(shape: BaseGeometry) -> Position:
    """A place well inside the largest part, for the label."""
    largest = max(_polygons(shape), key=lambda polygon: float(polygon.area))
    if largest.area <= 0:
        return (float(largest.centroid.x), float(largest.centroid.y))
    middle = shapely.maximum_inscribed_circle(largest, tolerance=largest.length / 200).coords[0]
    return (float(middle[0]), float(middle[1]))


def _turn(lon: float, lat: float) -> Transformer:
    middle = f"+proj=laea +lon_0={lon:.4f} +lat_0={lat:.4f} +datum=WGS84 +units=m"
    return Transformer.from_crs("EPSG:4326", middle, always_xy=True)


def holds(shape: BaseGeometry, at: Position, wide: float, high: float) -> bool:
    """Whether a rectangle around a place lies within the shape."""
    x, y = at
    return bool(shape.contains(shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)))


def _polygons(shape: BaseGeometry) -> Iterable[Any]:
    return shapely.get_parts(shape)


def _side(shape: BaseGeometry, *, is_far: bool) -> BaseGeometry:
    parts = [part for part in _polygons(shape) if (part.bounds[2] > FAR_EAST) is is_far]
    return shapely.MultiPolygon(parts)


def _placed(codes: list[str], shapes: list[BaseGeometry], turn: Transformer) -> tuple[Placed, ...]:
    drawn = [
        (code, shape) for code, shape in zip(codes, shapes, strict=False) if not shape.is_empty
    ]
    project: Any = turn.transform  # its overloads are wider than a transformer of arrays
    moved = shapely.transform(
        [shape for _, shape in drawn],
        project,
        interleaved=False,
    )
    return tuple(Placed(code, shape) for (code, _), shape in zip(drawn, moved, strict=True))
