"""What a boundary file is by its bytes, whatever it is called, and what lies in a zip.

GDAL opens far more than maps: files that make it read other files or ask servers. Only bytes
that are known to be one of four formats reach it.
"""

import re
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import IO, Final

from maps.boundary_geopackage import has_queries
from maps.boundary_report import BoundaryFileError

LARGEST: Final = 3_000_000_000  # bytes, unpacked
HEAD: Final = 1_000_000
NO_MAPS: Final = frozenset({".xlsx", ".docx", ".ods", ".odt", ".kmz"})  # zips of another kind
PARTS: Final = ("shp", "shx", "dbf", "prj", "cpg")
NEEDED: Final = ("shp", "dbf")
_MAP: Final = re.compile(
    rb'"type"\s*:\s*"(FeatureCollection|Feature|Topology|Polygon|MultiPolygon|GeometryCollection'
    rb'|LineString|MultiLineString|Point|MultiPoint)"'
)


class Format(Enum):
    """What can be read."""

    GEOJSON = ".geojson"
    GPKG = ".gpkg"
    PARQUET = ".parquet"
    SHAPEFILE = ".shp"


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a known format, ready for the reader."""

    path: Path
    format: Format
    name: str  # as the person knows it


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The one map in a file or zip; what had to be unpacked is gone afterwards.

    Parameters
    ----------
    path
        As the person named it.

    Raises
    ------
    BoundaryFileError
        If it cannot be read, is no map, is damaged, or holds several.

    Example
    -------
    >>> with opened(Path("x.gpkg")):  # doctest: +ELLIPSIS
    ...     pass
    Traceback (most recent call last):
    maps.boundary_report.BoundaryFileError: There is no file x.gpkg, or it is empty...
    """
    try:
        head = _head(path)
    except OSError as error:
        raise BoundaryFileError(
            f"Không mở được {path.name} ({error.strerror}). Hãy cấp quyền đọc tệp rồi nạp lại.",
            f"{path.name} cannot be opened ({error.strerror}). Make it readable and import again.",
        ) from error
    with tempfile.TemporaryDirectory() as folder:
        if head.startswith(b"PK") and path.suffix.lower() not in NO_MAPS:
            yield _unzipped(path, Path(folder))
        elif head.startswith(struct.pack(">i", 9994)) or path.suffix.lower() == ".shp":
            yield _gathered(path, Path(folder))
        else:
            kind = _format(head, path.name)
            yield Source(_suited(path, kind, Path(folder)), kind, path.name)


def _head(path: Path) -> bytes:
    if not path.is_file() or path.stat().st_size == 0:
        raise BoundaryFileError(
            f"Không có tệp {path}, hoặc tệp rỗng. Hãy kiểm tra đường dẫn.",
            f"There is no file {path}, or it is empty. Check the path.",
        )
    with path.open("rb") as handle:
        return handle.read(HEAD)


