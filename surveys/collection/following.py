"""Readers of append-only tables: each row is taken once, at no cost to those who write.

Numbers are handed out before a transaction commits, so a row may appear below one that was read
already. The numbers that were missing are remembered and looked for again; those of a transaction
that failed never come and are forgotten after a while.
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import transaction
from django.db.models import Max, Model, QuerySet

from surveys.collection.models import Follower

M = TypeVar("M", bound=Model)

MOST_GAPS: Final = 1000
# Longer than any transaction that writes events; a bulk change commits in pieces.
GAP_SECONDS: Final = 900


def follow(
    name: str, rows: QuerySet[M], take: Callable[[list[M]], None], *, limit: int = 500
) -> int:
    """Give the next rows to `take`, in order of their numbers; returns how many there were.

    What `take` writes and how far the reader has come are one transaction: a process that dies in
    between leaves both as they were. Two workers do not read for one name at the same moment.
    """
    with transaction.atomic():
        Follower.objects.get_or_create(name=name)
        reader = Follower.objects.select_for_update(skip_locked=True).filter(pk=name).first()
        if reader is None:
            return 0  # another worker is reading
        late = rows.filter(pk__in=[int(gap) for gap in reader.gaps]) if reader.gaps else rows.none()
        found = [*late.order_by("pk"), *rows.filter(pk__gt=reader.last_id).order_by("pk")[:limit]]
        if not found and not reader.gaps:
            return 0
        if found:
            take(found)
        _move(reader, [row.pk for row in found])
    return len(found)


def begin_at_end(name: str, rows: QuerySet[M]) -> int:
    """Let a reader skip what is there already; returns the last number it skips."""
    last = rows.aggregate(last=Max("pk"))["last"] or 0
    Follower.objects.update_or_create(name=name, defaults={"last_id": last, "gaps": {}})
    return int(last)


def _move(reader: Follower, numbers: list[int]) -> None:
    now = int(time.time())
    taken = set(numbers)
    gaps = {
        gap: since
        for gap, since in reader.gaps.items()
        if int(gap) not in taken and now - since < GAP_SECONDS
    }
    last = max([reader.last_id, *numbers])
    for number in range(max(reader.last_id + 1, last - MOST_GAPS), last):
        if number not in taken:
            gaps[str(number)] = now
    newest = dict(sorted(gaps.items(), key=lambda gap: -int(gap[0]))[:MOST_GAPS])
    Follower.objects.filter(pk=reader.pk).update(last_id=last, gaps=newest)
