"""Stata (.dta) and SPSS (.sav): a file a table, with labels of variables and of values.

The library takes a whole table at once, so these are the two formats whose memory grows with the
data: numbers stand in packed arrays, and a file of more than `MOST_CELLS` is refused with advice.
Answers from a list become numbers with value labels: the codes themselves where all of a list are
whole numbers, else their places in the list, as the sheet of choices tells.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
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
from surveys.results.exports.refusals import refuse
from surveys.results.exports.source import Source
from surveys.results.exports.variables import NOTES, Kind, Sheet, Variable

MOST_CELLS: Final = 20_000_000  # about 1.2 GB: 60 bytes a cell were measured
LONGEST_LABEL: Final = {Format.STATA: 80, Format.SPSS: 250}
LONGEST_VALUE_LABEL: Final = {Format.STATA: 8_000, Format.SPSS: 118}
LONGEST_TEXT: Final = {Format.STATA: 2_000_000, Format.SPSS: 32_000}  # bytes
_CODE: Final = re.compile(r"-?(0|[1-9]\d{0,8})", re.ASCII)
_NUMBERS: Final = frozenset({Kind.WHOLE, Kind.NUMBER, Kind.BOOLEAN, Kind.CODE})
_TIMES: Final = frozenset({Kind.DAY, Kind.CLOCK, Kind.MOMENT})
_YES_NO: Final[Mapping[str, dict[int | float, str]]] = {
    "vi": {1: "Có", 0: "Không"},
    "en": {1: "Yes", 0: "No"},
}
_SURROGATE: Final = re.compile("[\x00\ud800-\udfff]")


def write(source: Source, folder: Path, _stem: str, actor: Actor) -> None:
    """Write one file a table, and the codebook as CSV beside."""
    tables = {sheet.name: _Table(sheet, source) for sheet in source.sheets}
    notes = tables[NOTES]
    n_cells = 0
    for line in source.lines():
        table = tables[line.sheet.name]
        table.append(line.cells)
        for note in notes_on_long(line.sheet, line.cells, table.is_long):
            notes.append(note)
        n_cells += len(line.cells)
        if n_cells > MOST_CELLS:
            _refuse_size(source)
    for table in tables.values():
        if table.n or not table.sheet.is_notes:
            table.write(folder)
            table.clear()
    write_codebook(folder, codebook(source, actor))


class _Table:
    """One table: a packed column a variable until it is written."""

    def __init__(self, sheet: Sheet, source: Source) -> None:
        self.sheet = sheet
        self.format = source.options.format
        self.language = source.options.language
        self.form = source.form.xml_form_id
        self.longest = LONGEST_TEXT[self.format]
        self.names = legal_names(each.name for each in sheet.variables)
        self.codes = [_numbers_of(each) for each in sheet.variables]
        self.columns: list[Any] = [_column(each) for each in sheet.variables]
        self.n = 0

    def append(self, cells: Sequence[Cell]) -> None:
        for column, codes, cell in zip(self.columns, self.codes, cells, strict=True):
            if codes is not None:
                column.append(codes.get(cell, np.nan))  # type: ignore[arg-type] # None is no code
            elif isinstance(column, array):
                column.append(np.nan if cell is None else cell)
            else:
                column.append(self._kept(cell))
        self.n += 1

    def is_long(self, value: str) -> bool:
        return len(value) * 3 > self.longest and len(value.encode(errors="replace")) > self.longest

    def write(self, folder: Path) -> None:
        """Write the file; the columns are given up one by one as they are turned into a frame."""
        frame = pd.DataFrame(
            {name: self._series(place) for place, name in enumerate(self.names)}, copy=False
        )
        width = LONGEST_LABEL[self.format]
        said: dict[str, str | None] = {
            name: each.label(self.language)[:width]
            for name, each in zip(self.names, self.sheet.variables, strict=True)
        }
        target = folder / f"{file_name(self.sheet)}.{self.format.value}"
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
            row_compress=True,
        )

    def clear(self) -> None:
        self.columns = []

    def _kept(self, cell: Cell) -> Any:
        if not isinstance(cell, str):
            return cell
        safe = _SURROGATE.sub("\ufffd", cell)
        if not self.is_long(safe):
            return safe
        return safe.encode()[: self.longest - 8].decode(errors="ignore") + CUT

    def _series(self, place: int) -> Any:
        kind, column = self.sheet.variables[place].kind, self.columns[place]
        self.columns[place] = None
        if kind in _NUMBERS:
            return _numbers(np.frombuffer(column, dtype=np.float64), kind)
        if kind in _TIMES:
            return pd.Series(column, dtype=object)
        # The library mistakes an empty cell in a column of very long texts for a lost one.
        return pd.Series(["" if cell is None else cell for cell in column], dtype=object)

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


def _column(variable: Variable) -> Any:
    return array("d") if variable.kind in _NUMBERS else []


def _numbers(values: Any, kind: Kind) -> Any:
    """Labelled values must be whole numbers (Stata); others stay as they are."""
    if kind in (Kind.CODE, Kind.BOOLEAN):
        missing = np.isnan(values)
        whole = np.where(missing, 0, values).astype(np.int32)
        return pd.arrays.IntegerArray(whole, missing)
    return values


def _short(words: str, width: int) -> str:
    """So many bytes at most, with whole letters."""
    return words.encode(errors="replace")[:width].decode(errors="ignore")


def _refuse_size(source: Source) -> None:
    kind = "Stata" if source.options.format is Format.STATA else "SPSS"
    refuse(
        f"Tệp {kind} này có hơn {MOST_CELLS // 1_000_000} triệu ô, quá lớn để ghi trong bộ nhớ.",
        f"This {kind} file would have more than {MOST_CELLS // 1_000_000} million cells, too many "
        "to write in memory.",
        "Lọc theo ngày và xuất làm nhiều tệp, hoặc chọn Parquet hay CSV.",
        "Filter by date and make several files, or choose Parquet or CSV.",
    )
