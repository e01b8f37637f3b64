"""pyxform's messages, told as place, fact and remedy in Vietnamese and English.

What no entry of `pyxform_sayings` knows keeps its words, with the sheet and row that they name.
"""

from __future__ import annotations

import re
from typing import Final

from forms.form_errors import FormError
from forms.pyxform_sayings import SAYINGS
from forms.workbook_rows import Sheets

_ROW: Final = re.compile(r"\[row ?: ?(\d+)\]\s*")
_SHEET: Final = re.compile(r"(?:On the|for sheet:) '(\w+)'")
_COLUMN: Final = re.compile(r"the '([^']+)' value")
_ENTRY: Final = re.compile(r"\n(?=\[row ?: ?\d+\])")


def errors_of(words: str, sheets: Sheets) -> tuple[FormError, ...]:
    """pyxform's message as errors with their places; it may hold several, one per line.

    Examples
    --------
    >>> errors_of("[row : 4] Question or group with no name.", Sheets())[0].row
    4
    """
    return tuple(_error(entry.strip(), sheets) for entry in _ENTRY.split(words) if entry.strip())


def _error(words: str, sheets: Sheets) -> FormError:
    row = _ROW.search(words)
    sheet, column = _SHEET.search(words), _COLUMN.search(words)
    for saying in SAYINGS:
        found = saying.pattern.search(words)
        if not found:
            continue
        groups = ["", *(group or "" for group in found.groups())]
        return FormError(
            sheet=saying.sheet or (sheet[1] if sheet else ""),
            row=int(row[1]) if row else saying.locate(sheets, found),
            column=saying.column.format(*groups) or (column[1] if column else ""),
            message_vi=saying.vi.format(*groups),
            message_en=saying.en.format(*groups),
            remedy_vi=saying.remedy_vi.format(*groups),
            remedy_en=saying.remedy_en.format(*groups),
        )
    plain = _ROW.sub("", words)
    return FormError(
        sheet=sheet[1] if sheet else ("survey" if row else ""),
        row=int(row[1]) if row else None,
        column=column[1] if column else "",
        message_vi=f"Bộ chuyển đổi báo: {plain}",
        message_en=plain,
        remedy_vi="Sửa chỗ được nêu rồi tải lên lại; đối chiếu với xlsform.org nếu chưa rõ.",
        remedy_en="Mend the place named and upload again; see xlsform.org if it is not clear.",
    )
