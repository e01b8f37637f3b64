"""Office files without the hour of their making: equal figures give equal bytes."""

import io
import re
import zipfile
from typing import Final

MADE_AT: Final = b"2000-01-01T00:00:00Z"
_STAMP: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_CORE: Final = "docProps/core.xml"
_DAY: Final = (2000, 1, 1, 0, 0, 0)


def timeless(content: bytes) -> bytes:
    """The same zip archive with one fixed time in its entries and its core properties.

    Both openpyxl and python-docx write the clock into the file while saving, whatever the
    properties say.
    """
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in source.infolist():
            inside = source.read(entry)
            if entry.filename == _CORE:
                inside = _STAMP.sub(rb"\g<1>" + MADE_AT + rb"\g<2>", inside)
            fixed = zipfile.ZipInfo(entry.filename, _DAY)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(fixed, inside)
    return target.getvalue()
