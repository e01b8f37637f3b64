"""Prepared statements on a psycopg connection by one call of libpq each.

The phone's path runs eight statements for a submission. psycopg's cursor takes each through some
hundred lines of Python (adapters, query objects, generators), which on a busy machine costs more
than most of the statements do on the server. Values of the few types below go as text and come
back as text; a statement with any other type is left to the cursor.

psycopg itself prepares nothing here (Django's default). If it did, it would deallocate all
statements of the session after a rollback, these too.
"""

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
    if raw.pgconn.transaction_status == pq.TransactionStatus.IDLE and not raw.autocommit:
        return None  # the cursor opens the transaction
    statements = _known.get(raw)
    if statements is None:
        statements = _known[raw] = {}
        # PostgreSQL would plan some of them anew each time for the values at hand; all of them
        # find their rows by keys, so the plan never differs and making it costs more than running
        # it. Only prepared statements feel this.
        _checked(raw, raw.pgconn.exec_(b"SET plan_cache_mode = force_generic_plan"))
    try:
        values = [None if each is None else _DUMPS[type(each)](each) for each in parameters]
    except KeyError:
        return None
    if sql not in statements:
        statements[sql] = _prepare(raw, sql, b"khaosat_%d" % len(statements))
    statement = statements[sql]
    if statement is None:
        return None
    binary = [1 if type(each) is bytes else 0 for each in parameters]
    # None is NULL, which psycopg's annotation leaves out
    sent = raw.pgconn.exec_prepared(statement.name, values, binary)  # type: ignore[arg-type]
    result = _checked(raw, sent)
    value, columns = result.get_value, tuple(enumerate(statement.loads))
    return [
        tuple(
            None if (text := value(row, column)) is None else load(text) for column, load in columns
        )
        for row in range(result.ntuples)
    ]


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
