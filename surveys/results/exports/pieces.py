"""One .sav or .dta file from pieces: the library that writes them takes a whole table at once.

Each piece has the same dictionary, because its first row (left out of the result) is as wide as the
widest answer of the whole table; only rows are appended, and the counts in the head set at the end.
"""

from __future__ import annotations

import struct
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

_SAV_CASE_SIZE, _SAV_COMPRESSION, _SAV_CASES = 68, 72, 80  # places in the head, bytes
_SAV_LONG_CASES: Final = struct.pack("<iiiiq", 7, 16, 8, 2, 1)  # record of 64-bit counts
_SPACES: Final = np.frombuffer(b"        ", dtype=np.uint64)[0]
_SYSTEM_MISSING: Final = np.frombuffer(struct.pack("<d", -np.finfo(np.float64).max), np.uint64)[0]
_END, _LITERAL, _BLANK, _MISSING, _BIAS = 252, 253, 254, 255, 100
_LONG_TEXT: Final = 32768
_WIDTHS: Final = {_LONG_TEXT: 8, 65526: 8, 65527: 4, 65528: 4, 65529: 2, 65530: 1}
_GSO: Final = struct.Struct("<IQBI")  # variable, observation, type, length


class Joined(ABC):
    """A file that grows by pieces; whole when its block ends without an error."""

    def __init__(self, target: Path) -> None:
        self._file = target.open("w+b")
        self._n = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, _error: object, _trace: object) -> None:
        if kind is None:
            self._finish()
        self._file.close()

    @abstractmethod
    def add(self, piece: Path, n_rows: int) -> None:
        """Append all rows but the first of a piece of `n_rows`; the piece is read whole."""

    @abstractmethod
    def _finish(self) -> None:
        """Write what comes after the rows, and the counts."""


class JoinedSav(Joined):
    """SPSS, with the format's own compression (a byte for blanks, gaps and small numbers)."""

    def __init__(self, target: Path) -> None:
        super().__init__(target)
        self._rest = np.empty(0, dtype=np.uint64)  # less than a block of 8 elements
        self._long_cases = -1

    def add(self, piece: Path, n_rows: int) -> None:
        raw = piece.read_bytes()
        width = struct.unpack_from("<i", raw, _SAV_CASE_SIZE)[0]
        start = len(raw) - 8 * width * n_rows
        if not self._n:
            self._begin(raw[:start])
        self._n += n_rows - 1
        found = np.frombuffer(raw, dtype="<u8", offset=start)[width:]
        elements = np.concatenate([self._rest, found])
        whole = len(elements) // 8 * 8
        self._rest = elements[whole:].copy()
        self._file.write(_compressed(elements[:whole], _codes(elements[:whole])))

    def _finish(self) -> None:
        codes = np.full(8, 0, dtype=np.uint8)
        n = len(self._rest)
        codes[:n] = _codes(self._rest)
        codes[n] = _END
        last = np.zeros(8, dtype=np.uint64)
        last[:n] = self._rest
        self._file.write(_compressed(last, codes))
        self._file.seek(_SAV_CASES)
        self._file.write(struct.pack("<i", self._n))
        if self._long_cases >= 0:
            self._file.seek(self._long_cases)
            self._file.write(struct.pack("<q", self._n))

    def _begin(self, head: bytes) -> None:
        found = head.find(_SAV_LONG_CASES)
        self._long_cases = found + len(_SAV_LONG_CASES) if found >= 0 else -1
        self._file.write(head)
        self._file.seek(_SAV_COMPRESSION)
        self._file.write(struct.pack("<i", 1))
        self._file.seek(0, 2)


def _codes(elements: Any) -> Any:
    """What stands for each 8 bytes; text has no zero bytes and is never taken for a number."""
    with np.errstate(invalid="ignore"):
        numbers = elements.view(np.float64)
        small = (numbers == np.rint(numbers)) & (numbers > -_BIAS) & (numbers <= 251 - _BIAS)
        small &= (elements == 0) | (numbers != 0)  # not minus nought
        codes = np.where(small, np.where(small, numbers, 0) + _BIAS, _LITERAL)
    codes[elements == _SPACES] = _BLANK
    codes[elements == _SYSTEM_MISSING] = _MISSING
    return codes.astype(np.uint8)


