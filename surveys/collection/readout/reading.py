"""Whole submissions with their rows, one after the other, in constant memory.

The ids of what was chosen are taken first (eight bytes each), then the rest in blocks of short
queries. So a read-out shows what was there when it began, however long the receiver takes; a
client that hangs up leaves no cursor or transaction behind; and several passes see the same
submissions. Both databases are read alike.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from django.db.models import QuerySet

from forms.records import RecordRow
from surveys.collection.models import Attachment, Submission
from surveys.collection.readout import queries
from surveys.collection.readout.layout import Table
from surveys.collection.readout.queries import Status, StoredRow, System

BLOCK: Final = 500
FIRST_BLOCK: Final = 50  # small, so that the first byte leaves at once

Restricted = bool | QuerySet[Submission]
"""Whose restricted answers are shown: everybody's, nobody's, or those of these submissions."""

Opener = Callable[[int], tuple[RecordRow, ...] | None]
"""Decrypts: the rows of a `SubmissionVersion` (its id), or None when no key opens it."""

Stored = StoredRow | RecordRow


class Row(NamedTuple):
    """One row of one table; a tuple, since an export makes one for each row there is.

    ``place`` counts from 0 within the parent row, ``ordinal`` within the submission. ``values`` are
    as stored, by column name; restricted ones are left out unless they may be shown, and so are
    those that no column has.
    """

    ordinal: int
    parent_ordinal: int | None
    place: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """A whole submission."""

    system: System
    shows_restricted: bool
    _rows: Mapping[str, tuple[Row, ...]]

    def rows_of(self, table: str) -> tuple[Row, ...]:
        """The rows of a table ("" = root, "children.child") in document order."""
        return self._rows.get(table, ())

    @property
    def root(self) -> Row:
        """The root row; an empty one while no records could be made."""
        found = self._rows.get("")
        return found[0] if found else NOTHING


NOTHING: Final = Row(0, None, 0, {})
NEWEST_FIRST: Final = ("-created_at", "-id")


def in_order(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Newest first, unless the caller ordered them."""
    return submissions if submissions.query.order_by else submissions.order_by(*NEWEST_FIRST)


def ids_of(submissions: QuerySet[Submission]) -> array[int]:
    """The ids of what was chosen, in its order (newest first by default): eight bytes each."""
    chosen = in_order(submissions).values_list("pk", flat=True)
    return array("q", chosen.iterator(chunk_size=5000))


def rows(
    submissions: QuerySet[Submission] | Sequence[int],
    tables: Sequence[Table],
    *,
    restricted: Restricted = False,
    only: Collection[str] | None = None,
    counted: Collection[str] = (),
    opener: Opener | None = None,
) -> Iterator[Filled]:
    """The submissions with their rows, in the queryset's order (newest first by default).

    Parameters
    ----------
    submissions : those that the caller may see, as `surveys.fieldwork.scope` gives them, or their
        ids.
    tables : of their form, as `readout.tables` gives them.
    restricted : whose personal and free answers are shown; rights decide it.
    only : names of the tables whose rows are wanted besides the root; all by default.
    counted : names of tables not in ``only`` whose rows come without values.
    opener : decrypts; without one, encrypted submissions have a status and no answers.
    """
    reading = _Reading(tables, restricted, only, counted, opener)
    ids = ids_of(submissions) if isinstance(submissions, QuerySet) else submissions
    start, size = 0, FIRST_BLOCK
    while start < len(ids):
        yield from reading.block(list(ids[start : start + size]))
        start, size = start + size, BLOCK


@dataclass(frozen=True, slots=True)
class _Place:
    """A table, and what of it anybody may read."""

    table: Table
    open_columns: frozenset[str]


