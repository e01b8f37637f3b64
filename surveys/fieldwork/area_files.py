"""A CSV of counts or rates by commune on other boundaries, each figure with how it came about."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from surveys.collection.refusal import Refused
from surveys.collection.spreadsheets import as_text
from surveys.territory.conversion import (
    WORDS_VI,
    Converted,
    Kind,
    convert_counts,
    convert_rates,
)
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
Numbers = dict[str, float]


VILLAGE: Final = "village_id"


@dataclass(frozen=True, slots=True)
class VillagesWritten:
    communes: int
    unplaced: tuple[str, ...]  # villages that nobody knows the commune of: in no line


@dataclass(frozen=True, slots=True)
class Given:
    """What a file holds: counts, or numerators and denominators."""

    counts: Numbers
    numerators: Numbers
    denominators: Numbers


def convert_villages_file(source: Path, target: Path, *, on: date) -> VillagesWritten:
    """Write the figures of villages by the communes of the day `on`; lines of a village add up.

    Raises `Refused` for a file that cannot be used, naming the line.
    """
    given = read_figures(source, key=VILLAGE)
    counts = given.counts or given.numerators
    totals = convert_villages(counts, on=on, of=None if given.counts else given.denominators)
    with target.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEAD)
        for row in totals.rows:
            name, word = as_text(row.unit.full_name), Kind.EXACT.word
            note = f"{len(row.villages)} villages"
            cells = (row.value, word, WORDS_VI[Kind.EXACT], None, None, "villages", note)
            writer.writerow((row.unit.code, name, on.isoformat(), *cells))
    return VillagesWritten(len(totals.rows), totals.unplaced)


def is_by_village(path: Path) -> bool:
    """Whether a file holds figures of villages, not of communes."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return VILLAGE in next(csv.reader(handle), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(400.124, path=str(path)) from error


def convert_file(
    source: Path, target: Path, *, was: date, on: date, weights: Mapping[str, float] | None = None
) -> int:
    """Write the figures of `source` on the boundaries of the day `on`; gives how many.

    Raises
    ------
    Refused : a file that cannot be used, naming the line.
    UnknownCommuneError : a code that nobody carried on the day `was`.
    """
    given = read_figures(source)
    lines = list(converted_lines(given, was=was, on=on, weights=weights))
    with target.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEAD)
        writer.writerows(lines)
    return len(lines)


def read_figures(path: Path, *, key: str = "code") -> Given:
    """Counts by code, or by village id (then lines add up). Raises `Refused` naming the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return _read(csv.DictReader(handle), key)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(400.124, path=str(path)) from error


def _read(reader: "csv.DictReader[str]", key: str) -> Given:
    columns = set(reader.fieldnames or ())
    has_counts, has_rates = "count" in columns, {"numerator", "denominator"} <= columns
    if key not in columns or has_counts == has_rates:
        raise Refused(400.128)
    given = Given({}, {}, {})
    for number, row in enumerate(reader, 2):
        code = (row[key] or "").strip()
        code = code if key == VILLAGE else code.zfill(5)
        if key != VILLAGE and (code in given.counts or code in given.numerators):
            raise Refused(400.129, line=number, commune=code)
        if has_counts:
            _add(given.counts, code, read_count(row["count"], number))
        else:
            _add(given.numerators, code, read_count(row["numerator"], number))
            _add(given.denominators, code, read_count(row["denominator"], number))
    return given


def _add(numbers: Numbers, code: str, value: float) -> None:
    numbers[code] = numbers.get(code, 0.0) + value


def read_count(text: str | None, line: int) -> float:
    """A figure of a cell. Raises `Refused` naming the line."""
    try:
        value = float((text or "").strip())
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise Refused(400.127, line=line, value=text or "")
    return value


def converted_lines(
    given: Given, *, was: date, on: date, weights: Mapping[str, float] | None
) -> Iterator[tuple[object, ...]]:
    """The figures on the boundaries of the day `on`, as cells under `HEAD`."""
    if given.counts:
        for each in convert_counts(given.counts, was=was, on=on, weights=weights):
            yield _line(each, on, each.value, (each.low, each.high), each.kind)
        return
    for rate in convert_rates(
        given.numerators, given.denominators, was=was, on=on, weights=weights
    ):
        yield _line(rate.numerator, on, rate.value, (None, None), rate.kind)


def _line(
    converted: Converted,
    on: date,
    value: float | None,
    bounds: tuple[float | None, float | None],
    kind: Kind,
) -> tuple[object, ...]:
    is_open = kind is Kind.IMPOSSIBLE
    sources = "; ".join(
        part.source.code + ("" if part.share == 1 else f" × {part.share or '?'}")
        for part in converted.parts
    )
    return (
        converted.unit.code,
        as_text(converted.unit.full_name),
        on.isoformat(),
        value,
        kind.word,
        WORDS_VI[kind],
        bounds[0] if is_open else None,
        bounds[1] if is_open else None,
        sources,
        _note(converted),
    )


def _note(converted: Converted) -> str:
    parts = []
    if converted.missing:
        parts.append("no figure for " + ", ".join(unit.code for unit in converted.missing))
    if converted.unshared:
        parts.append("no share of " + ", ".join(unit.code for unit in converted.unshared))
    return "; ".join(parts)
