"""Phones' own logs of the interviews, joined into one table as ODK Central joins them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

COLUMNS: Final = (
    "event",
    "node",
    "start",
    "end",
    "latitude",
    "longitude",
    "accuracy",
    "old-value",
    "new-value",
    "user",
    "change-reason",
)
HEADER: Final = ("instance ID", *COLUMNS)


def events(instance_id: str, log: BinaryIO) -> Iterator[list[str]]:
    """The rows of one log; lines may be longer or shorter than the first one, which names the
    columns, and quotes may stand anywhere: a phone that was switched off leaves such files.

    Examples
    --------
    >>> next(events("uuid:1", io.BytesIO(b"event,node,start\\nquestion,/data/a")))[:4]
    ['uuid:1', 'question', '/data/a', '']
    """
    text = io.TextIOWrapper(log, encoding="utf-8-sig", errors="replace", newline="")
    reader = csv.reader(_without_nul(text))
    try:
        header = [each.strip() for each in next(reader, [])]
        for cells in reader:
            if any(each.strip() for each in cells):
                said = dict(zip(header, (each.strip() for each in cells), strict=False))
                yield [instance_id, *(said.get(name, "") for name in COLUMNS)]
    except csv.Error:  # a quote that never ends: what stood before it is there
        return
    finally:
        text.detach()


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    return (line.replace("\x00", "") for line in lines)
