"""The two questions of a read-out, as plain SQL: a block of submissions costs one statement each.

Written out because exports ask them for every record there is; the ORM's lists of ids and models
cost more than reading the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from django.db import connection

_SYSTEMS: Final = """
SELECT s.id, v.id, v.form_version_id, s.instance_id, s.instance_name, s.created_at, s.updated_at,
       s.deleted_at, s.submitter_id, a.display_name, s.device_id, s.review_state, w.version,
       (SELECT count(*) FROM submission_version e WHERE e.submission_id = s.id) - 1,
       (SELECT count(f.blob_id) FROM attachment f WHERE f.version_id = v.id AND f.is_expected),
       (SELECT count(*) FROM attachment f WHERE f.version_id = v.id AND f.is_expected)
  FROM submission s
  JOIN submission_version v ON v.submission_id = s.id AND v.is_current
  JOIN form_version w ON w.id = v.form_version_id
  LEFT JOIN actor a ON a.id = s.submitter_id
 WHERE s.id {any}"""
_RECORDS: Final = """
SELECT submission_id, "table", ordinal, parent_ordinal, {values}
  FROM record
 WHERE submission_id {any} AND "table" {any}
 ORDER BY submission_id, "table", ordinal"""

_decode = json.JSONDecoder().raw_decode


class Status(StrEnum):
    """Why an encrypted submission shows no answers."""

    NOT_DECRYPTED = "notDecrypted"
    MISSING_DATA = "missingEncryptedFormData"


@dataclass(frozen=True, slots=True)
class System:
    """What the server knows of a submission besides its answers."""

    id: int
    version_id: int  # of the current `SubmissionVersion`
    form_version_id: int
    instance_id: str
    instance_name: str
    submitted_at: datetime
    updated_at: datetime | None
    deleted_at: datetime | None
    submitter_id: int | None
    submitter_name: str | None
    device_id: str | None
    review_state: str | None
    form_version: str
    edits: int
    attachments_present: int
    attachments_expected: int
    status: Status | None = None


class StoredRow(NamedTuple):
    """A row of `record`; a tuple, since an export makes one for each row there is."""

    submission_id: int
    table: str
    ordinal: int
    parent_ordinal: int | None
    values: dict[str, str]


def systems(ids: Sequence[int]) -> dict[int, System]:
    """What the server knows of these submissions, by id."""
    found = {}
    for row in _rows(_SYSTEMS, list(ids)):
        moments = [_moment(each) for each in row[5:8]]
        found[row[0]] = System(*row[:5], *moments, *row[8:])
    return found


def records(ids: Sequence[int], tables: Sequence[str], *, with_values: bool) -> Iterator[StoredRow]:
    """The rows of these tables, in the order of submissions, tables and the document."""
    statement = _RECORDS.replace("{values}", '"values"' if with_values else "'{}'")
    for pk, table, ordinal, parent, values in _rows(statement, list(ids), list(tables)):
        said = values if isinstance(values, dict) else _decode(values)[0]
        yield StoredRow(pk, table, ordinal, parent, said)


def _rows(statement: str, *lists: list[Any]) -> list[tuple[Any, ...]]:
    is_postgres = connection.vendor == "postgresql"
    any_of = "= ANY(%s)" if is_postgres else "IN (SELECT value FROM json_each(%s))"
    given = lists if is_postgres else [json.dumps(each) for each in lists]
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{any}", any_of), given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _moment(value: datetime | str | None) -> datetime | None:
    """SQLite keeps moments as texts in UTC; its driver may make naive ones of them."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
