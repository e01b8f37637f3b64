"""GeoPackage: a layer a place question, a plain table each for records, repeats and notes.

It is SQLite with a few tables more (OGC 12-128r19), so it is written row by row with the standard
library; QGIS and GDAL open it. Layers join the tables by `record_id` and `record_row`.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from forms.values import VIETNAM, GeoPoint, GeoTrace
from surveys.collection.models import Actor
from surveys.results.exports.cells import Cell
from surveys.results.exports.codebook import codebook
from surveys.results.exports.places import Place, PlaceQuestion, place_questions, placed
from surveys.results.exports.source import Source
from surveys.results.exports.variables import Kind, Sheet

_COMMIT_EVERY: Final = 5_000
_WGS84: Final = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AUTHORITY["EPSG","4326"]]'
)
_TABLES: Final = """
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
"""
_SYSTEMS: Final = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", ""),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", ""),
    ("WGS 84", 4326, "EPSG", 4326, _WGS84, ""),
)
_TYPES: Final = {
    Kind.WHOLE: "INTEGER",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DAY: "DATE",
    Kind.MOMENT: "DATETIME",
}


def write(source: Source, folder: Path, stem: str, actor: Actor) -> None:
    """Write the package; raises `JobRefused` where the form has no place to draw."""
    questions = place_questions(source)
    with closing(sqlite3.connect(folder / f"{stem}.gpkg", isolation_level=None)) as db:
        package = _Package(db, source, questions)
        for number, found in enumerate(placed(source, questions), 1):
            for line in found.lines:
                package.row(line.sheet, line.cells)
            for each in found.places:
                package.layers[each.question.key].place(each.place, each.line.cells)
            if number % _COMMIT_EVERY == 0:
                package.commit()
        package.finish()
        said = codebook(source, actor)
        package.plain("khaosat_about", ("what", "value"), said.about)
        package.plain("khaosat_codebook", None, said.variables)
        package.plain("khaosat_choices", None, said.choices)
        db.execute("COMMIT")


class _Layer:
    """One question on the map, with the other answers of its record or repeat."""

    def __init__(self, db: sqlite3.Connection, table: str, question: PlaceQuestion) -> None:
        self.db = db
        self.table = table
        self.box: list[float] | None = None
        variables = question.sheet.variables
        names = ", ".join(_quoted(each.name) for each in variables)
        marks = ", ".join("?" * (len(variables) + 1))
        self.insert = f"INSERT INTO {_quoted(table)} (geom, {names}) VALUES ({marks})"  # noqa: S608 - quoted
        kind = question.geometry.upper()
        db.execute(_created(table, f"geom {kind}", *_columns(question.sheet)))
        db.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
            " VALUES (?, 'features', ?, 4326)",
            (table, table),
        )
        db.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)", (table, kind)
        )

    def place(self, place: Place, cells: Sequence[Cell]) -> None:
        points = (place,) if isinstance(place, GeoPoint) else place.points
        box = self.box or [180.0, 90.0, -180.0, -90.0]
        for point in points:
            box[0], box[1] = min(box[0], point.longitude), min(box[1], point.latitude)
            box[2], box[3] = max(box[2], point.longitude), max(box[3], point.latitude)
        self.box = box
        self.db.execute(self.insert, (packed(place), *(_stored(each) for each in cells)))

    def finish(self) -> None:
        if self.box is not None:
            self.db.execute(
                "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?"
                " WHERE table_name = ?",
                (*self.box, self.table),
            )


class _Package:
    """The file: its layers, and a table each for the sheets."""

    def __init__(
        self, db: sqlite3.Connection, source: Source, questions: Sequence[PlaceQuestion]
    ) -> None:
        self.db = db
        # The file is made anew when anything fails, so it need not survive a crash half done.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.executescript(_TABLES)
        db.execute("BEGIN")
        db.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _SYSTEMS)
        self.taken: set[str] = set()
        self.inserts = {sheet.name: self._table(sheet, source) for sheet in source.sheets}
        self.layers = {each.key: _Layer(db, self._free(each.name), each) for each in questions}

    def row(self, sheet: Sheet, cells: Sequence[Cell]) -> None:
        self.db.execute(self.inserts[sheet.name], [_stored(each) for each in cells])

    def commit(self) -> None:
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def finish(self) -> None:
        for layer in self.layers.values():
            layer.finish()

    def plain(self, table: str, names: Sequence[str] | None, lines: Sequence[Any]) -> None:
        """A table of texts; without names the first line has them."""
        heads = list(names or (str(each) for each in lines[0]))
        self._register(table, table, [f"{_quoted(each)} TEXT" for each in heads])
        marks = ", ".join("?" * len(heads))
        named = ", ".join(_quoted(each) for each in heads)
        self.db.executemany(
            f"INSERT INTO {_quoted(table)} ({named}) VALUES ({marks})",  # noqa: S608 - quoted
            lines if names else lines[1:],
        )

    def _table(self, sheet: Sheet, source: Source) -> str:
        table = self._free(sheet.name.replace(".", "_"))
        words = sheet.words(source.options.language)
        self._register(table, words, _columns(sheet))
        named = ", ".join(_quoted(each.name) for each in sheet.variables)
        marks = ", ".join("?" * len(sheet.variables))
        return f"INSERT INTO {_quoted(table)} ({named}) VALUES ({marks})"  # noqa: S608 - quoted

    def _register(self, table: str, words: str, columns: list[str]) -> None:
        self.db.execute(_created(table, *columns))
        self.db.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description)"
            " VALUES (?, 'attributes', ?, ?)",
            (table, table, words),
        )

    def _free(self, wanted: str) -> str:
        plain = "".join(sign if sign.isalnum() else "_" for sign in wanted) or "layer"
        if plain.lower().startswith(("gpkg_", "rtree_", "sqlite_", "khaosat_")):
            plain = f"x_{plain}"
        name, number = plain, 2
        while name.lower() in self.taken:
            name, number = f"{plain}_{number}", number + 1
        self.taken.add(name.lower())
        return name


def _columns(sheet: Sheet) -> list[str]:
    return [f"{_quoted(each.name)} {_TYPES.get(each.kind, 'TEXT')}" for each in sheet.variables]


def _created(table: str, *columns: str) -> str:
    key = "fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"
    return f"CREATE TABLE {_quoted(table)} ({', '.join((key, *columns))})"


def packed(place: Place) -> bytes:
    """The geometry as a GeoPackage stores it: a head of eight bytes, then WKB."""
    head = struct.pack("<2sBBi", b"GP", 0, 1, 4326)
    if isinstance(place, GeoPoint):
        return head + struct.pack("<BIdd", 1, 1, place.longitude, place.latitude)
    points = b"".join(struct.pack("<dd", each.longitude, each.latitude) for each in place.points)
    if isinstance(place, GeoTrace):
        return head + struct.pack("<BII", 1, 2, len(place.points)) + points
    return head + struct.pack("<BIII", 1, 3, 1, len(place.points)) + points


def _stored(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        moment = cell.replace(tzinfo=VIETNAM).astimezone(UTC)  # the format knows UTC alone
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return cell.isoformat() if isinstance(cell, date | time) else cell


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("\x00", "") + '"'
