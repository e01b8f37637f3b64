"""multipart/form-data as phones send it, read piece by piece in constant memory.

Django's parser takes a body that was cut inside a file for a whole one; here the closing boundary
has to be there. Field names and file names are UTF-8 with `"`, CR and LF as %22, %0D and %0A
(OkHttp, browsers) or with backslashes (older Java clients).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

BLOCK: Final = 65_536
MOST_HEADER_BYTES: Final = 16_384
_BOUNDARY: Final = re.compile(
    r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;,"]{1,200}))', re.IGNORECASE
)
_PARAMETER: Final = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')
_ESCAPED: Final = re.compile(r"%(22|0[dDaA])")


class MultipartBroken(ValueError):
    """Not multipart/form-data, or against its grammar."""


class MultipartCut(MultipartBroken):
    """The body ends before its closing boundary."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part; `pieces` has to be read to its end before the next part is asked for."""

    name: str
    filename: str | None
    content_type: str
    pieces: Iterator[bytes]


def boundary_of(content_type: str) -> bytes:
    """The boundary that a Content-Type names.

    Raises
    ------
    MultipartBroken : it is not multipart/form-data, or names none.
    """
    if not content_type.lower().startswith("multipart/form-data"):
        raise MultipartBroken("the content type is not multipart/form-data")
    found = _BOUNDARY.search(content_type)
    if not found:
        raise MultipartBroken("the content type names no boundary")
    return (found[1] or found[2]).encode("latin-1", "replace")


def parts(read: Callable[[int], bytes], boundary: bytes) -> Iterator[Part]:
    """The parts of a body, in order.

    Raises
    ------
    MultipartCut, MultipartBroken : while reading; what came before stands.
    """
    reader = _Reader(read, boundary)
    for _ in reader.until_boundary():
        pass  # what stands before the first boundary says nothing
    while reader.begins_part():
        headers = reader.headers()
        disposition = headers.get("content-disposition", "")
        parameters = {
            name.lower(): _unescaped(quoted or bare)
            for name, quoted, bare in _PARAMETER.findall(disposition)
        }
        if "name" not in parameters:
            raise MultipartBroken("a part has no name")
        pieces = reader.until_boundary()
        kind = headers.get("content-type", "")
        yield Part(parameters["name"], parameters.get("filename"), kind, pieces)
        for _ in pieces:
            pass


class _Reader:
    """A window on the body."""

    def __init__(self, read: Callable[[int], bytes], boundary: bytes) -> None:
        self._read = read
        self._delimiter = b"\r\n--" + boundary
        # The first boundary may open the body; with this it looks like all the others.
        self._window = bytearray(b"\r\n")

    def until_boundary(self) -> Iterator[bytes]:
        """Everything up to the next boundary, which is taken off too."""
        window, delimiter = self._window, self._delimiter
        keep = len(delimiter) - 1
        start = 0
        while (at := window.find(delimiter, start)) < 0:
            if len(window) > BLOCK:
                yield bytes(window[:-keep])
                del window[:-keep]
            start = max(0, len(window) - keep)
            self._more()
        if at:
            yield bytes(window[:at])
        del window[: at + len(delimiter)]

    def begins_part(self) -> bool:
        """Whether a part follows the boundary; False after the closing one."""
        while len(self._window) < 2:
            self._more()
        if self._window.startswith(b"--"):
            return False
        line = self._upto(b"\r\n")
        if line.strip(b" \t"):
            raise MultipartBroken("a boundary is followed by other characters")
        return True

    def headers(self) -> dict[str, str]:
        found = {}
        while line := self._upto(b"\r\n"):
            name, _, value = line.decode("utf-8", "replace").partition(":")
            found[name.strip().lower()] = value.strip()
        return found

    def _upto(self, end: bytes) -> bytes:
        window = self._window
        while (at := window.find(end)) < 0:
            if len(window) > MOST_HEADER_BYTES:
                raise MultipartBroken("the headers of a part are too long")
            self._more()
        line = bytes(window[:at])
        del window[: at + len(end)]
        return line

    def _more(self) -> None:
        block = self._read(BLOCK)
        if not block:
            raise MultipartCut("the body ends before its closing boundary")
        self._window += block


def _unescaped(text: str) -> str:
    plain = re.sub(r'\\(["\\])', r"\1", text) if "\\" in text else text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), plain) if "%" in plain else plain
