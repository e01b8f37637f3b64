"""From a boundary file to clean shapes at four levels of detail, with a report.

Neighbours keep one common border through every step: shapes are cleaned and simplified as a
coverage (shapely.coverage_*), never one by one, which would tear borders apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from maps.boundary_cover import Coverage, areas_of, covered, is_tangled
from maps.boundary_files import Reading, read
from maps.boundary_names import agrees
from maps.boundary_placing import KnownUnit
from maps.boundary_report import BoundaryFileError, BoundaryReport, Finding, Kind, finding
from maps.boundary_seats import strangers
from maps.boundary_systems import WGS84

# equal-area about the middle of the country: tolerances are metres, areas are true
EQUAL_AREA = "+proj=laea +lat_0=16 +lon_0=106 +datum=WGS84 +units=m"
LEVELS: Mapping[str, int] = {"100": 100, "300": 300, "800": 800}
DECIMALS: Mapping[str, int] = {"full": 7, "100": 5, "300": 5, "800": 4}
_TAKEN_OUT = (Kind.NUMBERS_BROKEN, Kind.SHAPES_ABROAD)
FINEST = 9  # decimals: a tenth of a millimetre
DECLARED = (0.9, 1.1)  # measured over declared area
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class CleanBoundaries:
    """Shapes by level ("full", "100", "300", "800") and code, as GeoJSON geometry texts."""

    shapes: Mapping[str, Mapping[str, str]]
    report: BoundaryReport


def clean_boundaries(
    path: Path,
    known: Mapping[str, KnownUnit],
    *,
    aliases: Mapping[str, str] | None = None,
    code_field: str | None = None,
    name_field: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
) -> CleanBoundaries:
    """Read, check, mend and simplify a boundary file.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, GeoParquet or (zipped) shapefile.
    known
        Code list of the day that the file shows.
    aliases
        Other codes of the same communes.
    code_field, name_field, layer, crs
        Say which, where guessing fails.

    Returns
    -------
    CleanBoundaries
        Shapes of the known communes, and everything that was found.

    Raises
    ------
    BoundaryFileError
        If the file cannot be used; says in both languages what to do.

    Example
    -------
    >>> clean_boundaries(Path("x.gpkg"), {})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    maps.boundary_report.BoundaryFileError: There is no file x.gpkg, or it is empty...
    """
    reading = read(path, known, code_field=code_field, name_field=name_field, layer=layer, crs=crs)
    joined = _joined(reading, known, aliases or {})
    mended = covered(joined, _seats(known, joined.codes))
    checks = _checked(mended, known, _names(reading, known))
    full, codes = mended.shapes, mended.codes
    levels, kept = _simplified(full, codes)
    report = BoundaryReport(
        rows=len(reading.codes),
        communes=len(codes),
        vertices=int(shapely.get_num_coordinates(full).sum()),
        findings=(*reading.findings, *joined.findings, *mended.findings, *kept, *checks),
    )
    texts = {
        level: _texts(shapes, codes, DECIMALS[level])
        for level, shapes in {"full": full, **levels}.items()
    }
    return CleanBoundaries(texts, report)


def _joined(
    reading: Reading, known: Mapping[str, KnownUnit], aliases: Mapping[str, str]
) -> Coverage:
    """Valid areas of known communes, one each, in code order."""
    codes = [code if code in known else aliases.get(code, code) for code in reading.codes]
    plane = np.array(reading.shapes.to_crs(EQUAL_AREA).array, dtype=object)
    others = strangers(codes, plane, known, _seats(known, tuple(known)))
    parts: dict[str, list[BaseGeometry]] = {}
    bent: set[str] = set()
    tangled: set[str] = set()
    no_area = -sum(each.count for each in reading.findings if each.kind in _TAKEN_OUT)
    for row, (code, shape) in enumerate(zip(codes, plane, strict=True)):
        if code not in known or row in others:
            continue
        if shape is not None and not shape.is_valid:
            (tangled if is_tangled(shape) else bent).add(code)
        areas = None if code in tangled else _mended(shape, code, tangled)
        if areas is not None:
            parts.setdefault(code, []).append(areas)
        no_area += areas is None and code not in tangled
    if not parts:
        raise BoundaryFileError(
            "Không có hình nào mang mã xã của ngày này. Hãy kiểm tra --code-field và --valid-from.",
            "No shape carries a commune code of that day. Check --code-field and --valid-from.",
        )
    order = tuple(sorted(parts))
    whole = np.array([shapely.union_all(parts[code]) for code in order], dtype=object)
    provinces = {known[code].province for code in order}
    wanted = {code for code, unit in known.items() if unit.province in provinces}
    old = {a for a, b in zip(reading.codes, codes, strict=True) if a != b}
    findings = (
        *finding(Kind.CODES_ALIASED, old),
        *finding(Kind.CODES_UNKNOWN, {code for code in codes if code and code not in known}),
        *finding(Kind.CODES_MIXED, {f"{codes[row]} ({other})" for row, other in others.items()}),
        *finding(Kind.CODES_ABSENT, wanted - set(order)),
        *finding(Kind.PARTS_JOINED, {code for code in order if len(parts[code]) > 1}),
        *((Finding(Kind.NOT_POLYGONS, no_area),) if no_area > 0 else ()),
        *finding(Kind.RINGS_MENDED, bent),
        *finding(Kind.RINGS_TANGLED, tangled),
    )
    return Coverage(order, whole, findings)


def _names(reading: Reading, known: Mapping[str, KnownUnit]) -> dict[str, str]:
    """A name a code; of several rows one that the list has, if there is one."""
    pairs = zip(reading.codes, reading.names, strict=True)
    return dict(
        sorted(pairs, key=lambda pair: pair[0] in known and agrees(pair[1], known[pair[0]]))
    )


def _mended(shape: BaseGeometry | None, code: str, tangled: set[str]) -> BaseGeometry | None:
    try:
        return areas_of(shape)
    except (shapely.errors.GEOSException, MemoryError):
        tangled.add(code)
        return None


def _seats(
    known: Mapping[str, KnownUnit], codes: tuple[str, ...]
) -> dict[str, tuple[float, float]]:
    """The seats in the plane."""
    to_plane = pyproj.Transformer.from_crs(WGS84, EQUAL_AREA, always_xy=True)
    seats = {code: known[code].seat for code in codes}
    return {
        code: to_plane.transform(seat[1], seat[0])
        for code, seat in seats.items()
        if seat is not None
    }


def _simplified(
    shapes: Shapes, codes: tuple[str, ...]
) -> tuple[dict[str, Shapes], tuple[Finding, ...]]:
    levels: dict[str, Shapes] = {}
    vanished: set[str] = set()
    for level, metres in LEVELS.items():
        simple = np.asarray(shapely.coverage_simplify(shapes, metres))
        lost = shapely.is_empty(simple) | ~shapely.is_valid(simple)
        vanished |= {code for code, gone in zip(codes, lost, strict=True) if gone}
        levels[level] = np.where(lost, shapes, simple)
    return levels, finding(Kind.SHAPE_KEPT, vanished)


def _checked(
    coverage: Coverage, known: Mapping[str, KnownUnit], names: Mapping[str, str]
) -> tuple[Finding, ...]:
    """What the code list says otherwise; nobody but the file's owner can mend it."""
    placed = gpd.GeoSeries(coverage.shapes, crs=EQUAL_AREA).to_crs(WGS84).array
    square_km = shapely.area(coverage.shapes) / 1e6
    outside: set[str] = set()
    sizes: set[str] = set()
    others: set[str] = set()
    misnamed: set[str] = set()
    for code, shape, size in zip(coverage.codes, placed, square_km, strict=True):
        unit, name = known[code], names.get(code, "")
        if unit.seat is not None and not shapely.contains_xy(shape, unit.seat[1], unit.seat[0]):
            outside.add(code)
        if unit.area_km2 and not DECLARED[0] <= size / unit.area_km2 <= DECLARED[1]:
            sizes.add(code)
        if name and not agrees(name, unit):
            (others if code in outside or unit.seat is None else misnamed).add(code)
    return (
        *finding(Kind.SEAT_OUTSIDE, outside),
        *finding(Kind.AREA_DIFFERS, sizes),
        *finding(Kind.NAME_DIFFERS, others),
        *finding(Kind.NAME_WRONG, misnamed),
    )


def _texts(shapes: Shapes, codes: tuple[str, ...], decimals: int) -> dict[str, str]:
    placed = np.array(gpd.GeoSeries(shapes, crs=EQUAL_AREA).to_crs(WGS84).array, dtype=object)
    rounded = _rounded(placed, decimals)
    # GeoJSON wants outer rings counter-clockwise
    texts = shapely.to_geojson(shapely.orient_polygons(rounded))
    return dict(zip(codes, (str(text) for text in texts), strict=True))


def _on_grid(decimals: int, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return xy.round(decimals)


def _rounded(placed: Shapes, decimals: int) -> Shapes:
    """Rounded as far as each stays valid: a narrow neck may close on a coarse grid."""
    made = placed.copy()
    waiting = np.arange(len(placed))
    for digits in (decimals, FINEST):
        tried = shapely.transform(placed[waiting], partial(_on_grid, digits))
        good = shapely.is_valid(tried) & (shapely.area(tried) > 0)
        made[waiting[good]] = tried[good]
        waiting = waiting[~good]
    bent = waiting[~shapely.is_valid(made[waiting])]
    made[bent] = [areas_of(each) or each for each in made[bent]]
    return made
