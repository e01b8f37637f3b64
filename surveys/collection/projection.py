"""Stored bytes become records: derived, repeatable, and no reason to stop anybody."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from forms.records import RecordRow, UnreadableRecord, flatten
from forms.schema import FormSchema
from surveys.collection import statements
from surveys.collection.durability import Steps, relaxed
from surveys.collection.models import Form, Submission
from surveys.collection.schemas import schema_of
from surveys.collection.statements import Asked, Row, decoded

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

# What the answers were is searched no more; the worker makes the text anew (`answer_text`).
_STALE_TEXT: Final = """
UPDATE answer_text SET open = '', restricted = '', is_stale = TRUE WHERE submission_id = $1"""

# Only what nobody has touched since it was stored.
_NEW: Final = """
UPDATE submission SET state = 'derived', problem = ''
 WHERE id = $1 AND state = 'received' AND updated_at IS NULL AND deleted_at IS NULL
   AND review_state IS NULL
RETURNING id, is_draft, submitter_id, created_at"""
_NEW_POSTGRES: Final = f"""
WITH done AS (
  {_NEW}),
made AS (
  INSERT INTO record (submission_id, form_id, "table", ordinal, parent_ordinal, "values")
  SELECT done.id, $2::bigint, t, o, p, v
    FROM done, jsonb_to_recordset($3::jsonb) AS r (t text, o int, p int, v jsonb))
"""  # noqa: S608 - constants only
_NEW_SQLITE: Final = """
WITH done AS (
  SELECT id, is_draft, submitter_id, created_at FROM submission WHERE id = $1)
"""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A submission that was stored a moment ago, as the memory still has it."""

    submission_id: int
    form_id: int
    form_version_id: int
    form_md5: str
    never_stored: frozenset[str]
    sender_id: int
    root: etree._Element


def project(submission_id: int) -> FormSchema | None:
    """Make the records of a submission anew from its current version.

    Returns the schema that they were read by; None when it was quarantined (its reason is in
    `problem`) or there is no such submission. One transaction, or a part of the caller's.
    """
    with relaxed():
        lock = " FOR UPDATE OF s" if statements.is_postgres() else ""
        found = statements.run(_CURRENT + lock, (submission_id,))
        if not found:
            return None
        form_id, is_first, xml, version_id, md5, never_stored = found[0]
        if not is_first:
            statements.run("DELETE FROM record WHERE submission_id = $1", (submission_id,))
            statements.run(_STALE_TEXT, (submission_id,))
        schema = schema_of(version_id, md5)
        try:
            rows = flatten(
                schema,
                bytes(xml),
                never_stored=frozenset(decoded(never_stored)),
            )
        except UnreadableRecord as error:
            _quarantine(submission_id, error.reason)
            return None
        _write(submission_id, form_id, rows)
    return schema


def rows_of(new: Parsed) -> tuple[RecordRow, ...]:
    """The records of a new submission, without reading anything back."""
    schema = schema_of(new.form_version_id, new.form_md5)
    return flatten(schema, new.root, never_stored=new.never_stored)


def put_new(
    steps: Steps,
    new: Parsed,
    rows: tuple[RecordRow, ...],
    question: Asked,
    further: Asked,
) -> list[list[Row]]:
    """Write the records of a new submission and ask two questions; the rows of both.

    The first question is a SELECT from `done` (id, is_draft, submitter_id, created_at: the
    submission, one row) and may use $2, the form's id; its own parameters begin at $4. It is one
    statement with the records on PostgreSQL. No row: somebody was here before, with an edit, a
    review or the sweep; nothing was written, and `project` is the way. The second is a statement
    of its own, after that.
    """
    first = (new.submission_id, new.form_id)
    if statements.is_postgres():
        written = (*first, _as_json(rows), *question.parameters)
        return steps.ask(Asked(_NEW_POSTGRES + question.sql, written), further)
    if not steps.ask(Asked(_NEW, first[:1]))[0]:
        return [[], []]
    _insert_sqlite(*first, rows)
    asked = Asked(_NEW_SQLITE + question.sql, (*first, "", *question.parameters))
    return steps.ask(asked, further)


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
        statements.run(_POSTGRES, (submission_id, form_id, _as_json(rows)))
        return
    _insert_sqlite(submission_id, form_id, rows)
    statements.run(
        "UPDATE submission SET state = 'derived', problem = '' WHERE id = $1", (submission_id,)
    )


def _as_json(rows: tuple[RecordRow, ...]) -> str:
    made = [
        {"t": row.table, "o": row.ordinal, "p": row.parent_ordinal, "v": row.values} for row in rows
    ]
    return json.dumps(made, ensure_ascii=False)


def _insert_sqlite(submission_id: int, form_id: int, rows: tuple[RecordRow, ...]) -> None:
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
