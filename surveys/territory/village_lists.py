"""Villages by name, id or commune, with the commune of each on a day. Reads only."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from surveys.territory.links import is_like
from surveys.territory.models import AdminUnit, Village
from surveys.territory.villages import unit_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A village and its commune on the day asked for; None where nobody knows it."""

    village: Village
    unit: AdminUnit | None
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Villages:
    """A page of villages by id; `following` is the cursor of the next page."""

    rows: tuple[Listed, ...]
    count: int
    following: str
    is_first: bool


def listed(
    words: str = "", *, commune: str = "", on: date | None = None, after: str = "", size: int = 50
) -> Villages:
    """Villages whose id is the words or whose name holds them, that ever lay in a commune."""
    found = Village.objects.order_by("pk")
    if commune.strip():
        found = found.filter(memberships__unit__code=commune.strip().zfill(5)).distinct()
    if words := words.strip():
        names = found.values_list("pk", "name")
        found = found.filter(
            pk__in=[pk for pk, name in names if pk == words or is_like(words, name)]
        )
    rows = list(found.filter(pk__gt=after)[: size + 1] if after else found[: size + 1])
    following = rows[size - 1].pk if len(rows) > size else ""
    day = on or timezone.localdate()
    places = unit_of([village.pk for village in rows[:size]], day)
    shown = (
        Listed(each, places[each.pk], each.valid_to is not None and each.valid_to <= day)
        for each in rows[:size]
    )
    return Villages(tuple(shown), found.count(), following, not after)
