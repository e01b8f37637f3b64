"""Submissions of earlier days, put straight into PostgreSQL: is a full server as fast as an empty?

They carry what uploads leave behind (version with its XML, records, audit event), spread over the
enumerators of the bench and the last hundred days, so that every index of the path is as large
as the real one. Households get no visits from them: a household has four at most.
"""

import random
from typing import Final

import psycopg

from tests.bench.intake_form import FORM_ID, instance
from tests.bench.intake_world import BenchWorld

BATCH: Final = 50_000

_SUBMISSIONS = """
INSERT INTO submission (form_id, is_draft, instance_id, submitter_id, instance_name, state,
                        created_at, attempts, problem)
SELECT f.id, false, 'uuid:' || md5('stored' || n)::uuid, u.ids[1 + n %% array_length(u.ids, 1)], '',
       'derived', now() - (1 + n %% 100) * interval '1 day', 0, ''
  FROM generate_series(%(first)s::int, %(last)s::int) AS n,
       (SELECT id FROM form WHERE xml_form_id = %(form)s) AS f,
       (SELECT array_agg(actor_id ORDER BY actor_id) AS ids FROM app_user) AS u
"""
_REST = """
WITH made AS MATERIALIZED (
  SELECT s.id, s.form_id, s.instance_id, s.submitter_id, s.created_at, v.id AS form_version_id
    FROM submission s JOIN form_version v ON v.form_id = s.form_id
   WHERE s.id > %(above)s),
versions AS (
  INSERT INTO submission_version (submission_id, form_id, is_draft, instance_id, form_version_id,
                                  xml, sha256, is_current, submitter_id, created_at)
  SELECT id, form_id, false, instance_id, form_version_id, %(xml)s, md5(instance_id) || md5('x'),
         true, submitter_id, created_at FROM made),
noted AS (
  INSERT INTO audit_event (at, actor_id, action, form_id, submission_id, details)
  SELECT created_at, submitter_id, 'submission.create', form_id, id, '{}' FROM made)
INSERT INTO record (submission_id, form_id, "table", ordinal, parent_ordinal, "values")
SELECT id, form_id, t.name, t.ordinal, t.parent, %(values)s::jsonb
  FROM made, (VALUES ('', 0, NULL), ('person', 0, 0), ('person', 1, 0)) AS t (name, ordinal, parent)
"""


def put_in(url: str, world: BenchWorld, *, first: int, n: int) -> None:
    """Store submissions of earlier days, numbers `first` to `n`; the same ones every time."""
    _, xml = instance(random.Random(5), world.households[0])
    values = '{"start": "2026-11-02", "g_id/hh": "x", "g/q01": "đã làm", "g/q02": "hồ sơ"}'
    with psycopg.connect(url, autocommit=True) as connection:
        for start in range(first, n, BATCH):
            last = min(start + BATCH, n) - 1
            newest = connection.execute("SELECT coalesce(max(id), 0) FROM submission").fetchone()
            assert newest is not None
            span = {"first": start, "last": last, "form": FORM_ID}
            connection.execute(_SUBMISSIONS, span)
            connection.execute(_REST, {"above": newest[0], "xml": xml, "values": values})
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
