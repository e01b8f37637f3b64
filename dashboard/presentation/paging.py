"""Pages of a long list by key: the thousandth page costs what the first one does."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    rows: list[M]
    following: str  # cursor of the next page; "" = this is the last
    is_first: bool


def page_of(rows: QuerySet[M], key: str, *, cursor: str, size: int, is_descending: bool) -> Page[M]:
    """The rows after the cursor in order of (key, id)."""
    sign = "-" if is_descending else ""
    ordered = rows.order_by(f"{sign}{key}", f"{sign}pk")
    at = _read(cursor)
    if at is not None:
        beyond = "lt" if is_descending else "gt"
        value, pk = at
        ordered = ordered.filter(
            Q(**{f"{key}__{beyond}": value}) | Q(**{key: value, f"pk__{beyond}": pk})
        )
    found = list(ordered[: size + 1])
    following = _write(found[size - 1], key) if len(found) > size else ""
    return Page(found[:size], following, at is None)


def _write(row: Model, key: str) -> str:
    value = getattr(row, key)
    text = value.isoformat() if hasattr(value, "isoformat") else value
    return base64.urlsafe_b64encode(json.dumps([text, row.pk]).encode()).decode("ascii")


def _read(cursor: str) -> tuple[Any, int] | None:
    """The place that a cursor names; one that somebody bent reads as the first page."""
    if not cursor:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except ValueError:
        return None
    return (value, pk) if isinstance(value, str) and isinstance(pk, int) else None
