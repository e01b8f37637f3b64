"""In which ways a file may have been drawn: systems, axes, factors, zone numbers.

Each way is tried on the seats of the communes, which are a few thousand points, never on the
shapes: where would the seats be, had somebody drawn the file like this?
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import TransverseMercatorConversion
from pyproj.exceptions import CRSError, ProjError

FloatArray = NDArray[np.float64]
WGS84 = "EPSG:4326"
VN2000 = "EPSG:4756"
MERCATOR = "EPSG:3857"
# VN-2000 / UTM, VN-2000 / TM-3 (the provinces' own meridians are 5899 and 9205-9218), then
# WGS 84 / UTM. VN-2000 comes first: it is the country's own, and the twins cannot be told apart.
METRES = (
    "EPSG:3405", "EPSG:3406", "EPSG:5896", "EPSG:5897", "EPSG:5898", "EPSG:5899",
    *(f"EPSG:{code}" for code in range(9205, 9219)), "EPSG:32648", "EPSG:32649", MERCATOR,
)  # fmt: skip
TWINS = {"EPSG:3405": "EPSG:32648", "EPSG:3406": "EPSG:32649"}  # 200 m apart
DEGREE_FACTORS = (1e5, 1e6, 1e7)
TM3_SCALE = 0.9999  # on the meridian; nobody but VN-2000 uses it here


@dataclass(frozen=True, slots=True)
class Way:
    """A system and what was done to its numbers: (x + zone) times factor, perhaps swapped."""

    system: str
    is_swapped: bool = False
    factor: float = 1.0
    zone: float = 0.0

    def drawn(self, at: FloatArray) -> FloatArray:
        """Points of the system (n, 2) as the file has them."""
        made = (at + np.array([self.zone, 0.0])) * self.factor
        return np.asarray(made[:, ::-1] if self.is_swapped else made)

    def true(self, drawn: FloatArray) -> FloatArray:
        """Points of the file (n, 2) in the system."""
        at = drawn[:, ::-1] if self.is_swapped else drawn
        return np.asarray(at / self.factor - np.array([self.zone, 0.0]))

    @property
    def name(self) -> str:
        """What a person can look up: EPSG:9218 (VN-2000 / TM-3 107-15)."""
        known = crs(self.system)
        label = known.name if known is not None else "?"
        return f"{self.system} ({label})" if self.system.startswith("EPSG:") else label


def ways(bounds: tuple[float, float, float, float]) -> Iterator[Way]:
    """Every way that numbers of this size can have come about."""
    west, south = bounds[:2]
    largest = max(abs(each) for each in bounds)
    if not math.isfinite(largest):
        return
    if largest <= 180:
        yield Way(WGS84)
        yield Way(WGS84, is_swapped=True)
    for factor in DEGREE_FACTORS:
        if largest <= 180 * factor:
            yield Way(WGS84, factor=factor)
            yield Way(WGS84, is_swapped=True, factor=factor)
    for factor in (1.0, 0.001):
        for is_swapped, least in ((False, west), (True, south)):
            prefix = math.floor(least / factor / 1e6) * 1e6
            for zone in {0.0, prefix} if prefix > 0 else {0.0}:
                for system in METRES:
                    yield Way(system, is_swapped, factor, zone)


@cache
def crs(system: str) -> pyproj.CRS | None:
    """The system of this name; None if there is none that has places on earth."""
    try:
        found = pyproj.CRS.from_user_input(system)
    except (CRSError, ProjError):
        return None
    return found if found.is_geographic or found.is_projected else None


@cache
def _between(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs(source), crs(target), always_xy=True)


def moved(at: FloatArray, source: str, target: str) -> FloatArray:
    """Points (n, 2), x before y, from one system to another; what cannot be moved is not finite."""
    return np.column_stack(_between(source, target).transform(at[:, 0], at[:, 1]))


def with_datum(found: pyproj.CRS) -> pyproj.CRS | None:
    """A TM-3 system whose file forgot to say VN-2000, with it; None where nothing is missing.

    Programs of the land offices write a .prj with WGS 84 or no datum at all: 200 m off, unsaid.
    """
    if found.is_bound or not found.is_projected or found.coordinate_operation is None:
        return None
    said = {each.name: float(each.value) for each in found.coordinate_operation.params}
    scale = said.get("Scale factor at natural origin", 1.0)
    datum = (found.datum.name if found.datum else "").lower().replace("-", "").replace(" ", "")
    if not math.isclose(scale, TM3_SCALE, abs_tol=1e-7) or "vn2000" in datum or "vietnam" in datum:
        return None
    conversion = TransverseMercatorConversion(
        latitude_natural_origin=said.get("Latitude of natural origin", 0.0),
        longitude_natural_origin=said.get("Longitude of natural origin", 0.0),
        false_easting=said.get("False easting", 500_000.0),
        false_northing=said.get("False northing", 0.0),
        scale_factor_natural_origin=TM3_SCALE,
    )
    return ProjectedCRS(conversion=conversion, name="VN-2000 / TM-3", geodetic_crs=VN2000)
