"""Transactions of the intake path: one that is waited for, one that need not be.

What the phone is told "stored" about must survive a power cut: its commit is waited for. What is
derived from it can be made again, so its commit is not; a crash between the two leaves the
submission RECEIVED, and the sweep makes its records.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final, Protocol

from django.conf import settings
from django.db import connection, transaction

from surveys.collection import statements
from surveys.collection.prepared import BEGIN
from surveys.collection.statements import Asked, Row

TURN_FILE: Final = "writers.turn"
_BEGIN: Final = Asked(BEGIN)
_NOT_WAITED_FOR: Final = Asked("SET LOCAL synchronous_commit = off")
_COMMIT: Final = Asked("COMMIT")
_ROLLBACK: Final = Asked("ROLLBACK")
_own = threading.local()


@contextmanager
def durable() -> Iterator[None]:
    """One transaction; when it ends well, its changes are on the disk."""
    if statements.is_postgres() or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with _turn(), transaction.atomic():
        yield


@contextmanager
def relaxed() -> Iterator[None]:
    """One transaction whose commit is not waited for: derived data only.

    Inside another transaction it is a part of that one, and lasts and fails with it.
    """
    if connection.in_atomic_block:
        with transaction.atomic(savepoint=False):
            yield
    elif statements.is_postgres():
        with transaction.atomic():
            statements.run_together((_BEGIN, _NOT_WAITED_FOR))
            yield
    else:
        with _turn():
            # SQLite takes this pragma outside transactions only. In WAL mode NORMAL leaves out
            # the fsync of the commit; the next FULL commit makes these pages durable too.
            statements.run("PRAGMA synchronous=NORMAL")
            try:
                with transaction.atomic():
                    yield
            finally:
                statements.run("PRAGMA synchronous=FULL")


class Steps(Protocol):
    """A `relaxed` transaction of plain statements: `ask` what the next step depends on, `end` once.

    What was not ended is rolled back.
    """

    def ask(self, *asked: Asked) -> list[list[Row]]:
        """Run statements inside the transaction; the rows of each."""

    def end(self, *asked: Asked, then: Asked) -> list[Row]:
        """Run statements, commit, and after that ask one more; the rows of the last."""


@contextmanager
def relaxed_steps() -> Iterator[Steps]:
    """A `relaxed` transaction that costs PostgreSQL one round trip a step."""
    if statements.is_postgres() and not connection.in_atomic_block:
        steps = _TogetherSteps()
        try:
            yield steps
        finally:
            steps.roll_back()
        return
    with ExitStack() as transaction_:
        yield _SingleSteps(transaction_)


class _TogetherSteps:
    """BEGIN goes with the first step, COMMIT with the last."""

    def __init__(self) -> None:
        self._opening: tuple[Asked, ...] = (_BEGIN, _NOT_WAITED_FOR)

    def ask(self, *asked: Asked) -> list[list[Row]]:
        opening, self._opening = self._opening, ()
        return statements.run_together((*opening, *asked))[len(opening) :]

    def end(self, *asked: Asked, then: Asked) -> list[Row]:
        return self.ask(*asked, _COMMIT, then)[-1]

    def roll_back(self) -> None:
        if not self._opening and statements.is_in_transaction():
            statements.run_together((_ROLLBACK,))


class _SingleSteps:
    """One statement after the other, on SQLite and inside another transaction."""

    def __init__(self, transaction_: ExitStack) -> None:
        self._transaction = transaction_
        transaction_.enter_context(relaxed())

    def ask(self, *asked: Asked) -> list[list[Row]]:
        return statements.run_together(asked)

    def end(self, *asked: Asked, then: Asked) -> list[Row]:
        self.ask(*asked)
        self._transaction.close()
        return self.ask(then)[-1]


@contextmanager
def _turn() -> Iterator[None]:
    """Wait in line to write to SQLite.

    SQLite lets a waiting writer sleep and try again, up to 100 ms a time, and the newest one may
    win: under eight phones single requests waited for half a second. A lock of the file system
    wakes the next one at once. Writers that do not stand in line (the pages, the worker) still
    meet SQLite's own lock, so this is about order, never about safety.
    """
    file = _turn_file()
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _turn_file() -> int:
    """This thread's own open file: flock counts open files, not threads."""
    # A forked child shares the open file, and so the lock, of its parent: the pid tells them apart.
    if getattr(_own, "pid", None) != os.getpid():
        path = settings.HOME / TURN_FILE
        _own.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        _own.pid = os.getpid()
    file: int = _own.file
    return file
