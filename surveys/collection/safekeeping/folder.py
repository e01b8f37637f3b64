"""Backups in a folder: each has its tables, all share the files, which are copied once.

FOLDER/backups.json                 format, and the salt when they are sealed
FOLDER/blobs/ab/cdef…               files by their sha256
FOLDER/20261122T074636Z/…           one backup; `.partial` at its end while it is being made
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from surveys.collection.blobs import sync_folder
from surveys.collection.safekeeping import sealing
from surveys.collection.safekeeping.archive import (
    BLOBS,
    MANIFEST,
    BackupRefused,
    Entry,
    Manifest,
    pieces,
)
from surveys.collection.safekeeping.durable import hold, new_file
from surveys.collection.safekeeping.lines import lines_of

ABOUT: Final = "backups.json"
CHECK: Final = "check"  # a few sealed bytes by which a passphrase is tried
PARTIAL: Final = ".partial"


class Folder:
    """A folder of backups and the passphrase that opens it (none when it is not sealed).

    Raises
    ------
    BackupRefused : 409.92 the folder holds something else, 403.91 another passphrase.
    """

    def __init__(self, path: Path, passphrase: str = "") -> None:
        self.path = path
        self.passphrase = passphrase
        about = self._about()
        self._salt = bytes.fromhex(about["salt"])
        if bool(self._salt) != bool(passphrase):
            raise BackupRefused(403.91)
        if passphrase:
            self._try(about["check"])

    def names(self) -> list[str]:
        """The whole backups, the oldest first."""
        return sorted(
            each.parent.name
            for each in self.path.glob(f"*/{MANIFEST}")
            if not each.parent.name.endswith(PARTIAL)
        )

    def blob(self, sha256: str) -> Path:
        return self.path / "blobs" / sha256[:2] / sha256[2:]

    @contextmanager
    def writing(self, path: Path) -> Iterator[Any]:
        """A new file of the folder, sealed where the folder is."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with new_file(path) as raw:
            if not self.passphrase:
                yield raw
                return
            sealed = sealing.Sealing(raw, self.passphrase, self._salt)
            yield sealed
            sealed.finish()

    def reading(self, path: Path) -> BinaryIO:
        raw = path.open("rb")
        if not self.passphrase:
            return raw
        return cast("BinaryIO", sealing.Opening(raw, self.passphrase))

    def _about(self) -> dict[str, str]:
        file = self.path / ABOUT
        if not file.exists():
            if self.path.exists() and any(_is_foreign(each) for each in self.path.iterdir()):
                raise BackupRefused(409.92, path=str(self.path))
            self._begin(file)
        said: dict[str, str] = json.loads(file.read_bytes())
        return said

    def _begin(self, file: Path) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._salt = sealing.new_salt() if self.passphrase else b""
        check = self.path / CHECK
        if self.passphrase:
            with self.writing(check) as out:
                out.write(b"khaosat")
        said = {"format": 1, "salt": self._salt.hex(), "check": check.name}
        with new_file(file) as out:
            out.write(json.dumps(said).encode())
        sync_folder(self.path)

    def _try(self, check: str) -> None:
        with closing(self.reading(self.path / check)) as stream:
            stream.read()


def _is_foreign(path: Path) -> bool:
    """Neither of a folder of backups nor what a kill left while one was begun."""
    return path.name != CHECK and not path.name.endswith(PARTIAL)


