"""A POST body taken apart: the XML in memory, the files on the disk."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from api.openrosa.multipart import BLOCK, MultipartBroken, MultipartCut, Part, boundary_of, parts
from api.problems import ProblemRaised
from surveys.collection import blobs, file_names
from surveys.collection.arrival import FileArrived

XML_PART: Final = "xml_submission_file"
INCOMPLETE_MARK: Final = "*isIncomplete*"  # says nothing that the file names in the XML do not say
MOST_XML_BYTES: Final = 20_000_000
MOST_FILES: Final = 500  # Collect closes a request only after the 101st file
# Up to here a body is read before its sender is known, so that one query finds sender and form.
SMALL_BODY: Final = 65_536


class XmlTooLarge(ValueError):
    pass


@dataclass(slots=True)
class Upload:
    """What was read of a body; `broken` says why not all of it."""

    xml: bytes = b""
    has_xml: bool = False
    waiting: list[tuple[Part, bytes]] = field(default_factory=list)
    files: list[FileArrived] = field(default_factory=list)
    broken: MultipartBroken | None = None

    def settle(self) -> tuple[FileArrived, ...]:
        """Put the files that wait in memory on the disk, now that the sender is known."""
        for part, content in self.waiting:
            self.files.append(_arrived(part, blobs.store(content)))
        self.waiting.clear()
        return file_names.settled((), self.files)


def read_upload(request: HttpRequest, *, hold_files: bool) -> Upload:
    """Read the body; with `hold_files` nothing is written yet (for small bodies).

    Raises
    ------
    XmlTooLarge : the XML part alone is over the limit.
    ProblemRaised : 413.2 more files than any phone sends.
    """
    upload = Upload()
    try:
        try:
            boundary = boundary_of(request.headers.get("Content-Type", ""))
        except MultipartBroken:
            # What a client sends that is none of the phones' is kept as it came.
            upload.xml = _joined(_pieces(request), MOST_XML_BYTES)
            raise
        for part in parts(lambda size: _read(request, size), boundary):
            _take(upload, part, hold_files=hold_files)
    except MultipartBroken as error:
        upload.broken = error
    return upload


def _take(upload: Upload, part: Part, *, hold_files: bool) -> None:
    if part.name == XML_PART:
        xml = _joined(part.pieces, MOST_XML_BYTES)
        if upload.has_xml and xml != upload.xml:
            raise MultipartBroken("two different XML parts")
        upload.xml, upload.has_xml = xml, True
    elif part.name == INCOMPLETE_MARK or not part.name:
        return
    elif len(upload.waiting) + len(upload.files) >= MOST_FILES:
        raise ProblemRaised(413.2, limit=MOST_FILES)
    elif hold_files:
        upload.waiting.append((part, b"".join(part.pieces)))
    else:
        upload.files.append(_arrived(part, blobs.store(part.pieces)))


def _arrived(part: Part, blob: blobs.StoredBlob) -> FileArrived:
    content_type = "".join(each for each in part.content_type if each.isprintable())
    return FileArrived(part.name.replace("\x00", ""), content_type[:120], blob)


def _joined(pieces: Iterator[bytes], limit: int) -> bytes:
    found = bytearray()
    for piece in pieces:
        found += piece
        if len(found) > limit:
            raise XmlTooLarge
    return bytes(found)


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    while piece := _read(request, BLOCK):
        yield piece


def _read(request: HttpRequest, size: int) -> bytes:
    try:
        return request.read(size)
    except UnreadablePostError as error:  # the phone hung up
        raise MultipartCut("the connection ended") from error
