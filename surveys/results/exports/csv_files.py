"""CSV: a file a table, UTF-8 with a mark that Excel reads, and what the variables mean beside."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from surveys.collection.models import Actor
from surveys.collection.spreadsheets import as_text
from surveys.results.exports.cells import Cell
from surveys.results.exports.codebook import Codebook, codebook
from surveys.results.exports.source import Source
from surveys.results.exports.variables import NOTES, Sheet

NAMES: Final = ("about", "codebook", "choices")


def write(source: Source, folder: Path, _stem: str, actor: Actor) -> None:
    """Write `records.csv`, one file a repeat, the notes if there are any, and the codebook."""
    with ExitStack() as stack:
        writers: dict[str, Any] = {}
        for sheet in source.sheets:
            stream = stack.enter_context(_opened(folder / f"{file_name(sheet)}.csv"))
            writers[sheet.name] = csv.writer(stream)
            writers[sheet.name].writerow([each.name for each in sheet.variables])
        for line in source.lines():
            writers[line.sheet.name].writerow([written(each) for each in line.cells])
    if not source.counted.rows[NOTES]:
        (folder / f"{NOTES}.csv").unlink()
    write_codebook(folder, codebook(source, actor))


def write_codebook(folder: Path, found: Codebook) -> None:
    """The three tables that explain the others, as CSV."""
    for name, lines in zip(NAMES, (found.about, found.variables, found.choices), strict=True):
        _write(folder / f"{name}.csv", lines)


def file_name(sheet: Sheet) -> str:
    """The name of a table's file: repeats within repeats keep their dots."""
    return sheet.name if sheet.name not in NAMES else f"{sheet.name}_"


def written(cell: Cell) -> Any:
    """A cell of a CSV: as `as_sent`, and a text that a workbook would take for a formula begins
    with an apostrophe.
    """
    if isinstance(cell, str):
        return as_text(cell)
    found = as_sent(cell)
    return int(found) if isinstance(found, bool) else found


def as_sent(cell: Cell) -> str | int | float | bool | None:
    """A cell as JSON has it: ISO for dates and times."""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date | time) else cell


def _write(path: Path, lines: Iterable[Iterable[Any]]) -> None:
    with _opened(path) as stream:
        csv.writer(stream).writerows(lines)


def _opened(path: Path) -> Any:
    return path.open("w", encoding="utf-8-sig", newline="")
