"""Files that survive a power cut: written aside, synced, then renamed."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when the block ends well, and not at all otherwise."""
    aside = path.with_name(path.name + ".partial")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            yield cast("BinaryIO", out)
            out.flush()
            os.fsync(out.fileno())
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)


def hold(handle: int) -> bool:
    """Take a lock that ends with this process, however it ends; False when another has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
