"""A backup as one file: a tar, sealed as a whole when there is a passphrase."""

import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from surveys.collection.blobs import sync_folder
from surveys.collection.safekeeping import sealing
from surveys.collection.safekeeping.archive import BLOBS, BLOCK, MANIFEST, BackupRefused, Entry
from surveys.collection.safekeeping.durable import hold

PARTIAL: Final = ".partial"


class FileContainer:
    """Writes FILE.partial and renames it when it is whole."""

    def __init__(self, path: Path, passphrase: str = "") -> None:
        if path.exists():
            raise BackupRefused(409.91, path=str(path))
        if not path.parent.is_dir():
            raise BackupRefused(404.91, path=str(path.parent))
        self._path = path
        self._passphrase = passphrase
        self._partial = path.with_name(path.name + PARTIAL)
        # Answers of respondents: nobody but the owner reads them.
        handle = os.open(self._partial, os.O_WRONLY | os.O_CREAT, 0o600)
        self._raw = os.fdopen(handle, "wb")
        if not hold(handle):
            self._raw.close()
            raise BackupRefused(409.96, path=str(path))
        self._raw.truncate()  # what a killed backup left
        self._sealing = (
            sealing.Sealing(cast("BinaryIO", self._raw), passphrase, sealing.new_salt())
            if passphrase
            else None
        )
        target: Any = self._sealing or self._raw
        self._tar = tarfile.open(fileobj=target, mode="w|")  # noqa: SIM115 - closed by finish

    def room(self) -> int | None:
        return shutil.disk_usage(self._path.parent).free

    def add_part(self, name: str, content: bytes) -> None:
        self._add(name, len(content), BytesIO(content))

    def add_file(self, sha256: str, source: BinaryIO) -> bool:
        hashing = _Hashing(source)
        self._add(BLOBS + sha256, os.fstat(source.fileno()).st_size, cast("BinaryIO", hashing))
        return hashing.hexdigest() == sha256

    def finish(self, manifest: bytes) -> None:
        self.add_part(MANIFEST, manifest)
        self._tar.close()
        if self._sealing is not None:
            self._sealing.finish()
        self._raw.flush()
        os.fsync(self._raw.fileno())
        self._raw.close()

    def written(self) -> "FileContent":
        return FileContent(self._partial, self._passphrase)

    def settle(self) -> None:
        self._partial.rename(self._path)
        sync_folder(self._path.parent)

    def abandon(self) -> None:
        for stream in (self._tar, self._raw):  # the tar writes its end, even into a full disk
            with suppress(OSError, ValueError):
                stream.close()
        self._partial.unlink(missing_ok=True)

    def _add(self, name: str, size: int, source: BinaryIO) -> None:
        member = tarfile.TarInfo(name)
        member.size = size
        member.mode = 0o600
        self._tar.addfile(member, source)
        # It keeps every member in memory otherwise.
        self._tar.members = []  # type: ignore[attr-defined] # not in its stubs


class _Hashing:
    """A file that notes the sha256 of what is read from it."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self._digest.update(piece)
        return piece

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


class FileContent:
    """Reads a backup file from the beginning, as often as it is asked.

    Raises
    ------
    BackupRefused : 404.91 there is no such file, 422.91 it is no backup or was cut, 403.91 it
        wants a passphrase or another one.
    """

    def __init__(self, path: Path, passphrase: str = "") -> None:
        self._path = path
        self._passphrase = passphrase

    def entries(self) -> Iterator[Entry]:
        try:
            with self._path.open("rb") as raw:
                opened = self._opened(raw)
                with tarfile.open(fileobj=opened, mode="r|") as tar:
                    for member in tar:
                        tar.members = []  # type: ignore[attr-defined] # not in its stubs
                        yield Entry(member.name, member.size, _stream(tar, member))
                while opened.read(BLOCK):
                    pass  # a sealed stream says at its end whether it is whole
        except OSError as error:
            raise BackupRefused(404.91, path=str(self._path)) from error
        except (tarfile.TarError, EOFError) as error:
            raise BackupRefused(422.91, reason=str(error)) from error

    def _opened(self, raw: BinaryIO) -> Any:
        start = raw.read(len(sealing.MAGIC))
        raw.seek(0)
        if not sealing.is_sealed(start):
            return raw
        if not self._passphrase:
            raise sealing.NotOpened
        return sealing.Opening(raw, self._passphrase)


def _stream(tar: tarfile.TarFile, member: tarfile.TarInfo) -> BinaryIO:
    stream = tar.extractfile(member)
    if stream is None:
        raise BackupRefused(422.91, reason=member.name)
    return cast("BinaryIO", stream)
