"""Rows as JSON and back, for every table that a backup keeps, whichever the database.

A row is an array in the order of the columns; bytes are base64, moments ISO 8601. Which Python
type a column has is asked of the model: today's when a backup is made, the one of the backup's own
migrations when it is read.
"""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import IsolationLevel

# Made anew by `setup` (contenttypes, auth) or not worth keeping (who is signed in on the pages).
NOT_KEPT: Final = frozenset({"auth", "contenttypes", "sessions"})
ROWS_AT_ONCE: Final = 1_000

Field: TypeAlias = "models.Field[Any, Any]"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns, as one state of the models knows it."""

    name: str
    model: type[models.Model]
    fields: tuple[Field, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(str(field.column) for field in self.fields)


def kept_tables(registry: Apps) -> tuple[Table, ...]:
    """Every table of the models that is kept, in the order of their names."""
    tables = (
        Table(model._meta.db_table, model, tuple(model._meta.local_concrete_fields))
        for model in registry.get_models(include_auto_created=True)
        if model._meta.app_label not in NOT_KEPT and model._meta.managed
    )
    return tuple(sorted(tables, key=lambda table: table.name))


@contextmanager
def snapshot() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own that sees the database as it is at this moment, until it ends.

    Nobody waits for it: PostgreSQL reads a snapshot, SQLite in WAL mode as well (its log file
    grows for as long as this lasts).
    """
    reader = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        reader.ensure_connection()
        raw: Any = reader.connection
        if reader.vendor == "postgresql":
            raw.isolation_level = IsolationLevel.REPEATABLE_READ
            raw.read_only = True
            reader.set_autocommit(False)
        else:
            # Deferred: Django's own transactions are IMMEDIATE and would keep the phones waiting.
            raw.execute("BEGIN DEFERRED")
            raw.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        yield reader
    finally:
        reader.close()


def count(reader: BaseDatabaseWrapper, table: Table) -> int:
    """How many rows the snapshot holds."""
    with reader.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {reader.ops.quote_name(table.name)}")  # noqa: S608 - a name of our own models
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def rows(reader: BaseDatabaseWrapper, table: Table) -> Iterator[Sequence[Any]]:
    """All rows in the order of their keys, read piece by piece."""
    names = [field.attname for field in table.fields]
    return chosen(reader, table.model._base_manager.order_by("pk").values_list(*names))


def chosen(reader: BaseDatabaseWrapper, query: "models.QuerySet[Any, Any]") -> Iterator[Any]:
    """The rows of a `values_list` as the snapshot has them, in constant memory."""
    compiler = query.query.get_compiler(connection=reader)
    return iter(compiler.results_iter(chunked_fetch=True, chunk_size=ROWS_AT_ONCE))


def counted(reader: BaseDatabaseWrapper, query: "models.QuerySet[Any, Any]") -> int:
    """How many rows a query has in the snapshot."""
    numbers = query.order_by().values_list(models.Count("pk"))
    return sum(found for (found,) in chosen(reader, numbers))


def as_line(row: Sequence[Any]) -> bytes:
    """A row as a line of JSON."""
    return json.dumps([_plain(each) for each in row], ensure_ascii=False).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    if value is None or isinstance(value, str | int | float | list | dict):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)  # decimals and uuids


class Loader:
    """Puts rows of a backup into a table, inside the caller's transaction."""

    def __init__(self, table: Table, columns: Sequence[str]) -> None:
        by_column = {str(field.column): field for field in table.fields}
        self._readers = [_reader(by_column[column]) for column in columns]
        quote = connection.ops.quote_name
        named = f"{quote(table.name)} ({', '.join(quote(column) for column in columns)})"
        places = ", ".join(["%s"] * len(columns))
        self._copy = f"COPY {named} FROM STDIN"
        self._insert = f"INSERT INTO {named} VALUES ({places})"  # noqa: S608 - names of our own models
        self._waiting: list[list[Any]] = []

    def put(self, line: bytes) -> None:
        values = json.loads(line)
        self._waiting.append([read(v) for read, v in zip(self._readers, values, strict=True)])
        if len(self._waiting) >= ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(self._copy) as copy:
                    for row in self._waiting:
                        copy.write_row(row)
            else:
                cursor.executemany(self._insert, self._waiting)
        self._waiting.clear()


def _reader(field: Field) -> Callable[[Any], Any]:
    """From what stands in the line to what the database's driver takes."""
    if isinstance(field, models.JSONField):
        # A null in a column that takes none is the JSON word null.
        return lambda value: (
            None if value is None and field.null else field.get_db_prep_value(value, connection)
        )
    if isinstance(field, models.BinaryField):
        return lambda value: (
            None
            if value is None
            else field.get_db_prep_value(base64.b64decode(value, validate=True), connection)
        )
    return lambda value: field.get_db_prep_save(field.to_python(value), connection)


def reset_sequences(tables: Sequence[Table]) -> None:
    """Let new rows take numbers above those that came with explicit ones."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(_no_colour(), [t.model for t in tables]):
            cursor.execute(sql)


def _no_colour() -> Any:
    from django.core.management.color import no_style  # noqa: PLC0415 - commands only

    return no_style()
