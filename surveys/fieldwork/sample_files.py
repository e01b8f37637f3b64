"""Reads CSV and XLSX into rows of text, and makes the templates to fill in."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from surveys.fieldwork.sample_columns import COLUMNS, Kind
from surveys.fieldwork.sample_problems import Findings, ImportRefused, refuse_file

MOST_BYTES: Final = 20_000_000
MOST_UNZIPPED: Final = 200_000_000
MOST_ROWS: Final = 200_000
LONGEST_CELL: Final = 2000
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_ZIP: Final = b"PK\x03\x04"
# What openpyxl lets through on broken parts (found by changing bytes of a workbook at random);
# both XML parsers' errors are SyntaxErrors.
_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
)
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row by its number in the spreadsheet; cells are stripped text, absent ones empty."""

    number: int
    cells: dict[str, str]


def read_rows(kind: Kind, data: bytes, findings: Findings) -> list[SheetRow]:
    """The rows of a file under the known columns; columns nobody knows are left aside.

    Raises
    ------
    ImportRefused : the file cannot be read at all, or columns are missing or doubled.
    """
    if len(data) > MOST_BYTES:
        raise refuse_file(
            "Tệp lớn hơn 20 MB.",
            "The file is larger than 20 MB.",
            "Tách thành nhiều tệp hoặc bỏ các cột không cần.",
            "Split it, or leave out the columns that are not needed.",
        )
    lines = lines_of(data)
    numbered = [(number, cells) for number, cells in enumerate(lines, 1) if any(cells)]
    if len(numbered) < 2:
        raise refuse_file(
            "Tệp không có dòng dữ liệu nào.",
            "The file holds no row of data.",
            "Tải mẫu về, điền từ dòng 2 rồi nhập lại.",
            "Download the template, fill it in from row 2 and import again.",
        )
    header = _header(kind, numbered[0][1])
    rows = []
    for number, cells in numbered[1:]:
        if any(cells[len(header) :]) or any(len(cell) > LONGEST_CELL for cell in cells):
            findings.add(
                number,
                "",
                vi="Dòng có nhiều ô hơn dòng tiêu đề, hoặc ô quá dài.",
                en="The row has more cells than the header, or one that is too long.",
                remedy_vi="Đặt giá trị có dấu phẩy trong dấu nháy kép, hoặc lưu tệp dạng .xlsx.",
                remedy_en="Put values that hold commas in double quotes, or save as .xlsx.",
            )
            continue
        named = zip(header, cells, strict=False)
        rows.append(SheetRow(number, {name: cell for name, cell in named if name}))
    return rows


def lines_of(data: bytes) -> Iterator[list[str]]:
    """The cells of every row, stripped; raises `ImportRefused` for what is no CSV or XLSX."""
    return _xlsx(data) if data.startswith(_ZIP) else _csv(data)


def template_csv(kind: Kind | str) -> bytes:
    """An empty file with the header; the mark at its start makes Excel read it as UTF-8."""
    names = ",".join(column.name for column in COLUMNS[Kind(kind)])
    return f"{names}\r\n".encode("utf-8-sig")


