"""The four ways out, each brought back to the values of the round trip's truth."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path as File
from typing import Any
from zipfile import ZipFile

import pyarrow.parquet as pq
from django.test import Client
from openpyxl import load_workbook

from surveys.collection import sign_in
from surveys.collection.models import Form, User
from surveys.results.exports.making import make
from surveys.results.exports.options import Options
from surveys.results.exports.source import Source
from surveys.results.exports.variables import POINT_PARTS, Sheet
from tests.flow.corpus_truth import Path, Place, Truth, typed

VIETNAM = timezone(timedelta(hours=7))
Read = dict[Place, dict[Path, Any]]
ESCAPE = re.compile(r"_x([0-9A-F]{4})_")
NUMBER = r"(-?[\d.]+(?:e-?\d+)?)"


@dataclass(frozen=True)
class Ways:
    """One form with everything that reads it; truths of types guide the reading of text."""

    form: Form
    user: User
    truth: Truth
    folder: File

    def csv(self) -> Read:
        """ODK Central's archive."""
        archive = ZipFile(io.BytesIO(self._get("/submissions.csv.zip?attachments=false")))
        found: Read = {}
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8-sig")
            for row in csv.DictReader(io.StringIO(text, newline="")):
                self._csv_row(found, row)
        return found

    def odata(self) -> Read:
        """Every table by `$expand=*`."""
        said = json.loads(self._get(".svc/Submissions?$expand=*"))
        found: Read = {}
        for row in said["value"]:
            self._odata_row(found, row["__id"], (), row)
        return found

    def workbook(self) -> Read:
        file = self._made("xlsx")
        book = load_workbook(file, read_only=True)
        found: Read = {}
        source = Source(
            self.form, self.user.actor, Options.of({"format": "xlsx", "personal": True})
        )
        titles = book.sheetnames[3:]
        for sheet, title in zip(source.sheets, titles, strict=True):
            lines = book[title].iter_rows(values_only=True, min_row=2)
            self._lines(found, sheet, lines, _from_excel)
        book.close()
        return found

    def parquet(self) -> Read:
        file = self._made("parquet")
        source = Source(
            self.form, self.user.actor, Options.of({"format": "parquet", "personal": True})
        )
        found: Read = {}
        with ZipFile(file) as archive:
            for sheet in source.sheets:
                if not sheet.is_notes:
                    table = pq.read_table(io.BytesIO(archive.read(f"{sheet.name}.parquet")))
                    lines = zip(*(column.to_pylist() for column in table.columns), strict=True)
                    self._lines(found, sheet, lines, _from_parquet)
        return found

    def _made(self, wanted: str) -> File:
        target = self.folder / wanted
        target.mkdir()
        options = Options.of({"format": wanted, "personal": True})
        return make(Source(self.form, self.user.actor, options), target, self.user.actor).path

    def _get(self, rest: str) -> bytes:
        base = f"/v1/projects/{self.form.project_id}/forms/{self.form.xml_form_id}"
        token = sign_in.open_session(self.user).token
        answer: Any = Client().get(base + rest, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer
        content = answer.getvalue()
        assert isinstance(content, bytes)
        return content

    def _csv_row(self, found: Read, row: Mapping[str, str]) -> None:
        record, *steps = row["KEY"].split("/")
        table = self._table([step.partition("[")[0] for step in steps])
        place = _next(found, record, table)
        for path in self._paths(table):
            kind, head = self.truth.types.get((*table, *path), "string"), "-".join(path)
            if kind == "geopoint":
                latitude = row.get(f"{head}-Latitude", "")
                text = f"{latitude} {row.get(f'{head}-Longitude', '')}" if latitude else ""
            else:
                text = row.get(head, "")
            found[place][path] = typed(kind, text)

    def _odata_row(self, found: Read, record: str, table: Path, row: Mapping[str, Any]) -> None:
        place = _next(found, record, table)
        for path in self._paths(table):
            value: Any = row
            for step in path:
                value = value.get(_identifier(step)) if isinstance(value, dict) else None
            kind = self.truth.types.get((*table, *path), "string")
            found[place][path] = _from_json(kind, value)
        for below in self._tables():
            if len(below) > len(table) and below[: len(table)] == table:
                inner: Any = row
                for step in below[len(table) :]:
                    inner = inner.get(_identifier(step)) if isinstance(inner, dict) else None
                for each in inner if isinstance(inner, list) else ():
                    self._odata_row(found, record, below, each)

    def _lines(self, found: Read, sheet: Sheet, lines: Iterator[Any], back: Any) -> None:
        if sheet.table is None:
            return
        table = sheet.table.steps
        for line in lines:
            if not line or line[0] is None:
                continue
            whole = (*line, *(None,) * (len(sheet.variables) - len(line)))
            place = _next(found, whole[0], table)
            for path, cells in _grouped(sheet, whole).items():
                kind = self.truth.types.get((*table, *path), "string")
                found[place][path] = back(kind, cells)

    def _tables(self) -> list[Path]:
        return list(dict.fromkeys(table for _, table, _ in self.truth.answers))

    def _table(self, names: Sequence[str]) -> Path:
        if not names:
            return ()
        tables = [each for each in self._tables() if each and each[-1] == names[-1]]
        exact = [each for each in tables if _is_within(names, each)]
        return (exact or tables)[0]

    def _paths(self, table: Path) -> list[Path]:
        rows = (row for (_, at, _), row in self.truth.answers.items() if at == table)
        return list(dict.fromkeys(path for row in rows for path in row))


def _is_within(names: Sequence[str], steps: Path) -> bool:
    left = iter(steps)
    return all(name in left for name in names)


def _next(found: Read, record: str, table: Path) -> Place:
    """The place of the next row of a table in its record."""
    number = sum(1 for place in found if place[:2] == (record, table))
    found[record, table, number] = {}
    return record, table, number


def _grouped(sheet: Sheet, line: Sequence[Any]) -> dict[Path, list[Any]]:
    """The cells of each question: one, or two of a point."""
    found: dict[Path, list[Any]] = {}
    for variable, cell in zip(sheet.variables, line, strict=True):
        if variable.column is not None and variable.part in ("", *POINT_PARTS[:2]):
            found.setdefault(variable.column.steps, []).append(cell)
    return found


def _identifier(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "_", re.sub(r"^([^A-Za-z_])", r"_\1", name))


def _from_json(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, dict):
        if "coordinates" not in value:  # a group that stands empty in one instance
            return None
        flat = value["coordinates"]
        flat = [flat] if value["type"] == "Point" else flat
        flat = flat[0] if value["type"] == "Polygon" else flat
        return tuple((each[1], each[0]) for each in flat)
    return typed(kind, value) if isinstance(value, str) else value


def _from_excel(kind: str, cells: list[Any]) -> Any:
    cell = cells[0]
    if isinstance(cell, str):
        cell = ESCAPE.sub(lambda each: chr(int(each[1], 16)), cell)
    if kind == "boolean" and cell is not None:
        return bool(cell)
    if isinstance(cell, datetime) and kind == "date":
        return cell.date()
    return _back(kind, [cell, *cells[1:]])


def _from_parquet(kind: str, cells: list[Any]) -> Any:
    return _back(kind, cells)


def _back(kind: str, cells: list[Any]) -> Any:
    cell = cells[0]
    if cell is None:
        return None
    if kind == "geopoint":
        return ((float(cell), float(cells[1])),)
    if kind in ("geotrace", "geoshape"):
        pairs = re.findall(f"{NUMBER} {NUMBER}", cell)
        return tuple((float(latitude), float(longitude)) for longitude, latitude in pairs)
    if isinstance(cell, datetime):
        aware = cell if cell.tzinfo else cell.replace(tzinfo=VIETNAM)
        return aware.timestamp()
    if isinstance(cell, date | time):
        return cell
    return typed(kind, cell) if isinstance(cell, str) else cell
