"""Files on disk, named by their sha256: written once, never changed.

A file is written and renamed before the transaction that names it. A crash between the two leaves
a file that nothing names, which costs only its place; the other order could leave a name without
its file.
"""

import hashlib
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from django.conf import settings

from surveys.collection import statements

BLOCK = 262_144


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A file that is on the disk; `register` makes its row."""

    sha256: str
    md5: str
    size: int


class BlobWriter:
    """Takes a file piece by piece; what is not finished is removed."""

    def __init__(self) -> None:
        folder = settings.BLOB_ROOT / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        self._path: Path = folder / uuid.uuid4().hex
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._size = 0
        self._file = self._path.open("xb", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        self._sha256.update(piece)
        self._md5.update(piece)
        self._size += len(piece)
        rest = memoryview(piece)
        while rest:
            rest = rest[self._file.write(rest) :]

    def finish(self) -> StoredBlob:
        """Make the file durable under its name."""
        blob = StoredBlob(self._sha256.hexdigest(), self._md5.hexdigest(), self._size)
        target = path(blob.sha256)
        # The same bytes may be there already; their folder is synced all the same, because another
        # request may have renamed them a moment ago and not synced it yet.
        if not _met_again(target):
            os.fsync(self._file.fileno())
            if not target.parent.is_dir():
                target.parent.mkdir(parents=True, exist_ok=True)
                sync_folder(target.parent.parent)
            self._path.rename(target)
        sync_folder(target.parent)
        return blob


def store(source: bytes | BinaryIO | Iterable[bytes]) -> StoredBlob:
    """Write a file; returns once it is durable. Its row comes from `register`."""
    with BlobWriter() as writer:
        if isinstance(source, bytes):
            writer.write(source)
        elif hasattr(source, "read"):
            while piece := source.read(BLOCK):
                writer.write(piece)
        else:
            for piece in source:
                writer.write(piece)
        return writer.finish()


def register(blobs: Iterable[StoredBlob]) -> None:
    """The rows of stored files, inside the caller's transaction; twice does no harm."""
    # In one order everywhere: two requests with the same two files must not wait for each other.
    for blob in sorted(set(blobs), key=lambda each: each.sha256):
        statements.run(
            "INSERT INTO blob (sha256, md5, size) VALUES ($1, $2, $3)"
            " ON CONFLICT (sha256) DO NOTHING",
            (blob.sha256, blob.md5, blob.size),
        )


def path(sha256: str) -> Path:
    """Where the file of this sha256 lies."""
    root: Path = settings.BLOB_ROOT
    return root / sha256[:2] / sha256[2:]


def open_blob(sha256: str) -> BinaryIO:
    """The file for reading; raises FileNotFoundError when a disk was lost."""
    return path(sha256).open("rb")


def _met_again(target: Path) -> bool:
    """Whether the file is there; its new date tells `blob_sweep` that somebody is about to name it.

    A file that is being removed is renamed first, so it is either touched or written anew.
    """
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
