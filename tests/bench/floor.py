"""The floor: the least that a stored request costs behind the same server. One INSERT, no more.

Run by granian with as many workers and threads as the real one; FLOOR_DATABASE is a URL of
PostgreSQL or a path of SQLite.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

DATABASE = os.environ["FLOOR_DATABASE"]
_own = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if body:
        _insert(body)
    start_response("201 Created", [("Content-Length", "2")])
    return [b"ok"]


def _insert(body: bytes) -> None:
    if not hasattr(_own, "connection"):
        _own.connection = _connect()
    if DATABASE.startswith("postgres"):
        _own.connection.execute("INSERT INTO floor (body) VALUES (%b)", (body,), prepare=True)
    else:
        _own.connection.execute("INSERT INTO floor (body) VALUES (?)", (body,))


def _connect() -> Any:
    if DATABASE.startswith("postgres"):
        return psycopg.connect(DATABASE, autocommit=True)
    connection = sqlite3.connect(DATABASE, timeout=30, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def make_table() -> None:
    identity = (
        "bigserial PRIMARY KEY, body bytea"
        if DATABASE.startswith("postgres")
        else "integer PRIMARY KEY, body blob"
    )
    _connect().execute(f"CREATE TABLE IF NOT EXISTS floor (id {identity})")
