"""Shapes of neighbours made into a coverage: no overlaps, common edges, no cracks.

All shapes here lie in the equal-area plane, in metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from maps.boundary_report import BoundaryFileError, Finding, Kind, finding

SMALLEST_OVERLAP: Final = 1.0  # m²; below is rounding of the coordinates
CHANGED: Final = 0.01  # share of a commune's area that mending may move unremarked
SMALLEST_HOLE: Final = 100.0  # m²; below, a file whose numbers were rounded to a metre
HALF: Final = 0.5  # of the smaller one: no slip of the pen, one shape holds the other
SAME: Final = 0.9  # of the larger one: it is the same shape twice
TOO_MUCH: Final = 0.05  # of all land in two communes: no coverage at all
CRACK: Final = 20.0  # metres; wider gaps may be water
NEAR: Final = 200.0
TANGLED: Final = 40  # segments that a segment of a ring meets, of a shape that is
MOST_HOLES: Final = 10_000
MANY: Final = 50_000  # meetings in all: some seconds of mending
SAMPLE: Final = 500
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Coverage:
    """One shape for each code, in code order."""

    codes: tuple[str, ...]
    shapes: Shapes
    findings: tuple[Finding, ...] = ()


def areas_of(shape: BaseGeometry | None) -> BaseGeometry | None:
    """The areas of a geometry, its crossings mended; None if it has none.

    Parameters
    ----------
    shape
        Of any type, nested collections too.

    Returns
    -------
    BaseGeometry or None
        Valid and flat. Holes that lie outside their ring are dropped, not turned into land.

    Raises
    ------
    shapely.errors.GEOSException
        If GEOS gives up.

    Example
    -------
    >>> areas_of(shapely.Point(1, 2)) is None
    True
    """
    if shape is None or shape.is_empty:
        return None
    polygons = _polygons(shape)
    if not polygons:
        return None
    mended = [part if part.is_valid else _mended(part) for part in polygons]
    whole = mended[0] if len(mended) == 1 else shapely.union_all(mended)
    land = [part for part in shapely.get_parts(whole) if part.area > 0]
    return shapely.multipolygons(land) if len(land) > 1 else (land[0] if land else None)


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    parts = [shape]
    while any(part.geom_type == "GeometryCollection" for part in parts):
        parts = [each for part in parts for each in shapely.get_parts(part)]
    parts = [each for part in parts for each in shapely.get_parts(shapely.force_2d(part))]
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def _mended(polygon: BaseGeometry) -> BaseGeometry:
    """The outer ring made valid, less its holes: `make_valid` of the whole turns a hole that lies
    outside its ring into land.
    """
    rings = shapely.get_parts(shapely.boundary(polygon))
    drawn = np.array([shapely.Polygon(ring) for ring in rings], dtype=np.object_)
    made = shapely.make_valid(drawn, method="structure", keep_collapsed=False)
    outer: BaseGeometry = made[0]
    return shapely.difference(outer, shapely.union_all(made[1:])) if len(made) > 1 else outer


def is_tangled(shape: BaseGeometry) -> bool:
    """Whether an invalid shape crosses itself so often that mending it would take all memory.

    A few hundred of its segments are tried against all others.
    """
    polygons = np.array(_polygons(shape), dtype=np.object_)
    if shapely.get_num_interior_rings(polygons).sum() > MOST_HOLES:
        return True
    points, ring = shapely.get_coordinates(shapely.get_rings(polygons), return_index=True)
    follows = ring[1:] == ring[:-1]
    ends = np.stack([points[:-1][follows], points[1:][follows]], axis=1)
    if len(ends) < 2:
        return False
    segments = np.asarray(shapely.linestrings(ends), dtype=object)
    tried = segments[:: max(1, len(segments) // SAMPLE)]
    met = shapely.STRtree(segments).query(tried, predicate="intersects").shape[1] / len(tried)
    return bool(met > TANGLED and met * len(segments) > MANY)


def covered(joined: Coverage, seats: Mapping[str, tuple[float, float]]) -> Coverage:
    """No overlaps, edges that match, no cracks; what changed much or was left out is named.

    Parameters
    ----------
    joined
        Valid areas, one each.
    seats
        Where known, the seat of a commune in the plane (x, y): says whose a repeated shape is.

    Returns
    -------
    Coverage
        Perhaps with fewer codes.

    Raises
    ------
    BoundaryFileError
        If so much land lies in two communes that nobody can say whose it is.
    """
    common = _common(joined.shapes)
    apart = _without_holders(joined, common, seats)
    if not apart.codes:
        raise _no_coverage(1.0)
    before = apart.shapes
    if apart.findings:  # some were left out or cut
        common = _common(before)
    pairs, square_metres = len(common.sizes), float(common.sizes.sum())
    if square_metres > TOO_MUCH * float(shapely.area(before).sum()):
        raise _no_coverage(square_metres / float(shapely.area(before).sum()))
    unmatched = ~shapely.is_empty(shapely.coverage_invalid_edges(before))
    cleaned = pairs > 0 or bool(unmatched.any())
    after = _clean(before, 0.0) if cleaned else before
    after, filled, left = _gaps(after)
    kept = shapely.area(after) > 0
    codes = np.array(apart.codes, dtype=object)
    moved = kept & (
        np.abs(shapely.area(after) - shapely.area(before)) > CHANGED * shapely.area(before)
    )
    findings = (
        *apart.findings,
        *((Finding(Kind.OVERLAPS, pairs, detail=_km2(square_metres)),) if pairs else ()),
        *finding(Kind.EDGES_MATCHED, codes[unmatched]),
        *filled,
        *left,
        *finding(Kind.APART, codes[kept & _lonely(after)]),
        *finding(Kind.SHAPE_CHANGED, codes[moved]),
        *finding(Kind.SHAPE_LOST, codes[~kept]),
    )
    return Coverage(tuple(codes[kept]), after[kept], findings)


@dataclass(frozen=True, slots=True, eq=False)
class _Common:
    """Pairs of shapes with land in both: which, and how much (m²)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    sizes: NDArray[np.float64]


