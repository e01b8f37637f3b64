"""Where a backup is written to or read from: a path of the command line as a container."""

from datetime import UTC, datetime
from pathlib import Path

from surveys.collection.safekeeping.archive import BackupRefused, Container, Content
from surveys.collection.safekeeping.backup import STAMP
from surveys.collection.safekeeping.folder import ABOUT, Folder, FolderContainer, FolderContent
from surveys.collection.safekeeping.single_file import FileContainer, FileContent


def is_folder(path: Path, said: str) -> bool:
    """A path that is a folder, or that was written with a slash at its end."""
    return path.is_dir() or said.endswith("/")


def container_at(path: Path, passphrase: str = "", *, in_folder: bool) -> Container:
    """Where a new backup goes.

    Raises
    ------
    BackupRefused : 409.91, 409.92, 403.91, 404.91.
    """
    if not in_folder:
        return FileContainer(path, passphrase)
    name = datetime.now(UTC).strftime(STAMP)
    return FolderContainer(Folder(path, passphrase), name)


def content_at(path: Path, passphrase: str = "") -> Content:
    """The backup at a path: a file, one of a folder, or the newest of a folder.

    Raises
    ------
    BackupRefused : 404.91 there is none, 403.91.
    """
    if path.is_file():
        return FileContent(path, passphrase)
    if (path.parent / ABOUT).is_file():
        return FolderContent(Folder(path.parent, passphrase), path.name)
    if not (path / ABOUT).is_file():
        raise BackupRefused(404.91, path=str(path))
    folder = Folder(path, passphrase)
    names = folder.names()
    if not names:
        raise BackupRefused(404.91, path=str(path))
    return FolderContent(folder, names[-1])