class _Reading:
    """One read-out; knows where the records of each form version belong."""

    def __init__(
        self,
        tables: Sequence[Table],
        restricted: Restricted,
        only: Collection[str] | None,
        counted: Collection[str],
        opener: Opener | None,
    ) -> None:
        self.restricted = restricted
        self.opener = opener
        self.counted: set[str] = set()
        self.sealed = next((each.sealed for each in tables if each.is_root), frozenset())
        self.places: dict[tuple[int, str], _Place] = {}
        for table in tables:
            is_unwanted = only is not None and table.name not in only
            if is_unwanted and table.name not in counted and not table.is_root:
                continue
            if is_unwanted and table.name in counted:
                self.counted.update(table.stored.values())
            public = frozenset(each.name for each in table.columns if not each.is_restricted)
            for version, name in table.stored.items():
                self.places[version, name] = _Place(table, public)
        # The root row tells an encrypted envelope.
        names = {name for _, name in self.places} | ({""} if self.sealed else set())
        self.counted -= {""} if self.sealed else set()
        self.read = sorted(names - self.counted)

    def block(self, ids: list[int]) -> Iterator[Filled]:
        """The submissions of these ids, in this order."""
        shown = self._shown(ids)
        known = queries.systems(ids)
        stored = self._records(ids)
        sealed = self._sealed(known, stored)
        for pk in ids:
            system = known.get(pk)
            if system is None:  # purged meanwhile
                continue
            records: Sequence[Stored] = stored.get(pk, ())
            shows = shown is None or pk in shown
            if pk in sealed:
                opened = self.opener(system.version_id) if self.opener and shows else None
                records = sorted(opened or (), key=lambda row: (row.table, row.ordinal))
                if opened is None:
                    system = replace(system, status=sealed[pk])
            yield Filled(system, shows, self._rows(system.form_version_id, records, shows=shows))

    def _shown(self, ids: list[int]) -> set[int] | None:
        """Those whose restricted answers are shown; None = all."""
        if isinstance(self.restricted, bool):
            return None if self.restricted else set()
        return set(self.restricted.filter(pk__in=ids).values_list("pk", flat=True))

    def _records(self, ids: list[int]) -> dict[int, list[Stored]]:
        found: dict[int, list[Stored]] = {}
        for names, with_values in ((self.read, True), (sorted(self.counted), False)):
            if names:
                for row in queries.records(ids, names, with_values=with_values):
                    found.setdefault(row.submission_id, []).append(row)
        return found

    def _rows(
        self, version: int, records: Sequence[Stored], *, shows: bool
    ) -> dict[str, tuple[Row, ...]]:
        made: dict[str, list[Row]] = {}
        counts: dict[tuple[str, int | None], int] = {}
        for record in records:
            place = self.places.get((version, record.table))
            if place is None:
                continue
            name, parent = place.table.name, record.parent_ordinal
            index = counts.get((name, parent), 0)
            counts[name, parent] = index + 1
            values = record.values
            if not shows:
                values = {k: v for k, v in values.items() if k in place.open_columns}
            made.setdefault(name, []).append(Row(record.ordinal, parent, index, values))
        return {name: tuple(found) for name, found in made.items()}

    def _sealed(
        self, known: Mapping[int, System], stored: Mapping[int, Sequence[Stored]]
    ) -> dict[int, Status]:
        """The encrypted submissions, each with what to say where it stays closed."""
        if not self.sealed:
            return {}
        found = {
            pk: system.version_id
            for pk, system in known.items()
            if _is_envelope(system, stored.get(pk, ()), self.sealed)
        }
        here = set(
            Attachment.objects.filter(
                version__in=found.values(), name__endswith=".xml.enc", blob__isnull=False
            ).values_list("version_id", flat=True)
        )
        return {
            pk: Status.NOT_DECRYPTED if version in here else Status.MISSING_DATA
            for pk, version in found.items()
        }


def _is_envelope(system: System, records: Sequence[Stored], sealed: frozenset[int]) -> bool:
    """Of a version that asks for encryption, and nothing but its meta block could be read."""
    return system.form_version_id in sealed and all(
        name.startswith("meta/") for record in records for name in record.values
    )
