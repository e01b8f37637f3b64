"""The statements that put a submission down: one on PostgreSQL, a few in a transaction on SQLite.

Nothing is looked up first. The unique constraint on (instance_id, form, is_draft) decides whether
a submission is new, also for four identical ones at the same moment.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from surveys.collection import statements
from surveys.collection.arrival import FileArrived
from surveys.collection.blobs import register
from surveys.collection.durability import durable
from surveys.collection.models import Attachment, AuditEvent
from surveys.collection.quarantine import CUT, EARLY_EDIT


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """Everything that the rows of a new submission say."""

    project_id: int
    form_id: int
    form_version_id: int
    is_draft: bool
    instance_id: str
    instance_name: str
    actor_id: int | None
    device_id: str | None
    user_agent: str | None
    xml: bytes
    sha256: str
    via: str
    expected: tuple[str, ...]
    files: tuple[FileArrived, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    submission_id: int
    version_id: int
    has_waiting_edit: bool  # an edit of it came first and waits in quarantine


@dataclass(frozen=True, slots=True)
class Slot:
    """A file that a version expects or got."""

    name: str
    sha256: str | None
    content_type: str
    is_expected: bool


def slots_of(expected: Sequence[str], files: Sequence[FileArrived]) -> list[Slot]:
    """One slot a name, in one order everywhere (two requests must not lock crosswise)."""
    by_name = {file.name: file for file in files}
    wanted = set(expected)
    slots = []
    for name in sorted(wanted | by_name.keys()):
        file = by_name.get(name)
        sha256, kind = (file.blob.sha256, file.content_type) if file else (None, "")
        slots.append(Slot(name, sha256, kind, name in wanted))
    return slots


def insert(new: NewSubmission) -> Stored | None:
    """Store a submission; None when its instanceID stands there already.

    Raises
    ------
    django.db.IntegrityError : the instanceID belongs to an edit of another submission.
    """
    return _insert_postgres(new) if statements.is_postgres() else _insert_sqlite(new)


_STORE = f"""
WITH new_submission AS (
  INSERT INTO submission
         (form_id, is_draft, instance_id, submitter_id, device_id, instance_name)
  VALUES ($1::bigint, $2::boolean, $3::text, $4::bigint, $5::text, $6::text)
  ON CONFLICT (instance_id, form_id, is_draft) DO NOTHING
  RETURNING id),
new_version AS (
  INSERT INTO submission_version
         (submission_id, form_id, is_draft, instance_id, form_version_id, xml, sha256,
          submitter_id, device_id, user_agent)
  SELECT id, $1::bigint, $2::boolean, $3::text, $7::bigint, $8::bytea, $9::text,
         $4::bigint, $5::text, $10::text
    FROM new_submission
  RETURNING id),
{{files}}
noted AS (
  INSERT INTO audit_event (at, actor_id, action, project_id, form_id, submission_id, details)
  SELECT statement_timestamp(), $4::bigint, 'submission.create', $11::bigint, $1::bigint, id,
         $12::jsonb
    FROM new_submission),
settled AS (
  UPDATE quarantined SET resolved_at = statement_timestamp(), resolution = 'stored'
   WHERE project_id = $11::bigint AND sha256 = $9::text AND reason = '{CUT}'
     AND resolved_at IS NULL)
SELECT new_submission.id, new_version.id,
       EXISTS (SELECT 1 FROM quarantined q
                WHERE q.project_id = $11::bigint AND q.details = $3::text
                  AND q.reason = '{EARLY_EDIT}' AND q.resolved_at IS NULL)
  FROM new_submission, new_version"""  # noqa: S608 - constants only
_FILES = """
new_blobs AS (
  INSERT INTO blob (sha256, md5, size)
  SELECT * FROM jsonb_to_recordset($13::jsonb) AS b (sha256 text, md5 text, size bigint)
  ON CONFLICT (sha256) DO NOTHING),
