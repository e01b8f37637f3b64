"""Reading a backup through: is everything there that its manifest names, byte for byte?"""

import hashlib
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from surveys.collection.jobs import Report
from surveys.collection.safekeeping.archive import (
    BLOBS,
    MANIFEST,
    BackupRefused,
    Content,
    Entry,
    Manifest,
    NamesDigest,
    pieces,
    sha256_of,
)

REPORT_EVERY: Final = 2_000


def quiet(share: float, step_vi: str, step_en: str) -> None:
    """A report to nobody."""


@dataclass(slots=True)
class _Read:
    """What was met on the way through."""

    parts: dict[str, str] = field(default_factory=dict)
    files: NamesDigest = field(default_factory=NamesDigest)
    other: set[str] = field(default_factory=set)
    last: str = ""
    manifest: Manifest | None = None


def verify(content: Content, report: Report = quiet) -> Manifest:
    """Read every byte of a backup; returns its manifest when all is as it says.

    Raises
    ------
    BackupRefused : 422.91 something is missing, changed or cut; `reason` names it.
    """
    found = _Read()
    try:
        for number, entry in enumerate(content.entries()):
            _take(entry, found)
            if number % REPORT_EVERY == 0:
                report(0, f"Đang kiểm tra ({number} phần)", f"Checking ({number} parts)")
    except (OSError, EOFError, tarfile.TarError) as error:
        raise BackupRefused(422.91, reason=str(error)) from error
    if found.manifest is None:
        raise BackupRefused(422.91, reason=MANIFEST)
    for reason in _differences(found, found.manifest):
        raise BackupRefused(422.91, reason=reason)
    return found.manifest


def _take(entry: Entry, found: _Read) -> None:
    if found.manifest is not None:
        raise BackupRefused(422.91, reason=entry.name)  # nothing comes after the manifest
    if entry.name == MANIFEST:
        assert entry.stream is not None
        found.manifest = Manifest.from_bytes(entry.stream.read())
    elif entry.name.startswith(BLOBS):
        _take_blob(entry, found)
    else:
        assert entry.stream is not None
        found.parts[entry.name] = sha256_of(entry.stream)


def _take_blob(entry: Entry, found: _Read) -> None:
    name = entry.name.removeprefix(BLOBS)
    if name <= found.last:
        raise BackupRefused(422.91, reason=entry.name)
    found.last = name
    if entry.stream is not None:
        digest = hashlib.sha256()
        for piece in pieces(entry.stream):
            digest.update(piece)
        if digest.hexdigest() != name:
            found.other.add(name)
            return
    found.files.add(name)


def _differences(found: _Read, manifest: Manifest) -> Iterator[str]:
    for name in sorted(found.other - set(manifest.files.lost)):
        yield BLOBS + name
    said = {part.name: part.sha256 for table in manifest.tables for part in table.parts}
    for name in sorted(said.keys() | found.parts.keys()):
        if said.get(name) != found.parts.get(name):
            yield name
    read = found.files.files()
    if (read.count, read.sha256) != (manifest.files.count, manifest.files.sha256):
        yield f"{read.count} ≠ {manifest.files.count} blobs"
