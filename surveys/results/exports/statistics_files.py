"""Stata (.dta) and SPSS (.sav): a file a table, with labels of variables and of values.

The library takes a whole table at once: rows wait on the disk until the widest text of each
variable is known, then the library writes pieces of one dictionary, and `pieces` joins them.
Answers from a list become numbers with value labels: the codes themselves where all of a list are
whole numbers, else their places in the list, as the sheet of choices tells.
"""

from __future__ import annotations

import pickle
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyreadstat

from forms import labels
from surveys.collection.models import Actor
from surveys.results.exports.cells import Cell
from surveys.results.exports.codebook import codebook
from surveys.results.exports.csv_files import file_name, write_codebook
from surveys.results.exports.legal_names import legal_names
from surveys.results.exports.long_texts import CUT, notes_on_long
from surveys.results.exports.options import Format
from surveys.results.exports.pieces import JoinedDta, JoinedSav
from surveys.results.exports.refusals import refuse
from surveys.results.exports.source import Source
from surveys.results.exports.variables import NOTES, Kind, Sheet, Variable

PIECE_CELLS: Final = 200_000  # kept in memory of one table
PIECE_BYTES: Final = 16_000_000  # of one piece as the library writes it
WIDEST_FIXED: Final = 2045  # bytes; Stata keeps longer texts apart
LONGEST_LABEL: Final = {Format.STATA: 80, Format.SPSS: 250}
LONGEST_VALUE_LABEL: Final = {Format.STATA: 8_000, Format.SPSS: 118}
LONGEST_TEXT: Final = {Format.STATA: 2_000_000, Format.SPSS: 32_000}  # bytes
_CODE: Final = re.compile(r"-?(0|[1-9]\d{0,8})", re.ASCII)
_NUMBERS: Final = frozenset({Kind.WHOLE, Kind.NUMBER, Kind.BOOLEAN, Kind.CODE})
_TIMES: Final = frozenset({Kind.DAY, Kind.CLOCK, Kind.MOMENT})
_FIRST: Final[Mapping[Kind, Any]] = {
    **dict.fromkeys(_NUMBERS, 0.0),
    Kind.DAY: date(2000, 1, 1),
    Kind.CLOCK: time(0, 0),
    Kind.MOMENT: datetime(2000, 1, 1),  # noqa: DTZ001 # cells hold the clock of Viet Nam
}
_YES_NO: Final[Mapping[str, dict[int | float, str]]] = {
    "vi": {1: "Có", 0: "Không"},
    "en": {1: "Yes", 0: "No"},
}
_SURROGATE: Final = re.compile("[\x00\ud800-\udfff]")


def write(source: Source, folder: Path, _stem: str, actor: Actor) -> None:
    """Write one file a table, and the codebook as CSV beside."""
    with ExitStack() as stack:
        tables = {
            sheet.name: stack.enter_context(closing(_Table(sheet, source, folder)))
            for sheet in source.sheets
        }
        notes = tables[NOTES]
        for line in source.lines():
            table = tables[line.sheet.name]
            table.append(line.cells)
            for note in notes_on_long(line.sheet, line.cells, table.is_long, table.language):
                notes.append(note)
        for table in tables.values():
            if table.n or not table.sheet.is_notes:
                table.write(folder)
    write_codebook(folder, codebook(source, actor))


