"""Submissions as OData shows them: nested groups, typed values, links or arrays for repeats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.central.door import instant
from api.central.odata_names import RowIds, identifier, parent_key, property_path
from api.central.odata_options import Options
from api.central.odata_values import ToJson, text, to_json
from api.problems import ProblemRaised
from surveys.collection.readout import Column, Filled, Row, System, Table

Json = dict[str, Any]

SYSTEM: Final[Mapping[str, Callable[[System], Any]]] = {
    "submissionDate": lambda each: instant(each.submitted_at),
    "updatedAt": lambda each: instant(each.updated_at),
    "deletedAt": lambda each: instant(each.deleted_at),
    "submitterId": lambda each: str(each.submitter_id) if each.submitter_id is not None else None,
    "submitterName": lambda each: each.submitter_name,
    "attachmentsPresent": lambda each: each.attachments_present,
    "attachmentsExpected": lambda each: each.attachments_expected,
    "status": lambda each: each.status.value if each.status is not None else None,
    "reviewState": lambda each: each.review_state,
    "deviceId": lambda each: each.device_id,
    "edits": lambda each: each.edits,
    "formVersion": lambda each: each.form_version,
}


@dataclass(frozen=True, slots=True)
class _Leaf:
    key: str
    column: str
    convert: ToJson


@dataclass(frozen=True, slots=True)
class _Texts:
    """Leaves that are shown as they came, in a row: most of any form."""

    pairs: list[tuple[str, str]]  # key and column


@dataclass(frozen=True, slots=True)
class _Group:
    key: str
    parts: list[_Part]


@dataclass(frozen=True, slots=True)
class _Repeat:
    """A repeat within the row; ``parts`` are its own when it is expanded."""

    key: str
    table: Table
    parts: list[_Part] | None


_Part = _Leaf | _Texts | _Group | _Repeat


@dataclass(frozen=True, slots=True)
class Within:
    """Rows below one row only, as in `Submissions('x')/children/child('y')/toys/toy`."""

    table: str
    row_id: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One row as JSON; `row_id` and `ordinal` of a repeat's row."""

    row_id: str
    ordinal: int
    json: Json


