"""Statements of the phone's path on PostgreSQL: values come back as they went, errors as ever."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from surveys.collection import prepared
from tests.postgres import SERVER

pytestmark = pytest.mark.postgres
Raw = psycopg.Connection[Any]


@pytest.fixture
def raw() -> Iterator[Raw]:
    if not SERVER:
        pytest.skip("needs PostgreSQL: set TEST_POSTGRES_URL=postgres://user:password@host:port/db")
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.prepare_threshold = None  # as Django has it
        connection.execute("SET timezone = 'UTC'")
        connection.execute("CREATE TEMPORARY TABLE kinds (id integer PRIMARY KEY, t text)")
        yield connection


def test_every_type_comes_back_as_it_went(raw: Raw) -> None:
    moment = datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=UTC)
    sql = (
        "SELECT $1::bigint, $2::text, $3::boolean, $4::bytea, $5::timestamptz, $6::jsonb,"
        " $7::double precision, $8::text, $9::smallint"
    )
    given = (2**40, 'đã "làm"\n\\', True, b"\x00\xff'", moment, '{"a": "đ"}', "0.1", None, -3)
    for _ in range(3):
        assert prepared.execute(raw, sql, given) == [(*given[:6], 0.1, None, -3)]


def test_types_of_which_it_knows_nothing_are_left_to_the_cursor(raw: Raw) -> None:
    for _ in range(2):
        assert prepared.execute(raw, "SELECT 7 = ANY($1::bigint[])", ([7, 8],)) is None
        assert prepared.execute(raw, "SELECT $1::numeric", ("1.50",)) is None


def test_a_statement_outlives_the_rollback_of_a_transaction_that_used_it(raw: Raw) -> None:
    insert = "INSERT INTO kinds (id, t) VALUES ($1, $2)"
    assert prepared.execute(raw, insert, (1, "a")) == []
    for _ in range(4):
        with pytest.raises(psycopg.errors.UniqueViolation), raw.transaction():
            prepared.execute(raw, insert, (1, "b"))
    prepared.execute(raw, insert, (2, "c"))
    assert prepared.execute(raw, "SELECT id, t FROM kinds ORDER BY id", ()) == [(1, "a"), (2, "c")]


def test_a_statement_that_cannot_be_prepared_fails_each_time_and_harms_no_other(raw: Raw) -> None:
    for _ in range(2):
        with pytest.raises(psycopg.errors.UndefinedTable):
            prepared.execute(raw, "SELECT nothing FROM nowhere", ())
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        prepared.execute(raw, "SELECT $1::text::integer", ("x",))
    assert prepared.execute(raw, "SELECT $1::text::integer", ("7",)) == [(7,)]


def test_a_server_that_went_away_is_an_operational_error(raw: Raw) -> None:
    assert prepared.execute(raw, "SELECT 1", ()) == [(1,)]
    with psycopg.connect(SERVER, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (raw.info.backend_pid,))
    with pytest.raises(psycopg.OperationalError):
        prepared.execute(raw, "SELECT 1", ())


def test_it_opens_no_transaction_that_psycopg_would_not_know_of(raw: Raw) -> None:
    raw.autocommit = False
    assert prepared.execute(raw, "SELECT 1", ()) is None
