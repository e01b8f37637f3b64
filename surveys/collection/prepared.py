"""Prepared statements on a psycopg connection: one call of libpq each, or one trip for several.

The phone's path runs eight statements for a submission. psycopg's cursor takes each through some
hundred lines of Python (adapters, query objects, generators), which on a busy machine costs more
than most of the statements do on the server. Values of the few types below go as text and come
back as text; a statement with any other type is left to the cursor.

A round trip costs web and server more than a small statement does (two processes wake up), so
those that do not wait for each other's answers go together (libpq's pipeline mode).

psycopg itself prepares nothing here (Django's default). If it did, it would deallocate all
statements of the session after a rollback, these too.
"""

import select
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from psycopg import pq

Load = Callable[[bytes], Any]

_LOADS: Final[dict[int, Load]] = {
    16: lambda text: text == b"t",  # boolean
    20: int,
    21: int,
    23: int,
    701: float,  # double precision
    **dict.fromkeys((25, 1043, 114, 3802), bytes.decode),  # text, varchar, json, jsonb
    17: lambda text: bytes.fromhex(text[2:].decode()),  # bytea
    1184: lambda text: datetime.fromisoformat(text.decode()),  # timestamptz
}
_DUMPS: Final[dict[type, Callable[[Any], bytes]]] = {
    str: str.encode,
    int: lambda value: b"%d" % value,
    bool: lambda value: b"t" if value else b"f",
    bytes: lambda value: value,
    datetime: lambda value: value.isoformat().encode(),
}
BEGIN: Final = "BEGIN"
_DONE: Final = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


@dataclass(frozen=True, slots=True)
class _Statement:
    name: bytes
    loads: tuple[Load, ...]


# None: a column of another type
_known: WeakKeyDictionary[psycopg.Connection[Any], dict[str, _Statement | None]] = (
    WeakKeyDictionary()
)


def execute(
    raw: psycopg.Connection[Any], sql: str, parameters: Sequence[Any]
) -> list[tuple[Any, ...]] | None:
    """The rows, or None: nothing was done, the statement is one for psycopg's cursor.

    Raises
    ------
    psycopg.Error : as the cursor would.
    """
    if _is_due(raw):
        return None  # the cursor opens the transaction
    try:
        values = _values(parameters)
    except KeyError:
        return None
    statement = _statement(raw, sql)
    if statement is None:
        return None
    # None is NULL, which psycopg's annotation leaves out
    sent = raw.pgconn.exec_prepared(statement.name, values, _formats(parameters))  # type: ignore[arg-type]
    return _rows(statement, _checked(raw, sent))


def execute_together(
    raw: psycopg.Connection[Any], asked: Sequence[tuple[str, Sequence[Any]]]
) -> list[list[tuple[Any, ...]]]:
    """Run statements in one round trip, in their order; the rows of each.

    The first that fails ends it: those behind it are not run. BEGIN and COMMIT may be among them;
    without, they are one transaction, or a part of the one that is open or due (autocommit off).

    Raises
    ------
    psycopg.Error : of the first that failed; an open transaction is left for the caller to end.
    TypeError : a value or a column of a type that only psycopg's cursor knows.
    """
    if not asked:
        return []
    if _is_due(raw) and asked[0][0] != BEGIN:
        return execute_together(raw, [(BEGIN, ()), *asked])[1:]
    prepared = []
    for sql, parameters in asked:
        statement = _statement(raw, sql)
        try:
            values = _values(parameters)
        except KeyError as error:
            raise TypeError(f"no way to send {error}") from error
        if statement is None:
            raise TypeError(f"a column of an unknown type: {sql}")
        prepared.append((statement, values, _formats(parameters)))
    pgconn = raw.pgconn
    pgconn.enter_pipeline_mode()
    try:
        for statement, values, formats in prepared:
            pgconn.send_query_prepared(statement.name, values, formats)
        pgconn.pipeline_sync()
        results = _until_sync(raw)
    finally:
        if pgconn.status == pq.ConnStatus.OK:
            pgconn.exit_pipeline_mode()
    answered = zip(prepared, results, strict=True)
    return [_rows(statement, _checked(raw, result)) for (statement, _, _), result in answered]


def _is_due(raw: psycopg.Connection[Any]) -> bool:
    """Whether the next statement has to open a transaction first, as psycopg's cursor does."""
    return raw.pgconn.transaction_status == pq.TransactionStatus.IDLE and not raw.autocommit


def _until_sync(raw: psycopg.Connection[Any]) -> list[Any]:
    """The results of a pipeline. Waiting is left to `poll`, which lets other threads run."""
    pgconn = raw.pgconn
    results: list[Any] = []
    while True:
        while pgconn.is_busy():
            _wait(pgconn)
        result = pgconn.get_result()
        if result is None:  # the end of one statement's results
            if pgconn.status != pq.ConnStatus.OK:
                raise psycopg.OperationalError(pgconn.error_message.decode(errors="replace"))
        elif result.status == pq.ExecStatus.PIPELINE_SYNC:
            return results
        else:
            results.append(result)


def _wait(pgconn: Any) -> None:
    """Until there is something to read; what is too large for one send goes out meanwhile."""
    is_unsent = pgconn.flush()
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN | (select.POLLOUT if is_unsent else 0))
    poll.poll()
    pgconn.consume_input()


def _values(parameters: Sequence[Any]) -> list[bytes | None]:
    return [None if each is None else _DUMPS[type(each)](each) for each in parameters]


def _formats(parameters: Sequence[Any]) -> list[int]:
    return [1 if type(each) is bytes else 0 for each in parameters]


def _rows(statement: _Statement, result: Any) -> list[tuple[Any, ...]]:
    value, columns = result.get_value, tuple(enumerate(statement.loads))
    return [
        tuple(
            None if (text := value(row, column)) is None else load(text) for column, load in columns
        )
        for row in range(result.ntuples)
    ]


def _statement(raw: psycopg.Connection[Any], sql: str) -> _Statement | None:
    """The statement, prepared on this connection; None: a column of a type that is not here."""
    statements = _known.get(raw)
    if statements is None:
        statements = _known[raw] = {}
        # PostgreSQL would plan some of them anew each time for the values at hand; all of them
        # find their rows by keys, so the plan never differs and making it costs more than running
        # it. Only prepared statements feel this.
        _checked(raw, raw.pgconn.exec_(b"SET plan_cache_mode = force_generic_plan"))
    if sql not in statements:
        statements[sql] = _prepare(raw, sql, b"khaosat_%d" % len(statements))
    return statements[sql]


def _prepare(raw: psycopg.Connection[Any], sql: str, name: bytes) -> _Statement | None:
    _checked(raw, raw.pgconn.prepare(name, sql.encode()))
    columns = _checked(raw, raw.pgconn.describe_prepared(name))
    kinds = [columns.ftype(number) for number in range(columns.nfields)]
    if not _LOADS.keys() >= set(kinds):
        return None
    return _Statement(name, tuple(_LOADS[kind] for kind in kinds))


def _checked(raw: psycopg.Connection[Any], result: Any) -> Any:
    if result.status not in _DONE:
        if raw.pgconn.status != pq.ConnStatus.OK:  # the server went away: no SQLSTATE says so
            raise psycopg.OperationalError(result.error_message.decode(errors="replace"))
        raise psycopg.errors.error_from_result(result, encoding=raw.info.encoding)
    return result
