"""A boundary file, cleaned by `maps` and stored in the territory."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction

from maps.boundaries import CleanBoundaries, clean_boundaries
from maps.boundary_placing import KnownUnit
from maps.boundary_report import BoundaryFileError, BoundaryReport, Kind
from surveys.collection import rights
from surveys.collection.audit import record
from surveys.collection.models import Actor
from surveys.collection.rights import Right
from surveys.territory.boundaries import ImportedSet, store_once
from surveys.territory.models import AdminUnit, BoundarySet
from surveys.territory.shipped import LISTED_FROM, REFORM
from surveys.territory.units import ALIASES, TOLD, UnknownCommuneError, candidates, in_force

NAME_LENGTH = 200
SOURCE_LENGTH = 500
HALF = 0.5
FEW = 5  # communes; fewer say nothing about a list


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
    name: str = ""  # as its owner calls it, where the path is one of ours


def import_boundaries(
    file: BoundaryFile, *, actor: Actor | None = None
) -> tuple[BoundarySet, bool]:
    """Clean a boundary file and keep it, once; the flag says whether it is new.

    Raises `maps.boundary_report.BoundaryFileError` if the file cannot be used; then nothing is
    kept. Cleaning takes minutes for a whole country and runs outside the transaction. An `actor`
    has to be an administrator; None is the command line.
    """
    if actor is not None:
        rights.require(actor, Right.ADMINISTER)
    digest = _sha256(file.path)
    kept = BoundarySet.objects.filter(sha256=digest, valid_from=file.valid_from).first()
    if kept is not None:
        return kept, False
    units = {unit.code: unit for unit in in_force(file.valid_from)}
    clean = _cleaned(file, units)
    found = ImportedSet(
        name=(file.name or file.path.name)[:NAME_LENGTH],
        source=file.source[:SOURCE_LENGTH],
        licence=file.licence[:NAME_LENGTH],
        valid_from=file.valid_from,
        quality=file.quality,
        sha256=digest,
        shapes=clean.shapes,
        report=clean.report.as_json(),
    )
    with transaction.atomic():
        kept, is_new = store_once(found, units)
        if is_new:
            record("boundaries.import", actor=actor, name=kept.name, sha256=digest, set=kept.pk)
    return kept, is_new


def try_boundaries(file: BoundaryFile) -> BoundaryReport:
    """What `import_boundaries` would say and mend; nothing is stored. Raises as it does."""
    return _cleaned(file, {unit.code: unit for unit in in_force(file.valid_from)}).report


def _cleaned(file: BoundaryFile, units: Mapping[str, AdminUnit]) -> CleanBoundaries:
    if not units:
        raise BoundaryFileError(
            f"Không có danh mục xã của ngày {file.valid_from:%d/%m/%Y}; danh mục bắt đầu từ "
            f"{LISTED_FROM:%d/%m/%Y}. Với xã trước 01/07/2025 hãy ghi --valid-from {LISTED_FROM}.",
            f"There is no list of communes of {file.valid_from}; lists begin on {LISTED_FROM}. For "
            f"communes of before {REFORM} say --valid-from {LISTED_FROM}.",
        )
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
    _refuse_other_lists(clean, file.valid_from)
    return clean


def _refuse_other_lists(clean: CleanBoundaries, day: date) -> None:
    """Provinces or villages under commune numbers; communes of today under old numbers.

    Nearly all codes in force are old numbers over another territory, so that a file of today fits
    the old list without a single unknown code; but it lacks most communes of its districts.
    """
    unknown = sum(each.count for each in clean.report.findings if each.kind is Kind.CODES_UNKNOWN)
    if unknown > clean.report.communes:
        raise BoundaryFileError(
            f"{unknown} mã trong tệp không phải mã xã của ngày {day:%d/%m/%Y}, chỉ "
            f"{clean.report.communes} mã có trong danh mục. Tệp có thể vẽ tỉnh, huyện, thôn, hoặc "
            "xã của ngày khác: hãy xem lại tệp, --code-field và --valid-from.",
            f"{unknown} codes of the file belong to no commune of {day}, only "
            f"{clean.report.communes} are in the list. The file may draw provinces, districts, "
            "villages, or communes of another day: look at the file, --code-field and "
            "--valid-from.",
        )
    other = REFORM - timedelta(days=1) if day >= REFORM else REFORM
    codes = set(clean.shapes["full"])
    if len(codes) < FEW:
        return
    here, there = _completeness(codes, day), _completeness(codes, other)
    if there >= HALF and there > 2 * here:
        raise BoundaryFileError(
            f"Tệp vẽ các xã của ngày {other:%d/%m/%Y}: trong các huyện, tỉnh có trong tệp, ngày ấy "
            f"có {there:.0%} số xã mang hình, còn ngày {day:%d/%m/%Y} chỉ {here:.0%}. Cùng số mã "
            f"nhưng khác địa giới. Hãy nạp lại với --valid-from {other}.",
            f"The file draws communes of {other}: of its provinces and districts, {there:.0%} of "
            f"the communes of that day have a shape, but {here:.0%} of those of {day}. The numbers "
            f"are the same, the territories are not. Import it with --valid-from {other}.",
        )


def _completeness(codes: set[str], day: date) -> float:
    """Of the communes in the same provinces (before the reform: districts), those with a shape."""
    parents = dict(in_force(day).values_list("code", "parent__code"))
    above = {parents[code] for code in codes if code in parents}
    wanted = {code for code, parent in parents.items() if parent in above}
    return len(wanted & codes) / len(wanted) if wanted else 0.0


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
    """Of the file, or of a bare shapefile with all its parts; the reader says what is missing."""
    digest = hashlib.sha256()
    parts = sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix.lower() == ".shp" else [path]
    try:
        for part in parts:
            with part.open("rb") as handle:
                digest.update(hashlib.file_digest(handle, "sha256").digest())
    except OSError:
        return ""
    return digest.hexdigest()
