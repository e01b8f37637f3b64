"""The log holds no key: tokens stand in addresses, and passphrases may (`?12=…` of an export)."""

import logging
import re
from typing import Final

_KEYS: Final = re.compile(
    r"((?:/key|/test|/sessions|/f|/password)/|[?&](?:st|\d+)=)(?!current\b|restore\b)[^/\s?&\"']+"
)


class RealKills(logging.Filter):
    """Keeps granian from warning of kills that are none.

    It asks whether a worker lives that another thread has reaped at this very moment, hears yes and
    warns. Nothing is killed before the grace has passed since "Shutting down".
    """

    def __init__(self, grace_seconds: float) -> None:
        super().__init__()
        self._grace = grace_seconds
        self._since: float | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if text.startswith("Shutting down"):
            self._since = record.created
        is_early = self._since is not None and record.created - self._since < self._grace
        return not (text.startswith("Killing worker") and is_early)


class WithoutKeys(logging.Formatter):
    """Works on the finished line, so that tracebacks and Django's own records are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return _KEYS.sub(r"\1…", super().format(record))
