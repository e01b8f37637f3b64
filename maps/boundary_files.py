"""Reading boundary files as people have them: formats, layers, damaged codes."""

import math
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from maps.boundary_placing import KnownUnit, placed_in_wgs84
from maps.boundary_report import BoundaryFileError, Finding, Kind, finding

FORMATS = (".geojson", ".json", ".gpkg", ".parquet", ".geoparquet", ".zip", ".shp")
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
    frame = _open(path, layer)
    column = _column(frame, code_field, known)
    names = _name_column(frame, name_field)
    codes, found = _codes(frame[column])
    shapes, placed = placed_in_wgs84(frame.geometry, codes, known, crs)
    return Reading(codes, names, shapes, (*found, *placed))


def _open(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    if path.suffix.lower() not in FORMATS:
        raise BoundaryFileError(
            f"Không đọc được loại tệp {path.suffix or path.name}. Hãy dùng GeoJSON, GPKG, "
            "GeoParquet hoặc shapefile nén zip.",
            f"Files of type {path.suffix or path.name} cannot be read. Use GeoJSON, GPKG, "
            "GeoParquet or a zipped shapefile.",
        )
    if not path.is_file() or path.stat().st_size == 0:
        raise BoundaryFileError(
            f"Không có tệp {path}, hoặc tệp rỗng. Hãy kiểm tra đường dẫn.",
            f"There is no file {path}, or it is empty. Check the path.",
        )
    try:
        if path.suffix.lower() in (".parquet", ".geoparquet"):
            frame = gpd.read_parquet(path)
        else:
            source = _source(path)
            frame = _table(source, _layer(source, layer))
    except BoundaryFileError:
        raise
    except (pyogrio.errors.DataSourceError, ValueError, OSError, UnicodeDecodeError) as error:
        raise BoundaryFileError(
            f"Tệp {path.name} hỏng hoặc không phải dữ liệu bản đồ ({error}). "
            "Hãy mở thử bằng QGIS và xuất lại.",
            f"{path.name} is damaged or holds no map data ({error}). "
            "Open it in QGIS and export it again.",
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.geometry.isna().all():
        raise BoundaryFileError(
            f"Tệp {path.name} không có hình nào. Hãy xuất lại kèm hình học.",
            f"{path.name} holds no shapes. Export it again with geometry.",
        )
    return frame


def _table(source: str, layer: str) -> gpd.GeoDataFrame:
    """Old shapefiles often do not say their encoding: UTF-8 first, then what GDAL assumes."""
    try:
        return pyogrio.read_dataframe(source, layer=layer, encoding="UTF-8")
    except UnicodeDecodeError:
        return pyogrio.read_dataframe(source, layer=layer)


def _source(path: Path) -> str:
    if path.suffix.lower() != ".zip":
        return str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [name for name in archive.namelist() if name.lower().endswith(".shp")]
    except zipfile.BadZipFile as error:
        raise BoundaryFileError(
            f"Tệp {path.name} không phải tệp zip hoặc bị hỏng. Hãy nén lại.",
            f"{path.name} is no zip file or is damaged. Zip it again.",
        ) from error
    if len(inside) != 1:
        raise BoundaryFileError(
            f"Tệp {path.name} có {len(inside)} shapefile; cần đúng một "
            "(.shp, .dbf, .shx, .prj trong cùng tệp zip).",
            f"{path.name} holds {len(inside)} shapefiles; exactly one is needed "
            "(.shp, .dbf, .shx, .prj in one zip).",
        )
    return f"/vsizip/{path.resolve()}/{inside[0]}"


def _layer(source: str, wanted: str | None) -> str:
    layers = {str(name): str(kind) for name, kind in pyogrio.list_layers(source)}
    if wanted is not None and wanted in layers:
        return wanted
    areas = [name for name, kind in layers.items() if "Polygon" in kind or kind == "Unknown"]
    if wanted is None and len(areas) == 1:
        return areas[0]
    listed = ", ".join(layers) or "–"
    raise BoundaryFileError(
        f"Hãy chọn một lớp bằng --layer. Tệp có các lớp: {listed}.",
        f"Choose a layer with --layer. The file has: {listed}.",
    )


def _column(frame: gpd.GeoDataFrame, wanted: str | None, known: Mapping[str, KnownUnit]) -> str:
    columns = [str(name) for name in frame.columns if name != frame.geometry.name]
    if wanted in columns:
        return str(wanted)
    if wanted is None:
        hits = {name: _share_known(frame[name], known) for name in columns}
        best = max(columns, key=lambda name: hits[name], default="")
        if best and hits[best] >= 0.5:
            return best
        named = [name for name in columns if name.lower() in CODE_COLUMNS]
        if named:
            return named[0]
    listed = ", ".join(columns) or "–"
    raise BoundaryFileError(
        f"Không tìm thấy cột mã xã. Hãy chỉ ra bằng --code-field. Tệp có các cột: {listed}.",
        f"No column of commune codes. Name it with --code-field. The file has: {listed}.",
    )


def _share_known(values: "pd.Series[Any]", known: Mapping[str, KnownUnit]) -> float:
    texts = [code_text(value) for value in values]
    return sum(text.zfill(5) in known for text in texts if text) / max(len(texts), 1)


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


def code_text(value: object) -> str:
    """A code as text: 6970, 6970.0 and " 06970 " lose nothing but their dress.

    Parameters
    ----------
    value
        What the file's column holds.

    Returns
    -------
    str
        Digits as they came (not yet padded); empty for none.

    Example
    -------
    >>> code_text(6970.0)
    '6970'
    """
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    return re.sub(r"\.0+$", "", str(value).strip())


def _codes(values: "pd.Series[Any]") -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    texts = [code_text(value) for value in values]
    padded = [text.zfill(5) if text else "" for text in texts]
    lost = {long for short, long in zip(texts, padded, strict=True) if short != long}
    empty = padded.count("")
    found = finding(Kind.CODES_PADDED, lost)
    return tuple(padded), (*found, *((Finding(Kind.CODES_EMPTY, empty),) if empty else ()))