def _compressed(elements: Any, codes: Any) -> bytes:
    """Blocks of 8: their codes, then those that stand in full."""
    blocks = np.empty((len(elements) // 8, 9), dtype=np.uint64)
    blocks[:, 0] = codes.view(np.uint64)
    blocks[:, 1:] = elements.reshape(-1, 8)
    is_kept = np.ones(blocks.shape, dtype=bool)
    is_kept[:, 1:] = codes.reshape(-1, 8) == _LITERAL
    return bytes(blocks[is_kept].tobytes())


class JoinedDta(Joined):
    """Stata 118 or 119: rows, then long texts, then value labels; places stand in a map."""

    def __init__(self, target: Path) -> None:
        super().__init__(target)
        self._texts = tempfile.TemporaryFile(dir=target.parent)  # noqa: SIM115 # see __exit__
        self._tail = b""

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        super().__exit__(kind, error, trace)
        self._texts.close()

    def add(self, piece: Path, n_rows: int) -> None:
        raw = piece.read_bytes()
        places = _map_of(raw)
        rows_at, texts_at, labels_at = places[9] + len(b"<data>"), places[10], places[11]
        rows_end = texts_at - len(b"</data>")
        width = (rows_end - rows_at) // n_rows
        if not self._n:
            self._file.write(raw[:rows_at])
            self._tail = raw[labels_at:]
        rows = np.frombuffer(raw, np.uint8, n_rows * width, rows_at).reshape(n_rows, width)[1:]
        texts = raw[texts_at + len(b"<strls>") : labels_at - len(b"</strls>")]
        if texts:
            rows = self._moved(rows.copy(), raw[: places[9]])
            self._texts.write(_moved_texts(texts, self._n))
        self._file.write(rows.tobytes())
        self._n += n_rows - 1

    def _finish(self) -> None:
        file = self._file
        file.write(b"</data>")
        texts_at = file.tell()
        file.write(b"<strls>")
        self._texts.seek(0)
        while part := self._texts.read(1_000_000):
            file.write(part)
        file.write(b"</strls>")
        labels_at = file.tell()
        file.write(self._tail)
        end = file.tell()
        file.seek(0)
        head = file.read(4096)
        file.seek(head.index(b"<N>") + len(b"<N>"))
        file.write(struct.pack("<Q", self._n))
        file.seek(head.index(b"<map>") + len(b"<map>") + 8 * 10)
        closing = end - len(b"</stata_dta>")
        file.write(struct.pack("<4Q", texts_at, labels_at, closing, end))

    def _moved(self, rows: Any, head: bytes) -> Any:
        """Rows whose references to long texts count from the first row of the whole file."""
        variable_bytes = 3 if b"<release>119" in head else 2
        for place in _long_columns(head):
            reference = rows[:, place + variable_bytes : place + 8]
            number = np.zeros((len(rows), 8), dtype=np.uint8)
            number[:, : reference.shape[1]] = reference
            at = number.view("<i8")[:, 0]
            at[at > 0] += self._n - 1
            reference[:] = number[:, : reference.shape[1]]
        return rows


def _map_of(raw: bytes) -> tuple[int, ...]:
    start = raw.index(b"<map>") + len(b"<map>")
    return struct.unpack_from("<14Q", raw, start)


def _long_columns(head: bytes) -> list[int]:
    """Where in a row the references to long texts stand."""
    start = head.index(b"<variable_types>") + len(b"<variable_types>")
    types = np.frombuffer(head[start : head.index(b"</variable_types>", start)], dtype="<u2")
    widths = [_WIDTHS.get(int(each), int(each)) for each in types]
    places = np.cumsum([0, *widths])
    return [int(place) for place, each in zip(places, types, strict=False) if each == _LONG_TEXT]


def _moved_texts(texts: bytes, before: int) -> bytes:
    """The long texts of a piece, without those of its first row."""
    out, at = bytearray(), 0
    while at < len(texts):
        variable, row, kind, length = _GSO.unpack_from(texts, at + 3)
        start = at + 3 + _GSO.size
        if row > 1:
            out += b"GSO" + _GSO.pack(variable, row + before - 1, kind, length)
            out += texts[start : start + length]
        at = start + length
    return bytes(out)
