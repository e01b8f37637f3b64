"""Figures by commune or village from a table, and the same figures on other boundaries."""

import re
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
    Part,
    convert_counts,
    convert_rates,
)
from surveys.territory.models import AdminUnit
from surveys.territory.shipped import LISTED_FROM
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
    "note_vi",
)
EARLIER: Final = (
    f"địa bàn theo danh mục ngày {LISTED_FROM:%d/%m/%Y}; thay đổi trước đó không rõ",
    f"territory as listed on {LISTED_FROM}; changes before it are not known",
)
VILLAGE: Final = "village_id"
DECIMALS: Final = 6  # what a share of a rounded count can mean at most
THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}\.\d{3}")  # a thousand to some, one to others
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

    `day` is the day that it is about where the file said one; `missing` are the codes without a
    figure, `unshared` those of divided communes whose share nobody knows.
    """

    unit: AdminUnit
    on: date
    value: float | None
    kind: Kind
    low: float | None
    high: float | None
    sources: str
    missing: tuple[str, ...] = ()
    unshared: tuple[str, ...] = ()
    villages: int = 0
    day: date | None = None

    @property
    def note(self) -> str:
        """What is lacking or has to be known, in English."""
        said = [f"{self.villages} villages"] if self.villages else []
        said += [f"no figure for {', '.join(self.missing)}"] if self.missing else []
        said += [f"no share of {', '.join(self.unshared)}"] if self.unshared else []
        return "; ".join([*said, EARLIER[1]] if self._is_earlier else said)

    @property
    def note_vi(self) -> str:
        """The same in Vietnamese."""
        said = [f"{self.villages} thôn"] if self.villages else []
        said += [f"thiếu số liệu của {', '.join(self.missing)}"] if self.missing else []
        said += [f"thiếu tỷ lệ của {', '.join(self.unshared)}"] if self.unshared else []
        return "; ".join([*said, EARLIER[0]] if self._is_earlier else said)

    @property
    def _is_earlier(self) -> bool:
        """The lists vouch for nothing before their first day: that one is read."""
        return self.day is not None and self.day < LISTED_FROM

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
            self.note_vi,
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
        value = -1.0 if THOUSANDS.fullmatch(text) else float(text)
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
            villages=len(row.villages),
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
            bounds = (each.low, each.high) if each.kind is Kind.IMPOSSIBLE else (None, None)
            yield _figure(each, on, each.value, each.kind, bounds)
        return
    for rate in convert_rates(
        given.numerators, given.denominators, was=was, on=on, weights=weights
    ):
        yield _figure(rate.numerator, on, rate.value, rate.kind)


def _add(numbers: Numbers, code: str, value: float) -> None:
    numbers[code] = numbers.get(code, 0.0) + value


def _figure(
    converted: Converted,
    on: date,
    value: float | None,
    kind: Kind,
    bounds: tuple[float | None, float | None] = (None, None),
) -> Figure:
    return Figure(
        converted.unit,
        on,
        None if value is None else round(value, DECIMALS),
        kind,
        *bounds,
        "; ".join(_source(part) for part in converted.parts),
        missing=tuple(unit.code for unit in converted.missing),
        unshared=tuple(unit.code for unit in converted.unshared),
    )


def _source(part: Part) -> str:
    if part.share == 1:
        return part.source.code
    return f"{part.source.code} × {'?' if part.share is None else f'{part.share:.4g}'}"
