"""Stored populations: what was imported, what of it is shown, and taking a wrong import back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet, Sum

from surveys.collection import audit, rights
from surveys.collection.models import Actor
from surveys.collection.rights import Right
from surveys.fieldwork.area_population import COLUMNS
from surveys.territory.links import is_like
from surveys.territory.models import Population

HEAD: Final = (*COLUMNS, "name")
SORTS: Final = {
    "name": ("unit__name", "unit__code", "group"),
    "code": ("unit__code", "group", "-date"),
    "count": ("-count", "unit__code"),
    "date": ("-date", "unit__code", "group"),
}


@dataclass(frozen=True, slots=True)
class Import:
    """All counts of one source, definition and day; `number` is its name in addresses."""

    source: str
    definition: str
    date: date
    number: int
    rows: int
    communes: int
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which counts are looked at; empty fields let all through."""

    words: str = ""
    province: str = ""
    group: str = ""
    source: str = ""
    sort: str = "code"


def imports() -> list[Import]:
    """Everything that was imported, newest day first."""
    keys = ("source", "definition", "date")
    groups: dict[tuple[str, str, date], list[str]] = {}
    for source, definition, day, group in (
        Population.objects.values_list(*keys, "group").distinct().order_by("group")
    ):
        groups.setdefault((source, definition, day), []).append(group)
    found = Population.objects.values(*keys).annotate(
        number=Max("pk"), rows=Count("pk"), communes=Count("unit", distinct=True)
    )
    return [
        Import(**row, groups=tuple(groups[row["source"], row["definition"], row["date"]]))
        for row in found.order_by("-date", "source", "definition")
    ]


def find_import(number: int) -> Import | None:
    """The import of a number; None if it is not there (any more)."""
    return next((each for each in imports() if each.number == number), None)


def remove_import(actor: Actor | None, found: Import) -> int:
    """Take back all counts of an import; gives how many there were.

    Published figures stay as they are; pages that multiply shares by people take the next best.
    Raises `Forbidden` for others than administrators.
    """
    if actor is not None:
        rights.require(actor, Right.ADMINISTER)
    with transaction.atomic():
        rows = Population.objects.filter(
            source=found.source, definition=found.definition, date=found.date
        )
        total = rows.aggregate(people=Sum("count"))["people"]
        n, _ = rows.delete()
        audit.record(
            "area.population_removed",
            actor=actor,
            name=found.source,
            date=found.date.isoformat(),
            definition=found.definition,
            rows=n,
            total=total,
        )
    return n


def populations(wanted: Wanted) -> QuerySet[Population]:
    """The stored counts, filtered and in order."""
    rows = Population.objects.select_related("unit__parent")
    if wanted.province:
        in_province = Q(unit__parent__code=wanted.province)
        rows = rows.filter(in_province | Q(unit__parent__parent__code=wanted.province))
    if wanted.group:
        rows = rows.filter(group=wanted.group)
    if wanted.source:
        rows = rows.filter(source=wanted.source)
    words = wanted.words.strip()
    if words.isdigit():
        rows = rows.filter(unit__code=words.zfill(5))
    elif words:
        named = rows.values_list("unit_id", "unit__name").distinct().order_by()
        rows = rows.filter(unit__in=[pk for pk, name in named if is_like(words, name)])
    return rows.order_by(*SORTS.get(wanted.sort, SORTS["code"]))


def lines(rows: QuerySet[Population]) -> Iterator[tuple[object, ...]]:
    """Cells under `HEAD`: the file can be imported again as it is."""
    for row in rows.iterator(2000):
        definition = {"usual_resident": "usual"}.get(row.definition, row.definition)
        day, name = row.date.isoformat(), row.unit.full_name
        yield (row.unit.code, row.group, row.count, definition, row.source, day, name)
