"""What the worker does behind the phones' back, in threads: none of it holds up a job or a sweep.

One thread reads the audit log (text to search in, the webhooks' outbox), the other waits for the
servers that webhooks send to. Both are bounded, idempotent and may be killed at any moment.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, close_old_connections

from surveys.collection import answer_text
from surveys.collection.webhooks import outbox, sending

log = logging.getLogger("khaosat.worker")

REST_SECONDS: Final = 1.0
FORGET_SECONDS: Final = 3600.0
STEPS: Final[dict[str, Callable[[], object]]] = {
    "webhook-outbox": outbox.collect,
    "webhook-sending": sending.deliver_due,
    "answer-text": answer_text.keep_up,
    "webhook-forgetting": outbox.forget_old,
}
THREADS: Final = (("webhook-outbox", "answer-text"), ("webhook-sending", "webhook-forgetting"))


def start(stop: threading.Event) -> None:
    """Begin; the threads end with the process."""
    for steps in THREADS:
        threading.Thread(target=_follow, args=(stop, steps), name=steps[0], daemon=True).start()


def _follow(stop: threading.Event, steps: tuple[str, ...]) -> None:
    forget_at = time.monotonic()
    while not stop.wait(REST_SECONDS):
        for step in steps:
            if step == "webhook-forgetting":
                if time.monotonic() < forget_at:
                    continue
                forget_at = time.monotonic() + FORGET_SECONDS
            _surviving(step)


def _surviving(step: str) -> None:
    """The thread outlives a database that is away, and one row that nobody thought of."""
    close_old_connections()
    try:
        STEPS[step]()
    except DatabaseError as error:
        log.warning("%s: the database does not answer: %s", step, error)
    except Exception:  # the outermost loop: logged, tried again after a rest
        log.exception("%s failed", step)
