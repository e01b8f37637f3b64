"""A workbook: a sheet a table, numbers as numbers and dates as dates, then what they mean.

Rows go to the disk as they come. Excel's own limits are told before anything is written, and a
text that is longer than a cell stands whole, in pieces, on the sheet of notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, NamedStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from surveys.collection.models import Actor, Record
from surveys.results.exports.cells import Cell
from surveys.results.exports.codebook import Codebook, codebook
from surveys.results.exports.long_texts import CUT, notes_on_long
from surveys.results.exports.options import Answers
from surveys.results.exports.refusals import refuse
from surveys.results.exports.source import Source
from surveys.results.exports.variables import Kind, Sheet, Variable

MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384
LONGEST: Final = 32_767  # of a cell, in UTF-16 units
KEPT: Final = 30_000  # of a longer text
HEAD: Final = "khaosat_head"
TALL: Final = 46  # points: three lines of a question
FIRST_DAY: Final = date(1900, 3, 1)  # Excel counts a 29 February 1900 before it
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\]")
_FORMATS: Final = {
    Kind.DAY: "yyyy-mm-dd",
    Kind.CLOCK: "hh:mm:ss",
    Kind.MOMENT: "yyyy-mm-dd hh:mm:ss",
}
_TITLES: Final = {
    "vi": ("Giới thiệu", "Danh mục biến", "Danh mục trả lời"),
    "en": ("About", "Codebook", "Choices"),
}


def write(source: Source, folder: Path, stem: str, actor: Actor) -> None:
    """Write the workbook; raises `JobRefused` where Excel could not open it."""
    _check_size(source)
    book = Workbook(write_only=True)
    book.add_named_style(
        NamedStyle(
            HEAD,
            font=Font("Calibri", 11, bold=True),
            alignment=Alignment(wrap_text=True, vertical="top"),
        )
    )
    titles = _Titles()
    reserved = [titles.free(name) for name in _TITLES[source.options.language]]
    pages = {sheet.name: _Page(book, sheet, source, titles) for sheet in source.sheets}
    notes = pages[source.sheets[-1].name]
    for line in source.lines():
        for note in pages[line.sheet.name].append(line.cells):
            notes.append(note)
    _explain(book, reserved, codebook(source, actor))
    book.save(folder / f"{stem}.xlsx")


class _Page:
    """A sheet of one table."""

    def __init__(self, book: Workbook, sheet: Sheet, source: Source, titles: _Titles) -> None:
        language = self.language = source.options.language
        self.sheet = sheet
        self.title = titles.free(sheet.words(language))
        self.page: Any = book.create_sheet(self.title)
        self.formats = [_FORMATS.get(each.kind) for each in sheet.variables]
        for place, each in enumerate(sheet.variables, 1):
            self.page.column_dimensions[get_column_letter(place)].width = _width(each)
        with_words = source.options.answers is Answers.LABELS
        self.page.freeze_panes = f"B{2 + with_words}"
        if with_words:
            self.page.row_dimensions[1].height = TALL
            self.page.append([_head(self.page, each.label(language)) for each in sheet.variables])
        self.page.append([_head(self.page, each.name) for each in sheet.variables])
        self.rows = 1 + with_words

    def append(self, cells: Sequence[Cell]) -> Iterable[Sequence[Cell]]:
        """Write one row; gives the notes on texts that a cell cannot hold."""
        self.rows += 1
        if self.rows > MOST_ROWS:
            refuse_rows(self.sheet.name, self.rows)
        self.page.append(
            [self._cell(each, style) for each, style in zip(cells, self.formats, strict=True)]
        )
        return notes_on_long(self.sheet, cells, _is_long, self.language)

    def _cell(self, value: Cell, number_format: str | None) -> Any:
        if value is None or isinstance(value, int | float):
            return int(value) if isinstance(value, bool) else value
        if isinstance(value, str):
            return text(self.page, value)
        if isinstance(value, date) and _day(value) < FIRST_DAY:
            return text(self.page, value.isoformat())
        cell: Any = WriteOnlyCell(self.page, value=value)  # type: ignore[arg-type] # dates do
        cell.number_format = number_format or "yyyy-mm-dd hh:mm:ss"
        return cell


def text(page: Any, value: str) -> Any:
    """A cell that holds a text and never a formula, whatever it begins with."""
    safe = _ESCAPED.sub("_x005F_", value)
    safe = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", safe)
    if _is_long(safe):
        safe = _cut(safe)
    if safe[:1] not in "=+-@\t\r#" and safe == value:
        return safe
    cell: Any = WriteOnlyCell(page, value="")
    cell.data_type = "s"
    cell._value = safe  # the setter would read "=…" as a formula
    if safe[:1] in "=+-@":
        cell.quotePrefix = True  # stays a text when somebody edits the cell
    return cell


def refuse_rows(table: str, n: int) -> None:
    """Excel has no more rows: what to do instead."""
    refuse(
        f"Bảng “{table}” có hơn {n - 1:,} dòng, Excel không mở được quá 1.048.576 dòng.",
        f'The table "{table}" has more than {n - 1:,} rows; Excel opens at most 1,048,576.',
        "Chọn CSV hay Parquet, hoặc lọc theo ngày và xuất làm nhiều tệp.",
        "Choose CSV or Parquet, or filter by date and make several files.",
    )


def _check_size(source: Source) -> None:
    widest = max(source.sheets, key=lambda sheet: len(sheet.variables))
    if len(widest.variables) > MOST_COLUMNS:
        refuse(
            f"Bảng “{widest.name}” có {len(widest.variables)} cột, Excel mở nhiều nhất 16.384 cột.",
            f'The table "{widest.name}" has {len(widest.variables)} columns; Excel opens 16,384.',
            "Chọn CSV hay Parquet.",
            "Choose CSV or Parquet.",
        )
    for sheet in source.sheets:
        if sheet.table is not None:
            chosen = Record.objects.filter(
                submission__in=source.submissions.order_by(),
                table__in=set(sheet.table.stored.values()),
            )
            if (n := chosen.count()) > MOST_ROWS - 2:
                refuse_rows(sheet.name, n)


def _explain(book: Workbook, titles: Sequence[str], found: Codebook) -> None:
    """The three sheets that explain the others, before them."""
    parts = (found.about, found.variables, found.choices)
    for place, (title, lines) in enumerate(zip(titles, parts, strict=True)):
        page: Any = book.create_sheet(title, place)
        widths = (24, 80) if place == 0 else (16, 24, 44, 44, 18, 18, 14, 12, 12, 30)
        for column, width in enumerate(widths, 1):
            page.column_dimensions[get_column_letter(column)].width = width
        page.freeze_panes = "A2" if place else None
        page.row_dimensions[1].height = TALL if place else None
        page.page_setup.orientation = "landscape"
        page.page_setup.fitToHeight = 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        for number, line in enumerate(lines):
            is_head = number == 0 and place > 0
            page.append([_explained(page, each, is_head=is_head) for each in line])


def _explained(page: Any, value: str | int, *, is_head: bool) -> Any:
    if is_head:
        return _head(page, str(value))
    return text(page, value) if isinstance(value, str) else value


def _head(page: Any, words: str) -> Any:
    cell: Any = WriteOnlyCell(page, value="")
    cell.data_type = "s"
    cell._value = _cut(_CONTROL.sub(" ", words))
    cell.style = HEAD
    return cell


def _width(variable: Variable) -> float:
    if variable.kind in (Kind.DAY, Kind.CLOCK):
        return 12
    if variable.kind is Kind.MOMENT:
        return 21
    if variable.kind in (Kind.WHOLE, Kind.NUMBER, Kind.BOOLEAN):
        return max(12, min(24, len(variable.name) + 2))
    return 24


class _Titles:
    """Names of sheets: at most 31 letters, each once, without what Excel forbids."""

    def __init__(self) -> None:
        self.taken: set[str] = {"history"}  # Excel keeps this one for itself

    def free(self, words: str) -> str:
        plain = _NOT_IN_TITLES.sub(" ", _CONTROL.sub("", words)).strip("' \t\r\n") or "sheet"
        plain = " ".join(plain.split())
        title, number = plain[:31], 2
        while title.lower() in self.taken:
            mark = f" {number}"
            title, number = plain[: 31 - len(mark)] + mark, number + 1
        self.taken.add(title.lower())
        return title


def _is_long(value: str) -> bool:
    return len(value) > LONGEST // 2 and len(value.encode("utf-16-le", "replace")) // 2 > LONGEST


def _cut(value: str) -> str:
    if not _is_long(value):
        return value
    kept = value.encode("utf-16-le", "replace")[: 2 * KEPT].decode("utf-16-le", "ignore")
    return kept + CUT


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
