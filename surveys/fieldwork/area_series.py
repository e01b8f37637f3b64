"""A series of figures by commune across 1 July 2025, all on the boundaries of one day.

Every figure says how it came about; the years stand side by side only because they are about
the same territory.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from surveys.collection.refusal import Refused
from surveys.fieldwork.area_files import (
    Figure,
    Given,
    converted_figures,
    has_counts_of,
    read_count,
)
from surveys.fieldwork.area_tables import AreaTable
from surveys.territory.shipped import LISTED_FROM
from surveys.territory.units import TOLD, UnknownCommuneError


@dataclass(frozen=True, slots=True)
class Series:
    """Figures by the day whose communes they are about."""

    days: Mapping[date, Given] = field(default_factory=dict)


def series_figures(
    table: AreaTable, *, on: date, weights: Mapping[str, float] | None = None
) -> tuple[Figure, ...]:
    """Every figure of a series on the boundaries of the day `on`, by code and day.

    Raises
    ------
    Refused : a table that cannot be used, naming the line; a code that nobody carried on the day
        of its line, with what the commune of that code became.
    """
    found = [
        figure
        for day, given in series_of(table).days.items()
        for figure in _of_day(day, given, on, weights)
    ]
    return tuple(sorted(found, key=lambda each: (each.unit.code, each.day or on)))


def series_of(table: AreaTable) -> Series:
    """The figures of a table by day. Raises `Refused` naming the line."""
    has_counts = has_counts_of(table, "code", "date", problem=400.142)
    days: dict[date, Given] = defaultdict(lambda: Given({}, {}, {}))
    for row in table.rows:
        given = days[_day(row["date"], row.number)]
        code = row["code"].zfill(5)
        if code in given.counts or code in given.numerators:
            raise Refused(400.143, line=row.number, commune=code, day=row["date"])
        if has_counts:
            given.counts[code] = read_count(row["count"], row.number)
        else:
            given.numerators[code] = read_count(row["numerator"], row.number)
            given.denominators[code] = read_count(row["denominator"], row.number)
    return Series(dict(days))


def _day(text: str, line: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(400.133, line=line, value=text) from None


def _of_day(
    day: date, given: Given, on: date, weights: Mapping[str, float] | None
) -> Iterator[Figure]:
    """Before the day from which the list vouches its first state is read, and the note says so."""
    known, wanted = max(day, LISTED_FROM), max(on, LISTED_FROM)
    try:
        for each in converted_figures(given, was=known, on=wanted, weights=weights):
            yield replace(each, day=day)
    except UnknownCommuneError as error:
        codes = "; ".join(error.told()[:TOLD])
        raise Refused(409.125, day=f"{day:%d/%m/%Y}", codes=codes) from error
