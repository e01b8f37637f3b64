"""What comes in, and what became of it: plain values between the doors and the intake."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from surveys.collection.blobs import StoredBlob

LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class FileArrived:
    """A file that came with a submission; its bytes are on the disk already."""

    name: str
    content_type: str
    blob: StoredBlob


def header_text(text: str | None) -> str | None:
    """A header as a column takes it (PostgreSQL minds length and NUL); an empty one is none."""
    return (text or "").replace("\x00", "")[:LONGEST_NAME] or None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One submission as it came through a door."""

    project_id: int
    actor_id: int | None
    xml: bytes
    files: tuple[FileArrived, ...] = ()
    device_id: str | None = None
    user_agent: str | None = None
    is_draft: bool = False
    via: str = "openrosa"


@dataclass(frozen=True, slots=True)
class Admission:
    """Who sends, and the form that the submission names, found in one query."""

    project_id: int
    actor_id: int | None
    form_id: int | None = None
    form_state: str = ""
    form_version_id: int | None = None
    form_md5: str = ""
    may_submit: bool = False
    is_phone: bool = False
    # None: not asked for; who makes the records looks it up
    never_stored: frozenset[str] | None = None


class Outcome(Enum):
    CREATED = "created"
    UNCHANGED = "unchanged"  # an identical resend
    ATTACHED = "attached"  # known, with files that were missing or have other bytes
    EDITED = "edited"
    QUARANTINED = "quarantined"
    CONFLICT = "conflict"
    DELETED = "deleted"
    STALE = "stale"  # an edit of a copy that is not the newest
    MALFORMED = "malformed"
    FORBIDDEN = "forbidden"


STORED: Final = frozenset({Outcome.CREATED, Outcome.UNCHANGED, Outcome.ATTACHED, Outcome.EDITED})


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an arrival; `problem` is a code of `api.problems`, 0 = none."""

    outcome: Outcome
    submission_id: int | None = None
    version_id: int | None = None
    form_id: int | None = None
    instance_id: str = ""
    problem: float = 0
    detail: str = ""

    @property
    def is_stored(self) -> bool:
        return self.outcome in STORED

    @property
    def needs_deriving(self) -> bool:
        """Whether records have to be made (an interrupted sender may have left that open)."""
        return self.outcome in {Outcome.CREATED, Outcome.EDITED}
