"""Where a boundary file lies on earth: its coordinate system, named, wrong, swapped or missing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import shapely
from pyproj.exceptions import CRSError

from maps.boundary_report import BoundaryFileError, Finding, Kind

WGS84 = "EPSG:4326"
# Where a file names no system, each of these is tried on the seats: geographic, VN-2000 / UTM,
# VN-2000 / TM-3 (the provinces' own meridians are 5899 and 9205-9218), then WGS 84 / UTM.
CANDIDATES = (
    WGS84, "EPSG:3405", "EPSG:3406", "EPSG:5896", "EPSG:5897", "EPSG:5898", "EPSG:5899",
    *(f"EPSG:{code}" for code in range(9205, 9219)), "EPSG:32648", "EPSG:32649",
)  # fmt: skip
SEATS_INSIDE = 0.8  # of the known seats must fall into their own shape under a guessed system
WINDOW = shapely.box(101.0, 5.0, 119.0, 24.5)  # Vietnam with its islands


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """What the code list says about a commune, to check a file against."""

    name: str
    province: str = ""
    seat: tuple[float, float] | None = None
    area_km2: float | None = None


def placed_in_wgs84(
    shapes: gpd.GeoSeries, codes: tuple[str, ...], known: Mapping[str, KnownUnit], crs: str | None
) -> tuple[gpd.GeoSeries, tuple[Finding, ...]]:
    """The shapes in WGS 84, if need be by trying which system puts the seats inside.

    Parameters
    ----------
    shapes, codes
        As the file has them, row by row.
    known
        The code list; its seats recognise a missing system.
    crs
        The system, if the caller knows better than the file.

    Returns
    -------
    shapes and findings
        In longitude and latitude, and what was assumed.

    Raises
    ------
    BoundaryFileError
        If no system fits, or the shapes lie outside Vietnam.

    Example
    -------
    >>> square = gpd.GeoSeries([shapely.box(105, 20, 105.1, 20.1)], crs=WGS84)
    >>> placed_in_wgs84(square, ("00011",), {}, None)[1]
    ()
    """
    found: tuple[Finding, ...] = ()
    if crs is not None:
        placed = _named(shapes, crs)
    elif shapes.crs is not None:
        placed = shapes.to_crs(WGS84)
    else:
        placed, guess = _guessed(shapes, codes, known)
        found = (Finding(Kind.CRS_ASSUMED, 1, detail=guess),)
    if not _in_vietnam(placed):
        flipped = gpd.GeoSeries(shapely.transform(placed.array, lambda xy: xy[:, ::-1]), crs=WGS84)
        if not _in_vietnam(flipped):
            raise BoundaryFileError(
                "Hình vẽ nằm ngoài Việt Nam. Hệ tọa độ của tệp có thể sai; "
                "hãy chỉ ra bằng --crs, ví dụ --crs EPSG:3405 (VN-2000 múi 48).",
                "The shapes lie outside Vietnam. The file's coordinate system may be wrong; "
                "name it with --crs, for example --crs EPSG:3405 (VN-2000 zone 48).",
            )
        placed, found = flipped, (*found, Finding(Kind.AXES_SWAPPED, 1))
    return placed, found


def _named(shapes: gpd.GeoSeries, crs: str) -> gpd.GeoSeries:
    try:
        return shapes.set_crs(crs, allow_override=True).to_crs(WGS84)
    except CRSError as error:
        raise BoundaryFileError(
            f"Không có hệ tọa độ {crs}. Hãy viết như EPSG:3405 (VN-2000 múi 48).",
            f"There is no coordinate system {crs}. Write it like EPSG:3405 (VN-2000 zone 48).",
        ) from error


def _in_vietnam(shapes: gpd.GeoSeries) -> bool:
    west, south, east, north = shapes.total_bounds
    return bool(not math.isnan(west) and WINDOW.covers(shapely.box(west, south, east, north)))


def _guessed(
    shapes: gpd.GeoSeries, codes: tuple[str, ...], known: Mapping[str, KnownUnit]
) -> tuple[gpd.GeoSeries, str]:
    if shapes.total_bounds[0] >= -180 and shapes.total_bounds[2] <= 180:
        return shapes.set_crs(WGS84), WGS84
    best = (0.0, WGS84)
    for candidate in CANDIDATES[1:]:
        share = _seats_inside(shapes.set_crs(candidate).to_crs(WGS84), codes, known)
        best = max(best, (share, candidate), key=lambda pair: pair[0])
    if best[0] < SEATS_INSIDE:
        raise BoundaryFileError(
            "Tệp không ghi hệ tọa độ và không đoán được. Hãy chỉ ra bằng --crs, "
            "ví dụ --crs EPSG:3405 (VN-2000 múi 48), hoặc thêm tệp .prj.",
            "The file names no coordinate system and it cannot be guessed. Name it with --crs, "
            "for example --crs EPSG:3405 (VN-2000 zone 48), or add the .prj file.",
        )
    return shapes.set_crs(best[1]).to_crs(WGS84), best[1]


def _seats_inside(
    shapes: gpd.GeoSeries, codes: tuple[str, ...], known: Mapping[str, KnownUnit]
) -> float:
    inside = [
        bool(shapely.contains_xy(shape, seat[1], seat[0]))
        for shape, code in zip(shapes.array, codes, strict=True)
        if shape is not None and code in known and (seat := known[code].seat) is not None
    ]
    return sum(inside) / len(inside) if inside else 0.0
