"""From a whole submission to the cells of each table, and the notes on what did not fit one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Final

from forms import labels
from forms.instance import IDENTITY_COLUMNS
from forms.schema import Field
from forms.values import VIETNAM, GeoPoint, GeoShape, GeoTrace, Misfit, Value
from surveys.collection import consent
from surveys.collection.readout import Filled, Row
from surveys.results.exports.options import LANGUAGES, Answers, Options
from surveys.results.exports.variables import NOTES, POINT_PARTS, RECORD, ROW, Sheet, Variable

Cell = None | str | int | float | bool | date | time | datetime
"""What a writer gets: moments are Viet Nam's clock and name no zone (no package has one)."""


class Reason(Enum):
    """Why something stands in the notes, in the languages of a file."""

    UNFIT = ("không đúng kiểu", "does not fit its type")
    INEXACT = ("nhiều chữ số hơn một số chứa được", "more digits than a number holds")
    UNKNOWN = ("ngoài biểu mẫu", "not in the form")
    # opened in ODK Central's CSV archive alone, with its passphrase
    SEALED = ("đã mã hoá", "encrypted")
    LONG = ("dài hơn một ô", "longer than a cell")

    def said_in(self, language: str) -> str:
        return self.value[LANGUAGES.index(language)]


_EXACT: Final = 2**53
_OUTSIDE: Final = "?"  # records hold under it what the form does not know


@dataclass(frozen=True, slots=True)
class Line:
    """One row to write."""

    sheet: Sheet
    cells: Sequence[Cell]


class Cells:
    """Makes the lines of submissions for the tables of a file."""

    def __init__(self, sheets: Sequence[Sheet], options: Options) -> None:
        self.notes = next(sheet for sheet in sheets if sheet.name == NOTES)
        self.plans = [_Plan(sheet, options) for sheet in sheets if sheet.table is not None]
        self.keeps_unknown = options.personal
        self.language = options.language

    def lines(self, filled: Filled) -> Iterator[Line]:
        """The lines of one submission: the root, its repeats, then its notes."""
        notes: list[Line] = []
        if filled.system.status is not None:
            closed = self._noted(filled, self.plans[0].sheet.name, 1)
            closed.add("", Reason.SEALED, filled.system.status.value)
            notes += (Line(self.notes, each) for each in closed.found)
        for plan in self.plans:
            for row in plan.rows(filled):
                noted = self._noted(filled, plan.sheet.name, row.ordinal + 1)
                yield Line(plan.sheet, plan.cells(filled, row, noted))
                if self.keeps_unknown:
                    for name, text in row.values.items():
                        if name.startswith(_OUTSIDE) and name[1:] not in IDENTITY_COLUMNS:
                            noted.add(name, Reason.UNKNOWN, text)
                notes += (Line(self.notes, each) for each in noted.found)
        yield from notes

    def _noted(self, filled: Filled, table: str, row: int) -> _Noted:
        return _Noted(filled.system.instance_id, table, row, self.language)


class _Noted:
    """Collects what one row cannot hold."""

    def __init__(self, record: str, table: str, row: int, language: str) -> None:
        self.place: tuple[Cell, ...] = (record, table, row)
        self.language = language
        self.found: list[tuple[Cell, ...]] = []

    def add(self, variable: str, reason: Reason, text: str) -> None:
        self.found.append((*self.place, variable, reason.said_in(self.language), text))


Step = Callable[[Value], Cell]


@dataclass(frozen=True, slots=True)
class _Source:
    """A question with the steps that make the cells of its variables."""

    name: str
    variable: str
    read: Callable[[str | None], Value]
    steps: tuple[Step, ...]
    empty: tuple[Cell, ...]


class _Plan:
    """How the rows of one table become cells."""

    def __init__(self, sheet: Sheet, options: Options) -> None:
        self.sheet = sheet
        self.own = len(RECORD if sheet.is_root else ROW)
        self.consents = consent.Texts()
        grouped: dict[str, list[Variable]] = {}
        for variable in sheet.variables:
            if variable.column is not None:
                grouped.setdefault(variable.column.name, []).append(variable)
        self.sources = [_source(variables, options) for variables in grouped.values()]

    def rows(self, filled: Filled) -> Sequence[Row]:
        if self.sheet.is_root:
            return (filled.root,)
        return filled.rows_of(self.sheet.name)

    def cells(self, filled: Filled, row: Row, noted: _Noted) -> list[Cell]:
        cells: list[Cell] = [*self._own(filled, row)]
        for source in self.sources:
            lexical = row.values.get(source.name)
            value = source.read(lexical) if lexical else None
            if value is None:
                cells += source.empty
                continue
            if isinstance(value, Misfit):
                noted.add(source.variable, Reason.UNFIT, value.lexical)
                cells += source.empty
                continue
            if _is_inexact(value):
                noted.add(source.variable, Reason.INEXACT, str(lexical))
            cells += (step(value) for step in source.steps)
        return cells

    def _own(self, filled: Filled, row: Row) -> tuple[Cell, ...]:
        system = filled.system
        if not self.sheet.is_root:
            parent = row.parent_ordinal
            return system.instance_id, row.ordinal + 1, None if parent is None else parent + 1
        return (
            system.instance_id,
            system.submitted_at.astimezone(VIETNAM).replace(tzinfo=None),
            system.submitter_name,
            system.review_state,
            system.form_version,
            str(consent.proof(self.consents.of(system.form_version_id), filled.root.values).state)
            or None,
        )


def _source(variables: Sequence[Variable], options: Options) -> _Source:
    first = variables[0]
    column = first.column
    assert column is not None
    steps = tuple(_step(each, column.field, options) for each in variables)
    return _Source(column.name, first.name, column.read, steps, (None,) * len(steps))


def _step(variable: Variable, question: Field, options: Options) -> Step:
    if variable.part in POINT_PARTS and question.type == "geopoint":
        part = variable.part
        return lambda value: getattr(value, part, None)
    if variable.part:
        code = variable.part
        return lambda value: isinstance(value, tuple) and code in value
    if options.answers is Answers.LABELS and variable.choices:
        return _words(variable, options.language)
    return plain


def _words(variable: Variable, language: str) -> Step:
    """Codes as words in one language; a code that the list does not hold stays."""
    said = {
        choice.name: labels.label(choice, language, default_language=variable.default_language)
        for choice in variable.choices
    }

    def words(value: Value) -> Cell:
        if isinstance(value, tuple):
            return "; ".join(said.get(code, code) for code in value)
        return said.get(value, value) if isinstance(value, str) else plain(value)

    return words


def plain(value: Value) -> Cell:
    """A typed value as a cell."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(VIETNAM).replace(tzinfo=None)
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, GeoPoint | GeoTrace | GeoShape):
        return well_known(value)
    return None if isinstance(value, Misfit) else value


def well_known(value: GeoPoint | GeoTrace | GeoShape) -> str:
    """A geometry as WKT, longitude first."""
    if isinstance(value, GeoPoint):
        return f"POINT ({_pair(value)})"
    line = ", ".join(_pair(point) for point in value.points)
    return f"LINESTRING ({line})" if isinstance(value, GeoTrace) else f"POLYGON (({line}))"


def _pair(point: GeoPoint) -> str:
    return f"{point.longitude!r} {point.latitude!r}"


def _is_inexact(value: Value) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) > _EXACT
    return isinstance(value, Decimal) and Decimal(repr(float(value))) != value
