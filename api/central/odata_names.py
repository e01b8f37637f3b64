"""Names of OData: identifiers, tables, row ids and links, as ODK Central makes them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from surveys.collection.readout import Filled, Table

ROOT: Final = "Submissions"
_FIRST: Final = re.compile(r"^[^A-Za-z_]")
_OTHER: Final = re.compile(r"[^A-Za-z0-9_]+")


def identifier(name: str) -> str:
    """A name as OData allows it.

    Examples
    --------
    >>> identifier("ten-ho"), identifier("1.8"), identifier("họ_tên")
    ('ten_ho', '_1_8', 'h_t_n')
    """
    return _OTHER.sub("_", _FIRST.sub(lambda found: f"_{found[0]}", name))


def set_name(table: Table) -> str:
    """`Submissions`, `Submissions.children.child`."""
    return ".".join([ROOT, *map(identifier, table.steps)])


def parent_key(table: Table, layout: Sequence[Table]) -> str:
    """The property that names the parent row: `__Submissions-children-child-id`."""
    parent = next(each for each in layout if each.name == table.parent)
    return f"__{set_name(parent).replace('.', '-')}-id"


def property_path(steps: Sequence[str]) -> str:
    """The path of a property as `$select` and `$filter` write it."""
    return "/".join(map(identifier, steps))


class RowIds:
    """Ids and addresses of the rows of one submission: hashes of where they stand."""

    def __init__(self, filled: Filled, layout: Sequence[Table]) -> None:
        instance_id = filled.system.instance_id
        self._tables = {each.name: each for each in layout}
        self._ids: dict[tuple[str, int], str] = {("", 0): instance_id}
        self._places = {("", 0): f"{ROOT}#{instance_id}"}
        self._above: dict[tuple[str, int], int] = {}
        for table in layout:
            if table.parent is not None:
                self._place(filled, table, table.parent)

    def _place(self, filled: Filled, table: Table, parent: str) -> None:
        inner = "".join(f"%%{step}#" for step in table.own_steps)
        for row in filled.rows_of(table.name):
            above = row.parent_ordinal or 0
            self._above[table.name, row.ordinal] = above
            place = self._places.get((parent, above), "")
            self._places[table.name, row.ordinal] = f"{place}{inner}{row.place}"

    def of(self, table: str, ordinal: int) -> str:
        """The id of a row; of the root the instanceID."""
        found = self._ids.get((table, ordinal))
        if found is None:
            place = self._places[table, ordinal].encode()
            found = hashlib.sha1(place, usedforsecurity=False).hexdigest()
            self._ids[table, ordinal] = found
        return found

    def is_below(self, table: str, ordinal: int, above: str, row_id: str) -> bool:
        """Whether a row lies below the row of an id in another table."""
        while table and table != above:
            ordinal = self._above[table, ordinal]
            table = self._tables[table].parent or ""
        return table == above and self.of(table, ordinal) == row_id

    def link(self, table: Table, parent_ordinal: int | None) -> str:
        """Where the rows of a repeat within one parent row are read."""
        above = self._address(table.parent or "", parent_ordinal or 0)
        return "/".join([above, *map(identifier, table.own_steps)])

    def _address(self, name: str, ordinal: int) -> str:
        if not name:
            # A quote within a key is written twice.
            key = self._ids["", 0].replace("'", "''")
            return f"{ROOT}('{quote(key, safe=_SAFE)}')"
        table = self._tables[name]
        return f"{self.link(table, self._above[name, ordinal])}('{self.of(name, ordinal)}')"


_SAFE: Final = "!*'()~"