def template_xlsx(kind: Kind | str) -> bytes:
    """A workbook to fill in (text cells: codes keep their zeros) and a sheet that explains."""
    from openpyxl import Workbook  # noqa: PLC0415 - 0.2 s that only this page needs

    columns = COLUMNS[Kind(kind)]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = Kind(kind).value
    sheet.append([column.name for column in columns])
    for row in sheet.iter_rows(min_row=2, max_row=500, max_col=len(columns)):
        for cell in row:
            cell.number_format = "@"
    sheet.freeze_panes = "A2"
    notes = book.create_sheet("giai_thich")
    notes.append(["cột / column", "bắt buộc / required", "nghĩa", "meaning", "ví dụ / example"])
    for column in columns:
        required = "x" if column.is_required else ""
        notes.append([column.name, required, column.vi, column.en, column.example])
    for letter, width in {"A": 20, "C": 60, "D": 50, "E": 24}.items():
        notes.column_dimensions[letter].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _header(kind: Kind, cells: list[str]) -> list[str]:
    """Names of columns by place; `""` for one that nobody knows.

    Upper and lower case are told apart only where they have to be (n_psu_stratum, N_psu_stratum).
    """
    known = {column.name for column in COLUMNS[kind]}
    header = []
    for cell in cells:
        name = cell if cell in known else cell.lower()
        header.append(name if name in known else "")
    missing = [c.name for c in COLUMNS[kind] if c.is_required and c.name not in header]
    if missing:
        listed = ", ".join(missing)
        raise refuse_file(
            f"Thiếu cột: {listed}.",
            f"Columns are missing: {listed}.",
            "Dòng 1 phải là tên cột đúng như trong mẫu. Nếu mọi thứ nằm trong một cột, hãy tách "
            "cột.",
            "Row 1 must hold the column names as in the template. If all stands in one column, "
            "split it.",
        )
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        listed = ", ".join(doubled)
        raise refuse_file(
            f"Cột bị lặp: {listed}.",
            f"Columns occur twice: {listed}.",
            "Xoá bớt cột lặp, chỉ để một.",
            "Delete the repeated column.",
        )
    return header


def _csv(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    # Excel in Vietnamese writes semicolons, a copied table has tabs.
    delimiter = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(reader):
            _check_length(number)
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise refuse_file(
            f"CSV hỏng ở dòng {reader.line_num}.",
            f"The CSV is broken at line {reader.line_num}.",
            "Kiểm tra dấu nháy kép, hoặc lưu tệp dạng .xlsx.",
            "Check the double quotes, or save as .xlsx.",
        ) from error


def _decoded(data: bytes) -> str:
    if data.startswith(_OLD_EXCEL):
        raise refuse_file(
            "Tệp .xls kiểu cũ.",
            "An old .xls file.",
            "Mở bằng Excel và lưu lại dạng .xlsx.",
            "Open it in Excel and save it as .xlsx.",
        )
    try:
        text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise refuse_file(
            f"Tệp không phải UTF-8 (dòng {line} có ký tự không đọc được).",
            f"The file is not UTF-8 (line {line} holds a character that cannot be read).",
            'Trong Excel chọn "CSV UTF-8", hoặc lưu dạng .xlsx, để không mất dấu tiếng Việt.',
            'In Excel choose "CSV UTF-8", or save as .xlsx, so that accents survive.',
        ) from error
    if "\x00" in text:
        raise refuse_file(
            "Tệp không phải bảng CSV hay XLSX.",
            "The file is neither CSV nor XLSX.",
            "Tải mẫu về, điền rồi nhập lại.",
            "Download the template, fill it in and import again.",
        )
    return text


def _xlsx(data: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - 0.2 s that only an import needs

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_UNZIPPED:
                raise _broken_workbook()
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines: Iterable[Any] = sheet.iter_rows(values_only=True)
        for number, row in enumerate(lines):
            _check_length(number)
            yield [_cell(value) for value in row]
    except ImportRefused:
        raise
    except _FAULTS as error:
        raise _broken_workbook() from error


def _broken_workbook() -> ImportRefused:
    return refuse_file(
        "Không mở được sổ tính.",
        "The workbook cannot be opened.",
        "Mở bằng Excel, lưu lại dạng .xlsx rồi nhập lại.",
        "Open it in Excel, save it as .xlsx and import again.",
    )


def _check_length(number: int) -> None:
    if number > MOST_ROWS:
        raise refuse_file(
            f"Tệp có hơn {MOST_ROWS} dòng.",
            f"The file has more than {MOST_ROWS} rows.",
            "Xoá các dòng trống ở cuối bảng, hoặc tách thành nhiều đợt.",
            "Delete empty rows at the end of the sheet, or split the round.",
        )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
