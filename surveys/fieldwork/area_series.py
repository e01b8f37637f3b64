"""A series of figures by commune across 1 July 2025, all on the boundaries of one day.

Every figure says how it came about; the years stand side by side only because they are about
the same territory.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from surveys.collection.refusal import Refused
from surveys.fieldwork.area_files import HEAD, Given, converted_lines, read_count
from surveys.territory.shipped import LISTED_FROM
from surveys.territory.units import TOLD, UnknownCommuneError

SERIES_HEAD: Final = ("date", *HEAD)
EARLIER: Final = f"territory as listed on {LISTED_FROM}; changes before it are not known"


@dataclass(frozen=True, slots=True)
class Series:
    """Figures by the day whose communes they are about."""

    days: Mapping[date, Given] = field(default_factory=dict)


def convert_series(
    source: Path, target: Path, *, on: date, weights: Mapping[str, float] | None = None
) -> int:
    """Write every figure of the series on the boundaries of the day `on`; gives how many.

    Raises
    ------
    Refused : a file that cannot be used, naming the line; a code that nobody carried on the day
        of its line, with what the commune of that code became.
    """
    series = read_series(source)
    lines = [
        (day.isoformat(), *line)
        for day, given in sorted(series.days.items())
        for line in _of_day(day, given, on, weights)
    ]
    lines.sort(key=lambda line: (str(line[1]), line[0]))
    with target.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(SERIES_HEAD)
        writer.writerows(lines)
    return len(lines)


def read_series(path: Path) -> Series:
    """The figures of a file by day. Raises `Refused` naming the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return _read(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(400.124, path=str(path)) from error


def _read(reader: "csv.DictReader[str]") -> Series:
    columns = set(reader.fieldnames or ())
    has_counts, has_rates = "count" in columns, {"numerator", "denominator"} <= columns
    if not {"code", "date"} <= columns or has_counts == has_rates:
        raise Refused(400.142)
    days: dict[date, Given] = defaultdict(lambda: Given({}, {}, {}))
    for number, row in enumerate(reader, 2):
        given = days[_day(row["date"], number)]
        code = (row["code"] or "").strip().zfill(5)
        if code in given.counts or code in given.numerators:
            raise Refused(400.143, line=number, commune=code, day=row["date"])
        if has_counts:
            given.counts[code] = read_count(row["count"], number)
        else:
            given.numerators[code] = read_count(row["numerator"], number)
            given.denominators[code] = read_count(row["denominator"], number)
    return Series(dict(days))


def _day(text: str | None, line: int) -> date:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        raise Refused(400.133, line=line, value=text or "") from None


def _of_day(
    day: date, given: Given, on: date, weights: Mapping[str, float] | None
) -> Iterator[tuple[object, ...]]:
    """Before the day from which the list vouches its first state is read, and the note says so."""
    known, wanted = max(day, LISTED_FROM), max(on, LISTED_FROM)
    try:
        for *cells, note in converted_lines(given, was=known, on=wanted, weights=weights):
            said = [note, EARLIER] if known != day else [note]
            yield (*cells, "; ".join(str(each) for each in said if each))
    except UnknownCommuneError as error:
        codes = "; ".join(error.told()[:TOLD])
        raise Refused(409.125, day=f"{day:%d/%m/%Y}", codes=codes) from error
