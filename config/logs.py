"""The log holds no key: tokens stand in addresses, and passphrases may (`?12=…` of an export)."""

import logging
import re
from typing import Final

_KEYS: Final = re.compile(
    r"((?:/key|/test|/sessions|/f|/password)/|[?&](?:st|\d+)=)(?!current\b|restore\b)[^/\s?&\"']+"
)


class WithoutKeys(logging.Formatter):
    """Works on the finished line, so that tracebacks and Django's own records are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return _KEYS.sub(r"\1…", super().format(record))
