"""The answers of a record as a page shows them: by group, with the words of the form."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from dashboard.presentation import formats
from forms import labels
from forms.instance import IDENTITY_COLUMNS
from forms.schema import Field, FormSchema
from forms.values import Misfit, read_value
from surveys.collection.models import Record
from surveys.collection.privacy import Classes

_PLACE: Final = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Answer:
    label: str
    name: str
    text: str
    is_hidden: bool = False
    is_misfit: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The questions of one group of the root."""

    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The rows of a repeat as a table; what nobody answered or was asked is left out."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Answer, ...], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """`computed`: what the phone worked out or noted by itself, without a question."""

    sections: tuple[Section, ...]
    computed: tuple[Answer, ...]
    repeats: tuple[Repeat, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    schema: FormSchema
    language: str
    may_review: bool
    classes: Classes
    root: Mapping[str, str]

    def label(self, field: Field) -> str:
        text = labels.label(field, self.language, default_language=self.schema.default_language)
        return _PLACE.sub(lambda place: self._said(place[1]), text)

    def _said(self, name: str) -> str:
        """What the phone put in the place of ${name}, where the reader may see it."""
        field = next((each for each in self.schema.fields_of("") if each.name == name), None)
        if field is None or (self.classes.is_restricted(field) and not self.may_review):
            return "…"
        return self.root.get(field.column) or "…"

    def answer(self, field: Field, lexical: str | None) -> Answer:
        if self.classes.is_restricted(field) and not self.may_review and lexical:
            return Answer(self.label(field), field.name, "", is_hidden=True)
        typed = read_value(field, lexical)
        text = lexical or ""
        if isinstance(typed, datetime):
            text = formats.moment(typed)
        elif isinstance(typed, date):
            text = formats.day(typed)
        elif not isinstance(typed, Misfit):
            text = labels.answer_text(self.schema, field, text, self.language)
        is_misfit = isinstance(typed, Misfit)
        return Answer(self.label(field), field.name, text, is_misfit=is_misfit)

    def unknown(self, column: str, text: str) -> Answer:
        """What the form version does not describe: nobody classed it, so reviewers only."""
        is_hidden = not self.may_review
        return Answer(column.lstrip("?"), column, "" if is_hidden else text, is_hidden=is_hidden)


def read(
    schema: FormSchema, records: Iterable[Record], classes: Classes, *, may_review: bool
) -> Reading:
    """The whole record; questions without an answer are left out."""
    rows: dict[str, list[Mapping[str, str]]] = {}
    for record in sorted(records, key=lambda each: (each.table, each.ordinal)):
        rows.setdefault(record.table, []).append(record.values)
    root = rows.pop("", [{}])[0]
    reader = _Reader(schema, "en" if formats.is_english() else "vi", may_review, classes, root)
    return Reading(
        sections=_sections(reader, root),
        computed=tuple(
            reader.answer(field, root[field.column])
            for field in schema.fields_of("")
            if not field.control and root.get(field.column)
        ),
        repeats=tuple(_repeat(reader, table, found) for table, found in rows.items()),
    )


def _sections(reader: _Reader, values: Mapping[str, str]) -> tuple[Section, ...]:
    groups = {group.path: group for group in reader.schema.groups if group.table == ""}
    found: dict[str, list[Answer]] = {}
    known = set()
    for field in reader.schema.fields_of(""):
        known.add(field.column)
        if field.is_note or not field.control or not values.get(field.column):
            continue
        found.setdefault(_top_group(field, groups), []).append(
            reader.answer(field, values[field.column])
        )
    strange = [
        reader.unknown(column, text)
        for column, text in values.items()
        if column not in known and text and column.lstrip("?") not in IDENTITY_COLUMNS
    ]
    sections = []
    for path, answers in found.items():
        group = groups.get(path)
        title = (
            labels.text(
                group.labels, reader.language, default_language=reader.schema.default_language
            )
            if group
            else ""
        )
        sections.append(Section(title or (group.name if group else ""), tuple(answers)))
    if strange:
        sections.append(Section(formats.pick("Ngoài biểu mẫu", "Not in the form"), tuple(strange)))
    return tuple(sections)


def _top_group(field: Field, groups: Mapping[str, object]) -> str:
    """The innermost group of the field that has a place of its own."""
    path = field.path
    while path := path.rpartition("/")[0]:
        if path in groups:
            return path
    return ""


def _repeat(reader: _Reader, table: str, rows: list[Mapping[str, str]]) -> Repeat:
    answered = {column for row in rows for column, text in row.items() if text}
    fields = [
        field
        for field in reader.schema.fields_of(table)
        if field.column in answered and field.control and not field.is_note
    ]
    known = {field.column for field in reader.schema.fields_of(table)}
    strange = sorted(answered - known)
    spot = next((each for each in reader.schema.tables if each.name == table), None)
    title = (
        labels.label(spot, reader.language, default_language=reader.schema.default_language)
        if spot
        else table
    )
    return Repeat(
        title=title,
        columns=(*(reader.label(field) for field in fields), *strange),
        rows=tuple(
            (
                *(reader.answer(field, row.get(field.column)) for field in fields),
                *(reader.unknown(column, row.get(column, "")) for column in strange),
            )
            for row in rows
        ),
    )
