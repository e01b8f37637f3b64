"""In which commune a point lies, how far from its border, and how sure that is.

A phone's point has an accuracy, so that "inside" has four answers: inside, near the border,
outside, not known. Distances are metres in a projection of equal areas about the middle of the
country (distortion under 0.5 % within it). Only full, non-schematic boundaries are good enough: on
the 100 m level one point in 400 lands in a neighbour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from maps.boundaries import EQUAL_AREA

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
# Việt Nam with its islands, in degrees
LATITUDES = (6.0, 24.0)
LONGITUDES = (102.0, 118.0)
# Android gives the radius that holds the true place with 68 %; twice it holds nearly all.
SURE = 2.0
WORST_ACCURACY = 200.0  # metres; beyond, a point says too little
NOWHERE = -1


class State(IntEnum):
    """Where a point lies with respect to the commune asked about (or the one it fell into)."""

    UNKNOWN = 0  # no coordinates, no accuracy where one is needed, or a bad one
    INSIDE = 1
    NEAR_BORDER = 2  # the border is within the accuracy
    OUTSIDE = 3


class Oddity(IntEnum):
    """What is wrong with the coordinates themselves."""

    NONE = 0
    MISSING = 1
    ZERO = 2  # 0, 0: the sensor gave nothing
    SWAPPED = 3  # latitude and longitude changed places
    ABROAD = 4
    REPEATED = 5  # the same point again and again


class SchematicBoundariesError(ValueError):
    """Points cannot be placed in a sketch."""

    message_vi = (
        "Bộ ranh giới này là sơ đồ nên không kiểm tra điểm GPS được. Hãy nạp ranh giới thật."
    )
    message_en = (
        "These boundaries are a sketch, no use for checking GPS points. Import real boundaries."
    )

    def __init__(self) -> None:
        super().__init__(self.message_en)


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """One entry a point.

    `unit` is the position of the commune in `PointIndex.codes`, -1 for none; `distance` is in
    metres, negative inside and positive outside, of the commune asked about or else of `unit`
    (nan if there is none).
    """

    unit: IntArray
    distance: FloatArray
    state: IntArray
    oddity: IntArray


class PointIndex:
    """The communes of a day, ready for any number of points.

    Parameters
    ----------
    shapes
        Full boundaries in degrees (WGS 84), by commune code.
    is_schematic
        Whether they are a sketch, which is refused.

    Raises
    ------
    SchematicBoundariesError

    Example
    -------
    >>> square = shapely.box(105.0, 20.0, 105.1, 20.1)
    >>> index = PointIndex({"16228": square})
    >>> found = index.place(np.array([20.05, 21.0]), np.array([105.05, 105.05]))
    >>> [index.code(at) for at in found.unit]
    ['16228', None]
    """

    def __init__(self, shapes: Mapping[str, Any], *, is_schematic: bool = False) -> None:
        if is_schematic:
            raise SchematicBoundariesError
        self.codes = tuple(sorted(shapes))
        self._shapes = np.array([shapes[code] for code in self.codes], dtype=object)
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        self._projected: dict[int, Any] = {}
        self._to_metres = pyproj.Transformer.from_crs("EPSG:4326", EQUAL_AREA, always_xy=True)

    def code(self, unit: int) -> str | None:
        return None if unit == NOWHERE else self.codes[unit]

    def find(self, lat: FloatArray, lon: FloatArray) -> IntArray:
        """The commune of each point (n,), -1 for none; on a common border the first by code."""
        found = np.full(len(lat), NOWHERE, dtype=np.int64)
        usable = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
        x, y = lon[usable], lat[usable]
        at, unit = self._tree.query(shapely.points(x, y))
        # Commune by commune, the last first: where two overlap the first by code is written last.
        order = np.argsort(-unit, kind="stable")
        at, unit = at[order], unit[order]
        is_in = shapely.intersects_xy(self._shapes[unit], x[at], y[at])
        found[usable[at[is_in]]] = unit[is_in]
        return found

    def place(
        self,
        lat: FloatArray,
        lon: FloatArray,
        accuracy: FloatArray | None = None,
        *,
        expected: list[str | None] | None = None,
    ) -> Placed:
        """Place points and say how sure it is.

        Parameters
        ----------
        lat, lon
            Degrees (n,); nan where there is none.
        accuracy
            Radius in metres (n,) that holds the true place with 68 %; None if nobody knows.
        expected
            The commune that each record names; its own border is then what counts.
        """
        oddity = odd(lat, lon)
        is_usable = (oddity == Oddity.NONE) | (oddity == Oddity.REPEATED)
        unit = self.find(np.where(is_usable, lat, np.nan), np.where(is_usable, lon, np.nan))
        asked = unit
        if expected is not None:
            asked = np.where(is_usable, self._positions(expected, unit), NOWHERE)
        distance = self._distances(lat, lon, asked, is_inside=unit == asked)
        radius = np.full(len(lat), np.nan) if accuracy is None else accuracy
        known = is_usable & (radius >= 0) & (radius <= WORST_ACCURACY)
        # in no commune at all there is no distance, and the comparisons are false
        state = np.select(
            [~known, np.abs(distance) <= SURE * radius, distance < 0],
            [State.UNKNOWN, State.NEAR_BORDER, State.INSIDE],
            State.OUTSIDE,
        )
        return Placed(unit, distance, state, oddity)

    def _positions(self, expected: list[str | None], unit: IntArray) -> IntArray:
        place = {code: at for at, code in enumerate(self.codes)}
        asked = np.array([place.get(code or "", NOWHERE) for code in expected], dtype=np.int64)
        return np.where(asked == NOWHERE, unit, asked)

    def _distances(
        self, lat: FloatArray, lon: FloatArray, unit: IntArray, *, is_inside: BoolArray
    ) -> FloatArray:
        """Metres to the border of each point's commune, commune by commune."""
        out = np.full(len(lat), np.nan)
        rows = np.flatnonzero(unit != NOWHERE)
        x, y = self._to_metres.transform(lon[rows], lat[rows])
        points = shapely.points(x, y)
        order = np.argsort(unit[rows], kind="stable")
        starts = np.flatnonzero(np.diff(unit[rows][order], prepend=NOWHERE))
        for part in np.split(order, starts[1:]):
            if len(part):
                border = self._border(int(unit[rows[part[0]]]))
                out[rows[part]] = shapely.distance(border, points[part])
        return np.where(is_inside, -out, out)

    def _border(self, unit: int) -> Any:
        if unit not in self._projected:
            border = shapely.transform(shapely.boundary(self._shapes[unit]), self._metres)
            shapely.prepare(border)
            self._projected[unit] = border
        return self._projected[unit]

    def _metres(self, degrees: FloatArray) -> FloatArray:
        return np.column_stack(self._to_metres.transform(degrees[:, 0], degrees[:, 1]))


