"""Reading boundary files as people have them: layers, encodings, columns."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyarrow import ArrowException
from pyarrow.parquet import read_metadata

from maps.boundary_codes import Codes, codes_of, share_known
from maps.boundary_container import Format, Source, opened
from maps.boundary_names import readable
from maps.boundary_placing import KnownUnit, Placement, placed_in_wgs84
from maps.boundary_report import BoundaryFileError, Finding, Kind

CODE_COLUMNS = (
    "code",
    "ma_xa",
    "maxa",
    "ma",
    "commune_code",
    "ward_code",
    "wardcode",
    "maxaphuong",
)
NAME_COLUMNS = ("name", "ten_xa", "tenxa", "ten", "commune", "ward", "ward_name", "tenxaphuong")
LOOKED_AT: Final = 5000  # rows, to choose a layer
MOST_CORNERS: Final = 20_000_000
MOST_ROWS: Final = 100_000
AS_GOOD: Final = 0.1  # of the rows: columns that may both be codes
_WITH_AREAS: Final = (3, 6, 7)  # GEOS: polygon, multipolygon, collection
_AREAS: Final = ("Polygon", "Unknown", "GeometryCollection", "Surface")


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's shapes by row in WGS 84, with text codes; `names` may be empty texts."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    shapes: gpd.GeoSeries
    findings: tuple[Finding, ...]


def read(
    path: Path,
    known: Mapping[str, KnownUnit],
    *,
    code_field: str | None = None,
    name_field: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
) -> Reading:
    """Read a boundary file into WGS 84 with five-digit text codes.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, GeoParquet, or a (zipped) shapefile.
    known
        The code list of the day; finds the code column and a missing coordinate system.
    code_field, name_field, layer, crs
        Say which, where guessing fails.

    Returns
    -------
    Reading
        One entry for each row that has a geometry.

    Raises
    ------
    BoundaryFileError
        With what to do next.

    Example
    -------
    >>> read(Path("x.gpkg"), {})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    maps.boundary_report.BoundaryFileError: There is no file x.gpkg, or it is empty...
    """
    frame = _open(path, layer, known)
    names = _name_column(frame, name_field)
    columns = _columns(frame, code_field, known)
    tried = [_placed(frame, column, known, crs) for column in columns]
    best = max(tried, key=lambda each: each.seats)
    if isinstance(best.placement, BoundaryFileError):
        raise best.placement
    told: tuple[Finding, ...] = ()
    if len(tried) > 1:
        told = (Finding(Kind.COLUMN_CHOSEN, 1, detail=best.column),)
    plain = readable(names, best.codes.texts, known)
    findings = (*told, *best.codes.findings, *plain.findings, *best.placement.findings)
    return Reading(best.codes.texts, plain.texts, best.placement.shapes, findings)


@dataclass(frozen=True, slots=True)
class _Try:
    """What one column of codes gives."""

    column: str
    codes: Codes
    placement: Placement | BoundaryFileError

    @property
    def seats(self) -> float:
        if isinstance(self.placement, BoundaryFileError):
            return -1.0
        return self.placement.seats


def _placed(
    frame: gpd.GeoDataFrame, column: str, known: Mapping[str, KnownUnit], crs: str | None
) -> _Try:
    codes = codes_of(frame[column], known)
    try:
        return _Try(column, codes, placed_in_wgs84(frame.geometry, codes.texts, known, crs))
    except BoundaryFileError as error:
        return _Try(column, codes, error)


def _open(path: Path, layer: str | None, known: Mapping[str, KnownUnit]) -> gpd.GeoDataFrame:
    with opened(path) as source:
        try:
            # GDAL's doubts about a file: what matters of them the checks find and say
            with warnings.catch_warnings(), np.errstate(invalid="ignore"):
                warnings.simplefilter("ignore", RuntimeWarning)
                frame = _frame(source, layer, known)
        except BoundaryFileError:
            raise
        except (
            pyogrio.errors.DataSourceError,
            pyogrio.errors.DataLayerError,
            pyogrio.errors.FeatureError,
            pyogrio.errors.GeometryError,
            shapely.errors.ShapelyError,
            ArrowException,
            ValueError,
            OSError,
            KeyError,
        ) as error:
            raise BoundaryFileError(
                f"Tệp {path.name} hỏng hoặc không phải dữ liệu bản đồ ({_short(error)}). "
                "Hãy mở thử bằng QGIS và xuất lại thành GeoPackage.",
                f"{path.name} is damaged or holds no map data ({_short(error)}). "
                "Open it in QGIS and export it again as a GeoPackage.",
            ) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.geometry.isna().all():
        raise BoundaryFileError(
            f"Tệp {path.name} không có hình nào. Hãy xuất lại kèm hình học.",
            f"{path.name} holds no shapes. Export it again with geometry.",
        )
    if not np.isin(shapely.get_type_id(frame.geometry.array), _WITH_AREAS).any():
        raise _no_areas(path.name)
    corners = int(shapely.get_num_coordinates(frame.geometry.array).sum())
    if corners > MOST_CORNERS or len(frame) > MOST_ROWS:
        raise BoundaryFileError(
            f"Tệp {path.name} có {len(frame)} dòng, {corners} đỉnh: quá lớn. Hãy đơn giản hóa đến "
            "5 m (QGIS: Simplify) và chỉ giữ cấp xã rồi nạp lại.",
            f"{path.name} has {len(frame)} rows and {corners} vertices: too many. Simplify it to "
            "5 m (QGIS: Simplify), keep communes only, and import again.",
        )
    return frame


def _short(error: Exception) -> str:
    """The reader's own words, without paths of this machine."""
    return str(error).split("\n", 1)[0].split(";", 1)[0].rsplit("/", 1)[-1][:120]


