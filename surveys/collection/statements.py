"""Plain statements on Django's own connection: prepared on PostgreSQL, cached on SQLite.

The phone's path runs a handful of statements for each submission. Django's cursor sends the
parameters inside the text, so PostgreSQL parses and plans each one again: planning the one
statement that stores a submission takes longer than running it. Here the text stays the same and
is prepared once a connection. Placeholders are `$1`, `$2` … on both databases.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    connection,
    connections,
)
from django.db.backends.base.base import BaseDatabaseWrapper

from surveys.collection import prepared

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement with its parameters, to be run with others."""

    sql: str
    parameters: Sequence[Any] = ()


def is_postgres() -> bool:
    return _database().vendor == "postgresql"


def run(sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """Run one statement and return its rows; errors are Django's."""
    database = _database()
    if database.connection is None:
        database.ensure_connection()
    raw: Any = database.connection
    with database.wrap_database_errors:
        if database.vendor != "postgresql":
            # every row is read, so that no statement stays open and keeps a lock
            rows: list[Row] = raw.execute(_numbered(sql), parameters).fetchall()
            return rows
        found = prepared.execute(raw, sql, parameters)
        if found is not None:
            return found
        with psycopg.RawCursor(raw) as cursor:
            cursor.execute(sql, parameters)
            result = cursor.pgresult
            has_rows = result is not None and result.status == psycopg.pq.ExecStatus.TUPLES_OK
            return cursor.fetchall() if has_rows else []


def _database() -> BaseDatabaseWrapper:
    """This thread's connection itself: `django.db.connection` looks it up for every attribute."""
    return connections[DEFAULT_DB_ALIAS]


def run_together(asked: Sequence[Asked]) -> list[list[Row]]:
    """Run statements in their order; the rows of each. One round trip on PostgreSQL.

    The first that fails ends it, errors are Django's. A transaction that BEGIN opened stays open
    then, and is the caller's to roll back.
    """
    database = _database()
    if database.vendor != "postgresql":
        return [run(each.sql, each.parameters) for each in asked]
    if database.connection is None:
        database.ensure_connection()
    raw: Any = database.connection
    with database.wrap_database_errors:
        return prepared.execute_together(raw, [(each.sql, each.parameters) for each in asked])


def is_in_transaction() -> bool:
    """Whether PostgreSQL waits for a COMMIT or a ROLLBACK."""
    raw = _database().connection
    return raw is not None and raw.pgconn.transaction_status in (
        psycopg.pq.TransactionStatus.INTRANS,
        psycopg.pq.TransactionStatus.INERROR,
    )


def first_of_request(sql: str, parameters: Sequence[Any]) -> list[Row]:
    """`run` for the statement that opens a request: a read, so it may run twice.

    A connection that the server closed while it stood idle is noticed here. Django's own check
    asks `SELECT 1` before each request, which is one round trip more for every submission.
    """
    setattr(connection, "health_check_done", True)  # noqa: B010 - django-stubs does not know it
    try:
        return run(sql, parameters)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or not _is_broken():
            raise
        connection.close()
    return run(sql, parameters)


def _is_broken() -> bool:
    return connection.connection is None or not connection.is_usable()


@lru_cache(maxsize=128)
def _numbered(sql: str) -> str:
    return sql.replace("$", "?")


def decoded(value: Any) -> Any:
    """A JSON column as Python values, whichever driver read it."""
    return json.loads(value) if isinstance(value, str | bytes) else value
