"""Looking for damage: every byte that was stored against the fingerprint it was stored with."""

from collections.abc import Iterator
from dataclasses import dataclass

from surveys.collection import jobs
from surveys.collection.safekeeping import fsck_files, fsck_rows, tables
from surveys.collection.safekeeping.findings import Report
from surveys.collection.safekeeping.folder import Folder
from surveys.collection.safekeeping.fsck_files import FileChecks
from surveys.collection.safekeeping.fsck_rows import RowChecks
from surveys.collection.safekeeping.healing import Healer
from surveys.collection.safekeeping.verifying import quiet


@dataclass(frozen=True, slots=True)
class Wish:
    """How much to look at, and whether to put right what can safely be put right."""

    is_deep: bool = False  # compare all records, check all pages of SQLite
    is_quick: bool = False  # sizes of files only, not their bytes
    repairs: bool = False
    backups: Folder | None = None  # where good copies of files may lie


def fsck(wish: Wish, report: jobs.Report = quiet) -> Report:
    """Check the whole store of a running server.

    A repair never removes the last copy of anything: files are moved to `lost+found`, damaged
    ones are replaced by a good copy of a backup, records are made again from the bytes.
    """
    found = Report()
    with tables.snapshot() as reader:
        fsck_rows.check_database(reader, found, is_deep=wish.is_deep)
        healer = Healer(wish.backups) if wish.repairs and wish.backups is not None else None
        steps = fsck_rows.check_bytes(reader, found, healer.heal_xml if healer else _leave)
        _go(steps, report, _Phase(0, 0.3, "Đang kiểm tra phiếu", "Checking submissions"))
        fsck_rows.check_submissions(reader, found)
        steps = fsck_rows.check_records(reader, RowChecks(wish.is_deep, wish.repairs), found)
        _go(steps, report, _Phase(0.3, 0.5, "Đang so dữ liệu với byte gốc", "Comparing records"))
        checks = FileChecks(
            reads_bytes=not wish.is_quick,
            repairs=wish.repairs,
            heal=healer.heal_file if healer else None,
        )
        steps = fsck_files.check_files(reader, checks, found)
        _go(steps, report, _Phase(0.5, 1, "Đang kiểm tra tệp", "Checking files"))
    return found


def _leave(_version_id: int, _sha256: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Phase:
    """A stretch of the whole work, and what is told while it lasts."""

    start: float
    end: float
    vi: str
    en: str


def _go(steps: Iterator[float], report: jobs.Report, phase: _Phase) -> None:
    for share in steps:
        report(phase.start + (phase.end - phase.start) * share, phase.vi, phase.en)