def odd(lat: FloatArray, lon: FloatArray, *, often: int = 5) -> IntArray:
    """What is wrong with coordinates: an `Oddity` a point.

    `often` is how many records of the very same point (to 7 decimals) are too many: a phone that
    moves a metre gives another one.
    """
    found = np.full(len(lat), Oddity.NONE, dtype=np.int64)
    key = np.round(lat * 1e7) * 4e9 + np.round(lon * 1e7)
    known = np.isfinite(key)
    _, at, count = np.unique(key[known], return_inverse=True, return_counts=True)
    found[np.flatnonzero(known)[count[at] >= often]] = Oddity.REPEATED
    is_here = _within(lat, LATITUDES) & _within(lon, LONGITUDES)
    is_swapped = _within(lon, LATITUDES) & _within(lat, LONGITUDES)
    found[known & ~is_here] = Oddity.ABROAD
    found[known & ~is_here & is_swapped] = Oddity.SWAPPED
    found[known & (np.abs(lat) < 1e-6) & (np.abs(lon) < 1e-6)] = Oddity.ZERO
    found[~known] = Oddity.MISSING
    return found


def _within(value: FloatArray, span: tuple[float, float]) -> BoolArray:
    with np.errstate(invalid="ignore"):
        return (value >= span[0]) & (value <= span[1])
