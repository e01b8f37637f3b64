"""Handing out stored files so that a browser never runs what a respondent sent."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

# Only pictures that a browser decodes without script are shown in place; SVG is not one.
INLINE: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
SANDBOX: Final = "default-src 'none'; sandbox"
BLOCK: Final = 65_536


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    """Bytes as a file to save."""
    response = HttpResponse(content, content_type=content_type)
    _guard(response, name, is_inline=False)
    return response


def stream(file: BinaryIO, name: str, content_type: str, size: int) -> StreamingHttpResponse:
    """A stored blob: a picture in place, anything else as a file to save."""
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    is_inline = kind in INLINE
    response = StreamingHttpResponse(
        _blocks(file), content_type=kind if is_inline else "application/octet-stream"
    )
    response.headers["Content-Length"] = str(size)
    _guard(response, name, is_inline=is_inline)
    return response


def _guard(response: HttpResponse | StreamingHttpResponse, name: str, *, is_inline: bool) -> None:
    header = content_disposition_header(as_attachment=not is_inline, filename=name)
    response.headers["Content-Disposition"] = header or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while block := file.read(BLOCK):
            yield block
