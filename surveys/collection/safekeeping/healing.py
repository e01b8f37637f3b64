"""Good copies out of a folder of backups, in place of what was damaged."""

import base64
import hashlib
from pathlib import Path

from surveys.collection import blobs
from surveys.collection.models import SubmissionVersion
from surveys.collection.safekeeping.archive import pieces
from surveys.collection.safekeeping.folder import Folder, FolderContent
from surveys.collection.safekeeping.fsck_files import put_aside


class Healer:
    """Takes nothing but bytes that have the fingerprint which the database still knows."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def heal_file(self, sha256: str) -> bool:
        """Put a good copy of a stored file where it belongs; the damaged one moves aside."""
        copy = self._folder.blob(sha256)
        if not copy.is_file():
            return False
        damaged = blobs.path(sha256)
        aside: Path | None = put_aside(damaged) if damaged.exists() else None
        with self._folder.reading(copy) as source:
            stored = blobs.store(pieces(source))
        if stored.sha256 == sha256:
            return True
        # The copy is damaged as well: both are kept, and the first stands where it stood.
        if aside is not None:
            aside.rename(damaged)
        return False

    def heal_xml(self, version_id: int, sha256: str) -> bool:
        """Put the bytes of a submission back, from the newest backup that has them."""
        for name in reversed(self._folder.names()):
            content = FolderContent(self._folder, name)
            rows = content.rows(content.manifest(), "submission_version", "id", "xml")
            kept = next((xml for pk, xml in rows if pk == version_id), None)
            data = base64.b64decode(kept) if kept is not None else b""
            if hashlib.sha256(data).hexdigest() == sha256:
                return bool(SubmissionVersion.objects.filter(pk=version_id).update(xml=data))
        return False
