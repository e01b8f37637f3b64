"""Gzipped lines of JSON: the pieces of tables."""

import gzip
from collections.abc import Iterator
from typing import BinaryIO, Final

# Large enough to compress well, small enough for a hundred of them in any memory.
LARGEST: Final = 4_194_304
LEVEL: Final = 4


class Piece:
    """Collects lines until they are enough for a piece."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._size = 0

    @property
    def is_full(self) -> bool:
        return self._size >= LARGEST

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: bytes) -> None:
        self._lines.append(line)
        self._size += len(line)

    def take(self) -> bytes:
        """The piece as it is stored; afterwards this is empty."""
        content = gzip.compress(b"".join(self._lines), LEVEL, mtime=0)
        self._lines.clear()
        self._size = 0
        return content


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stored piece."""
    # Read whole: a piece is small, and `gzip` would otherwise seek.
    yield from gzip.decompress(stream.read()).splitlines(keepends=True)
