"""What follows the tables in a CSV archive: files that respondents sent, and phones' logs."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Final, cast

from django.db.models.fields.json import KeyTextTransform

from api.central import client_audits
from api.central.csv_archive import IN_MEMORY, Member, read_pieces
from api.central.csv_tables import safe_name
from forms.encryption import SUFFIX, NotDecrypted, plain_name
from surveys.collection import blobs
from surveys.collection.encryption.opening import Opening
from surveys.collection.models import Attachment, Form, Record
from surveys.collection.readout import Restricted

BLOCK: Final = 500
PACKED: Final = frozenset(
    {".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".mp4", ".3gp", ".webm", ".m4a", ".amr"}
    | {".mp3", ".ogg", ".oga", ".zip", ".gz", ".pdf"}
)
AUDIT_COLUMN: Final = "meta/audit"
SEALED_AUDIT: Final = f"audit.csv{SUFFIX}"
SEALED_RECORD: Final = f".xml{SUFFIX}"


@dataclass(frozen=True, slots=True)
class _File:
    instance_id: str
    version_id: int
    name: str
    sha256: str
    size: int
    is_audit: bool
    is_sealed: bool


def members(
    form: Form, ids: Sequence[int], restricted: Restricted, opening: Opening | None
) -> Iterator[Member]:
    """`media/…` and, if any phone sent one, `F - audit.csv`.

    Files are given out with the restricted answers of their record. Names that two records share
    stand in a folder of the later record's id.
    """
    if not Attachment.objects.filter(version__form=form).exists():
        return
    names = _Names()
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as audits:
        log = _Log(cast("IO[bytes]", audits))
        for start in range(0, len(ids), BLOCK):
            for each in _files(list(ids[start : start + BLOCK]), restricted):
                pieces = _pieces(each, opening)
                if pieces is None:
                    continue
                if each.is_audit:
                    log.take(each.instance_id, pieces)
                    continue
                plain = plain_name(each.name) if each.is_sealed else each.name
                name = names.free(plain, each.instance_id)
                is_packed = PurePosixPath(name).suffix.lower() in PACKED
                yield Member(name, pieces, is_packed=is_packed, size=each.size)
        if log.size:
            audits.seek(0)
            pieces = read_pieces(cast("IO[bytes]", audits))
            yield Member(safe_name(f"{form.xml_form_id} - audit.csv"), pieces, size=log.size)


class _Names:
    """Names in the archive; eight bytes are kept of each."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def free(self, name: str, instance_id: str) -> str:
        free = f"media/{safe_name(name)}"
        if self._is_taken(free):
            free = f"media/{safe_name(instance_id)}/{safe_name(name)}"
            self._is_taken(free)
        return free

    def _is_taken(self, name: str) -> bool:
        # Two systems of three do not tell capitals in names of files.
        digest = blake2b(name.casefold().encode("utf-8", "replace"), digest_size=8).digest()
        number = int.from_bytes(digest, "big")
        is_taken = number in self._taken
        self._taken.add(number)
        return is_taken


class _Log:
    """The joined log as CSV; nothing is written where nothing was logged."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.size = 0

    def take(self, instance_id: str, pieces: Iterable[bytes]) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as log:
            for piece in pieces:
                log.write(piece)
            log.seek(0)
            for row in client_audits.events(instance_id, cast("BinaryIO", log)):
                if not self.size:
                    writer.writerow(client_audits.HEADER)
                    self.size = 1
                writer.writerow(row)
                if text.tell() > IN_MEMORY:
                    self._flush(text)
        self._flush(text)

    def _flush(self, text: io.StringIO) -> None:
        self._target.write(text.getvalue().encode("utf-8", "replace"))
        self.size = self._target.tell()
        text.seek(0)
        text.truncate()


def _files(ids: list[int], restricted: Restricted) -> Iterator[_File]:
    """Files that are there, of the current versions of these submissions."""
    if restricted is False:
        return
    shown = set(ids)
    if not isinstance(restricted, bool):
        shown = set(restricted.filter(pk__in=ids).values_list("pk", flat=True))
    logs = dict(
        Record.objects.filter(submission__in=shown, table="", ordinal=0).values_list(
            "submission_id", KeyTextTransform(AUDIT_COLUMN, "values")
        )
    )
    found = Attachment.objects.filter(
        version__submission__in=shown, version__is_current=True, blob__isnull=False
    ).values_list(
        "version__submission_id",
        "version__submission__instance_id",
        "version_id",
        "name",
        "blob_id",
        "blob__size",
        "version__form_version__key_id",
    )
    by_submission: dict[int, list[_File]] = {}
    for pk, instance_id, version, name, sha256, size, key in found.order_by("version_id", "name"):
        is_sealed = key is not None and name.endswith(SUFFIX)
        # The answer that names the log of an encrypted record is encrypted itself.
        is_audit = name == (logs.get(pk) or "").strip() or (is_sealed and name == SEALED_AUDIT)
        file = _File(instance_id, version, name, sha256 or "", size or 0, is_audit, is_sealed)
        by_submission.setdefault(pk, []).append(file)
    for pk in ids:
        yield from by_submission.get(pk, [])


def _pieces(file: _File, opening: Opening | None) -> Iterator[bytes] | None:
    """The bytes of a file, decrypted where that was asked for; None: it is not there."""
    if file.is_sealed:
        is_record = file.name.endswith(SEALED_RECORD)
        if opening is None or is_record:
            return None
        opened = opening.file(file.version_id, file.name)
        return None if opened is None else _as_far_as_it_goes(opened)
    try:
        stored = blobs.open_blob(file.sha256)
    except FileNotFoundError:  # a lost disk: `fsck` tells of it; the others are wanted
        return None
    return _closed_after(stored)


def _closed_after(stored: BinaryIO) -> Iterator[bytes]:
    with closing(stored):
        yield from read_pieces(stored)


def _as_far_as_it_goes(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Damaged bytes end a file; what is whole of the export is wanted all the same."""
    try:
        yield from pieces
    except NotDecrypted:
        return
