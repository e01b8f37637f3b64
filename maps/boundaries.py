"""From a boundary file to clean shapes at four levels of detail, with a report.

Neighbours keep one common border through every step: shapes are cleaned and simplified as a
coverage (shapely.coverage_*), never one by one, which would tear borders apart.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from maps.boundary_files import Reading, read
from maps.boundary_placing import WGS84, KnownUnit
from maps.boundary_report import BoundaryFileError, BoundaryReport, Finding, Kind, finding

# equal-area about the middle of the country: tolerances are metres, areas are true
EQUAL_AREA = "+proj=laea +lat_0=16 +lon_0=106 +datum=WGS84 +units=m"
LEVELS: Mapping[str, int] = {"100": 100, "300": 300, "800": 800}
DECIMALS: Mapping[str, int] = {"full": 7, "100": 5, "300": 5, "800": 4}
SMALLEST_OVERLAP = 1.0  # m²; below is rounding of the coordinates
CHANGED = 0.01  # share of a commune's area that mending may move unremarked
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
    mended = _covered(joined)
    checks = _checked(mended, known, joined.names)
    full = mended.shapes
    levels, kept = _simplified(full, joined.codes)
    report = BoundaryReport(
        rows=len(reading.codes),
        communes=len(joined.codes),
        vertices=int(shapely.get_num_coordinates(full).sum()),
        findings=(*reading.findings, *joined.findings, *mended.findings, *kept, *checks),
    )
    texts = {
        level: _texts(shapes, joined.codes, DECIMALS[level])
        for level, shapes in {"full": full, **levels}.items()
    }
    return CleanBoundaries(texts, report)


@dataclass(frozen=True, slots=True)
class _Coverage:
    """One shape for each code, in the equal-area plane."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    shapes: Shapes
    findings: tuple[Finding, ...]


def _joined(
    reading: Reading, known: Mapping[str, KnownUnit], aliases: Mapping[str, str]
) -> _Coverage:
    """Valid areas of known communes, one each, in code order."""
    codes = [code if code in known else aliases.get(code, code) for code in reading.codes]
    plane = reading.shapes.to_crs(EQUAL_AREA).array
    parts: dict[str, list[BaseGeometry]] = {}
    names: dict[str, str] = {}
    bent: set[str] = set()
    no_area = 0
    for code, name, shape in zip(codes, reading.names, plane, strict=True):
        if code in known and shape is not None and not shape.is_valid:
            bent.add(code)
        areas = _areas(shape)
        if areas is None:
            no_area += 1
        elif code in known:
            parts.setdefault(code, []).append(areas)
            names.setdefault(code, name)
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
        *finding(Kind.CODES_ABSENT, wanted - set(order)),
        *finding(Kind.PARTS_JOINED, {code for code in order if len(parts[code]) > 1}),
        *((Finding(Kind.NOT_POLYGONS, no_area),) if no_area else ()),
        *finding(Kind.RINGS_MENDED, bent),
    )
    return _Coverage(order, tuple(names[code] for code in order), whole, findings)


def _areas(shape: BaseGeometry | None) -> BaseGeometry | None:
    """The areas of a geometry, its crossings mended; None if it has none."""
    if shape is None or shape.is_empty:
        return None
    valid = shape if shape.is_valid else shapely.make_valid(shape)
    flat = shapely.force_2d(valid)
    polygons = [part for part in shapely.get_parts(flat) if part.geom_type == "Polygon"]
    if not polygons:  # make_valid puts areas and left-over lines into one collection
        nested = shapely.get_parts(shapely.get_parts(flat))
        polygons = [part for part in nested if part.geom_type == "Polygon"]
    return shapely.union_all(polygons) if polygons else None


def _covered(joined: _Coverage) -> _Coverage:
    """No overlaps, edges that match; what changed much is named."""
    before = joined.shapes
    pairs, square_km = _overlaps(before)
    unmatched = ~shapely.is_empty(shapely.coverage_invalid_edges(before))
    codes = np.array(joined.codes)
    after = before
    if pairs or unmatched.any():
        after = np.asarray(shapely.coverage_clean(before))  # type: ignore[attr-defined]  # stubs: 2.1
        gone = shapely.area(after) <= 0
        after = np.where(gone, before, after)
    moved = np.abs(shapely.area(after) - shapely.area(before)) > CHANGED * shapely.area(before)
    findings = (
        *((Finding(Kind.OVERLAPS, pairs, detail=f"{square_km:.3f}"),) if pairs else ()),
        *finding(Kind.EDGES_MATCHED, codes[unmatched]),
        *finding(Kind.SHAPE_CHANGED, codes[moved]),
    )
    return _Coverage(joined.codes, joined.names, after, findings)


def _overlaps(shapes: Shapes) -> tuple[int, float]:
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    common = shapely.area(shapely.intersection(shapes[left[once]], shapes[right[once]]))
    real = common[common > SMALLEST_OVERLAP]
    return len(real), float(real.sum()) / 1e6


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
    coverage: _Coverage, known: Mapping[str, KnownUnit], names: tuple[str, ...]
) -> tuple[Finding, ...]:
    """What the code list says otherwise; nobody but the file's owner can mend it."""
    placed = gpd.GeoSeries(coverage.shapes, crs=EQUAL_AREA).to_crs(WGS84).array
    square_km = shapely.area(coverage.shapes) / 1e6
    outside, sizes, others = set(), set(), set()
    for code, name, shape, size in zip(coverage.codes, names, placed, square_km, strict=True):
        unit = known[code]
        if unit.seat is not None and not shapely.contains_xy(shape, unit.seat[1], unit.seat[0]):
            outside.add(code)
        if unit.area_km2 and not DECLARED[0] <= size / unit.area_km2 <= DECLARED[1]:
            sizes.add(code)
        if name and not name_key(name).endswith(name_key(unit.name)):
            others.add(code)
    return (
        *finding(Kind.SEAT_OUTSIDE, outside),
        *finding(Kind.AREA_DIFFERS, sizes),
        *finding(Kind.NAME_DIFFERS, others),
    )


def name_key(name: str) -> str:
    """A name without what spellings disagree on: case, tone marks, spaces, apostrophes.

    Parameters
    ----------
    name
        A Vietnamese name in any Unicode form.

    Returns
    -------
    str
        Lower-case ASCII letters and digits.

    Example
    -------
    >>> name_key("Xã Hoà Bình") == name_key("xã Hòa Bình")
    True
    """
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", plain)


def _texts(shapes: Shapes, codes: tuple[str, ...], decimals: int) -> dict[str, str]:
    placed = gpd.GeoSeries(shapes, crs=EQUAL_AREA).to_crs(WGS84).array
    rounded = shapely.transform(np.asarray(placed, dtype=object), lambda xy: xy.round(decimals))
    # GeoJSON wants outer rings counter-clockwise
    texts = shapely.to_geojson(shapely.orient_polygons(rounded))
    return dict(zip(codes, (str(text) for text in texts), strict=True))