def _without_holders(
    joined: Coverage, common: _Common, seats: Mapping[str, tuple[float, float]]
) -> Coverage:
    """Shapes that hold most of another: the same shape twice, or one drawn over its neighbours."""
    shapes = joined.shapes.copy()
    size = shapely.area(shapes)
    left, right = common.left, common.right
    big = common.sizes > HALF * np.minimum(size[left], size[right])
    if not big.any():
        return Coverage(joined.codes, joined.shapes)
    repeated: set[int] = set()
    holds: dict[int, list[int]] = {}
    for one, other, both in zip(left[big], right[big], common.sizes[big], strict=True):
        small, large = sorted((int(one), int(other)), key=lambda at: (size[at], at))
        if both > SAME * size[large]:
            mine = [at for at in (small, large) if _holds(shapes[at], seats.get(joined.codes[at]))]
            repeated |= {small, large} - set(mine if len(mine) == 1 else ())
        else:
            holds.setdefault(large, []).append(small)
    for large, inside in holds.items():
        shapes[large] = shapely.difference(shapes[large], shapely.union_all(joined.shapes[inside]))
    kept = np.array([at not in repeated for at in range(len(shapes))])
    codes = np.array(joined.codes, dtype=object)
    findings = (
        *finding(Kind.SHAPE_REPEATED, codes[~kept]),
        *finding(Kind.SHAPE_INSIDE, codes[[at for at in sorted(holds) if kept[at]]]),
    )
    polygonal = np.array([areas_of(each) or shapely.Polygon() for each in shapes[kept]], object)
    return Coverage(tuple(codes[kept]), polygonal, findings)


def _holds(shape: BaseGeometry, seat: tuple[float, float] | None) -> bool:
    return seat is not None and bool(shapely.intersects_xy(shape, *seat))


def _common(shapes: Shapes) -> _Common:
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    sizes = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    real = sizes > SMALLEST_OVERLAP
    return _Common(left[real], right[real], sizes[real])


def _clean(shapes: Shapes, gap: float) -> Shapes:
    return np.asarray(shapely.coverage_clean(shapes, gap_width=gap))  # type: ignore[attr-defined]  # stubs: 2.1


def _gaps(
    shapes: Shapes,
) -> tuple[Shapes, tuple[Finding, ...], tuple[Finding, ...]]:
    """Cracks are given to a neighbour; wider holes may be lakes and are counted."""
    holes = _holes(shapes)
    if not len(holes):
        return shapes, (), ()
    width = 2 * shapely.length(shapely.maximum_inscribed_circle(holes, 1.0))
    cracks = holes[width < CRACK]
    if len(cracks):
        shapes = _clean(shapes, CRACK)
        holes = _holes(shapes)
    filled = (
        (Finding(Kind.GAPS_FILLED, len(cracks), detail=_size(float(shapely.area(cracks).sum()))),)
        if len(cracks)
        else ()
    )
    left = (
        (Finding(Kind.GAPS_LEFT, len(holes), detail=_size(float(shapely.area(holes).sum()))),)
        if len(holes)
        else ()
    )
    return shapes, filled, left


def _holes(shapes: Shapes) -> Shapes:
    land = shapely.coverage_union_all(shapes)
    rings = [hole for part in shapely.get_parts(land) for hole in shapely.get_parts(part.interiors)]
    holes = np.asarray(shapely.polygons(rings), dtype=object) if rings else np.empty(0, object)
    return holes[shapely.area(holes) >= SMALLEST_HOLE]


def _lonely(shapes: Shapes) -> NDArray[np.bool_]:
    """Which touch nothing although something lies within `NEAR`: cracks that open outwards."""
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    touching = np.zeros(len(shapes), dtype=bool)
    touching[one[one != other]] = True
    alone = np.flatnonzero(~touching & ~shapely.is_empty(shapes))
    found = np.zeros(len(shapes), dtype=bool)
    near, other = tree.query(shapes[alone], predicate="dwithin", distance=NEAR)
    found[alone[near[alone[near] != other]]] = True
    return found


def _km2(square_metres: float) -> str:
    return f"{square_metres / 1e6:.3f}"


def _size(square_metres: float) -> str:
    return f"{square_metres:.0f} m²" if square_metres < 1e5 else f"{_km2(square_metres)} km²"


def _no_coverage(share: float) -> BoundaryFileError:
    return BoundaryFileError(
        f"{share:.0%} diện tích trong tệp thuộc hai xã cùng lúc, nên không biết ranh giới ở đâu. "
        "Có thể các hình đã bị nới ra (buffer) hoặc hai bản vẽ bị gộp lại. Hãy xin bản gốc.",
        f"{share:.0%} of the land in the file lies in two communes at once, so nobody can say "
        "where borders run. Shapes may have been widened (buffer) or two files put together. Ask "
        "for the original.",
    )
