"""Many entities from a CSV file: checked line by line, then all taken or none.

The first line names the columns: `label`, properties of the list, and (where they are known)
`name` or `uuid` for the ids. What a download adds (`__version` and the like) is passed over, so
that a downloaded file can be changed and taken as new entities of another list.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from forms.entity_checks import uuid_of
from surveys.collection.entities import changes
from surveys.collection.entities.changes import Upload, Wanted
from surveys.collection.entities.reading import property_names
from surveys.collection.models import Actor, Entity, EntityList
from surveys.collection.spreadsheets import from_text

MOST_ERRORS: Final = 20
MOST_ROWS: Final = 500_000
LONGEST_CELL: Final = 1_000_000
ID_COLUMNS: Final = ("__id", "uuid", "name")
LABEL: Final = "label"


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with a line of the file (1 = the header) and what to do."""

    line: int
    vi: str
    en: str

    def to_json(self) -> dict[str, Any]:
        return {"row": self.line, "vi": self.vi, "en": self.en}


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read: entities to make, or what keeps it from being taken."""

    wanted: tuple[Wanted, ...]
    errors: tuple[LineError, ...]
    columns: tuple[str, ...] = ()


def read(content: bytes, entity_list: EntityList, *, from_spreadsheet: bool = False) -> Checked:
    """Check a file against a list; nothing is stored.

    `from_spreadsheet`: somebody's own file, where an apostrophe before a formula is no part of
    the text (`spreadsheets`). Never raises for what the file holds: at most 20 errors say which
    lines to correct.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _refused(
            line,
            "tệp không phải UTF-8; hãy lưu lại dạng CSV UTF-8.",
            "the file is not UTF-8; save it as CSV UTF-8.",
        )
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        return _refused(
            line,
            "tệp không phải CSV; hãy lưu lại dạng CSV.",
            "this is no CSV file; save it as CSV.",
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    csv.field_size_limit(LONGEST_CELL)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        columns, faults = _columns(header, property_names(entity_list.pk))
        if faults:
            return Checked((), tuple(faults))
        kept = from_text if from_spreadsheet else str
        return _check_rows(reader, columns, entity_list, kept)
    except csv.Error as error:
        return _refused(
            reader.line_num,
            f"không đọc được dòng này ({error}); hãy kiểm tra dấu nháy.",
            f"this line cannot be read ({error}); check the quotes.",
        )


def take(actor: Actor, entity_list: EntityList, checked: Checked, upload: Upload) -> int:
    """Make the entities of a file without errors; returns how many."""
    return changes.create_many(actor, entity_list, checked.wanted, upload)


def source_of(name: str, content: bytes, user_agent: str | None = None) -> Upload:
    plain = name.replace("\x00", "").replace("\\", "/").rpartition("/")[2].strip()
    return Upload(plain[:255] or "entities.csv", len(content), user_agent)


@dataclass(frozen=True, slots=True)
class _Columns:
    names: tuple[str, ...]
    label: int
    id: int | None
    properties: tuple[tuple[int, str], ...]


def _columns(header: Sequence[str], known: Sequence[str]) -> tuple[_Columns, list[LineError]]:
    faults: list[LineError] = []
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        faults.append(
            LineError(
                1,
                f"cột “{doubled[0]}” có hai lần; hãy bỏ một cột.",
                f'the column "{doubled[0]}" is there twice; remove one.',
            )
        )
    if LABEL not in header:
        faults.append(
            LineError(
                1,
                "thiếu cột label; hãy thêm cột label cho tên hiển thị.",
                "the column label is missing; add it for the name that is shown.",
            )
        )
    faults += [
        LineError(
            1,
            f"danh sách không có thuộc tính “{name}”; hãy thêm thuộc tính hoặc bỏ cột.",
            f'the list has no property "{name}"; add the property or remove the column.',
        )
        for name in header
        if not _is_expected(name, known)
    ]
    ids = [header.index(name) for name in ID_COLUMNS if name in header]
    properties = tuple((n, name) for n, name in enumerate(header) if name in known)
    label = header.index(LABEL) if LABEL in header else 0
    return _Columns(tuple(header), label, ids[0] if ids else None, properties), faults


def _is_expected(name: str, known: Sequence[str]) -> bool:
    return name in known or name in ID_COLUMNS or name == LABEL or name.startswith("__")


def _check_rows(
    reader: Iterator[list[str]],
    columns: _Columns,
    entity_list: EntityList,
    kept: Callable[[str], str],
) -> Checked:
    wanted: list[Wanted] = []
    errors: list[LineError] = []
    seen: dict[str, int] = {}
    for row in reader:
        line = reader.line_num  # type: ignore[attr-defined] # csv's own reader
        if not any(cell.strip() for cell in row):
            continue
        fault, found = _check_row([kept(cell) for cell in row], columns, seen, line)
        if fault is not None:
            errors.append(fault)
        elif len(wanted) >= MOST_ROWS:
            errors.append(
                LineError(
                    line,
                    f"quá {MOST_ROWS} dòng; hãy chia tệp.",
                    f"more than {MOST_ROWS} lines; split the file.",
                )
            )
            break
        elif found is not None:
            wanted.append(found)
        if len(errors) >= MOST_ERRORS:
            break
    errors += _taken(seen, entity_list)[: MOST_ERRORS - len(errors)]
    if not wanted and not errors:
        errors.append(
            LineError(2, "tệp không có dòng nào; hãy thêm dữ liệu.", "no lines; add data.")
        )
    return Checked(tuple(wanted) if not errors else (), tuple(errors), columns.names)


def _check_row(
    row: list[str], columns: _Columns, seen: dict[str, int], line: int
) -> tuple[LineError | None, Wanted | None]:
    if len(row) > len(columns.names):
        return LineError(
            line,
            f"có {len(row)} ô, đầu bảng có {len(columns.names)} cột; hãy kiểm tra dấu phẩy.",
            f"{len(row)} cells under {len(columns.names)} columns; check the commas.",
        ), None
    row = row + [""] * (len(columns.names) - len(row))
    label = row[columns.label].strip()
    if not label:
        return LineError(line, "thiếu label; hãy điền.", "the label is missing; fill it in."), None
    said = row[columns.id].strip() if columns.id is not None else ""
    uuid = uuid_of(said) if said else ""
    if uuid is None:
        return LineError(
            line,
            f"mã “{said[:60]}” không phải UUID phiên bản 4; hãy sửa hoặc để trống.",
            f'the id "{said[:60]}" is no version 4 UUID; correct it or leave it empty.',
        ), None
    if uuid and uuid in seen:
        return LineError(
            line,
            f"mã {uuid} đã có ở dòng {seen[uuid]}; hãy bỏ một dòng.",
            f"the id {uuid} stands in line {seen[uuid]} already; remove one line.",
        ), None
    if uuid:
        seen[uuid] = line
    return None, Wanted(label, {name: row[n] for n, name in columns.properties}, uuid)


def _taken(seen: dict[str, int], entity_list: EntityList) -> list[LineError]:
    """Lines whose id an entity of the list has, deleted ones too."""
    found: list[str] = []
    uuids = list(seen)
    for start in range(0, len(uuids), changes.MOST_AT_ONCE):
        part = uuids[start : start + changes.MOST_AT_ONCE]
        rows = Entity.objects.filter(list=entity_list, uuid__in=part)
        found += rows.values_list("uuid", flat=True)
    return [
        LineError(
            seen[uuid],
            f"mã {uuid} đã có trong danh sách; hãy bỏ dòng này hoặc để trống mã.",
            f"the id {uuid} is in the list already; remove the line or leave the id empty.",
        )
        for uuid in sorted(found, key=lambda each: seen[each])
    ]


def _refused(line: int, vi: str, en: str) -> Checked:
    return Checked((), (LineError(line, vi, en),))


def _delimiter(text: str) -> str:
    """Excel in Vietnamese writes semicolons."""
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","
