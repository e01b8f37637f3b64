"""Rows of a CSV export as ODK Central writes them: one table for the form, one for each repeat.

Cells hold what the phone wrote. They are not changed for spreadsheets: a text that begins with `=`
stays one, because programs read these files and Central writes them so; docs/api.md says how to
open them safely. Workbooks (XLSX) are made elsewhere and carry no formulae.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform

from api.central.door import instant
from forms.values import GeoPoint
from surveys.collection.models import Record, Submission
from surveys.collection.readout import Column, Filled, Row, Status, System, Table

FIRST: Final = ("SubmissionDate",)
LAST: Final = (
    "KEY",
    "SubmitterID",
    "SubmitterName",
    "AttachmentsPresent",
    "AttachmentsExpected",
    "Status",
    "ReviewState",
    "DeviceID",
    "Edits",
    "FormVersion",
)
POINT_PARTS: Final = ("Latitude", "Longitude", "Altitude", "Accuracy")
STATUS: Final = {
    Status.NOT_DECRYPTED: "not decrypted",
    Status.MISSING_DATA: "missing encrypted form data",
}
_UNSAFE: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f]')

Cells = list[str]
Spread = Callable[[str], Cells]


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """What a request for CSV says."""

    attachments: bool = True
    group_paths: bool = True
    split_select_multiples: bool = False
    deleted_fields: bool = False


@dataclass(frozen=True, slots=True)
class _Cell:
    """A column of the form, and the columns of the file that it becomes."""

    name: str
    headers: tuple[str, ...]
    spread: Spread | None  # None: one cell, as stored


class CsvTable:
    """The header and rows of one table."""

    def __init__(
        self, table: Table, options: CsvOptions, codes: Mapping[str, Sequence[str]]
    ) -> None:
        self.table = table
        cells = [_cell(each, options, codes.get(each.name)) for each in table.columns]
        self.runs = _runs(cells)
        answers = [header for each in cells for header in each.headers]
        self.header = (
            [*FIRST, *answers, *LAST] if table.is_root else [*answers, "PARENT_KEY", "KEY"]
        )

    def rows(self, filled: Filled, keys: RowKeys) -> Iterator[Cells]:
        """The rows of a submission."""
        if self.table.is_root:
            yield _first(filled.system) + self._answers(filled.root) + _last(filled.system)
            return
        above, own = keys.tables[self.table.parent or ""], keys.tables[self.table.name]
        for row in filled.rows_of(self.table.name):
            cells = self._answers(row)
            cells += (above.get(row.parent_ordinal or 0, ""), own[row.ordinal])
            yield cells

    def _answers(self, row: Row) -> Cells:
        found: Cells = []
        get = row.values.get
        for names, spread in self.runs:
            if spread is None:
                found += [get(name, "") for name in names]
            else:
                found += spread(get(names[0], ""))
        return found


class RowKeys:
    """Keys of the rows of a submission, by table and ordinal: `uuid:1/children/child[2]`."""

    def __init__(self, filled: Filled, layout: Iterable[Table]) -> None:
        self.tables = {"": {0: filled.system.instance_id}}
        for table in layout:
            if not table.is_root:
                inner = "/".join(table.own_steps)
                above = self.tables[table.parent or ""]
                own = self.tables[table.name] = {}
                for row in filled.rows_of(table.name):
                    parent = above.get(row.parent_ordinal or 0, "")
                    own[row.ordinal] = f"{parent}/{inner}[{row.place + 1}]"


def file_names(form_id: str, layout: Sequence[Table]) -> list[str]:
    """`F.csv`, `F-child.csv`; repeats of one name are told apart by `~1`, `~2`."""
    leaves = [each.steps[-1] if each.steps else "" for each in layout]
    names = []
    for place, leaf in enumerate(leaves):
        number = f"~{leaves[: place + 1].count(leaf)}" if leaves.count(leaf) > 1 else ""
        names.append(safe_name(f"{form_id}-{leaf}{number}.csv" if leaf else f"{form_id}.csv"))
    return names


def safe_name(name: str) -> str:
    """A name of a file that every system takes and that leads nowhere else.

    Examples
    --------
    >>> safe_name("../a:b.csv"), safe_name("ảnh nhà.jpg")
    ('.._ab.csv', 'ảnh nhà.jpg')
    """
    plain = _UNSAFE.sub("", name.replace("/", "_")).strip(" ")
    return plain if plain.strip(".") else f"_{plain}"


def codes_of(
    table: Table, submissions: QuerySet[Submission], *, may_read: Callable[[Column], bool]
) -> dict[str, tuple[str, ...]]:
    """The codes of each select_multiple, in the order of the form; where they come from a file,
    those that were chosen.
    """
    found: dict[str, tuple[str, ...]] = {}
    for column in table.columns:
        if column.field.is_select_multiple and may_read(column):
            choices = column.field.choices
            if choices is not None and choices.choices and not choices.source:
                found[column.name] = tuple(choice.name for choice in choices.choices)
            else:
                found[column.name] = _chosen(table, column, submissions)
    return found


def _chosen(table: Table, column: Column, submissions: QuerySet[Submission]) -> tuple[str, ...]:
    answers = Record.objects.filter(
        table__in=set(table.stored.values()),
        submission__in=submissions.order_by().values("pk"),
    ).values_list(KeyTextTransform(column.name, "values"), flat=True)
    codes: set[str] = set()
    for answer in answers.distinct().order_by().iterator():
        codes.update((answer or "").split())
    return tuple(sorted(codes))


def _cell(column: Column, options: CsvOptions, codes: Sequence[str] | None) -> _Cell:
    base = "-".join(column.steps) if options.group_paths else column.steps[-1]
    if column.field.type == "geopoint":
        return _Cell(column.name, tuple(f"{base}-{part}" for part in POINT_PARTS), _point(column))
    if column.field.is_select_multiple and codes is not None:
        headers = (base, *(f"{base}/{code}" for code in codes))
        return _Cell(column.name, headers, _split(tuple(codes)))
    return _Cell(column.name, (base,), None)


def _runs(cells: Sequence[_Cell]) -> list[tuple[tuple[str, ...], Spread | None]]:
    """Names of columns that are written as stored, in runs; every other one by itself."""
    runs: list[tuple[tuple[str, ...], Spread | None]] = []
    for is_plain, same in groupby(cells, key=lambda cell: cell.spread is None):
        if is_plain:
            runs.append((tuple(cell.name for cell in same), None))
        else:
            runs += [((cell.name,), cell.spread) for cell in same]
    return runs


def _point(column: Column) -> Spread:
    def spread(value: str) -> Cells:
        if not isinstance(column.read(value), GeoPoint):
            return [value, "", "", ""]  # as it came, so that nothing is lost
        return [*value.split(), "", ""][:4]

    return spread


def _split(codes: tuple[str, ...]) -> Spread:
    """1 and 0; an unanswered question says neither."""
    unanswered = [""] * len(codes)

    def spread(value: str) -> Cells:
        chosen = set(value.split())
        if not chosen:
            return [value, *unanswered]
        return [value, *("1" if code in chosen else "0" for code in codes)]

    return spread


def _first(system: System) -> Cells:
    return [instant(system.submitted_at) or ""]


def _last(system: System) -> Cells:
    return [
        system.instance_id,
        str(system.submitter_id or ""),
        system.submitter_name or "",
        str(system.attachments_present),
        str(system.attachments_expected),
        STATUS[system.status] if system.status is not None else "",
        system.review_state or "",
        system.device_id or "",
        str(system.edits),
        system.form_version,
    ]
