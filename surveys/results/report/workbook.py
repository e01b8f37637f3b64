"""The report as an .xlsx: numbers as numbers, reasons beside what is not published."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from surveys.collection.spreadsheets import as_text
from surveys.results.reading.figures import ShownFigure
from surveys.results.report.timeless import timeless
from surveys.results.report.words import UNPUBLISHED

FORMATS: Final = {"share": "0.0%", "score": "0.0", "points": "0.00", "net": "0.0"}
COUNT_FORMAT: Final = "#,##0"
WIDEST: Final = 46
NUMBER_WIDTH: Final = 12
LONG: Final = 40  # letters from which on a text takes several lines, else paper shrinks to it
LINE_WIDTH: Final = 120  # of a line of words over the columns
LINE_HEIGHT: Final = 15
HEAD_HEIGHT: Final = 48  # three lines
HEAD: Final = PatternFill("solid", fgColor="DDE8F0")


@dataclass(frozen=True, slots=True)
class Value:
    """A number with its format, or a text."""

    content: str | float | int | None
    number_format: str = "General"
    is_bold: bool = False


Row = Sequence[Value | str]


def figure_values(figure: ShownFigure) -> tuple[Value, Value, Value]:
    """Estimate and limits; two dots where the figure is not published."""
    form = FORMATS[figure.unit]
    ends = (figure.estimate, figure.lower, figure.upper)
    if figure.estimate is None:
        return (Value(UNPUBLISHED), Value(UNPUBLISHED), Value(UNPUBLISHED))
    first, second, third = (Value(each, form) for each in ends)
    return (first, second, third)


def count_value(count: float | None) -> Value:
    return Value(UNPUBLISHED) if count is None else Value(count, COUNT_FORMAT)


def half_width_value(figure: ShownFigure) -> Value:
    """The margin to expect at 50 %, in points."""
    return Value(UNPUBLISHED) if figure.half_width is None else Value(figure.half_width, "0.0")


def share_value(share: float | None) -> Value:
    return Value(UNPUBLISHED) if share is None else Value(share, "0.0%")


class SheetWriter:
    """Writes rows from top to bottom of one sheet."""

    def __init__(self, book: Workbook, title: str) -> None:
        self.sheet: Worksheet = book.create_sheet(title[:31])
        self._row = 0
        self._lines: list[int] = []  # rows of words over the columns

    def text(self, text: str, *, size: int = 11, is_bold: bool = False) -> None:
        """A line of words that runs over the columns."""
        cell = self._put(1, Value(text, is_bold=is_bold), new_row=True)
        cell.font = Font(bold=is_bold, size=size)
        self._lines.append(self._row)

    def blank(self) -> None:
        self._row += 1

    def heading(self, names: Iterable[str]) -> None:
        self._row += 1
        self.sheet.row_dimensions[self._row].height = HEAD_HEIGHT
        for column, name in enumerate(names, start=1):
            cell = self._put(column, Value(name))
            cell.font = Font(bold=True)
            cell.fill = HEAD
            side = "left" if column == 1 else "center"
            cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal=side)

    def row(self, values: Row) -> None:
        self._row += 1
        for column, value in enumerate(values, start=1):
            cell = self._put(column, value if isinstance(value, Value) else Value(value))
            if isinstance(cell.value, str) and len(cell.value) > LONG:
                cell.alignment = Alignment(wrap_text=True, vertical="top")

    def finish(self, widths: Mapping[int, int] | None = None) -> None:
        """Widths that fit a screen; on paper a sheet is as wide as the page."""
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.fitToWidth, self.sheet.page_setup.fitToHeight = 1, 0
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        for column in range(1, self.sheet.max_column + 1):
            width = {1: WIDEST, **(widths or {})}.get(column, NUMBER_WIDTH)
            self.sheet.column_dimensions[get_column_letter(column)].width = width
        self._wrap_lines()

    def _wrap_lines(self) -> None:
        """Long lines of words keep to the columns of a page and go on below."""
        ends, total = 0, 0.0
        while total < LINE_WIDTH and ends < max(self.sheet.max_column, 2):
            ends += 1
            total += self.sheet.column_dimensions[get_column_letter(ends)].width
        for row in self._lines:
            cell = self.sheet.cell(row, 1)
            n_lines = -(-len(str(cell.value or "")) // max(int(total * 0.9), 1))
            if n_lines > 1:
                self.sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=ends)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                self.sheet.row_dimensions[row].height = LINE_HEIGHT * n_lines

    def _put(self, column: int, value: Value, *, new_row: bool = False) -> Cell:
        if new_row:
            self._row += 1
        content = as_text(value.content) if isinstance(value.content, str) else value.content
        cell = self.sheet.cell(self._row, column, content)
        assert isinstance(cell, Cell)
        if isinstance(content, str):
            cell.data_type = "s"
        cell.number_format = value.number_format
        if value.is_bold:
            cell.font = Font(bold=True)
        return cell


def new_book() -> Workbook:
    """A workbook without its first empty sheet."""
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    return book


def book_bytes(book: Workbook, title: str) -> bytes:
    book.properties.title = title
    book.properties.creator = "khaosat"
    target = io.BytesIO()
    book.save(target)
    return timeless(target.getvalue())
