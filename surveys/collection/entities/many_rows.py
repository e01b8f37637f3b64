"""Many entities at once: a statement for a thousand on PostgreSQL."""

import json
from collections.abc import Sequence
from typing import Final

from surveys.collection import statements
from surveys.collection.entities.rows import Author, Change, as_json

_MANY_POSTGRES: Final = """
WITH made AS (
  INSERT INTO entity (list_id, uuid, label, data, creator_id)
  SELECT $1::bigint, u, l, d, $2::bigint
    FROM jsonb_to_recordset($3::jsonb) AS r (u text, l text, d jsonb)
  RETURNING id, label, data)
INSERT INTO entity_version
       (entity_id, version, label, data, data_received, creator_id, user_agent, bulk_event_id)
SELECT id, 1, label, data, data || jsonb_build_object('label', label), $2::bigint, $4::text,
       $5::bigint
  FROM made"""


def create_many(list_id: int, changes: Sequence[Change], author: Author) -> None:
    """Make entities with labels, in their order; a taken id is the database's IntegrityError."""
    if statements.is_postgres():
        said = [{"u": each.uuid, "l": each.label, "d": dict(each.data)} for each in changes]
        sent = json.dumps(said, ensure_ascii=False)
        agent, event_id = author.user_agent, author.bulk_event_id
        statements.run(_MANY_POSTGRES, (list_id, author.actor_id, sent, agent, event_id))
        return
    ((last,),) = statements.run("SELECT COALESCE(MAX(id), 0) FROM entity")
    for each in changes:
        statements.run(
            "INSERT INTO entity (list_id, uuid, label, data, creator_id)"
            " VALUES ($1, $2, $3, $4, $5)",
            (list_id, each.uuid, each.label, as_json(each.data), author.actor_id),
        )
    statements.run(
        "INSERT INTO entity_version (entity_id, version, label, data, data_received, creator_id,"
        " user_agent, bulk_event_id)"
        " SELECT id, 1, label, data, json_set(data, $6, label), $1, $2, $3"
        " FROM entity WHERE id > $4 AND list_id = $5 ORDER BY id",
        # the path is a parameter: in the text its sign would begin one
        (author.actor_id, author.user_agent, author.bulk_event_id, last, list_id, "$.label"),
    )
