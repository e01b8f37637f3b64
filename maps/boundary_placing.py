"""Where a boundary file lies on earth: its coordinate system, named, wrong, swapped or missing."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from maps.boundary_report import BoundaryFileError, Finding, Kind, finding
from maps.boundary_systems import TWINS, WGS84, FloatArray, Way, crs, moved, ways, with_datum

SEATS_INSIDE = 0.8  # of the known seats must fall into their own shape under a guessed way
SEATS_AT_LEAST = 0.5  # under a named one; below, codes or system are wrong
FEW_SEATS = 3  # fewer prove nothing
TOLD_APART = 5  # seats that one way has more than the other
SAME_PLACE = 50.0  # metres between two ways that need no telling apart
LOST_SHAPES = 0.1  # of the rows may lie abroad and be left out
WEST, SOUTH, EAST, NORTH = 101.0, 5.0, 119.0, 24.5  # Vietnam with its islands
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """What the code list says about a commune, to check a file against."""

    name: str
    province: str = ""
    seat: tuple[float, float] | None = None
    area_km2: float | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """The shapes in WGS 84, and what was assumed; `seats` is the share that lies inside."""

    shapes: gpd.GeoSeries
    findings: tuple[Finding, ...]
    seats: float


@dataclass(frozen=True, slots=True)
class _Seats:
    """The seats that the file can be tried on: rows of the file and points in degrees."""

    rows: NDArray[np.int64]
    communes: NDArray[np.int64]
    at: FloatArray

    @property
    def count(self) -> int:
        return len(np.unique(self.communes))


def placed_in_wgs84(
    shapes: gpd.GeoSeries, codes: tuple[str, ...], known: Mapping[str, KnownUnit], named: str | None
) -> Placement:
    """The shapes in WGS 84, if need be by trying which way to draw puts the seats inside.

    Parameters
    ----------
    shapes, codes
        As the file has them, row by row.
    known
        The code list; its seats recognise a missing or wrong system.
    named
        The system, if the caller knows better than the file.

    Returns
    -------
    Placement
        Rows with numbers that are none, or far abroad, are None and named in the findings.

    Raises
    ------
    BoundaryFileError
        If no way fits, several fit, or most seats lie outside their shapes.

    Example
    -------
    >>> square = gpd.GeoSeries([shapely.box(105, 20, 105.1, 20.1)], crs=WGS84)
    >>> placed_in_wgs84(square, ("00011",), {}, None).findings
    ()
    """
    raw = np.array(shapes.array, dtype=object)
    broken = ~np.isfinite(shapely.bounds(raw)).all(axis=1) & ~shapely.is_empty(raw)
    broken &= ~shapely.is_missing(raw)
    broken |= _holding_no_number(raw)
    raw[broken] = None
    seats = _seats(codes, known)
    way, found = _way(shapes, raw, seats, named)
    drawn = _in_degrees(raw, way)
    far = _abroad(drawn)
    drawn[far] = None
    share = _inside(drawn, seats.at, seats) / max(seats.count, 1)
    if seats.count >= FEW_SEATS and share < SEATS_AT_LEAST:
        raise _mixed_up(seats.count, share)
    findings = (
        *found,
        *finding(Kind.NUMBERS_BROKEN, _rows(codes, broken)),
        *finding(Kind.SHAPES_ABROAD, _rows(codes, far)),
    )
    return Placement(gpd.GeoSeries(drawn, crs=WGS84), findings, share)


def _way(
    shapes: gpd.GeoSeries, raw: Shapes, seats: _Seats, named: str | None
) -> tuple[Way, tuple[Finding, ...]]:
    """How the file is drawn: as the caller says, as the file says if that fits, or as found."""
    if named is not None:
        if crs(named) is None:
            raise BoundaryFileError(
                f"Không có hệ tọa độ {named}. Hãy viết như EPSG:3405 (VN-2000 múi 48).",
                f"There is no coordinate system {named}. Write it like EPSG:3405 (VN-2000 zone "
                "48).",
            )
        plain, swapped = Way(named), Way(named, is_swapped=True)
        if _fits(raw, plain, seats):
            return plain, ()
        if _fits(raw, swapped, seats):
            return swapped, (Finding(Kind.AXES_SWAPPED, 1),)
        raise _outside(named)
    said = _said(shapes)
    if said is not None and _fits(raw, said[0], seats):
        return said
    way, found = _guessed(raw, seats)
    if said is None:
        return way, (Finding(Kind.CRS_ASSUMED, 1, detail=way.name), *found)
    if way.system != said[0].system:
        found = (Finding(Kind.CRS_REPLACED, 1, detail=f"{said[0].name} → {way.name}"), *found)
    return way, found


def _said(shapes: gpd.GeoSeries) -> tuple[Way, tuple[Finding, ...]] | None:
    """The system that the file names, its datum put in where it is missing."""
    if shapes.crs is None or crs(shapes.crs.to_wkt()) is None:
        return None
    whole = with_datum(shapes.crs)
    if whole is not None:
        return Way(whole.to_wkt()), (Finding(Kind.DATUM_ASSUMED, 1),)
    epsg = shapes.crs.to_epsg()
    return Way(f"EPSG:{epsg}" if epsg else shapes.crs.to_wkt()), ()


def _guessed(raw: Shapes, seats: _Seats) -> tuple[Way, tuple[Finding, ...]]:
    bounds = _bounds(raw)
    tried = [(way, _count(raw, way, seats)) for way in ways(bounds)]
    if not seats.count:  # only degrees speak for themselves
        tried = [(way, 1) for way, _ in tried if way.system == WGS84 and _fits(raw, way, seats)]
    best, most = max(tried, key=lambda each: each[1], default=(Way(WGS84), 0))
    if most < SEATS_INSIDE * max(seats.count, 1):
        raise _outside(None)
    enough = max(SEATS_INSIDE * seats.count, most - TOLD_APART + 1)
    rest = [way for way, count in tried if way != best and count >= enough]
    rest = [way for way in rest if _apart(best, way, bounds) > SAME_PLACE]
    twin = TWINS.get(best.system)
    others = [way for way in rest if way.system != twin]
    if others and best.system != WGS84:
        raise _several((best, *others), max(_apart(best, way, bounds) for way in others))
    found = (
        *((Finding(Kind.AXES_SWAPPED, 1),) if best.is_swapped else ()),
        *((Finding(Kind.NUMBERS_SCALED, 1),) if best.factor != 1 or best.zone else ()),
        *((Finding(Kind.CRS_TWIN, 1, detail=twin or ""),) if len(rest) > len(others) else ()),
    )
    return best, found


def _fits(raw: Shapes, way: Way, seats: _Seats) -> bool:
    """Most shapes lie in Vietnam, and as many seats inside as a right system would have."""
    present = ~shapely.is_missing(raw) & ~shapely.is_empty(raw)
    far = _abroad(_in_degrees(_boxes(raw), way))
    if far.sum() > LOST_SHAPES * present.sum():
        return False
    enough = seats.count < FEW_SEATS or _count(raw, way, seats) >= SEATS_AT_LEAST * seats.count
    # Numbers in degrees that lie in Vietnam are no other system's: the codes are what is wrong.
    return enough or (way == Way(WGS84))


def _count(raw: Shapes, way: Way, seats: _Seats) -> int:
    if not seats.count:
        return 0
    return _inside(raw, way.drawn(moved(seats.at, WGS84, way.system)), seats)


def _inside(shapes: Shapes, points: FloatArray, seats: _Seats) -> int:
    """How many communes have their seat in one of their rows."""
    if not len(seats.rows):
        return 0
    here = shapes[seats.rows]
    hits = shapely.intersects_xy(here, points[:, 0], points[:, 1])
    return len(np.unique(seats.communes[hits]))


def _seats(codes: tuple[str, ...], known: Mapping[str, KnownUnit]) -> _Seats:
    rows, communes, at = [], [], []
    for row, code in enumerate(codes):
        seat = known[code].seat if code in known else None
        if seat is not None:
            rows.append(row)
            communes.append(int(code))
            at.append((seat[1], seat[0]))
    return _Seats(np.array(rows, int), np.array(communes, int), np.array(at).reshape(-1, 2))


def _apart(one: Way, other: Way, bounds: tuple[float, float, float, float]) -> float:
    """Metres, about, between the middle of the file drawn in two ways."""
    middle = np.array([[(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2]])
    first, second = (moved(way.true(middle), way.system, WGS84) for way in (one, other))
    east, north = (first - second)[0] * 111_000
    return float(np.hypot(east * np.cos(np.radians(first[0, 1])), north))


def _in_degrees(raw: Shapes, way: Way) -> Shapes:
    placed = shapely.transform(raw, lambda xy: moved(way.true(xy), way.system, WGS84))
    return np.array(placed, dtype=object)


def _boxes(raw: Shapes) -> Shapes:
    made = np.array(shapely.box(*shapely.bounds(raw).T), dtype=object)
    made[shapely.is_missing(raw) | shapely.is_empty(raw)] = None
    return made


def _abroad(placed: Shapes) -> NDArray[np.bool_]:
    west, south, east, north = shapely.bounds(placed).T
    with np.errstate(invalid="ignore"):
        here = (west >= WEST) & (south >= SOUTH) & (east <= EAST) & (north <= NORTH)
    return np.asarray(~here & ~shapely.is_missing(placed) & ~shapely.is_empty(placed))


def _holding_no_number(raw: Shapes) -> NDArray[np.bool_]:
    """Shapes with a corner that is not finite; their bounds may hide it."""
    points, at = shapely.get_coordinates(raw, return_index=True)
    found = np.zeros(len(raw), dtype=bool)
    found[at[~np.isfinite(points).all(axis=1)]] = True
    return found


def _bounds(raw: Shapes) -> tuple[float, float, float, float]:
    """Of nearly all shapes: a single one that went astray says nothing about the file."""
    each = shapely.bounds(raw)
    each = each[np.isfinite(each).all(axis=1)]
    if not len(each):
        return (np.nan,) * 4
    low, high = np.quantile(each, 0.05, axis=0), np.quantile(each, 0.95, axis=0)
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])


def _rows(codes: tuple[str, ...], marked: NDArray[np.bool_]) -> list[str]:
    return [codes[row] or f"#{row + 1}" for row in np.flatnonzero(marked)]


def _outside(named: str | None) -> BoundaryFileError:
    said_vi = f"Theo hệ {named}, hình" if named else "Hình"
    said_en = f"Under {named}, the" if named else "The"
    return BoundaryFileError(
        f"{said_vi} vẽ nằm ngoài Việt Nam hoặc không trùng với trụ sở các xã, và không đoán "
        "được hệ tọa độ khác. Hãy hỏi nơi cấp tệp rồi chỉ ra bằng --crs, ví dụ --crs EPSG:3405 "
        "(VN-2000 múi 48); nếu hệ đã đúng thì mã xã bị gán nhầm.",
        f"{said_en} shapes lie outside Vietnam or do not hold the seats of their communes, and "
        "no other coordinate system can be guessed. Ask who made the file and name it with --crs, "
        "for example --crs EPSG:3405 (VN-2000 zone 48); if the system is right, codes are mixed "
        "up.",
    )


def _several(fitting: tuple[Way, ...], metres: float) -> BoundaryFileError:
    names = list(dict.fromkeys(way.name for way in fitting))
    return BoundaryFileError(
        f"Tệp không cho biết rõ hệ tọa độ, và nhiều hệ đều hợp: {'; '.join(names)}. Chọn nhầm thì "
        f"ranh giới lệch tới {metres:.0f} m. Hãy hỏi nơi cấp tệp rồi chỉ ra bằng --crs.",
        f"The file does not say clearly what its coordinate system is, and several fit: "
        f"{'; '.join(names)}. The wrong one puts borders off by up to {metres:.0f} m. Ask who made "
        "the file and name it with --crs.",
    )


def _mixed_up(count: int, share: float) -> BoundaryFileError:
    outside = round((1 - share) * count)
    return BoundaryFileError(
        f"Trụ sở của {outside} trong {count} xã nằm ngoài hình mang mã của xã ấy: mã xã bị gán "
        "nhầm, lệch dòng, hoặc sai hệ tọa độ. Hãy sửa cột mã (hoặc chỉ cột đúng bằng --code-field, "
        "hệ tọa độ bằng --crs) rồi nạp lại.",
        f"The seats of {outside} out of {count} communes lie outside the shape with their code: "
        "codes are mixed up or moved by some rows, or the coordinate system is wrong. Correct the "
        "codes (or name the right column with --code-field, the system with --crs) and import "
        "again.",
    )
