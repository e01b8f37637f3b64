"""Bodies that are written while they are read."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, StreamingHttpResponse


class Pieces:
    """An iterator of pieces whose first one is made at once, so that what cannot be read at all is
    a refusal with its status and not a body that breaks off. Closing it closes what it reads: that
    is how a client that hangs up ends the reading.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._first: bytes | None = next(pieces, b"")

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._pieces)

    def close(self) -> None:
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()


def streamed(pieces: Iterator[bytes], content_type: str) -> StreamingHttpResponse:
    """A response that sends the pieces as they are made."""
    response = StreamingHttpResponse(Pieces(pieces), content_type=content_type)
    # A proxy that collects the body first would undo it.
    response["X-Accel-Buffering"] = "no"
    return response


def holds(request: HttpRequest, etag: str) -> bool:
    """Whether the client holds what it would be sent (a weak comparison)."""
    said = request.headers.get("If-None-Match", "")
    return etag.removeprefix("W/") in {each.strip().removeprefix("W/") for each in said.split(",")}
