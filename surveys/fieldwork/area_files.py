"""Figures by commune or village from a table, and the same figures on other boundaries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from surveys.collection.refusal import Refused
from surveys.fieldwork.area_tables import AreaTable, Source, read_table
from surveys.territory.conversion import (
    WORDS_VI,
    Converted,
    Kind,
    convert_counts,
    convert_rates,
)
from surveys.territory.models import AdminUnit
from surveys.territory.village_totals import convert_villages

HEAD: Final = (
    "code",
    "name",
    "boundaries",
    "value",
    "how",
    "how_vi",
    "low",
    "high",
    "from",
    "note",
)
VILLAGE: Final = "village_id"
Numbers = dict[str, float]


@dataclass(frozen=True, slots=True)
class Given:
    """What a file holds: counts, or numerators and denominators."""

    counts: Numbers
    numerators: Numbers
    denominators: Numbers


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure on the boundaries of the day `on`, and how it came about.

    `day` is the day that it is about where the file said one.
    """

    unit: AdminUnit
    on: date
    value: float | None
    kind: Kind
    low: float | None
    high: float | None
    sources: str
    note: str
    day: date | None = None

    def cells(self) -> tuple[object, ...]:
        """Under `HEAD`."""
        return (
            self.unit.code,
            self.unit.full_name,
            self.on.isoformat(),
            self.value,
            self.kind.word,
            WORDS_VI[self.kind],
            self.low,
            self.high,
            self.sources,
            self.note,
        )


@dataclass(frozen=True, slots=True)
class VillageFigures:
    figures: tuple[Figure, ...]
    unplaced: tuple[str, ...]  # villages that nobody knows the commune of: in no figure


def read_figures(source: Source) -> Given:
    """Counts, or numerators and denominators, by code. Raises `Refused` naming the line."""
    return given_of(read_table(source))


def given_of(table: AreaTable, *, key: str = "code") -> Given:
    """The figures of a table by code, or by village id (then lines add up).

    Raises `Refused` naming the line.
    """
    has_counts = has_counts_of(table, key)
    given = Given({}, {}, {})
    for row in table.rows:
        code = row[key] if key == VILLAGE else row[key].zfill(5)
        if key != VILLAGE and (code in given.counts or code in given.numerators):
            raise Refused(400.129, line=row.number, commune=code)
        if has_counts:
            _add(given.counts, code, read_count(row["count"], row.number))
        else:
            _add(given.numerators, code, read_count(row["numerator"], row.number))
            _add(given.denominators, code, read_count(row["denominator"], row.number))
    return given


def has_counts_of(table: AreaTable, *needed: str, problem: float = 400.128) -> bool:
    """Whether a table holds counts, not rates. Raises `Refused` if it is neither, or both."""
    columns = set(table.columns)
    has_counts, has_rates = "count" in columns, {"numerator", "denominator"} <= columns
    if not set(needed) <= columns or has_counts == has_rates:
        raise Refused(problem)
    return has_counts


def read_count(text: str, line: int) -> float:
    """A figure of a cell. Raises `Refused` naming the line."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise Refused(400.127, line=line, value=text)
    return value


def village_figures(table: AreaTable, *, on: date) -> VillageFigures:
    """Figures of villages by the communes of a day; lines of a village add up.

    Raises `Refused` for a table that cannot be used, naming the line.
    """
    given = given_of(table, key=VILLAGE)
    counts = given.counts or given.numerators
    totals = convert_villages(counts, on=on, of=None if given.counts else given.denominators)
    figures = (
        Figure(
            row.unit,
            on,
            row.value,
            Kind.EXACT,
            None,
            None,
            "villages",
            f"{len(row.villages)} villages",
        )
        for row in totals.rows
    )
    return VillageFigures(tuple(figures), totals.unplaced)


def converted_figures(
    given: Given, *, was: date, on: date, weights: Mapping[str, float] | None
) -> Iterator[Figure]:
    """The figures on the boundaries of the day `on`.

    Raises `UnknownCommuneError` for a code that nobody carried on the day `was`.
    """
    if given.counts:
        for each in convert_counts(given.counts, was=was, on=on, weights=weights):
            is_open = each.kind is Kind.IMPOSSIBLE
            low, high = (each.low, each.high) if is_open else (None, None)
            sources, note = _sources(each), _note(each)
            yield Figure(each.unit, on, each.value, each.kind, low, high, sources, note)
        return
    for rate in convert_rates(
        given.numerators, given.denominators, was=was, on=on, weights=weights
    ):
        top = rate.numerator
        sources, note = _sources(top), _note(top)
        yield Figure(rate.unit, on, rate.value, rate.kind, None, None, sources, note)


def _add(numbers: Numbers, code: str, value: float) -> None:
    numbers[code] = numbers.get(code, 0.0) + value


def _sources(converted: Converted) -> str:
    return "; ".join(
        part.source.code + ("" if part.share == 1 else f" × {part.share or '?'}")
        for part in converted.parts
    )


def _note(converted: Converted) -> str:
    parts = []
    if converted.missing:
        parts.append("no figure for " + ", ".join(unit.code for unit in converted.missing))
    if converted.unshared:
        parts.append("no share of " + ", ".join(unit.code for unit in converted.unshared))
    return "; ".join(parts)
