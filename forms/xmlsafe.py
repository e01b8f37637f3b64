"""The one XML parser of the house: no DOCTYPE, no entity, no network, in any encoding.

A DOCTYPE is looked for in the bytes *before* libxml2 sees them: entities in attribute defaults are
expanded even with ``resolve_entities=False``, so a "billion laughs" must never reach the parser.
The look is only sound where the bytes read as ASCII; so the encodings are a closed list, and
UTF-16 and UTF-32 are turned into text here first.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from lxml import etree


class XmlRefused(ValueError):
    """The bytes are not XML that this house reads; ``is_doctype`` says which rule it broke."""

    def __init__(self, reason: str, *, is_doctype: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_doctype = is_doctype


# Phones write UTF-8. The others exist in old forms; all of them keep '<!DOCTYPE' as those bytes.
# UTF-7 and EBCDIC do not, which is why they are absent.
_ASCII_LIKE: Final = frozenset(
    {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "iso-8859-15", "windows-1252"}
    | {"windows-1258"}
)
# Longest first: the UTF-32 mark begins with the UTF-16 one.
_WIDE: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_DECLARATION: Final = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_TEXT_DECLARATION: Final = re.compile(r"\A\s*<\?xml\s[^>]*\?>")
# What may stand before the root: blanks, processing instructions, comments. Possessive by shape:
# each alternative begins with other characters, so there is nothing to backtrack into.
_PROLOG: Final = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)


def parse(data: bytes, *, huge: bool = False) -> etree._Element:
    """Parse bytes into an element, or refuse them.

    Parameters
    ----------
    data : the bytes as they came.
    huge : lift libxml2's own limits (depth 256, 10 MB of text); for forms made by staff only.

    Raises
    ------
    XmlRefused : not XML, an encoding outside the list, or a DOCTYPE.

    Examples
    --------
    >>> parse(b"<data id='f'/>").tag
    'data'
    """
    data = _narrow(data)
    prolog = _PROLOG.match(data)
    start = prolog.end() if prolog else 0
    if data[start : start + 9].upper() == b"<!DOCTYPE":
        raise XmlRefused("DOCTYPE is not allowed", is_doctype=True)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=huge, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlRefused(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:  # the look above should have seen it
        raise XmlRefused("DOCTYPE is not allowed", is_doctype=True)
    return root


def _narrow(data: bytes) -> bytes:
    """Bytes whose markup is ASCII: UTF-16 and UTF-32 become UTF-8, the rest stays."""
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    else:
        for mark, encoding in _WIDE:
            if data.startswith(mark):
                try:
                    text = data.decode(encoding)
                except UnicodeDecodeError as error:
                    raise XmlRefused(str(error)) from error
                return _TEXT_DECLARATION.sub("", text.removeprefix("\ufeff")).encode()
    declared = _DECLARATION.match(data)
    if declared and declared[1].decode().lower() not in _ASCII_LIKE:
        raise XmlRefused(f"encoding {declared[1].decode()} is not read here")
    return data


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace ('' for comments)."""
    tag: object = element.tag  # a function for comments, whatever the stubs say
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
