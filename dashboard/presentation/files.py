"""Handing out stored files so that a browser never runs what a respondent sent."""

from typing import BinaryIO, Final, TypeVar

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

# Only pictures that a browser decodes without script are shown in place; SVG is not one.
INLINE: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
R = TypeVar("R", HttpResponse, FileResponse)
SANDBOX: Final = "default-src 'none'; sandbox"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    """Bytes as a file to save."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return _guarded(response)


def is_picture(content_type: str) -> bool:
    """Whether a page shows the file in place."""
    return _kind(content_type) in INLINE


def from_respondent(file: BinaryIO, name: str, content_type: str) -> FileResponse:
    """A stored blob that a phone sent: a picture in place, anything else as a file to save."""
    is_inline = is_picture(content_type)
    return _guarded(
        FileResponse(
            file,
            as_attachment=not is_inline,
            filename=name,
            content_type=_kind(content_type) if is_inline else "application/octet-stream",
        )
    )


def from_run(file: BinaryIO, name: str, content_type: str) -> FileResponse:
    """A file that a run made, always to save."""
    return _guarded(
        FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    )


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _guarded(response: R) -> R:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
