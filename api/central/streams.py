"""Lists of any length: written while they are read, never whole in memory."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final

from django.http import StreamingHttpResponse

from api.central.door import JSON, Call
from api.problems import ProblemRaised

ROWS_AT_ONCE: Final = 200
# More than any table has; larger numbers do not fit the databases' integers.
MOST_ROWS: Final = 10**12


def json_list(rows: Iterable[dict[str, Any]]) -> StreamingHttpResponse:
    """A JSON array; what cannot be read at all fails here, before anything was sent."""
    reading = iter(rows)
    first = list(islice(reading, 1))
    return StreamingHttpResponse(_pieces(chain(first, reading)), content_type=JSON)


def _pieces(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    before = "["
    while block := list(islice(rows, ROWS_AT_ONCE)):
        yield before + ",".join(json.dumps(row, ensure_ascii=False) for row in block)
        before = ","
    yield "]" if before == "," else "[]"


def window(call: Call) -> slice:
    """`?offset=` and `?limit=` of a list."""
    offset = _number(call, "offset") or 0
    limit = _number(call, "limit")
    return slice(offset, offset + limit if limit is not None else None)


def _number(call: Call, name: str) -> int | None:
    said = call.request.GET.get(name, "")
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) <= len(str(MOST_ROWS))):
        raise ProblemRaised(400.2, field=name)
    return min(int(said), MOST_ROWS)
