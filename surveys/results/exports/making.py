"""From options to one file: a writer of the format, then an archive where there are several."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from surveys.collection.models import Actor
from surveys.results.exports.media import pack_attachments
from surveys.results.exports.options import Format
from surveys.results.exports.source import Source

ZIP: Final = "application/zip"
_UNSAFE: Final = re.compile(r"[^\w.-]+")
# The module that writes a format; loaded only when asked for, each brings a library of its own.
_WRITERS: Final = {
    Format.CSV: "csv_files",
    Format.XLSX: "workbook",
    Format.PARQUET: "parquet",
    Format.STATA: "statistics_files",
    Format.SPSS: "statistics_files",
    Format.GEOJSON: "geojson",
    Format.GEOPACKAGE: "geopackage",
    Format.R: "r_archive",
}
CONTENT_TYPES: Final = {
    ".zip": ZIP,
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
}
# Packed already: once more costs time and saves nothing.
_PACKED: Final = frozenset({".xlsx", ".parquet", ".jpg", ".jpeg", ".png", ".mp4", ".m4a", ".zip"})


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file on the disk."""

    path: Path
    content_type: str


def make(source: Source, folder: Path, actor: Actor) -> Made:
    """Write the file that the source's options ask for; the folder is empty and the caller's."""
    stem = _stem(source)
    inside = folder / "files"
    inside.mkdir()
    _writer(source.options.format)(source, inside, stem, actor)
    files = sorted(inside.iterdir())
    if len(files) == 1 and not source.options.attachments:
        target = folder / files[0].name
        files[0].rename(target)
    else:
        target = folder / f"{stem}.zip"
        _pack(source, files, target)
    return Made(target, CONTENT_TYPES[target.suffix])


def _writer(chosen: Format) -> Callable[[Source, Path, str, Actor], Any]:
    module = import_module(f"surveys.results.exports.{_WRITERS[chosen]}")
    found: Callable[[Source, Path, str, Actor], Any] = module.write
    return found


def _stem(source: Source) -> str:
    name = _UNSAFE.sub("_", source.form.xml_form_id).strip("._")[:80] or "form"
    return f"{name}-{timezone.localtime():%Y%m%d-%H%M}"


def _pack(source: Source, files: list[Path], target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for file in files:
            is_packed = file.suffix in _PACKED
            kind = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            archive.write(file, file.name, compress_type=kind)
            file.unlink()
        if source.options.attachments:
            pack_attachments(source, archive, _PACKED)
