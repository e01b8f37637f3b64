"""Files on the disk against the rows that name them, one folder of 256 at a time."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from surveys.collection import blob_sweep, blobs
from surveys.collection.models import Attachment, Blob
from surveys.collection.safekeeping.archive import pieces
from surveys.collection.safekeeping.findings import Kind, Report
from surveys.collection.safekeeping.tables import chosen

# A request writes its file first and its row when it ends.
IN_FLIGHT: Final = timedelta(hours=2)
HALF_WAY: Final = timedelta(days=1)
LOST_AND_FOUND: Final = "lost+found"

# From somewhere else: the path of a good copy of a file, if there is one.
Healer = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class FileChecks:
    """What to do with files."""

    reads_bytes: bool = True
    repairs: bool = False
    heal: Healer | None = None


def check_files(reader: BaseDatabaseWrapper, checks: FileChecks, report: Report) -> Iterator[float]:
    """Compare rows and files; yields how much of it is done (0..1)."""
    for number in range(256):
        prefix = f"{number:02x}"
        _check_folder(reader, prefix, checks, report)
        yield (number + 1) / 256
    _check_rest(checks, report)


def _check_folder(
    reader: BaseDatabaseWrapper, prefix: str, checks: FileChecks, report: Report
) -> None:
    named = dict(
        chosen(reader, Blob.objects.filter(pk__startswith=prefix).values_list("pk", "size"))
    )
    folder = Path(settings.BLOB_ROOT) / prefix
    there = {each.name: each for each in os.scandir(folder)} if folder.is_dir() else {}
    for sha256 in sorted(named):
        entry = there.pop(sha256[2:], None)
        report.files += 1
        report.bytes += named[sha256]
        if entry is None:
            _missing(sha256, checks, report)
        elif not _is_whole(Path(entry.path), sha256, named[sha256], checks):
            _changed(sha256, checks, report)
    for entry in there.values():
        if _age(entry) > IN_FLIGHT.total_seconds():
            _orphan(Path(entry.path), Kind.ORPHAN, checks, report)


def _is_whole(path: Path, sha256: str, size: int, checks: FileChecks) -> bool:
    try:
        if path.stat().st_size != size:
            return False
        if not checks.reads_bytes:
            return True
        digest = hashlib.sha256()
        with path.open("rb") as source:
            for piece in pieces(source):
                digest.update(piece)
    except FileNotFoundError:
        return not _is_still_named(sha256)
    except OSError:
        return False  # the disk itself gives it up
    return digest.hexdigest() == sha256


def _missing(sha256: str, checks: FileChecks, report: Report) -> None:
    if checks.repairs and _taken_back(sha256):
        report.add(Kind.FILE_MISSING, _named_by(sha256), repaired=True)
        return
    if not _is_still_named(sha256):
        return  # it was removed, with its row, while we looked
    if blob_sweep.is_unused(sha256):
        if checks.repairs:
            Blob.objects.filter(pk=sha256).delete()
        report.add(Kind.UNUSED_MISSING, sha256, repaired=checks.repairs)
        return
    report.add(Kind.FILE_MISSING, _named_by(sha256), repaired=_heal(sha256, checks))


def _taken_back(sha256: str) -> bool:
    """A removal that was killed half-way leaves the file under another name (`blob_sweep`)."""
    path = blobs.path(sha256)
    aside = path.with_name(f"{path.name}{blob_sweep.GOING}")
    if not aside.exists() or path.exists():
        return False
    aside.rename(path)
    return True


def _changed(sha256: str, checks: FileChecks, report: Report) -> None:
    report.add(Kind.FILE_CHANGED, _named_by(sha256), repaired=_heal(sha256, checks))


def _heal(sha256: str, checks: FileChecks) -> bool:
    return checks.repairs and checks.heal is not None and checks.heal(sha256)


def _is_still_named(sha256: str) -> bool:
    return Blob.objects.filter(pk=sha256).exists() and not blobs.path(sha256).exists()


def _named_by(sha256: str) -> str:
    """The file as people know it: its name and the submission that it belongs to."""
    slot = (
        Attachment.objects.filter(blob_id=sha256)
        .values_list("version__form__xml_form_id", "version__instance_id", "name")
        .first()
    )
    return f"{sha256} ({' / '.join(slot)})" if slot else sha256


def _check_rest(checks: FileChecks, report: Report) -> None:
    """Half uploads, and whatever else lies beside the 256 folders."""
    root = Path(settings.BLOB_ROOT)
    folders = {f"{number:02x}" for number in range(256)} | {"incoming"}
    for entry in os.scandir(root) if root.is_dir() else ():
        if entry.name not in folders:
            _orphan(Path(entry.path), Kind.ORPHAN, checks, report)
    incoming = root / "incoming"
    for entry in os.scandir(incoming) if incoming.is_dir() else ():
        if _age(entry) > HALF_WAY.total_seconds():
            _orphan(Path(entry.path), Kind.STALE, checks, report)


def _orphan(path: Path, kind: Kind, checks: FileChecks, report: Report) -> None:
    if checks.repairs:
        put_aside(path)
    report.add(kind, str(path.relative_to(settings.BLOB_ROOT)), repaired=checks.repairs)


def put_aside(path: Path) -> Path:
    """Move something out of the way without losing it; returns where it lies."""
    place = path.relative_to(settings.BLOB_ROOT)
    target: Path = settings.HOME / LOST_AND_FOUND / place
    target.parent.mkdir(parents=True, exist_ok=True)
    while target.exists():
        target = target.with_name(target.name + "~")
    shutil.move(path, target)
    return target


def _age(entry: os.DirEntry[str]) -> float:
    try:
        return time.time() - entry.stat().st_mtime
    except FileNotFoundError:
        return 0
