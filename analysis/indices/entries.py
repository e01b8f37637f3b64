"""Reading one entry of a definition file field by field, noting what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from analysis.indices.problems import Notes

LARGEST = 1e12  # weights beyond it, and inf, leave no figure

Choice = TypeVar("Choice", bound=StrEnum)


class Entry:
    """The fields of `[<name>]`; each is asked for once, and what nobody asked for is a mistake."""

    def __init__(self, name: str, fields: Any, notes: Notes) -> None:
        self.name, self.notes = name, notes
        self.fields: Mapping[str, Any] = fields if isinstance(fields, dict) else {}
        self.asked: set[str] = set()
        if not isinstance(fields, dict):
            self.wrong("", "phải là một bảng [tên]", "must be a table [name]")

    def wrong(self, field: str, vi: str, en: str) -> None:
        self.notes.add(self.name, field, vi, en)

    def has(self, field: str) -> bool:
        self.asked.add(field)
        return field in self.fields

    def text(self, field: str, *, is_needed: bool = False, default: str = "") -> str:
        if not self.has(field):
            if is_needed:
                self.wrong(field, "còn thiếu", "is missing")
            return default
        value = self.fields[field]
        if not isinstance(value, str) or not value.strip():
            self.wrong(field, "phải là chữ, không để trống", "must be text and not empty")
            return default
        return value

    def flag(self, field: str) -> bool:
        value = self.fields.get(field, False) if self.has(field) else False
        if not isinstance(value, bool):
            self.wrong(field, "phải là true hoặc false", "must be true or false")
            return False
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        value = self.fields.get(field, []) if self.has(field) else []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.wrong(field, 'phải là danh sách ["a", "b"]', 'must be a list ["a", "b"]')
            return ()
        if field in self.fields and not value:
            self.wrong(field, "danh sách trống", "the list is empty")
        return tuple(value)

    def whole(self, field: str, default: int) -> int:
        value = self.fields.get(field, default) if self.has(field) else default
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.wrong(field, "phải là số nguyên từ 1", "must be a whole number from 1")
            return default
        return value

    def weights(self, field: str) -> dict[str, float]:
        """A table of numbers, or a list of names with equal weights."""
        value = self.fields.get(field, {}) if self.has(field) else {}
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            value = dict.fromkeys(value, 1.0)
        is_table = isinstance(value, dict) and all(
            isinstance(each, (int, float)) and not isinstance(each, bool) and abs(each) <= LARGEST
            for each in value.values()
        )
        if not is_table:
            self.wrong(
                field,
                'phải là { tên = trọng số, … } hoặc ["tên", …]',
                'must be { name = weight, … } or ["name", …]',
            )
            return {}
        return {str(name): float(each) for name, each in value.items()}

    def choice(self, field: str, kind: type[Choice], default: Choice) -> Choice:
        value = self.text(field, default=default.value)
        known = [each.value for each in kind]
        if value not in known:
            listed = ", ".join(known)
            self.wrong(
                field, f"“{value}” không phải một trong: {listed}", f"must be one of {listed}"
            )
            return default
        return kind(value)

    def inside(self, field: str) -> Entry:
        """The table `field` of this entry."""
        value = self.fields.get(field, {}) if self.has(field) else {}
        return Entry(f"{self.name}.{field}".lstrip("."), value, self.notes)

    def finish(self) -> None:
        """Note every field that the reader does not know."""
        for field in self.fields:
            if field in self.asked:
                continue
            close = get_close_matches(field, self.asked, 1)
            vi, en = "không có mục này", "there is no such field"
            if close:
                vi, en = f"{vi}; có phải “{close[0]}”?", f"{en}; did you mean “{close[0]}”?"
            self.wrong(field, vi, en)
