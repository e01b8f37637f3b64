"""Parquet: a file a table, typed columns, questions and choices in the schema's metadata."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from forms import labels
from forms.values import VIETNAM
from surveys.collection.models import Actor
from surveys.results.exports.cells import Cell
from surveys.results.exports.codebook import codebook
from surveys.results.exports.csv_files import file_name, write_codebook
from surveys.results.exports.source import Source
from surveys.results.exports.variables import NOTES, Kind, Sheet, Variable

# Cells of a row group: what stands in memory of one table. A wide table has shorter groups.
GROUP_CELLS: Final = 200_000
SHORTEST_GROUP: Final = 200
_ZONE: Final = "Asia/Ho_Chi_Minh"
_TYPES: Final = {
    Kind.WHOLE: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DAY: pa.date32(),
    Kind.CLOCK: pa.time64("us"),
    Kind.MOMENT: pa.timestamp("us", tz=_ZONE),
}


def write(source: Source, folder: Path, _stem: str, actor: Actor) -> None:
    """Write one file a table in row groups, and the codebook as CSV beside."""
    with ExitStack() as stack:
        files = {
            sheet.name: stack.enter_context(_File(sheet, source, folder)) for sheet in source.sheets
        }
        for line in source.lines():
            files[line.sheet.name].append(line.cells)
    if not source.counted.rows[NOTES]:
        (folder / f"{NOTES}.parquet").unlink()
    write_codebook(folder, codebook(source, actor))


class _File:
    """One table: rows wait in columns until a group is full."""

    def __init__(self, sheet: Sheet, source: Source, folder: Path) -> None:
        self.schema = _schema(sheet, source)
        self.path = folder / f"{file_name(sheet)}.parquet"
        self.moments = [each.kind is Kind.MOMENT for each in sheet.variables]
        self.columns: list[list[Any]] = [[] for _ in sheet.variables]
        self.group = max(SHORTEST_GROUP, GROUP_CELLS // max(1, len(sheet.variables)))
        self.writer: Any = None

    def __enter__(self) -> _File:
        self.writer = pq.ParquetWriter(self.path, self.schema, compression="zstd")
        return self

    def __exit__(self, *_error: object) -> None:
        self._flush()
        self.writer.close()

    def append(self, cells: Any) -> None:
        for column, cell, is_moment in zip(self.columns, cells, self.moments, strict=True):
            column.append(_moment(cell) if is_moment else cell)
        if len(self.columns[0]) >= self.group:
            self._flush()

    def _flush(self) -> None:
        if not self.columns[0]:
            return
        arrays = [
            pa.array(column, type=field.type)
            for column, field in zip(self.columns, self.schema, strict=True)
        ]
        self.writer.write_table(pa.Table.from_arrays(arrays, schema=self.schema))
        for column in self.columns:
            column.clear()


def _moment(cell: Cell) -> Any:
    return cell.replace(tzinfo=VIETNAM) if cell is not None else None  # type: ignore[union-attr, call-arg] # a datetime


def _schema(sheet: Sheet, source: Source) -> Any:
    fields = [
        pa.field(each.name, _TYPES.get(each.kind, pa.string()), metadata=_told(each))
        for each in sheet.variables
    ]
    about = {"form": source.form.xml_form_id, "table": sheet.name}
    return pa.schema(fields, metadata=about)


def _told(variable: Variable) -> dict[str, str]:
    """What a column means: the question in both languages, and the choices of a list."""
    found = {f"label:{language}": variable.label(language) for language in ("vi", "en")}
    if variable.choices:
        found["choices"] = json.dumps(
            {
                choice.name: {
                    language: labels.label(
                        choice, language, default_language=variable.default_language
                    )
                    for language in ("vi", "en")
                }
                for choice in variable.choices
            },
            ensure_ascii=False,
        )
    return found
