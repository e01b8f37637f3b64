"""The variables of a file: what every format writes, one flat list a table.

A point becomes four numbers, a question with several answers also one 0/1 variable a choice. Names
are those of the questions; where two of a table are the same, each has its path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from forms import labels
from forms.schema import Choice, Labels
from surveys.collection.privacy import PrivacyClass
from surveys.collection.readout import Column, Table
from surveys.results.exports.options import Options

MOST_SPLIT: Final = 200  # choices that become a variable each
POINT_PARTS: Final = ("latitude", "longitude", "altitude", "accuracy")
NOTES: Final = "notes"


class Kind(StrEnum):
    TEXT = "text"
    CODE = "code"  # one answer of a list
    CODES = "codes"  # several
    WHOLE = "whole number"
    NUMBER = "number"
    BOOLEAN = "yes or no"
    DAY = "date"
    CLOCK = "time"
    MOMENT = "date and time"
    FILE = "file name"


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of a written table. `part` is of a point, or the code of one choice."""

    name: str
    kind: Kind
    labels: Labels
    default_language: str = ""
    column: Column | None = None
    part: str = ""
    choices: tuple[Choice, ...] = ()
    privacy: PrivacyClass | None = None

    def label(self, language: str) -> str:
        return labels.text(
            self.labels, language, default_language=self.default_language, fallback=self.name
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file: the records, a repeat of them, or the notes."""

    name: str
    title: Labels
    variables: tuple[Variable, ...]
    table: Table | None = None
    # Columns that are not in the file because they are personal, or not for this reader.
    left_out: tuple[Variable, ...] = ()

    def words(self, language: str) -> str:
        """The table in a language; the last step of its name where the form gives no label."""
        default = self.table.default_language if self.table is not None else ""
        last = self.name.rpartition(".")[2]
        return labels.text(self.title, language, default_language=default, fallback=last)

    @property
    def is_root(self) -> bool:
        return self.table is not None and self.table.is_root

    @property
    def is_notes(self) -> bool:
        return self.table is None


RECORD: Final = (
    Variable("record_id", Kind.TEXT, {"vi": "Mã phiếu", "en": "Record id"}),
    Variable("record_submitted_at", Kind.MOMENT, {"vi": "Gửi lúc", "en": "Submitted at"}),
    Variable("record_submitter", Kind.TEXT, {"vi": "Người gửi", "en": "Submitter"}),
    Variable("record_review", Kind.TEXT, {"vi": "Kết quả duyệt", "en": "Review state"}),
    Variable("record_version", Kind.TEXT, {"vi": "Phiên bản biểu mẫu", "en": "Form version"}),
    # Whether the person agreed, and to the words of that version (`consent.State`).
    Variable("record_consent", Kind.TEXT, {"vi": "Đồng ý trả lời", "en": "Consent"}),
)
ROW: Final = (
    RECORD[0],
    Variable("record_row", Kind.WHOLE, {"vi": "Dòng thứ", "en": "Row"}),
    Variable(
        "record_parent_row", Kind.WHOLE, {"vi": "Thuộc dòng thứ", "en": "Row of the table above"}
    ),
)
NOTE: Final = (
    RECORD[0],
    Variable("table", Kind.TEXT, {"vi": "Bảng", "en": "Table"}),
    Variable("row", Kind.WHOLE, {"vi": "Dòng thứ", "en": "Row"}),
    Variable("variable", Kind.TEXT, {"vi": "Biến", "en": "Variable"}),
    Variable("reason", Kind.TEXT, {"vi": "Vì sao", "en": "Reason"}),
    Variable("text", Kind.TEXT, {"vi": "Nguyên văn", "en": "As it came"}),
)
_KINDS: Final = {
    "int": Kind.WHOLE,
    "integer": Kind.WHOLE,
    "long": Kind.WHOLE,
    "decimal": Kind.NUMBER,
    "double": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DAY,
    "time": Kind.CLOCK,
    "dateTime": Kind.MOMENT,
    "binary": Kind.FILE,
}
_PART_WORDS: Final = {
    "latitude": {"vi": "vĩ độ", "en": "latitude"},
    "longitude": {"vi": "kinh độ", "en": "longitude"},
    "altitude": {"vi": "độ cao, m", "en": "altitude, m"},
    "accuracy": {"vi": "sai số, m", "en": "accuracy, m"},
}


@dataclass(frozen=True, slots=True)
class Policy:
    """Which columns a file may hold, and the class of each."""

    options: Options
    reads_restricted: bool
    is_left_out: Callable[[Column], bool]
    privacy: Callable[[Column], PrivacyClass | None]

    def takes(self, column: Column) -> bool:
        if column.is_restricted and not self.reads_restricted:
            return False
        return self.options.personal or not self.is_left_out(column)


def sheets_of(tables: Sequence[Table], policy: Policy) -> tuple[Sheet, ...]:
    """The tables of a file, the records first, the notes last."""
    return (
        *(_sheet(table, policy) for table in tables),
        Sheet(NOTES, {"vi": "Ghi chú", "en": "Notes"}, NOTE),
    )


def kind_of(column: Column) -> Kind:
    """How a column's answers are written."""
    question = column.field
    if question.is_binary:
        return Kind.FILE
    if question.is_select_multiple:
        return Kind.CODES
    if question.choices is not None and question.control not in ("range", "rank"):
        offered = question.choices.choices and not question.choices.source
        return Kind.CODE if offered else Kind.TEXT
    return _KINDS.get(question.type, Kind.TEXT)


@dataclass(slots=True)
class _Names:
    """Names of a table, each once; upper and lower case are one (SPSS and Excel think so)."""

    taken: set[str] = field(default_factory=set)

    def free(self, wanted: str, path: str) -> str:
        name, number = (wanted if wanted.lower() not in self.taken else path), 2
        while name.lower() in self.taken:
            name, number = f"{path}_{number}", number + 1
        self.taken.add(name.lower())
        return name


def _sheet(table: Table, policy: Policy) -> Sheet:
    own = RECORD if table.is_root else ROW
    columns = [each for each in table.columns if not each.field.is_note]
    often = Counter(each.field.name.lower() for each in columns)
    names = _Names({each.name.lower() for each in own})
    kept: list[Variable] = []
    left: list[Variable] = []
    for column in columns:
        is_alone = often[column.field.name.lower()] == 1
        name = names.free(column.field.name if is_alone else column.name, column.name)
        found = _variables(
            Variable(
                name=name,
                kind=kind_of(column),
                labels=column.field.labels,
                default_language=table.default_language,
                column=column,
                choices=column.field.choices.choices if column.field.choices else (),
                privacy=policy.privacy(column),
            ),
            names,
        )
        if policy.takes(column):
            kept += found
        else:
            left += found[:1]
    return Sheet(
        name=table.name or "records",
        title=table.labels if not table.is_root else {"vi": "Phiếu", "en": "Records"},
        variables=(*own, *kept),
        table=table,
        left_out=tuple(left),
    )


def _variables(whole: Variable, names: _Names) -> list[Variable]:
    """One question as the variables that it is written as."""
    column = whole.column
    if column is None:
        return [whole]
    if column.field.type == "geopoint":
        return [_part(whole, part, names) for part in POINT_PARTS]
    if whole.kind is Kind.CODES and not _is_open(column) and len(whole.choices) <= MOST_SPLIT:
        return [whole, *(_choice(whole, choice, names) for choice in whole.choices)]
    return [whole]


def _is_open(column: Column) -> bool:
    return column.field.choices is not None and bool(column.field.choices.source)


def _part(whole: Variable, part: str, names: _Names) -> Variable:
    name = f"{whole.name}_{part}"
    words = {
        language: f"{whole.label(language)} – {word}"
        for language, word in _PART_WORDS[part].items()
    }
    return replace(
        whole, name=names.free(name, name), kind=Kind.NUMBER, labels=words, part=part, choices=()
    )


def _choice(whole: Variable, choice: Choice, names: _Names) -> Variable:
    name = f"{whole.name}/{choice.name}"
    languages = {*whole.labels, *choice.labels} or {""}
    words = {
        language: f"{whole.label(language)}: {labels.label(choice, language)}"
        for language in sorted(languages)
    }
    return replace(
        whole,
        name=names.free(name, name),
        kind=Kind.BOOLEAN,
        labels=words,
        part=choice.name,
        choices=(),
    )