class Shape:
    """The JSON of one table's rows for one request, worked out once."""

    def __init__(self, layout: Sequence[Table], table: Table, options: Options) -> None:
        self.layout = layout
        self.table = table
        self.parent_key = "" if table.is_root else parent_key(table, layout)
        self.selected = _Selection(options.select)
        self.options = options
        self.parts = self._parts(table, "")
        self.system = self._system()
        self.has_id = self.selected.takes("__id")
        self.has_parent = bool(self.parent_key) and self.selected.takes(self.parent_key)
        if unknown := self.selected.unknown():
            raise ProblemRaised(400.53, property=unknown)

    @property
    def shown(self) -> frozenset[str]:
        """Names of the tables whose answers are shown."""
        below = {each.name for each in self.layout if self.options.expand and self._is_below(each)}
        return frozenset({self.table.name, *below})

    @property
    def counted(self) -> frozenset[str]:
        """Names of those of which only has to be known which rows there are: for ids and links."""
        near = {
            each.name
            for each in self.layout
            if each.parent == self.table.name or self.table.steps[: len(each.steps)] == each.steps
        }
        return frozenset(near) - self.shown

    def _is_below(self, other: Table) -> bool:
        return other.steps[: len(self.table.steps)] == self.table.steps

    def rows(self, filled: Filled, within: Within | None = None) -> Iterator[Shown]:
        """The table's rows of a submission; those below one row only, if it is named."""
        ids = RowIds(filled, self.layout)
        children = _Children(filled)
        if self.table.is_root:
            yield Shown("", 0, self._root(filled, ids, children))
            return
        for row in filled.rows_of(self.table.name):
            if within and not ids.is_below(
                self.table.name, row.ordinal, within.table, within.row_id
            ):
                continue
            row_id = ids.of(self.table.name, row.ordinal)
            made: Json = {"__id": row_id} if self.has_id else {}
            if self.has_parent:
                made[self.parent_key] = ids.of(self.table.parent or "", row.parent_ordinal or 0)
            self._fill(made, self.parts, row, ids, children)
            yield Shown(row_id, row.ordinal, made)

    def _root(self, filled: Filled, ids: RowIds, children: _Children) -> Json:
        made: Json = {}
        if self.has_id:
            made["__id"] = filled.system.instance_id
        if self.system:
            made["__system"] = {key: read(filled.system) for key, read in self.system.items()}
        if filled.system.status is None:  # of what stays encrypted there is no more to say
            self._fill(made, self.parts, filled.root, ids, children)
        return made

    def _fill(
        self, made: Json, parts: list[_Part], row: Row, ids: RowIds, children: _Children
    ) -> None:
        get = row.values.get
        for part in parts:
            if isinstance(part, _Texts):
                for key, column in part.pairs:
                    said = get(column)
                    made[key] = said if said and not said.isspace() else None
            elif isinstance(part, _Leaf):
                made[part.key] = part.convert(get(part.column))
            elif isinstance(part, _Group):
                inner: Json = {}
                made[part.key] = inner
                self._fill(inner, part.parts, row, ids, children)
            else:
                self._repeat(made, part, row, ids, children)

    def _repeat(
        self, made: Json, part: _Repeat, row: Row, ids: RowIds, children: _Children
    ) -> None:
        """A link, where there is anything; with `$expand` the rows as well."""
        below = children.of(part.table.name, row.ordinal)
        if not below:
            return
        made[f"{part.key}@odata.navigationLink"] = ids.link(part.table, row.ordinal)
        if part.parts is None:
            return
        made[part.key] = found = []
        for child in below:
            bag: Json = {"__id": ids.of(part.table.name, child.ordinal)}
            self._fill(bag, part.parts, child, ids, children)
            found.append(bag)

    def _parts(self, table: Table, base: str) -> list[_Part]:
        """What a row of a table holds; `base` is the table's own path for `$select`."""
        top: list[_Part] = []
        groups: dict[tuple[str, ...], list[_Part]] = {(): top}
        for column in table.columns:
            path = f"{base}{property_path(column.steps)}"
            if self.selected.takes(path):
                _add_leaf(_within(groups, column.steps[:-1]), column, wkt=self.options.wkt)
        for child in self.layout:
            if child.parent == table.name and not child.is_root:
                self._add_repeat(groups, child, base)
        return top

    def _add_repeat(
        self, groups: dict[tuple[str, ...], list[_Part]], child: Table, base: str
    ) -> None:
        steps = child.own_steps
        path = f"{base}{property_path(steps)}"
        if not (self.selected.takes(path) or self.selected.reaches_into(path)):
            return
        if not self.options.expand and self.selected.reaches_into(path):
            raise ProblemRaised(400.54, property=path)
        parts = self._parts(child, f"{path}/") if self.options.expand else None
        _within(groups, steps[:-1]).append(_Repeat(identifier(steps[-1]), child, parts))

    def _system(self) -> dict[str, Callable[[System], Any]]:
        if not self.table.is_root:
            return {}
        return {key: read for key, read in SYSTEM.items() if self.selected.takes(f"__system/{key}")}


def _add_leaf(parts: list[_Part], column: Column, *, wkt: bool) -> None:
    key = identifier(column.steps[-1])
    convert = to_json(column, wkt=wkt)
    if convert is not text:
        parts.append(_Leaf(key, column.name, convert))
    elif parts and isinstance(parts[-1], _Texts):
        parts[-1].pairs.append((key, column.name))
    else:
        parts.append(_Texts([(key, column.name)]))


def _within(groups: dict[tuple[str, ...], list[_Part]], steps: tuple[str, ...]) -> list[_Part]:
    """The parts of a group, which is made where it is not there yet."""
    found = groups.get(steps)
    if found is None:
        found = groups[steps] = []
        _within(groups, steps[:-1]).append(_Group(identifier(steps[-1]), found))
    return found


class _Selection:
    """What `$select` names; nothing named = everything."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = paths
        self.used: set[str] = set()

    def takes(self, path: str) -> bool:
        """Whether a property is wanted: itself, or a group that it stands in."""
        if not self.paths:
            return True
        found = [each for each in self.paths if path == each or path.startswith(f"{each}/")]
        self.used.update(found)
        return bool(found)

    def reaches_into(self, path: str) -> bool:
        """Whether a property within a repeat is wanted."""
        found = [each for each in self.paths if each.startswith(f"{path}/")]
        self.used.update(found)
        return bool(found)

    def unknown(self) -> str:
        """A path that no property has."""
        return next((each for each in self.paths if each not in self.used), "")


class _Children:
    """Rows of a submission by the row that they lie in."""

    def __init__(self, filled: Filled) -> None:
        self.filled = filled
        self.known: dict[str, dict[int, list[Row]]] = {}

    def of(self, table: str, parent_ordinal: int) -> list[Row]:
        found = self.known.get(table)
        if found is None:
            found = self.known[table] = {}
            for row in self.filled.rows_of(table):
                found.setdefault(row.parent_ordinal or 0, []).append(row)
        return found.get(parent_ordinal, [])
