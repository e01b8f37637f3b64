"""A table about areas, from a file of a command or of a page: CSV or XLSX, rows by number."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from surveys.collection.refusal import Refused
from surveys.collection.spreadsheets import as_text, from_text
from surveys.fieldwork.sample_files import MOST_BYTES, lines_of
from surveys.fieldwork.sample_problems import ImportRefused


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a page was given."""

    name: str
    data: bytes


Source = Path | Upload


@dataclass(frozen=True, slots=True)
class TableRow:
    """Cells by column as stripped text; `number` is that of the spreadsheet."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class AreaTable:
    name: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]

    def as_csv(self) -> str:
        """The same table as text: what a page keeps while it asks about it."""
        lines = ([row[column] for column in self.columns] for row in self.rows)
        return csv_text(self.columns, lines)


def read_table(source: Source) -> AreaTable:
    """Read a table with its column names in the first row; empty rows are left aside.

    Raises
    ------
    Refused : 400.124 a file that cannot be opened, 400.154 one that is no table, 400.155 a row
        with more cells than there are columns: a figure with a comma would lose its end unseen.
    """
    try:
        data = source.data if isinstance(source, Upload) else source.read_bytes()
    except OSError as error:
        raise Refused(400.124, path=str(source)) from error
    try:
        lines = list(lines_of(data)) if len(data) <= MOST_BYTES else []
    except ImportRefused as refused:
        first = refused.problems[0]
        vi, en = f"{first.vi} {first.remedy_vi}", f"{first.en} {first.remedy_en}"
        raise Refused(400.154, name=source.name, reason_vi=vi, reason_en=en) from refused
    if not lines:
        raise Refused(400.156, name=source.name)
    columns = tuple(cell.lower() for cell in lines[0])
    return AreaTable(source.name, columns, tuple(_rows(columns, lines[1:])))


def _rows(columns: Sequence[str], lines: Sequence[list[str]]) -> Iterator[TableRow]:
    for number, cells in enumerate(lines, 2):
        if any(cells[len(columns) :]):
            raise Refused(400.155, line=number)
        if any(cells):
            said = (from_text(cell) for cell in cells)
            yield TableRow(number, dict(zip(columns, said, strict=False)))


def csv_text(head: Sequence[str], lines: Iterator[Sequence[object]]) -> str:
    """A CSV for people: no cell runs as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    for line in lines:
        writer.writerow([as_text(cell) if isinstance(cell, str) else cell for cell in line])
    return out.getvalue()


def csv_file(head: Sequence[str], lines: Iterator[Sequence[object]]) -> bytes:
    """With the mark that makes Excel read it as UTF-8."""
    return csv_text(head, lines).encode("utf-8-sig")


def xlsx_file(head: Sequence[str], lines: Iterator[Sequence[object]], title: str) -> bytes:
    """A sheet whose texts are cells of kind text, so that codes keep their zeros."""
    from openpyxl import Workbook  # noqa: PLC0415 - 0.2 s that only a download needs
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 - as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for line in ([*head], *lines):
        cells: list[object] = []
        for value in line:
            if not isinstance(value, str):
                cells.append(value)
                continue
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
            cell.data_type = "s"
            cell.number_format = "@"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
