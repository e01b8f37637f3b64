"""Pages of a long list by key: the thousandth page costs what the first one does.

The key is the row's number, which rises with arrival. A time would need ties and the databases'
own precisions to be handled; two rows of one microsecond would be lost between pages.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    rows: list[M]
    following: str  # cursor of the next page; "" = this is the last
    is_first: bool


def page_of(rows: QuerySet[M], *, cursor: str, size: int, is_descending: bool = True) -> Page[M]:
    """The rows after the cursor; a cursor that somebody bent reads as the first page."""
    at = number_of(cursor)
    ordered = rows.order_by("-pk" if is_descending else "pk")
    if at is not None:
        ordered = ordered.filter(pk__lt=at) if is_descending else ordered.filter(pk__gt=at)
    found = list(ordered[: size + 1])
    following = str(found[size - 1].pk) if len(found) > size else ""
    return Page(found[:size], following, at is None)


def number_of(cursor: str) -> int | None:
    """The row's number in a cursor; None = the first page, also for what is no number."""
    is_number = cursor.isascii() and cursor.isdigit() and len(cursor) <= len(str(LARGEST))
    return int(cursor) if is_number and int(cursor) <= LARGEST else None
