"""What comes from another server, in words of neither protocol."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from surveys.fieldwork.importing.remote import Answer

Opener = Callable[[], Answer]


@dataclass(frozen=True, slots=True)
class Person:
    """Who sent or wrote something there."""

    key: str  # the same for the same person of that server
    name: str
    is_phone: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file that is fetched when it is wanted; `md5` is checked where the server says it."""

    name: str
    open: Opener
    content_type: str = ""
    md5: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A published version of a form."""

    version: str
    xform: bytes
    published_at: datetime | None
    files: tuple[File, ...] = ()
    workbook: bytes | None = None
    workbook_name: str = ""


@dataclass(frozen=True, slots=True)
class RemoteForm:
    form_id: str
    name: str
    state: str = "open"
    is_published: bool = True


@dataclass(frozen=True, slots=True)
class Head:
    """A submission in the list; `stamp` changes when it was changed there."""

    instance_id: str
    stamp: str
    said: Mapping[str, Any] | None = None  # what the list says of it already


@dataclass(frozen=True, slots=True)
class Edit:
    """One version of a submission: the original or an edit."""

    xml: bytes
    received_at: datetime | None
    sender: Person | None
    files: tuple[File, ...] = ()
    device_id: str | None = None
    user_agent: str | None = None
    # where it stands there, whatever its XML says: staff may have moved it; None = not said
    form_version: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    body: str
    written_at: datetime
    writer: Person


@dataclass(frozen=True, slots=True)
class Pulled:
    """A whole submission, its oldest version first."""

    instance_id: str
    edits: tuple[Edit, ...]
    received_at: datetime | None = None
    review_state: str | None = None
    updated_at: datetime | None = None
    remarks: tuple[Remark, ...] = field(default=())


class Source(Protocol):
    """A server to pull from."""

    @property
    def base(self) -> str:
        """Its address, without a password."""
        ...

    def forms(self) -> Sequence[RemoteForm]: ...

    def versions(self, form: RemoteForm) -> Sequence[Version]:
        """The oldest first."""
        ...

    def heads(self, form: RemoteForm) -> Iterator[Head]: ...

    def submission(self, form: RemoteForm, head: Head) -> Pulled: ...
