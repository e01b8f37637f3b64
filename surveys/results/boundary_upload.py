"""A boundary file on its way in by the page: kept on disk, checked and stored by the worker.

Such files are large, so they lie in HOME/uploads, not in the row of the job; what no job needs any
more is removed when the next one comes.
"""

import time
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from surveys.collection import jobs, rights
from surveys.collection.audit import record
from surveys.collection.models import Actor, Job
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right

KIND: Final = "boundaries"
LARGEST: Final = 200_000_000
NAME_LENGTH: Final = 200
FORGOTTEN: Final = 2 * 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Told:
    """What the owner says about a file; empty texts where guessing may do."""

    valid_from: str
    source: str
    licence: str
    quality: str
    code_field: str = ""
    name_field: str = ""
    layer: str = ""
    crs: str = ""
    is_trial: bool = False


def start(actor: Actor, name: str, pieces: Iterable[bytes], told: Told) -> Job:
    """Keep a file for the worker and queue its import.

    Raises
    ------
    Forbidden : without the right to administer.
    Refused : 413.1 the file is too large.
    """
    rights.require(actor, Right.ADMINISTER)
    _forget_old()
    suffix = Path(name).suffix.lower()[:12]
    path = folder() / f"{uuid.uuid4().hex}{suffix if suffix[1:].isalnum() else ''}"
    size = 0
    with path.open("wb") as kept:
        for piece in pieces:
            size += len(piece)
            if size > LARGEST:
                break
            kept.write(piece)
    if size > LARGEST:
        path.unlink()
        raise Refused(413.1, limit=LARGEST // 1_000_000)
    payload = {
        "page": "boundaries",
        "upload": path.name,
        "filename": name[-NAME_LENGTH:],
        "told": asdict(told),
    }
    with transaction.atomic():
        record("boundaries.upload", actor=actor, name=payload["filename"], bytes=size)
        return jobs.enqueue(KIND, payload, lane=Job.Lane.LONG, actor=actor)


def folder() -> Path:
    """Where uploads wait."""
    found = Path(settings.HOME) / "uploads"
    found.mkdir(parents=True, exist_ok=True)
    return found


def _forget_old() -> None:
    for each in folder().iterdir():
        if each.stat().st_mtime < time.time() - FORGOTTEN:
            each.unlink(missing_ok=True)
