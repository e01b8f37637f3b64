"""A PostgreSQL for the tests: the one of TEST_POSTGRES_URL, or none (those tests then skip)."""

import os
import uuid
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

# TEST_POSTGRES_URL=postgres://user:password@host:port/any names a server on which databases may
# be made; `.ci/run` starts one.
SERVER = os.environ.get("TEST_POSTGRES_URL", "")


def new_database() -> str:
    """The URL of a fresh, empty database; skips the test where there is no server."""
    if not SERVER:
        pytest.skip("needs PostgreSQL: set TEST_POSTGRES_URL=postgres://user:password@host:port/db")
    name = f"khaosat_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))


def drop_database(url: str) -> None:
    name = urlsplit(url).path[1:]
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
