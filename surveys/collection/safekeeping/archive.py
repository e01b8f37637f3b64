"""What a backup is made of, whichever its container: parts of tables, files, and a manifest.

The manifest is written last and names every part with its sha256: what has none is no backup.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, Final, Protocol

from surveys.collection.refusal import Refused

FORMAT: Final = 1
BLOCK: Final = 1_048_576


class BackupRefused(Refused):
    """The backup cannot be made, read or restored; `vi` and `en` say what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a table: gzipped lines of JSON."""

    name: str
    sha256: str
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table as it stands in the backup."""

    table: str
    columns: tuple[str, ...]
    rows: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Files:
    """The blobs of the backup: how many, and one digest over their names in order."""

    count: int
    size: int
    sha256: str
    # Named by the database, but not there or not of their sha256 when the backup was made.
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that has to be known before a backup is restored."""

    made_at: str
    database: str
    code: str
    migrations: dict[str, str]  # the last one of each app
    tables: tuple[TablePart, ...]
    files: Files
    format: int = FORMAT
    product: str = field(default="khaosat")

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Manifest":
        """Read a manifest.

        Raises
        ------
        BackupRefused : 422.91 it is none, 422.92 it is of a newer format.
        """
        try:
            said = json.loads(data)
            if said["product"] != "khaosat":
                raise BackupRefused(422.91, reason="manifest.json")
            if said["format"] > FORMAT:
                raise BackupRefused(422.92, needs=f"format {said['format']}")
            return cls(**{**said, "tables": _tables(said), "files": _files(said["files"])})
        except (ValueError, KeyError, TypeError) as error:
            raise BackupRefused(422.91, reason="manifest.json") from error


def _tables(said: dict[str, Any]) -> tuple[TablePart, ...]:
    return tuple(
        TablePart(
            each["table"],
            tuple(each["columns"]),
            each["rows"],
            tuple(Part(**part) for part in each["parts"]),
        )
        for each in said["tables"]
    )


def _files(said: dict[str, Any]) -> Files:
    return Files(said["count"], said["size"], said["sha256"], tuple(said["lost"]))


class NamesDigest:
    """One sha256 over the names of all files, in the order in which they come."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._count = 0

    def add(self, name: str) -> None:
        self._digest.update(f"{name}\n".encode())
        self._count += 1

    def files(self, size: int = 0, lost: Iterable[str] = ()) -> Files:
        return Files(self._count, size, self._digest.hexdigest(), tuple(lost))


class Container(Protocol):
    """Where a backup is written to. Until `settle` it has another name and is no backup."""

    def room(self) -> int | None:
        """How many bytes still fit; None where that says nothing."""

    def add_part(self, name: str, content: bytes) -> None:
        """A piece of a table."""

    def add_file(self, sha256: str, source: BinaryIO) -> bool:
        """A blob; False when its bytes are not those of its name."""

    def finish(self, manifest: bytes) -> None:
        """Write the manifest as the last part and make everything durable."""

    def written(self) -> "Content":
        """What was finished, to be read back."""

    def settle(self) -> None:
        """Give it its name: from now on it is a backup."""

    def abandon(self) -> None:
        """Remove what was written."""


class Content(Protocol):
    """A backup to be read, as often as is needed."""

    def entries(self) -> Iterator["Entry"]:
        """The pieces of tables, then the blobs in the order of their names, then the manifest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a backup; `stream` is to be read before the next entry is asked for.

    A stream of None: it is there and was read through when a former backup was made.
    """

    name: str
    size: int
    stream: BinaryIO | None


MANIFEST: Final = "manifest.json"
TABLES: Final = "tables/"
BLOBS: Final = "blobs/"


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """A stream block by block."""
    while piece := stream.read(BLOCK):
        yield piece


def sha256_of(stream: BinaryIO) -> str:
    """The digest of a stream in constant memory."""
    digest = hashlib.sha256()
    for piece in pieces(stream):
        digest.update(piece)
    return digest.hexdigest()
