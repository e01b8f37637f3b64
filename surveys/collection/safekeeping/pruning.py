"""Letting go of old backups of a folder, and of files that none of the kept ones names."""

import heapq
import shutil
from collections.abc import Iterator
from pathlib import Path

from surveys.collection.blobs import sync_folder
from surveys.collection.safekeeping.folder import PARTIAL, Folder, FolderContainer, FolderContent


def prune(folder: Folder, keep: int) -> int:
    """Keep the newest backups of a folder; returns how many others went.

    Raises
    ------
    BackupRefused : 409.96 a backup is being written into it.
    """
    names = folder.names()
    gone = names[:-keep] if keep else []
    if not gone:
        return 0
    with FolderContainer.locked(folder):
        for name in gone:  # what a crash leaves here is half a backup, and goes next time
            aside = folder.path / (name + PARTIAL)
            (folder.path / name).rename(aside)
            sync_folder(folder.path)
            shutil.rmtree(aside)
        _remove_unnamed(folder)
    return len(gone)


def _remove_unnamed(folder: Folder) -> None:
    """Both sides in the order of their names, so that neither has to stand in memory."""
    named = _named(folder)
    wanted = next(named, None)
    for sha256, path in _there(folder):
        while wanted is not None and wanted < sha256:
            wanted = next(named, None)
        if wanted != sha256:
            path.unlink()


def _named(folder: Folder) -> Iterator[str]:
    contents = [FolderContent(folder, name) for name in folder.names()]
    yield from heapq.merge(*(each.blob_names(each.manifest()) for each in contents))


def _there(folder: Folder) -> Iterator[tuple[str, Path]]:
    root = folder.path / "blobs"
    for part in sorted(root.iterdir()) if root.is_dir() else ():
        for path in sorted(part.iterdir()):
            yield part.name + path.name, path
