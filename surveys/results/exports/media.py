"""The files that respondents sent, beside their records: a folder a record."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import PurePosixPath
from typing import Final

from surveys.collection import blobs
from surveys.collection.models import Attachment
from surveys.collection.readout import Filled
from surveys.results.exports.source import Source
from surveys.results.exports.variables import Kind

BLOCK: Final = 500
FOLDER: Final = "media"
_UNSAFE: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def pack_attachments(source: Source, archive: zipfile.ZipFile, packed: Collection[str]) -> None:
    """Add to the archive what the reader may have: answers of questions that are in the file, and
    with personal data also files that no question names (a phone's log of the interview).
    """
    records = (each for each in source.records() if each.shows_restricted)
    while block := list(islice(records, BLOCK)):
        for name, sha256 in _files(source, block):
            suffix = PurePosixPath(name).suffix.lower()
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_STORED if suffix in packed else zipfile.ZIP_DEFLATED
            try:
                stored = blobs.open_blob(sha256)
            except FileNotFoundError:  # a lost disk: `fsck` tells of it; the others are wanted
                continue
            with stored, archive.open(member, "w", force_zip64=True) as target:
                shutil.copyfileobj(stored, target, blobs.BLOCK)


def _files(source: Source, block: list[Filled]) -> Iterator[tuple[str, str]]:
    """Name in the archive and sha256."""
    by_version = {each.system.version_id: each for each in block}
    chosen = Attachment.objects.filter(version__in=list(by_version), blob__isnull=False)
    for version, name, sha256 in chosen.order_by("version_id", "name").values_list(
        "version_id", "name", "blob_id"
    ):
        filled = by_version[version]
        if source.options.personal or name in _named(source, filled):
            yield f"{FOLDER}/{_safe(filled.system.instance_id)}/{_safe(name)}", str(sha256)


def _named(source: Source, filled: Filled) -> set[str]:
    """Names of files in the answers that the file holds."""
    return {
        row.values[variable.column.name].strip()
        for sheet in source.sheets
        if sheet.table is not None
        for variable in sheet.variables
        if variable.kind is Kind.FILE and variable.column is not None
        for row in filled.rows_of(sheet.table.name)
        if variable.column.name in row.values
    }


def _safe(name: str) -> str:
    """A name of a file that every system takes and that leads nowhere else."""
    plain = _UNSAFE.sub("_", name).strip(" ") or "_"
    return plain if plain.strip(".") else "_" * len(plain)
