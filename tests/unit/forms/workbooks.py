"""Workbooks for tests, written as markdown tables: a sheet's name on a line, its rows below."""

from __future__ import annotations

import io

from openpyxl import Workbook


def workbook(text: str) -> bytes:
    """An .xlsx file with the sheets of a text such as

    survey
    | type | name | label |
    | text | a    | A     |
    """
    book = Workbook()
    del book[book.sheetnames[0]]
    for line in (each.strip() for each in text.strip().splitlines()):
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            book.worksheets[-1].append([cell or None for cell in cells])
        elif line:
            book.create_sheet(line)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