def _format(head: bytes, name: str) -> Format:
    if head.startswith(b"SQLite format 3\0"):
        return Format.GPKG
    if head.startswith(b"PAR1"):
        return Format.PARQUET
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{") and b"gdal_streamed_alg" not in head and _MAP.search(head):
        return Format.GEOJSON
    if Path(name).suffix.lower() in {".geojson", ".json", ".gpkg", ".parquet", ".zip"}:
        raise _damaged(name)
    raise BoundaryFileError(
        f"Không đọc được loại tệp của {name}. Đọc được: GeoJSON hoặc TopoJSON (UTF-8), GPKG, "
        "GeoParquet, shapefile nén zip. Tệp KML, GML, FlatGeobuf, MapInfo (.tab), DGN, DWG: hãy mở "
        "bằng QGIS và xuất thành GeoPackage.",
        f"Files like {name} cannot be read. Use GeoJSON, GPKG, GeoParquet, TopoJSON or a zipped "
        "shapefile. KML, GML, FlatGeobuf, MapInfo (.tab), DGN, DWG: open them in QGIS and export "
        "a GeoPackage.",
    )


def _suited(path: Path, kind: Format, folder: Path) -> Path:
    """GDAL goes by names: a GeoPackage called .zip would be unpacked. One whose layer is a query
    may never end.
    """
    if kind is not Format.GPKG:
        return path
    if path.suffix.lower() != kind.value:
        path = Path(shutil.copyfile(path, folder / f"map{kind.value}"))
    if has_queries(path):
        raise BoundaryFileError(
            "Tệp GeoPackage có lớp là câu truy vấn (view), không phải dữ liệu. Hãy xuất lớp ranh "
            "giới thành một GeoPackage mới.",
            "A layer of this GeoPackage is a query (view), not data. Export the layer with the "
            "boundaries as a new GeoPackage.",
        )
    return path


def _damaged(name: str) -> BoundaryFileError:
    if name.lower().endswith(".zip"):
        return BoundaryFileError(
            f"Tệp {name} không phải tệp zip hoặc bị hỏng. Hãy nén lại.",
            f"{name} is no zip file or is damaged. Zip it again.",
        )
    return BoundaryFileError(
        f"Tệp {name} hỏng, không phải dữ liệu bản đồ, hoặc không ở mã UTF-8. Hãy mở thử bằng QGIS "
        "và xuất lại thành GeoPackage.",
        f"{name} is damaged, holds no map data, or is not in UTF-8. Open it in QGIS and export it "
        "again as a GeoPackage.",
    )


def _unzipped(path: Path, folder: Path) -> Source:
    """The one map of a zip, under a name of ours: names in zips are anything."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [each for each in archive.infolist() if _is_wanted(each)]
            if any(each.flag_bits & 1 for each in inside):
                raise BoundaryFileError(
                    f"Tệp {path.name} có mật khẩu. Hãy giải nén rồi nén lại không mật khẩu.",
                    f"{path.name} is protected by a password. Unpack it and zip it without one.",
                )
            chosen = _chosen(inside, path.name)
            if sum(each.file_size for each in chosen) > LARGEST:
                raise _too_large(path.name)
            for each in chosen:
                with (
                    archive.open(each) as packed,
                    (folder / f"map{_suffix(each)}").open("wb") as made,
                ):
                    _copy(packed, made, path.name)
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        UnicodeDecodeError,
        zlib.error,
    ) as error:
        raise _damaged(f"{path.stem}.zip") from error
    only = folder / f"map{_suffix(chosen[0])}"
    if only.suffix == ".shp":
        _require_whole(only, path.name)
        return Source(only, Format.SHAPEFILE, path.name)
    kind = _format(_head(only), only.name)
    return Source(_suited(only, kind, folder), kind, path.name)


def _is_wanted(each: zipfile.ZipInfo) -> bool:
    place = PurePosixPath(each.filename.replace("\\", "/"))
    is_hidden = place.name.startswith(".") or "__MACOSX" in place.parts
    return not each.is_dir() and not is_hidden


def _suffix(each: zipfile.ZipInfo) -> str:
    return PurePosixPath(each.filename.replace("\\", "/")).suffix.lower()


def _chosen(inside: list[zipfile.ZipInfo], name: str) -> list[zipfile.ZipInfo]:
    """A shapefile with its parts, or the one GeoPackage, GeoJSON or GeoParquet."""
    shapes = [each for each in inside if _suffix(each) == ".shp"]
    whole = [each for each in inside if _suffix(each) in {".gpkg", ".geojson", ".json", ".parquet"}]
    found = shapes or whole
    if len(found) != 1:
        raise BoundaryFileError(
            f"Tệp {name} có {len(shapes)} shapefile và {len(whole)} tệp bản đồ khác; cần đúng một "
            "(.shp, .dbf, .shx, .prj trong cùng tệp zip). Hãy tách ra, mỗi bản đồ một tệp zip.",
            f"{name} holds {len(shapes)} shapefiles and {len(whole)} other maps; exactly one is "
            "needed (.shp, .dbf, .shx, .prj in one zip). Put each map into a zip of its own.",
        )
    if not shapes:
        return whole
    stem = shapes[0].filename.rpartition(".")[0]
    parts = {f"{stem}.{part}".lower() for part in PARTS}
    beside = [each for each in inside if each.filename.lower() in parts and each != shapes[0]]
    return [shapes[0], *beside]


def _copy(packed: IO[bytes], made: IO[bytes], name: str) -> None:
    """What the zip says of its sizes may be a lie."""
    written = 0
    while block := packed.read(1 << 20):
        written += len(block)
        if written > LARGEST:
            raise _too_large(name)
        made.write(block)


def _too_large(name: str) -> BoundaryFileError:
    limit = LARGEST // 1_000_000_000
    return BoundaryFileError(
        f"Tệp {name} giải nén ra hơn {limit} GB. Hãy xuất lại với độ chính xác 5 m, "
        "chỉ giữ cột mã và tên.",
        f"{name} unpacks to more than {limit} GB. Export it again with a precision of 5 m, keeping "
        "only codes and names.",
    )


def _gathered(path: Path, folder: Path) -> Source:
    """A bare shapefile and what lies beside it, copied: a lost index is made anew in the copy."""
    beside = {each.name.lower(): each for each in path.parent.glob(f"{_quoted(path.stem)}.*")}
    for part in PARTS:
        found = beside.get(f"{path.stem}.{part}".lower())
        if found is not None:
            shutil.copyfile(found, folder / f"map.{part}")
    _require_whole(folder / "map.shp", path.name)
    return Source(folder / "map.shp", Format.SHAPEFILE, path.name)


def _quoted(stem: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", stem)


def _require_whole(shp: Path, name: str) -> None:
    """Parts that belong together, none cut off: GDAL would give the rest without a word."""
    lost = [part for part in NEEDED if not shp.with_suffix(f".{part}").is_file()]
    if lost:
        listed = ", ".join(f".{part}" for part in lost)
        raise BoundaryFileError(
            f"Shapefile trong {name} thiếu phần {listed}. Hãy nén cả .shp, .shx, .dbf, .prj và "
            ".cpg vào một tệp zip.",
            f"The shapefile in {name} lacks {listed}. Zip .shp, .shx, .dbf, .prj and .cpg "
            "together.",
        )
    head = _start(shp, 100)
    words = struct.unpack(">i", head[24:28])[0] if len(head) == 100 else 0
    rows = _rows_of(shp.with_suffix(".shx"))
    named = _rows_of(shp.with_suffix(".dbf"))
    if head[:4] != struct.pack(">i", 9994) or words * 2 > shp.stat().st_size:
        raise _cut(name)
    if None not in (rows, named) and rows != named:
        raise BoundaryFileError(
            f"Shapefile trong {name} có {rows} hình nhưng bảng .dbf có {named} dòng: hai phần "
            "không cùng một bản. Hãy xuất lại từ QGIS.",
            f"The shapefile in {name} has {rows} shapes but its .dbf has {named} rows: the parts "
            "do not belong together. Export it again from QGIS.",
        )


def _start(part: Path, n: int) -> bytes:
    with part.open("rb") as handle:
        return handle.read(n)


def _rows_of(part: Path) -> int | None:
    """Records of an index (8 bytes each, after 100) or of a table (its header says)."""
    if not part.is_file():
        return None
    if part.suffix == ".shx":
        return max(part.stat().st_size - 100, 0) // 8
    head = _start(part, 8)
    return int(struct.unpack("<I", head[4:8])[0]) if len(head) == 8 else 0


def _cut(name: str) -> BoundaryFileError:
    return BoundaryFileError(
        f"Shapefile trong {name} bị cắt mất phần cuối hoặc bị hỏng. Hãy chép và nén lại.",
        f"The shapefile in {name} is cut off or damaged. Copy it and zip it again.",
    )
