"""What the worker does behind the phones' back, in threads: none of it holds up a job or a sweep.

They read the audit log (text to search in, the webhooks' outbox) and wait for the servers that
webhooks send to. Every step is bounded, idempotent and may be killed at any moment.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, close_old_connections

from surveys.collection import answer_text
from surveys.collection.webhooks import outbox, sending

log = logging.getLogger("khaosat.worker")

FORGET_SECONDS: Final = 3600.0
Step = Callable[[], object]
# Each in a thread of its own, with a rest after it. The text to search in may take a fifth of a
# second at a time: a twenty-fifth of one core at most while phones are sending.
STEPS: Final[tuple[tuple[Step, float], ...]] = (
    (outbox.collect, 1.0),
    (sending.deliver_due, 1.0),
    (answer_text.keep_up, 5.0),
    (outbox.forget_old, FORGET_SECONDS),
)


def start(stop: threading.Event) -> None:
    """Begin; the threads end with the process."""
    for step, rest in STEPS:
        name = f"{step.__module__.rpartition('.')[2]}.{step.__name__}"
        threading.Thread(target=_follow, args=(stop, step, rest, name), daemon=True).start()


def _follow(stop: threading.Event, step: Step, rest: float, name: str) -> None:
    """Again and again; outlives a database that is away, and one row that nobody thought of."""
    while not stop.wait(rest):
        close_old_connections()
        try:
            step()
        except DatabaseError as error:
            log.warning("%s: the database does not answer: %s", name, error)
        except Exception:  # the outermost loop: logged, tried again after a rest
            log.exception("%s failed", name)
