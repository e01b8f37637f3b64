"""Making a backup of a running server: one snapshot of all tables, then every file they name.

Files never change and are written before the rows that name them, so whatever the snapshot names
is there. Nobody waits for a backup: not the phones, not the pages.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Sum

from surveys.collection import blobs
from surveys.collection.jobs import Report
from surveys.collection.models import Blob
from surveys.collection.safekeeping import tables, versions
from surveys.collection.safekeeping.archive import (
    TABLES,
    BackupRefused,
    Container,
    Files,
    Manifest,
    NamesDigest,
    Part,
    TablePart,
)
from surveys.collection.safekeeping.lines import Piece
from surveys.collection.safekeeping.verifying import quiet, verify

STAMP: Final = "%Y%m%dT%H%M%SZ"
REPORT_EVERY: Final = 500
MEGABYTE: Final = 1_000_000
# Shares of the work, for those who watch: rows, then files, then reading it all back.
ROWS_END: Final = 0.4
FILES_END: Final = 0.8


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds, for the page and the log."""

    made_at: str
    rows: int
    files: int
    bytes: int
    lost: tuple[str, ...]


def back_up(container: Container, report: Report = quiet) -> Made:
    """Write a backup, read it through, and only then give it its name.

    Raises
    ------
    BackupRefused : 409.94 the database is not of this code, 422.91 what was written reads
        differently (a failing disk).
    """
    try:
        manifest = _write(container, report)
        report(FILES_END, "Đang đọc lại để kiểm tra", "Reading it back")
        verify(container.written())
        container.settle()
    except BaseException:  # also Ctrl+C: half a backup is none
        container.abandon()
        raise
    files = manifest.files
    # What was swept away with its row since the snapshot is no damage.
    lost = Blob.objects.filter(pk__in=files.lost).order_by("pk").values_list("pk", flat=True)
    return Made(manifest.made_at, manifest.rows, files.count, files.size, tuple(lost))


def _write(container: Container, report: Report) -> Manifest:
    migrations = versions.migrations()
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    with tables.snapshot() as reader:
        kept = tables.kept_tables(apps)
        _refuse_full_disk(container, reader)
        work = _Work(container, reader, report, sum(tables.count(reader, each) for each in kept))
        parts = tuple(work.table(each) for each in kept)
        files = work.files()
        manifest = Manifest(
            made_at=made_at,
            database=reader.vendor,
            code=versions.code(),
            migrations=migrations,
            tables=parts,
            files=files,
        )
    container.finish(manifest.to_bytes())
    return manifest


def _refuse_full_disk(container: Container, reader: BaseDatabaseWrapper) -> None:
    """Better said now than after an hour; the tables take far less than the files."""
    free = container.room()
    if free is None:
        return
    sizes = Blob.objects.order_by().values_list(Sum("size", default=0))
    needed = sum(size for (size,) in tables.chosen(reader, sizes))
    if needed > free:
        raise BackupRefused(409.95, needed=needed // MEGABYTE + 1, free=free // MEGABYTE)


class _Work:
    """The way through a snapshot."""

    def __init__(
        self, container: Container, reader: BaseDatabaseWrapper, report: Report, rows: int
    ) -> None:
        self._container = container
        self._reader = reader
        self._report = report
        self._rows = max(rows, 1)
        self._done = 0

    def table(self, table: tables.Table) -> TablePart:
        parts = tuple(self._parts(table))
        return TablePart(table.name, table.columns, sum(part.rows for part in parts), parts)

    def _parts(self, table: tables.Table) -> Iterator[Part]:
        piece = Piece()
        number = 0
        for row in tables.rows(self._reader, table):
            piece.add(tables.as_line(row))
            if piece.is_full:
                number += 1
                yield self._part(table, number, piece)
        if len(piece):
            yield self._part(table, number + 1, piece)

    def _part(self, table: tables.Table, number: int, piece: Piece) -> Part:
        rows = len(piece)
        content = piece.take()
        name = f"{TABLES}{table.name}/{number:06}.jsonl.gz"
        self._container.add_part(name, content)
        self._done += rows
        share = min(self._done / self._rows, 1) * ROWS_END
        self._report(share, f"Đang chép bảng {table.name}", f"Copying table {table.name}")
        return Part(name, hashlib.sha256(content).hexdigest(), rows, len(content))

    def files(self) -> Files:
        """Every file that the snapshot's rows name, in the order of their names."""
        names, lost, size = NamesDigest(), [], 0
        blob_table = next(t for t in tables.kept_tables(apps) if t.model is Blob)
        total = max(tables.count(self._reader, blob_table), 1)
        for number, (sha256, _md5, length) in enumerate(tables.rows(self._reader, blob_table)):
            if self._file(sha256):
                names.add(sha256)
                size += length
            else:
                lost.append(sha256)
            if number % REPORT_EVERY == 0:
                share = ROWS_END + (FILES_END - ROWS_END) * number / total
                self._report(
                    share, f"Đang chép tệp ({number}/{total})", f"Copying files ({number}/{total})"
                )
        return names.files(size, lost)

    def _file(self, sha256: str) -> bool:
        try:
            with blobs.open_blob(sha256) as source:
                return self._container.add_file(sha256, source)
        except FileNotFoundError:
            return False
