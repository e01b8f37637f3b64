"""`submissions.csv.zip` and `submissions.csv`, written while the submissions are read.

One pass reads each submission once. Its root row goes into the archive at once; rows of repeats
wait in temporary files (an archive holds one file after the other), then files that respondents
sent follow block by block. Nothing is ever whole in memory.
"""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import IO, Final

from api.central.csv_tables import CsvTable, RowKeys, file_names
from surveys.collection.readout import Filled, Table

ROWS_AT_ONCE: Final = 100
IN_MEMORY: Final = 1_000_000
PIECE: Final = 262_144
LEVEL: Final = 3  # of deflate: twice as fast as the usual 6 for a tenth more bytes
# More submissions may make a table of more than 2 GiB; its length is not known beforehand.
MANY: Final = 50_000


@dataclass(frozen=True, slots=True)
class Member:
    """A file for the archive besides the tables; `pieces` are read when its turn comes."""

    name: str
    pieces: Iterable[bytes]
    is_packed: bool = False  # already compressed: photos, sound
    size: int = 0


def csv_pieces(filled: Iterable[Filled], table: CsvTable) -> Iterator[bytes]:
    """The root table alone."""
    yield _lines([table.header])
    for block in _blocks(filled):
        yield _lines(row for each in block for row in table.rows(each, RowKeys(each, ())))


def zip_pieces(
    form_id: str,
    filled: Iterable[Filled],
    tables: Sequence[CsvTable],
    members: Callable[[], Iterator[Member]],
    *,
    n: int,
) -> Iterator[bytes]:
    """The whole archive; `n` is the number of submissions, `members` what follows the tables."""
    sink = _Sink()
    names = file_names(form_id, [each.table for each in tables])
    with ExitStack() as stack:
        waiting = [
            stack.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
            for _ in tables[1:]
        ]
        archive = stack.enter_context(
            zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        )
        with archive.open(_info(names[0]), "w", force_zip64=n > MANY) as root:
            for _ in _tables(filled, tables, [root, *waiting]):
                yield from sink.taken()
        for name, spool in zip(names[1:], waiting, strict=True):
            size = spool.tell()
            spool.seek(0)
            yield from _added(archive, sink, Member(name, read_pieces(spool), size=size))
        for member in members():
            yield from _added(archive, sink, member)
    yield from sink.taken()


def read_pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A file piece by piece."""
    while piece := file.read(PIECE):
        yield piece


def _tables(
    filled: Iterable[Filled], tables: Sequence[CsvTable], targets: Sequence[IO[bytes]]
) -> Iterator[None]:
    """Write rows of every table to its target; comes back after each block."""
    layout: list[Table] = [each.table for each in tables]
    for table, target in zip(tables, targets, strict=True):
        target.write(_lines([table.header]))
    yield
    for block in _blocks(filled):
        keyed = [(each, RowKeys(each, layout)) for each in block]
        for table, target in zip(tables, targets, strict=True):
            target.write(_lines(row for each, keys in keyed for row in table.rows(each, keys)))
        yield


def _added(archive: zipfile.ZipFile, sink: _Sink, member: Member) -> Iterator[bytes]:
    info = _info(member.name)
    if member.is_packed:
        info.compress_type = zipfile.ZIP_STORED
    info.file_size = member.size  # tells whether the large format is needed
    with archive.open(info, "w") as target:
        for piece in member.pieces:
            target.write(piece)
            yield from sink.taken()
    yield from sink.taken()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = LEVEL  # type: ignore[attr-defined] # public from Python 3.13 on
    return info


def _blocks(filled: Iterable[Filled]) -> Iterator[list[Filled]]:
    reading = iter(filled)
    while block := list(islice(reading, ROWS_AT_ONCE)):
        yield block


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV: UTF-8 without a mark, lines end with a line feed."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


class _Sink(io.RawIOBase):
    """A file that hands on what is written into it; it cannot go back."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        data = bytes(piece)  # type: ignore[call-overload] # any buffer
        self._pieces.append(data)
        return len(data)

    def taken(self) -> Iterator[bytes]:
        """What was written since the last time, as one piece; nothing if there is nothing."""
        if self._pieces:
            yield b"".join(self._pieces)
            self._pieces.clear()
