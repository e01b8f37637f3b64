"""Chunked request bodies: Django reads CONTENT_LENGTH only and would see an empty body.

pyodk and some proxies send attachments with `Transfer-Encoding: chunked`. The body is spooled
(memory first, then a temporary file) and handed on with its length. Of a sender who is not known
no more is read than fits into memory: the view refuses the stranger before it reads a body.
"""

import tempfile
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MEMORY_LIMIT = 1_000_000
IS_KNOWN = "api.known_senders.is_known"  # by name: models load after the settings
BLOCK = 65_536


class SpoolChunkedBodies:
    """WSGI wrapper; requests with a length pass through untouched."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if "chunked" not in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            return self.application(environ, start_response)
        with tempfile.SpooledTemporaryFile(max_size=MEMORY_LIMIT) as body:
            size = _copy(environ["wsgi.input"], body, MEMORY_LIMIT)
            if size > MEMORY_LIMIT and import_string(IS_KNOWN)(environ):
                size += _copy(environ["wsgi.input"], body, settings.MAX_REQUEST_BYTES - size)
            body.seek(0)
            environ["wsgi.input"] = body
            environ["CONTENT_LENGTH"] = str(size)
            del environ["HTTP_TRANSFER_ENCODING"]
            # The response is made before the spool closes: views stream files, never the request.
            return self.application(environ, start_response)


def _copy(source: Any, target: IO[bytes], limit: int) -> int:
    """Copy until `limit` is passed, so that the size check downstream refuses it."""
    size = 0
    while size <= limit and (block := source.read(BLOCK)):
        target.write(block)
        size += len(block)
    return size
