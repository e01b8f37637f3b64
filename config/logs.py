"""The log holds no key: tokens of phones, of drafts and of sessions stand in addresses."""

import logging
import re
from typing import Final

_KEYS: Final = re.compile(
    r"((?:/key|/test|/sessions|/f|/password)/|[?&]st=)(?!current\b|restore\b)[^/\s?&\"']+"
)


class WithoutKeys(logging.Formatter):
    """Works on the finished line, so that tracebacks and Django's own records are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return _KEYS.sub(r"\1…", super().format(record))
