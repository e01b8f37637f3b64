"""Typed values out of the cells of a row; what does not fit becomes a finding and reads as None."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from surveys.fieldwork.sample_files import SheetRow
from surveys.fieldwork.sample_problems import Findings

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*")
_NUMBER: Final = re.compile(r"[+-]?[0-9]*[.,]?[0-9]+(?:[eE][+-]?[0-9]+)?")
_DATES: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class Cells:
    """One row being read."""

    row: SheetRow
    findings: Findings

    def raw(self, column: str) -> str:
        return self.row.cells.get(column, "")

    def text(self, column: str, longest: int, *, required: bool = True) -> str:
        value = self.raw(column)
        if not value and required:
            self._missing(column)
        if len(value) > longest:
            self.say(
                column,
                f"dài hơn {longest} ký tự.",
                f"is longer than {longest} characters.",
                "Rút ngắn lại.",
                "Shorten it.",
            )
        return value[:longest]

    def code(self, column: str, *, required: bool = True) -> str:
        """A word that forms can compare: no blanks, no accents."""
        value = self.text(column, 40, required=required)
        if value and not _CODE.fullmatch(value):
            self.say(
                column,
                f"“{value}” có ký tự không dùng được.",
                f'"{value}" holds characters that cannot be used.',
                "Chỉ dùng chữ không dấu, chữ số, dấu gạch; không có dấu cách.",
                "Use unaccented letters, digits and dashes; no blanks.",
            )
        return value

    def choice(self, column: str, words: Mapping[str, str]) -> str:
        """One of the words, which may have other spellings: {spelling: word}."""
        value = self.raw(column)
        if not value:
            self._missing(column)
            return ""
        found = words.get(value.lower(), "")
        if not found:
            allowed = ", ".join(dict.fromkeys(words.values()))
            self.say(
                column,
                f"“{value}” không có trong danh sách.",
                f'"{value}" is not one of the words.',
                f"Chọn một trong: {allowed}.",
                f"Choose one of: {allowed}.",
            )
        return found

    def whole(self, column: str, *, least: int = 1) -> int | None:
        value = self.raw(column)
        if not value:
            self._missing(column)
            return None
        if not (value.isascii() and value.isdigit() and len(value) <= 9 and int(value) >= least):
            self.say(
                column,
                f"“{value}” không phải số nguyên từ {least} trở lên.",
                f'"{value}" is not a whole number from {least}.',
                "Chỉ ghi chữ số, không có dấu chấm, dấu phẩy ngăn hàng nghìn.",
                "Write digits only, without separators of thousands.",
            )
            return None
        return int(value)

    def number(self, column: str, *, required: bool = True) -> float | None:
        """A number with a decimal point or comma."""
        value = self.raw(column)
        if not value:
            if required:
                self._missing(column)
            return None
        number = float(value.replace(",", ".")) if _NUMBER.fullmatch(value) else math.nan
        if not math.isfinite(number):
            self.say(
                column,
                f"“{value}” không phải một số.",
                f'"{value}" is not a number.',
                "Ghi dạng 0.25 (hoặc 0,25), không có dấu % hay chữ.",
                "Write it as 0.25, without % or letters.",
            )
            return None
        return number

    def probability(self, column: str) -> float | None:
        value = self.number(column)
        if value is not None and not 0 < value <= 1:
            self.say(
                column,
                f"xác suất {value:g} không nằm trong (0, 1].",
                f"the probability {value:g} is not in (0, 1].",
                "Ghi phần của 1 (0.25), không ghi phần trăm (25) hay trọng số (4).",
                "Write a share of 1 (0.25), not a percentage (25) or a weight (4).",
            )
            return None
        return value

    def day(self, column: str) -> date | None:
        value = self.raw(column)
        if not value:
            self._missing(column)
            return None
        for pattern in _DATES:
            try:
                return datetime.strptime(value, pattern).date()  # noqa: DTZ007 - a date has no zone
            except ValueError:
                continue
        self.say(
            column,
            f"“{value}” không phải một ngày.",
            f'"{value}" is not a date.',
            "Ghi dạng 2026-01-15 hoặc 15/01/2026.",
            "Write it as 2026-01-15 or 15/01/2026.",
        )
        return None

    def say(self, column: str, vi: str, en: str, remedy_vi: str, remedy_en: str) -> None:
        """A finding at this row; the sentence continues after the column's name."""
        self.findings.add(
            self.row.number,
            column,
            vi=f"{column}: {vi}",
            en=f"{column}: {en}",
            remedy_vi=remedy_vi,
            remedy_en=remedy_en,
        )

    def _missing(self, column: str) -> None:
        self.say(column, "còn trống.", "is empty.", "Điền giá trị vào ô này.", "Fill it in.")
