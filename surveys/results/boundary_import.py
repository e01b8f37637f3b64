"""A boundary file, cleaned by `maps` and stored in the territory."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from maps.boundaries import clean_boundaries
from maps.boundary_placing import KnownUnit
from maps.boundary_report import BoundaryFileError, BoundaryReport, Kind
from surveys.collection.audit import record
from surveys.territory.boundaries import ImportedSet, store
from surveys.territory.models import AdminUnit, BoundarySet
from surveys.territory.units import ALIASES, TOLD, UnknownCommuneError, candidates, in_force


@dataclass(frozen=True, slots=True)
class BoundaryFile:
    """A file to import and what its owner says about it."""

    path: Path
    valid_from: date
    source: str
    licence: str
    quality: str
    code_field: str | None = None
    name_field: str | None = None
    layer: str | None = None
    crs: str | None = None


def import_boundaries(file: BoundaryFile) -> tuple[BoundarySet, bool]:
    """Clean a boundary file and keep it, once; the flag says whether it is new.

    Raises `maps.boundary_report.BoundaryFileError` if the file cannot be used; then nothing is
    kept. Cleaning takes minutes for a whole country and runs outside the transaction.
    """
    digest = _sha256(file.path)
    kept = BoundarySet.objects.filter(sha256=digest, valid_from=file.valid_from).first()
    if kept is not None:
        return kept, False
    units = {unit.code: unit for unit in in_force(file.valid_from)}
    clean = clean_boundaries(
        file.path,
        {code: _known(unit) for code, unit in units.items()},
        aliases=ALIASES,
        code_field=file.code_field,
        name_field=file.name_field,
        layer=file.layer,
        crs=file.crs,
    )
    _refuse_other_days(clean.report, file.valid_from)
    found = ImportedSet(
        name=file.path.name,
        source=file.source,
        licence=file.licence,
        valid_from=file.valid_from,
        quality=file.quality,
        sha256=digest,
        shapes=clean.shapes,
        report=clean.report.as_json(),
    )
    with transaction.atomic():
        kept = store(found, units)
        record("boundaries.import", actor=None, name=kept.name, sha256=digest, set=kept.pk)
    return kept, True


def _refuse_other_days(report: BoundaryReport, day: date) -> None:
    """A file with codes of communes of another day would put old shapes under new units."""
    unknown = [each for each in report.findings if each.kind is Kind.CODES_UNKNOWN]
    codes = [code for each in unknown for code in each.examples]
    if not (other := candidates(codes, day)):
        return
    error = UnknownCommuneError([code for code in codes if code in other], other)
    told = "; ".join(error.told()[:TOLD])
    raise BoundaryFileError(
        f"Tệp vẽ xã của một ngày khác {day:%d/%m/%Y}. Mũi tên chỉ xã của ngày này: {told}. Hãy sửa "
        "--valid-from, hoặc bỏ các hình ấy khỏi tệp, rồi nạp lại.",
        f"The file draws communes of another day than {day}. The arrow names those of that day: "
        f"{told}. Correct --valid-from, or take these shapes out of the file, and import again.",
    )


def _known(unit: AdminUnit) -> KnownUnit:
    has_seat = unit.seat_lat is not None and unit.seat_lon is not None
    return KnownUnit(
        name=unit.name,
        province=unit.parent.code if unit.parent else "",
        seat=(unit.seat_lat or 0.0, unit.seat_lon or 0.0) if has_seat else None,
        area_km2=unit.area_km2,
    )


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""  # the reader says it better
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