class FolderContainer:
    """Writes one more backup into a folder; files that lie there already are not copied.

    Raises
    ------
    BackupRefused : 409.96 another backup is being written into the folder.
    """

    def __init__(self, folder: Folder, name: str) -> None:
        if (folder.path / name).exists():  # two within one second
            raise BackupRefused(409.91, path=str(folder.path / name))
        self._lock = _lock(folder)
        for half in folder.path.glob(f"*{PARTIAL}"):  # what a killed backup left
            if half.is_dir():
                shutil.rmtree(half)
            else:
                half.unlink()
        self._folder = folder
        self._path = folder.path / name
        self._partial = folder.path / (name + PARTIAL)
        self._fanned: set[Path] = set()
        self._began = time.time()
        self.copied = 0
        self._partial.mkdir(mode=0o700)

    @staticmethod
    @contextmanager
    def locked(folder: Folder) -> Iterator[None]:
        """Let nobody write into the folder meanwhile."""
        handle = _lock(folder)
        try:
            yield
        finally:
            os.close(handle)

    def room(self) -> int | None:
        """How much is still to be copied is not known beforehand."""
        return None

    def add_part(self, name: str, content: bytes) -> None:
        with self._folder.writing(self._partial / name) as out:
            out.write(content)

    def add_file(self, sha256: str, source: BinaryIO) -> bool:
        target = self._folder.blob(sha256)
        if target.exists():
            return True
        digest = hashlib.sha256()
        try:
            with self._folder.writing(target) as out:
                for piece in pieces(source):
                    digest.update(piece)
                    out.write(piece)
                if digest.hexdigest() != sha256:
                    raise _OtherBytes
        except _OtherBytes:
            return False
        self._fanned.add(target.parent)
        self.copied += 1
        return True

    def finish(self, manifest: bytes) -> None:
        for folder in self._fanned:
            sync_folder(folder)
        self.add_part(MANIFEST, manifest)
        for each in [*self._partial.rglob("*/"), self._partial]:
            sync_folder(each)

    def written(self) -> "FolderContent":
        return FolderContent(self._folder, self._partial.name, read_since=self._began)

    def settle(self) -> None:
        self._partial.rename(self._path)
        sync_folder(self._folder.path)
        os.close(self._lock)

    def abandon(self) -> None:
        shutil.rmtree(self._partial, ignore_errors=True)
        os.close(self._lock)


def _lock(folder: Folder) -> int:
    handle = os.open(folder.path, os.O_RDONLY)
    if not hold(handle):
        os.close(handle)
        raise BackupRefused(409.96, path=str(folder.path))
    return handle


class _OtherBytes(Exception):
    """The file does not hold what its name says."""


class FolderContent:
    """Reads one backup of a folder; files older than `read_since` are only looked for."""

    def __init__(self, folder: Folder, name: str, *, read_since: float = 0) -> None:
        self._folder = folder
        self._path = folder.path / name
        self._since = read_since

    def manifest(self) -> Manifest:
        with self._open(self._path / MANIFEST) as stream:
            return Manifest.from_bytes(stream.read())

    def entries(self) -> Iterator[Entry]:
        manifest = self.manifest()
        for table in manifest.tables:
            for part in table.parts:
                yield from self._entry(self._path / part.name, part.name)
        for sha256 in self.blob_names(manifest):
            yield from self._entry(self._folder.blob(sha256), BLOBS + sha256)
        yield from self._entry(self._path / MANIFEST, MANIFEST)

    def blob_names(self, manifest: Manifest) -> Iterator[str]:
        """The names of its files, in order."""
        lost = set(manifest.files.lost)
        names = (name for (name,) in self.rows(manifest, "blob", "sha256"))
        yield from (name for name in names if name not in lost)

    def rows(self, manifest: Manifest, name: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Some columns of all rows of a table."""
        for table in manifest.tables:
            if table.table == name:
                places = [table.columns.index(column) for column in columns]
                for part in table.parts:
                    with self._open(self._path / part.name) as stream:
                        for line in lines_of(stream):
                            row = json.loads(line)
                            yield tuple(row[place] for place in places)

    def _entry(self, path: Path, name: str) -> Iterator[Entry]:
        try:
            found = path.stat()
        except OSError as error:
            raise BackupRefused(422.91, reason=str(path)) from error
        if name.startswith(BLOBS) and found.st_mtime < self._since:
            yield Entry(name, found.st_size, None)
            return
        with self._open(path) as stream:
            yield Entry(name, found.st_size, stream)

    @contextmanager
    def _open(self, path: Path) -> Iterator[BinaryIO]:
        try:
            with closing(self._folder.reading(path)) as stream:
                yield stream
        except OSError as error:
            raise BackupRefused(422.91, reason=str(path)) from error