class _Table:
    """One table: its rows wait in a temporary file until they are written in pieces."""

    def __init__(self, sheet: Sheet, source: Source, folder: Path) -> None:
        self.sheet = sheet
        self.format = source.options.format
        self.language = source.options.language
        self.form = source.form.xml_form_id
        self.longest = LONGEST_TEXT[self.format]
        self.names = legal_names(each.name for each in sheet.variables)
        self.codes = [_numbers_of(each) for each in sheet.variables]
        self.widths = [1] * len(sheet.variables)  # bytes of the longest text
        self.n = 0
        self._waiting: list[list[Any]] = []
        self._at_once = max(1, PIECE_CELLS // max(1, len(sheet.variables)))
        self._kept = tempfile.TemporaryFile(dir=folder.parent)  # noqa: SIM115 # closed by close()

    def append(self, cells: Sequence[Cell]) -> None:
        row: list[Any] = []
        for place, (codes, cell) in enumerate(zip(self.codes, cells, strict=True)):
            if codes is not None:
                row.append(codes.get(cell, np.nan))  # type: ignore[arg-type] # None is no code
            elif isinstance(cell, str):
                row.append(self._fitting(cell, place))
            else:
                row.append(cell)
        self._waiting.append(row)
        self.n += 1
        if len(self._waiting) == self._at_once:
            self._put_away()

    def is_long(self, value: str) -> bool:
        return len(value) * 3 > self.longest and len(value.encode(errors="replace")) > self.longest

    def write(self, folder: Path) -> None:
        """Write the file from pieces of bounded memory."""
        self._put_away()
        target = folder / f"{file_name(self.sheet)}.{self.format.value}"
        self._refuse_size(folder)
        join = JoinedDta if self.format is Format.STATA else JoinedSav
        piece = target.with_suffix(".piece")
        self._kept.seek(0)
        at_once = max(1, PIECE_BYTES // self._row_bytes())
        with join(target) as joined:
            for rows in self._pieces(at_once):
                self._write_piece(piece, rows)
                joined.add(piece, 1 + len(rows))
        piece.unlink()

    def close(self) -> None:
        self._kept.close()

    def _put_away(self) -> None:
        if self._waiting:
            pickle.dump(self._waiting, self._kept, pickle.HIGHEST_PROTOCOL)
            self._waiting = []

    def _pieces(self, at_once: int) -> Iterator[list[list[Any]]]:
        """The rows, never more at once; one empty piece where there are none."""
        if not self.n:
            yield []
        left = self.n
        while left:
            rows = pickle.load(self._kept)  # noqa: S301 # our own temporary file
            left -= len(rows)
            for start in range(0, len(rows), at_once):
                yield rows[start : start + at_once]

    def _write_piece(self, target: Path, rows: list[list[Any]]) -> None:
        columns = zip(self._widest(), *rows, strict=True)
        frame = pd.DataFrame(
            {
                name: _series(list(column), each.kind)
                for name, each, column in zip(
                    self.names, self.sheet.variables, columns, strict=True
                )
            },
            copy=False,
        )
        width = LONGEST_LABEL[self.format]
        said: dict[str, str | None] = {
            name: each.label(self.language)[:width]
            for name, each in zip(self.names, self.sheet.variables, strict=True)
        }
        if self.format is Format.STATA:
            pyreadstat.write_dta(
                frame,
                target,
                file_label=self.form[:80],
                column_labels=said,
                variable_value_labels=self._value_labels(),
            )
            return
        pyreadstat.write_sav(
            frame,
            target,
            file_label=self.form[:60],
            column_labels=said,
            variable_value_labels=self._value_labels(),
            variable_measure=self._measures(),
        )

    def _widest(self) -> list[Any]:
        """A row that gives every piece the same types and widths."""
        return [
            _FIRST.get(each.kind, "x" * width)
            for each, width in zip(self.sheet.variables, self.widths, strict=True)
        ]

    def _row_bytes(self) -> int:
        """A row is as wide as the longest text of each variable; Stata keeps long ones apart."""
        is_stata = self.format is Format.STATA
        apart = WIDEST_FIXED if is_stata else max(self.widths)
        return 8 * len(self.names) + sum(each for each in self.widths if each <= apart)

    def _refuse_size(self, folder: Path) -> None:
        """SPSS files are packed while they are written; Stata's cannot be."""
        needed = self._row_bytes() * self.n
        if self.format is Format.STATA and needed > free_bytes(folder) // 2:
            _refuse_disk(needed)

    def _fitting(self, cell: str, place: int) -> str:
        safe = _SURROGATE.sub("\ufffd", cell)
        if self.is_long(safe):
            safe = safe.encode()[: self.longest - 8].decode(errors="ignore") + CUT
        if len(safe) * 3 > self.widths[place]:
            self.widths[place] = max(self.widths[place], len(safe.encode()))
        return safe

    def _value_labels(self) -> dict[str, dict[int | float, str]]:
        found: dict[str, dict[int | float, str]] = {}
        for name, each, codes in zip(self.names, self.sheet.variables, self.codes, strict=True):
            if each.kind is Kind.BOOLEAN:
                found[name] = _YES_NO[self.language]
            elif codes is not None:
                found[name] = self._labels_of(each, codes)
        return found

    def _labels_of(self, variable: Variable, codes: Mapping[str, int]) -> dict[int | float, str]:
        width = LONGEST_VALUE_LABEL[self.format]
        return {
            codes[choice.name]: _short(
                labels.label(choice, self.language, default_language=variable.default_language),
                width,
            )
            for choice in variable.choices
        }

    def _measures(self) -> dict[str, str]:
        return {
            name: "scale" if each.kind in (Kind.WHOLE, Kind.NUMBER, *_TIMES) else "nominal"
            for name, each in zip(self.names, self.sheet.variables, strict=True)
        }


def numbers_of_choices(variable: Variable) -> dict[str, int]:
    """The number that stands for each code of a list."""
    names = [choice.name for choice in variable.choices]
    if all(_CODE.fullmatch(name) for name in names) and "-0" not in names:
        return {name: int(name) for name in names}
    return {name: place for place, name in enumerate(names, 1)}


def _numbers_of(variable: Variable) -> dict[str, int] | None:
    return numbers_of_choices(variable) if variable.kind is Kind.CODE else None


def _series(column: list[Any], kind: Kind) -> Any:
    if kind in _NUMBERS:
        values = np.array([np.nan if cell is None else cell for cell in column], dtype=np.float64)
        if kind not in (Kind.CODE, Kind.BOOLEAN):
            return values
        # labelled values must be whole numbers (Stata); others stay as they are
        missing = np.isnan(values)
        whole = np.where(missing, 0, values).astype(np.int32)
        return pd.arrays.IntegerArray(whole, missing)
    if kind in _TIMES:
        return pd.Series(column, dtype=object)
    # The library mistakes an empty cell in a column of very long texts for a lost one.
    return pd.Series(["" if cell is None else cell for cell in column], dtype=object)


def _short(words: str, width: int) -> str:
    """So many bytes at most, with whole letters."""
    return words.encode(errors="replace")[:width].decode(errors="ignore")


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _refuse_disk(needed: int) -> None:
    size = f"{needed / 1e9:.1f} GB"
    refuse(
        f"Tệp Stata này sẽ cần khoảng {size} vì có câu trả lời rất dài; máy chủ không đủ chỗ.",
        f"This Stata file would take about {size} because of very long answers; the server has no "
        "room for it.",
        "Lọc theo ngày và xuất làm nhiều tệp, hoặc chọn Parquet hay CSV.",
        "Filter by date and make several files, or choose Parquet or CSV.",
    )
