"""Stored bytes become records: derived, repeatable, and no reason to stop anybody."""

import json
from collections.abc import Iterator
from typing import Final

from forms.records import RecordRow, UnreadableRecord, flatten
from surveys.collection import statements
from surveys.collection.durability import relaxed
from surveys.collection.models import Form, Submission
from surveys.collection.schemas import schema_of
from surveys.collection.statements import decoded

_CURRENT: Final = """
SELECT s.form_id, s.updated_at IS NULL AND s.state = 'received', v.xml, v.form_version_id, w.md5,
       f.never_stored
  FROM submission s
  JOIN submission_version v ON v.submission_id = s.id AND v.is_current
  JOIN form_version w ON w.id = v.form_version_id
  JOIN form f ON f.id = s.form_id
 WHERE s.id = $1"""

# The rows and the state in one statement: this runs for every submission that a phone sends.
_POSTGRES: Final = """
WITH made AS (
  INSERT INTO record (submission_id, form_id, "table", ordinal, parent_ordinal, "values")
  SELECT $1::bigint, $2::bigint, t, o, p, v
    FROM jsonb_to_recordset($3::jsonb) AS r (t text, o int, p int, v jsonb))
UPDATE submission SET state = 'derived', problem = '' WHERE id = $1::bigint"""


def project(submission_id: int) -> bool:
    """Make the records of a submission anew from its current version.

    True when they are there; False when it was quarantined (its reason is in `problem`) or there
    is no such submission. One transaction, or a part of the caller's.
    """
    with relaxed():
        lock = " FOR UPDATE OF s" if statements.is_postgres() else ""
        found = statements.run(_CURRENT + lock, (submission_id,))
        if not found:
            return False
        form_id, is_first, xml, version_id, md5, never_stored = found[0]
        if not is_first:
            statements.run("DELETE FROM record WHERE submission_id = $1", (submission_id,))
        try:
            rows = flatten(
                schema_of(version_id, md5),
                bytes(xml),
                never_stored=frozenset(decoded(never_stored)),
            )
        except UnreadableRecord as error:
            _quarantine(submission_id, error.reason)
            return False
        _write(submission_id, form_id, rows)
    return True


def reproject(form: Form | None = None) -> Iterator[int]:
    """The ids of all submissions (of a form) whose records are to be made anew."""
    chosen = Submission.objects.filter(deleted_at__isnull=True)
    if form is not None:
        chosen = chosen.filter(form=form)
    yield from chosen.order_by("id").values_list("id", flat=True).iterator(chunk_size=2000)


def _quarantine(submission_id: int, reason: str) -> None:
    statements.run(
        "UPDATE submission SET state = 'quarantined', problem = $2 WHERE id = $1",
        (submission_id, reason),
    )


def _write(submission_id: int, form_id: int, rows: tuple[RecordRow, ...]) -> None:
    if statements.is_postgres():
        made = [
            {"t": row.table, "o": row.ordinal, "p": row.parent_ordinal, "v": dict(row.values)}
            for row in rows
        ]
        statements.run(_POSTGRES, (submission_id, form_id, json.dumps(made, ensure_ascii=False)))
        return
    for row in rows:
        statements.run(
            'INSERT INTO record (submission_id, form_id, "table", ordinal, parent_ordinal,'
            ' "values") VALUES ($1, $2, $3, $4, $5, $6)',
            (
                submission_id,
                form_id,
                row.table,
                row.ordinal,
                row.parent_ordinal,
                json.dumps(dict(row.values), ensure_ascii=False),
            ),
        )
    statements.run(
        "UPDATE submission SET state = 'derived', problem = '' WHERE id = $1", (submission_id,)
    )