def _frame(source: Source, layer: str | None, known: Mapping[str, KnownUnit]) -> gpd.GeoDataFrame:
    if source.format is Format.PARQUET:
        return _parquet(source)
    if source.format is not Format.SHAPEFILE:
        return pyogrio.read_dataframe(source.path, layer=_layer(source, layer, known))
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
    try:
        _layer(source, None, known)
        try:
            return pyogrio.read_dataframe(source.path, encoding="UTF-8")
        except UnicodeDecodeError:  # letters of another time; `readable` finds out which
            return pyogrio.read_dataframe(source.path, encoding="ISO-8859-1")
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def _parquet(source: Source) -> gpd.GeoDataFrame:
    if b"geo" not in (read_metadata(source.path).metadata or {}):
        raise BoundaryFileError(
            f"Tệp {source.name} là Parquet thường, không ghi cột nào là hình. Hãy xuất GeoParquet "
            "hoặc GeoPackage từ QGIS.",
            f"{source.name} is plain Parquet that does not say which column holds shapes. Export "
            "GeoParquet or a GeoPackage from QGIS.",
        )
    return gpd.read_parquet(source.path)


def _layer(source: Source, wanted: str | None, known: Mapping[str, KnownUnit]) -> str:
    """The layer asked for; else the only one with areas, or with codes of the list."""
    path = source.path
    layers = {str(name): str(kind) for name, kind in pyogrio.list_layers(path)}
    if wanted is not None and wanted in layers:
        return wanted
    areas = [name for name, kind in layers.items() if any(each in kind for each in _AREAS)]
    if wanted is None and layers and not areas:
        raise _no_areas(source.name)
    if wanted is None and len(areas) > 1:
        filled = [each for each in areas if pyogrio.read_info(path, layer=each)["features"] != 0]
        areas = filled if len(filled) <= 1 else [e for e in filled if _has_codes(path, e, known)]
    if wanted is None and len(areas) == 1:
        return areas[0]
    listed = ", ".join(layers) or "–"
    raise BoundaryFileError(
        f"Hãy chọn một lớp bằng --layer. Tệp có các lớp: {listed}.",
        f"Choose a layer with --layer. The file has: {listed}.",
    )


def _no_areas(name: str) -> BoundaryFileError:
    return BoundaryFileError(
        f"Tệp {name} chỉ có điểm hoặc đường, không có vùng. Hãy xuất lớp ranh giới dạng vùng.",
        f"{name} holds points or lines only, no areas. Export the layer with the areas.",
    )


def _has_codes(path: Path, layer: str, known: Mapping[str, KnownUnit]) -> bool:
    table = pyogrio.read_dataframe(path, layer=layer, read_geometry=False, max_features=LOOKED_AT)
    return any(share_known(table[name], known) >= 0.5 for name in table.columns)


def _columns(
    frame: gpd.GeoDataFrame, wanted: str | None, known: Mapping[str, KnownUnit]
) -> list[str]:
    """The columns that may hold the codes, the likeliest first."""
    columns = [str(name) for name in frame.columns if name != frame.geometry.name]
    if wanted in columns:
        return [str(wanted)]
    if wanted is None:
        hits = {name: share_known(frame[name], known) for name in columns}
        most = max(hits.values(), default=0.0)
        if most >= 0.5:
            alike = [name for name in columns if hits[name] >= max(0.5, most - AS_GOOD)]
            ordered = sorted(alike, key=lambda name: -hits[name])
            return [n for i, n in enumerate(ordered) if not _is_twin(frame, n, ordered[:i], known)]
        named = [name for name in columns if name.lower() in CODE_COLUMNS]
        if named:
            return named[:1]
    listed = ", ".join(columns) or "–"
    raise BoundaryFileError(
        f"Không tìm thấy cột mã xã. Hãy chỉ ra bằng --code-field. Tệp có các cột: {listed}. Nếu "
        "tệp chỉ có tên xã, hãy nối mã xã vào (QGIS: Join) theo tên và tỉnh.",
        f"No column of commune codes. Name it with --code-field. The file has: {listed}. If it has "
        "names only, join the codes to it (QGIS: Join) by name and province.",
    )


def _is_twin(
    frame: gpd.GeoDataFrame, name: str, before: list[str], known: Mapping[str, KnownUnit]
) -> bool:
    mine = codes_of(frame[name], known).texts
    return any(mine == codes_of(frame[other], known).texts for other in before)


def _name_column(frame: gpd.GeoDataFrame, wanted: str | None) -> tuple[str, ...]:
    if wanted is not None and wanted not in frame.columns:
        listed = ", ".join(str(name) for name in frame.columns)
        raise BoundaryFileError(
            f"Không có cột {wanted}. Tệp có các cột: {listed}.",
            f"There is no column {wanted}. The file has: {listed}.",
        )
    likely = [str(c) for c in frame.columns if str(c).lower() in NAME_COLUMNS]
    column = wanted or (likely[0] if likely else None)
    if column is None:
        return ("",) * len(frame)
    return tuple("" if pd.isna(value) else str(value) for value in frame[column])
