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


INSERT = "INSERT INTO kinds (id, t) VALUES ($1, $2)"


def rows(raw: Raw) -> list[Any]:
    return raw.execute("SELECT id, t FROM kinds ORDER BY id").fetchall()


def test_statements_that_go_together_answer_in_their_order(raw: Raw) -> None:
    answers = prepared.execute_together(
        raw,
        [
            ("BEGIN", ()),
            (INSERT, (1, "a")),
            ("SELECT t FROM kinds WHERE id = $1", (1,)),
            ("COMMIT", ()),
            ("SELECT count(*) FROM kinds", ()),
        ],
    )
    assert answers == [[], [], [("a",)], [], [(1,)]]


def test_the_first_that_fails_ends_them_and_the_caller_rolls_back(raw: Raw) -> None:
    asked = [("BEGIN", ()), (INSERT, (1, "a")), (INSERT, (1, "b")), ("COMMIT", ())]
    for _ in range(2):
        with pytest.raises(psycopg.errors.UniqueViolation):
            prepared.execute_together(raw, asked)
        assert raw.pgconn.transaction_status == psycopg.pq.TransactionStatus.INERROR
        prepared.execute_together(raw, [("ROLLBACK", ())])
        assert rows(raw) == []


def test_what_was_committed_stays_when_the_question_after_it_fails(raw: Raw) -> None:
    asked = [("BEGIN", ()), (INSERT, (1, "a")), ("COMMIT", ()), ("SELECT 1 / $1::int", (0,))]
    with pytest.raises(psycopg.errors.DivisionByZero):
        prepared.execute_together(raw, asked)
    assert rows(raw) == [(1, "a")]


def test_statements_larger_than_any_buffer_go_together(raw: Raw) -> None:
    large = "đ" * 3_000_000
    asked = [(INSERT, (n, large)) for n in range(4)]
    answers = prepared.execute_together(raw, [*asked, ("SELECT t FROM kinds WHERE id = $1", (3,))])
    assert answers[-1] == [(large,)]


def test_a_server_that_goes_away_is_an_operational_error(raw: Raw) -> None:
    with psycopg.connect(SERVER, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [raw.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        prepared.execute_together(raw, [("SELECT 1", ()), ("SELECT 2", ())])


def test_they_are_a_part_of_a_transaction_that_is_due_but_not_open_yet(raw: Raw) -> None:
    raw.autocommit = False
    assert prepared.execute_together(raw, [(INSERT, (1, "a")), ("SELECT 2", ())]) == [[], [(2,)]]
    raw.rollback()
    assert rows(raw) == []
    assert prepared.execute_together(raw, []) == []


def test_a_type_that_it_does_not_know_is_said_before_anything_is_sent(raw: Raw) -> None:
    for sql, parameters in [("SELECT $1::numeric", ("1.5",)), ("SELECT $1::text", ([1],))]:
        with pytest.raises(TypeError):
            prepared.execute_together(raw, [(INSERT, (1, "a")), (sql, parameters)])
    assert rows(raw) == []
