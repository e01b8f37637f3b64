"""The answers that are places: what the map formats draw, with the record's other answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from forms.values import GeoPoint, GeoShape, GeoTrace
from surveys.collection.readout import Filled
from surveys.results.exports.cells import Line
from surveys.results.exports.refusals import refuse
from surveys.results.exports.source import Source
from surveys.results.exports.variables import Sheet, Variable

Place = GeoPoint | GeoTrace | GeoShape
GEOMETRIES: Final = {"geopoint": "Point", "geotrace": "LineString", "geoshape": "Polygon"}


@dataclass(frozen=True, slots=True)
class PlaceQuestion:
    """A question whose answers are places, of one table."""

    sheet: Sheet
    variable: Variable
    name: str

    @property
    def key(self) -> tuple[str, str]:
        return self.sheet.name, self.name

    @property
    def geometry(self) -> str:
        assert self.variable.column is not None
        return GEOMETRIES[self.variable.column.field.type]

    def of(self, filled: Filled) -> Iterator[tuple[int, Place]]:
        """The places of a submission, each with the number of its row in the table, from 0."""
        column = self.variable.column
        assert column is not None
        rows = (filled.root,) if self.sheet.is_root else filled.rows_of(self.sheet.name)
        for number, row in enumerate(rows):
            value = column.read(row.values.get(column.name))
            if isinstance(value, GeoPoint | GeoTrace | GeoShape) and is_on_earth(value):
                yield number, value


@dataclass(frozen=True, slots=True)
class OnePlace:
    """One answer, and the line of its record or repeat."""

    question: PlaceQuestion
    place: Place
    line: Line


@dataclass(frozen=True, slots=True)
class Placed:
    """The lines of one submission, and its places."""

    lines: list[Line]
    places: list[OnePlace]


def place_questions(source: Source) -> tuple[PlaceQuestion, ...]:
    """All of a file; raises `JobRefused` where there is none, and says why."""
    found = tuple(_found(source))
    if not found:
        if any(_is_place(each) for sheet in source.sheets for each in sheet.left_out):
            refuse(
                "Vị trí trong biểu mẫu này là dữ liệu cá nhân nên không có gì để vẽ.",
                "The places of this form are personal data, so there is nothing to draw.",
                "Chọn “kèm dữ liệu cá nhân” nếu bạn được phép, hoặc xuất bảng tính.",
                "Take in personal data if you may, or make a workbook.",
            )
        refuse(
            "Biểu mẫu này không có câu hỏi về vị trí.",
            "This form asks for no place.",
            "Xuất bảng tính, CSV hay Parquet.",
            "Make a workbook, CSV or Parquet.",
        )
    return found


def placed(source: Source, questions: Sequence[PlaceQuestion]) -> Iterator[Placed]:
    """Every place with the line it stands in; the notes come along as lines of their own."""
    for filled, lines in source.submissions_with_lines():
        by_sheet: dict[str, list[Line]] = {}
        for line in lines:
            by_sheet.setdefault(line.sheet.name, []).append(line)
        places = [
            OnePlace(question, place, by_sheet[question.sheet.name][number])
            for question in questions
            for number, place in question.of(filled)
        ]
        yield Placed(lines, places)


def is_on_earth(value: Place) -> bool:
    points = (value,) if isinstance(value, GeoPoint) else value.points
    return all(abs(each.latitude) <= 90 and abs(each.longitude) <= 180 for each in points)


def _found(source: Source) -> Iterator[PlaceQuestion]:
    for sheet in source.sheets:
        seen: set[str] = set()
        for each in sheet.variables:
            if _is_place(each) and each.column is not None and each.column.name not in seen:
                seen.add(each.column.name)
                name = each.name.removesuffix(f"_{each.part}") if each.part else each.name
                yield PlaceQuestion(sheet, each, name)


def _is_place(variable: Variable) -> bool:
    return variable.column is not None and variable.column.field.type in GEOMETRIES
