"""`manage.py areas import`: a boundary file from the command line."""

import argparse
from pathlib import Path
from typing import Any, Protocol

from django.core.management.base import CommandError

from maps.boundary_report import BoundaryFileError, BoundaryReport
from surveys.results.area_days import day
from surveys.results.boundary_import import BoundaryFile, import_boundaries, try_boundaries
from surveys.territory.models import BoundarySet
from surveys.territory.shipped import REFORM
from surveys.territory.units import load_units


class Output(Protocol):
    """Where a command writes."""

    def write(self, msg: str) -> Any: ...


def add_arguments(chosen: argparse.ArgumentParser) -> None:
    """What can be said about a file."""
    chosen.add_argument("file", type=Path, help="GeoJSON, GPKG, GeoParquet, zipped shapefile")
    chosen.add_argument(
        "--valid-from",
        type=day,
        default=REFORM,
        help="day whose communes the file draws, YYYY-MM-DD (default: 2025-07-01)",
    )
    chosen.add_argument("--source", default="", help="who made the file; printed on each map")
    chosen.add_argument("--licence", default="", help="printed on each map")
    chosen.add_argument(
        "--quality",
        choices=BoundarySet.Quality.values,
        default=BoundarySet.Quality.THIRD_PARTY,
        help="what the shapes are worth (default: third_party)",
    )
    chosen.add_argument("--code-field", help="column of commune codes, if not found by itself")
    chosen.add_argument("--name-field", help="column of names, to check them")
    chosen.add_argument("--layer", help="layer of a GeoPackage that has several")
    chosen.add_argument("--crs", help="coordinate system if the file names none or a wrong one")
    chosen.add_argument("--dry-run", action="store_true", help="say what would be mended, only")


def run(options: dict[str, Any], out: Output) -> None:
    """Import the file, or try it.

    Raises
    ------
    CommandError : the file cannot be used; nothing is stored.
    """
    load_units()  # a file can only be checked against the list
    path: Path = options["file"]
    file = BoundaryFile(
        path=path,
        valid_from=options["valid_from"],
        source=options["source"] or path.name,
        licence=options["licence"],
        quality=options["quality"],
        code_field=options["code_field"],
        name_field=options["name_field"],
        layer=options["layer"],
        crs=options["crs"],
    )
    try:
        if options["dry_run"]:
            _tell_trial(try_boundaries(file), out)
            return
        kept, is_new = import_boundaries(file)
    except BoundaryFileError as error:
        raise CommandError(f"{error.message_vi}\n{error.message_en}") from error
    if not is_new:
        out.write(
            f"Tệp này đã được nạp ngày {kept.imported_at:%d/%m/%Y}; không nạp lại / "
            "This file was imported before; nothing to do"
        )
    _tell(kept.report["findings"], out)
    out.write(
        f"Bộ ranh giới {kept.pk}: {kept.report['communes']} xã / "
        f"Boundary set {kept.pk}: {kept.report['communes']} communes"
    )


def _tell_trial(report: BoundaryReport, out: Output) -> None:
    _tell(report.as_json()["findings"], out)
    out.write(
        f"Thử: {report.communes} xã dùng được, chưa lưu gì / "
        f"Trial: {report.communes} communes usable, nothing stored"
    )


def _tell(findings: Any, out: Output) -> None:
    for found in findings:
        out.write(f"- {found['vi']}\n  {found['en']}")
