"""pyxform's warnings in Vietnamese and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from forms.form_errors import FormNote

_ROW: Final = re.compile(r"\[row ?: ?(\d+)\]\s*")
_SHEET: Final = re.compile(r"On the '(\w+)' sheet")


@dataclass(frozen=True, slots=True)
class _Remark:
    pattern: re.Pattern[str]
    sheet: str
    vi: str
    en: str


_REMARKS: Final = tuple(
    _Remark(re.compile(pattern, re.DOTALL), sheet, vi, en)
    for pattern, sheet, vi, en in (
        (
            r"Use the max-pixels parameter",
            "survey",
            "Ảnh chưa giới hạn cỡ: thêm max-pixels=1600 vào cột parameters để gửi nhanh hơn.",
            "Pictures have no size limit: add max-pixels=1600 to parameters to send faster.",
        ),
        (
            r"Choices should have a label",
            "choices",
            "Lựa chọn chưa có nhãn; người trả lời sẽ chỉ thấy mã.",
            "The choice has no label; people will see its code.",
        ),
        (
            r"do not contain valid machine-readable codes: (.*?)\. Learn",
            "survey",
            "Tên ngôn ngữ thiếu mã, ví dụ “Tiếng Việt (vi)”: {1}",
            "Languages lack their code, such as “English (en)”: {1}",
        ),
        (
            r"Language '([^']*)' is missing the (\w+) (\w+) column",
            "",
            "Ngôn ngữ “{1}” thiếu cột {3} ở trang {2}.",
            "Language “{1}” lacks column {3} on sheet {2}.",
        ),
        (
            r"uses or_other and translations",
            "survey",
            "or_other không dịch được; nên tự thêm lựa chọn “khác” vào danh sách.",
            "or_other is not translated; rather add an “other” choice to the list yourself.",
        ),
        (
            r"'name' value '([^']*)' is problematic",
            "survey",
            "Tên “{1}” chỉ khác một tên khác ở chữ hoa, chữ thường; dễ nhầm khi phân tích.",
            "Name “{1}” differs from another one in case only, which is easily confused.",
        ),
        (
            r"(Group|Repeat|Loop) has no label",
            "survey",
            "Nhóm chưa có nhãn.",
            "The group has no label.",
        ),
        (
            r"When looking for a sheet named '([^']*)', the following sheets with similar names "
            r"were found: (.*?)\.",
            "",
            "Không có trang “{1}”, nhưng có trang tên gần giống: {2}. Có phải gõ nhầm không?",
            "There is no sheet “{1}” but one of a similar name: {2}. Is it misspelt?",
        ),
    )
)


def note_of(words: str) -> FormNote:
    """A warning of pyxform as a note; what no entry knows keeps its words.

    Examples
    --------
    >>> note_of("[row : 3] Group has no label: {}").row
    3
    """
    row, sheet = _ROW.search(words), _SHEET.search(words)
    at = int(row[1]) if row else None
    for remark in _REMARKS:
        found = remark.pattern.search(words)
        if found:
            groups = ["", *(group or "" for group in found.groups())]
            return FormNote(
                sheet=remark.sheet or (sheet[1] if sheet else ""),
                row=at,
                message_vi=remark.vi.format(*groups),
                message_en=remark.en.format(*groups),
            )
    plain = " ".join(_ROW.sub("", words).split())
    return FormNote(
        sheet=sheet[1] if sheet else ("survey" if row else ""),
        row=at,
        message_vi=f"Bộ chuyển đổi nhắc: {plain}",
        message_en=plain,
    )
