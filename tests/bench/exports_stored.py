"""Submissions with repeats, put straight into the tables of a server; seeded, on both databases."""

import json
import random
import sqlite3
from typing import Final

import psycopg

from tests.bench.intake_form import CORE, FORM_ID, ROOT_ITEMS, WORDS
from tests.server import RunningServer

PERSONS: Final = 3
VARIANTS: Final = 16
BATCH: Final = 50_000

_SUBMISSIONS: Final = """
INSERT INTO submission (form_id, is_draft, instance_id, submitter_id, instance_name, state,
                        created_at, attempts, problem)
WITH RECURSIVE numbers(i) AS (
  SELECT {first} UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < {last})
SELECT f.id, false, 'uuid:stored-' || i, u.actor_id, 'Hộ ' || i, 'derived', {moment}, 0, ''
  FROM numbers, (SELECT id FROM form WHERE xml_form_id = '{form}') AS f,
       (SELECT min(actor_id) AS actor_id FROM web_user) AS u"""
_VERSIONS: Final = """
INSERT INTO submission_version (submission_id, form_id, is_draft, instance_id, form_version_id,
                                xml, sha256, is_current, submitter_id, created_at)
SELECT s.id, s.form_id, false, s.instance_id, v.id, {xml}, 'x', true, s.submitter_id, s.created_at
  FROM submission AS s JOIN form_version AS v ON v.form_id = s.form_id WHERE s.id > {above}"""
_RECORDS: Final = """
INSERT INTO record (submission_id, form_id, "table", ordinal, parent_ordinal, "values")
WITH variants(k, said) AS (VALUES {variants})
SELECT s.id, s.form_id, '{table}', {ordinal}, {parent}, {said}
  FROM submission AS s JOIN variants ON variants.k = (s.id + {ordinal}) % {n}
 WHERE s.id > {above}"""


def put_in(server: RunningServer, n: int) -> None:
    """Store `n` submissions of the bench's form, three repeat rows each."""
    for first in range(0, n, BATCH):
        for statement in _statements(server, first, min(first + BATCH, n)):
            _run(server, statement)
    _run(server, "ANALYZE")


def _statements(server: RunningServer, first: int, last: int) -> list[str]:
    is_postgres = bool(server.database_url)
    moment = (
        "timestamptz '2026-01-01' + i * interval '20 seconds'"
        if is_postgres
        else "strftime('%Y-%m-%d %H:%M:%f', '2026-01-01', '+' || (i * 20) || ' seconds')"
    )
    (above,) = _run(server, "SELECT coalesce(max(id), 0) FROM submission")
    said = "replace(said, '###', s.instance_id)" + ("::jsonb" if is_postgres else "")
    rnd = random.Random(7)
    parts = {"above": above, "n": VARIANTS, "said": said}
    root = _RECORDS.format(
        variants=_variants(rnd, _root), table="", ordinal=0, parent="NULL", **parts
    )
    persons = [
        _RECORDS.format(
            variants=_variants(rnd, _person), table="person", ordinal=place, parent=0, **parts
        )
        for place in range(PERSONS)
    ]
    xml = "'<data/>'::bytea" if is_postgres else "X'3c646174612f3e'"
    return [
        _SUBMISSIONS.format(first=first, last=last, moment=moment, form=FORM_ID),
        _VERSIONS.format(xml=xml, above=above),
        root,
        *persons,
    ]


def _variants(rnd: random.Random, make: object) -> str:
    rows = [json.dumps(make(rnd), ensure_ascii=False) for _ in range(VARIANTS)]  # type: ignore[operator]
    return ", ".join(f"({place}, '{row}')" for place, row in enumerate(rows))


def _root(rnd: random.Random) -> dict[str, str]:
    return {
        "start": f"2026-11-{rnd.randint(1, 21):02}T09:00:00.000+07:00",
        "contact": "met",
        "g_id/hh": "###",
        "g_id/psu": f"p{rnd.randint(1, 16)}",
        "consent": "yes",
        "gps": f"19.6{rnd.randint(0, 999)} 105.5 20 5",
        "photo": "",
        "disp": "110",
        **{f"g/{name}": " ".join(rnd.choices(WORDS, k=2)) for name in ROOT_ITEMS},
        "meta/instanceID": "###",
    }


def _person(rnd: random.Random) -> dict[str, str]:
    core = {name: rnd.choice(("yes", "no")) for name in CORE}
    return {"m_sex": rnd.choice("mf"), "m_by": str(rnd.randint(1935, 2010)), **core}


def _run(server: RunningServer, statement: str) -> list[int]:
    """Run a statement on the server's database; the first row, if there is one."""
    if server.database_url:
        with psycopg.connect(server.database_url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return list(cursor.fetchone() or ()) if cursor.description else []
    with sqlite3.connect(server.home / "khaosat.sqlite3") as file:
        found = file.execute(statement).fetchone()
    file.close()
    return list(found or ())