new_slots AS (
  INSERT INTO attachment (version_id, name, blob_id, content_type, is_expected)
  SELECT new_version.id, slot.*
    FROM new_version, jsonb_to_recordset($14::jsonb)
         AS slot (name text, sha256 text, content_type text, is_expected boolean)),"""
# Most records have no file, and what does nothing takes time all the same.
_POSTGRES = _STORE.format(files="")
_POSTGRES_WITH_FILES = _STORE.format(files=_FILES)


def _insert_postgres(new: NewSubmission) -> Stored | None:
    blobs = sorted({file.blob for file in new.files}, key=lambda each: each.sha256)
    slots = slots_of(new.expected, new.files)
    row = (
        new.form_id,
        new.is_draft,
        new.instance_id,
        new.actor_id,
        new.device_id,
        new.instance_name,
        new.form_version_id,
        new.xml,
        new.sha256,
        new.user_agent,
        new.project_id,
        _details(new),
    )
    if slots:
        files = (
            json.dumps([asdict(blob) for blob in blobs]),
            json.dumps([asdict(slot) for slot in slots]),
        )
        rows = statements.run(_POSTGRES_WITH_FILES, (*row, *files))
    else:
        rows = statements.run(_POSTGRES, row)
    return Stored(*rows[0]) if rows else None


def _insert_sqlite(new: NewSubmission) -> Stored | None:
    with durable():
        rows = statements.run(
            "INSERT INTO submission"
            " (form_id, is_draft, instance_id, submitter_id, device_id, instance_name)"
            " VALUES ($1, $2, $3, $4, $5, $6)"
            " ON CONFLICT (instance_id, form_id, is_draft) DO NOTHING RETURNING id",
            (
                new.form_id,
                new.is_draft,
                new.instance_id,
                new.actor_id,
                new.device_id,
                new.instance_name,
            ),
        )
        if not rows:
            return None
        submission_id = rows[0][0]
        version_id = _sqlite_version(new, submission_id)
        register(file.blob for file in new.files)
        put_slots(version_id, slots_of(new.expected, new.files))
        statements.run(
            "INSERT INTO audit_event"
            " (at, actor_id, action, project_id, form_id, submission_id, details)"
            " VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), $1, 'submission.create',"
            " $2, $3, $4, $5)",
            (new.actor_id, new.project_id, new.form_id, submission_id, _details(new)),
        )
        statements.run(
            "UPDATE quarantined SET resolved_at = strftime('%Y-%m-%d %H:%M:%f', 'now'),"
            " resolution = 'stored' WHERE project_id = $1 AND sha256 = $2 AND reason = $3"
            " AND resolved_at IS NULL",
            (new.project_id, new.sha256, CUT),
        )
        waiting = statements.run(
            "SELECT 1 FROM quarantined WHERE project_id = $1 AND details = $2 AND reason = $3"
            " AND resolved_at IS NULL LIMIT 1",
            (new.project_id, new.instance_id, EARLY_EDIT),
        )
    return Stored(submission_id, version_id, bool(waiting))


def _sqlite_version(new: NewSubmission, submission_id: int) -> int:
    rows = statements.run(
        "INSERT INTO submission_version"
        " (submission_id, form_id, is_draft, instance_id, form_version_id, xml, sha256,"
        " submitter_id, device_id, user_agent)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
        (
            submission_id,
            new.form_id,
            new.is_draft,
            new.instance_id,
            new.form_version_id,
            new.xml,
            new.sha256,
            new.actor_id,
            new.device_id,
            new.user_agent,
        ),
    )
    return int(rows[0][0])


def has_new_files(version_id: int, files: Sequence[FileArrived]) -> bool:
    """Whether one of the files does not stand in its slot with these bytes."""
    known = set(
        Attachment.objects.filter(version_id=version_id).values_list("name", "blob_id")
        if files
        else ()
    )
    return any((file.name, file.blob.sha256) not in known for file in files)


def put_slots(version_id: int, slots: Sequence[Slot]) -> list[str]:
    """Make or fill slots inside the caller's transaction; returns the names that changed.

    A slot that has a file keeps it when the caller brings none, and takes the newer one otherwise.
    """
    changed = []
    for slot in slots:
        changed += statements.run(
            "INSERT INTO attachment (version_id, name, blob_id, content_type, is_expected)"
            " VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (version_id, name) DO UPDATE"
            " SET blob_id = EXCLUDED.blob_id, content_type = EXCLUDED.content_type"
            " WHERE EXCLUDED.blob_id IS NOT NULL"
            " AND attachment.blob_id IS DISTINCT FROM EXCLUDED.blob_id"
            " RETURNING name",
            (version_id, slot.name, slot.sha256, slot.content_type, slot.is_expected),
        )
    return [row[0] for row in changed]


def carry_forward(submission_id: int, slots: Sequence[Slot]) -> list[str]:
    """Files of an older version that came late, for edits that name them and brought none."""
    changed = []
    for slot in slots:
        changed += statements.run(
            "UPDATE attachment SET blob_id = $1, content_type = $2"
            " WHERE name = $3 AND is_expected AND blob_id IS NULL AND version_id IN"
            " (SELECT id FROM submission_version WHERE submission_id = $4) RETURNING name",
            (slot.sha256, slot.content_type, slot.name, submission_id),
        )
    return [row[0] for row in changed]


def note_attached(new: NewSubmission, submission_id: int, names: Sequence[str]) -> None:
    """The audit event of files that came later, inside the caller's transaction."""
    AuditEvent.objects.create(
        actor_id=new.actor_id,
        action="submission.attachment.update",
        project_id=new.project_id,
        form_id=new.form_id,
        submission_id=submission_id,
        details={"instanceId": new.instance_id, "names": list(names), "via": new.via},
    )


def _details(new: NewSubmission) -> str:
    return json.dumps({"instanceId": new.instance_id, "via": new.via}, ensure_ascii=False)
