"""Populations of communes from a table: checked, what looks wrong is asked about, then stored."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Final

from django.db import transaction
from django.utils import timezone

from surveys.collection import audit, rights
from surveys.collection.models import Actor
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.fieldwork.area_tables import AreaTable, Source, read_table
from surveys.territory.models import AdminUnit, Population
from surveys.territory.names import name_key
from surveys.territory.shipped import LISTED_FROM
from surveys.territory.units import TOLD, UnknownCommuneError, communes, in_force

COLUMNS: Final = ("code", "group", "count", "definition", "source", "date")
GROUP: Final = re.compile(r"^(all|households|\d{1,2}\+|\d{1,2}-\d{1,2})( female| male)?$")
DEFINITIONS: Final = {
    "registered": "registered",
    "usual": "usual_resident",
    "usual_resident": "usual_resident",
}
FOLD: Final = 10  # a commune ten times (or a tenth of) the others is asked about
FEWEST: Final = 5  # with fewer to compare with, nothing is said
MOST: Final = 300_000  # people; the largest commune registers some 230,000
NESTED: Final = ("18+", "15+", "all")  # each is part of the next


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    unit: AdminUnit
    group: str
    count: int
    definition: str
    source: str
    date: date


@dataclass(frozen=True, slots=True)
class Question:
    """A count that may be right and looks wrong."""

    row: Row
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Read:
    """What was stored; with a question left open, nothing."""

    stored: int
    questions: tuple[Question, ...]


def load_population(actor: Actor | None, source: Source, *, accepted: Collection[str] = ()) -> Read:
    """Store the counts of a file, unless some look wrong and are not in `accepted` (codes).

    All of it or nothing; the same count again changes nothing, another count of the same source
    and day corrects the stored one. `actor` is None for the command line.

    Raises
    ------
    Forbidden : not an administrator.
    Refused : a file or line that cannot be used, codes that no commune has, with candidates.
    """
    if actor is not None:
        rights.require(actor, Right.ADMINISTER)
    rows = list(_typed(_cells(read_table(source))))
    _require_once(rows)
    _require_nested(rows)
    asked = tuple(_questions(rows))
    if any(each.row.unit.code not in accepted for each in asked):
        return Read(0, asked)
    with transaction.atomic():
        for row in rows:
            Population.objects.update_or_create(
                unit=row.unit,
                group=row.group,
                definition=row.definition,
                source=row.source,
                date=row.date,
                defaults={"count": row.count},
            )
        audit.record(
            "area.population",
            actor=actor,
            name=source.name,
            rows=len(rows),
            communes=sorted({each.row.unit.code for each in asked}),
        )
    return Read(len(rows), asked)


def _cells(table: AreaTable) -> list[tuple[int, dict[str, str]]]:
    if missing := set(COLUMNS) - set(table.columns):
        raise Refused(400.144, columns=", ".join(sorted(missing)))
    return [(row.number, {name: row[name] for name in COLUMNS}) for row in table.rows]


def _typed(cells: list[tuple[int, dict[str, str]]]) -> Iterator[Row]:
    days = {number: _day(cell["date"], number) for number, cell in cells}
    units = _units({(cell["code"], days[number]) for number, cell in cells})
    for number, cell in cells:
        if not GROUP.match(cell["group"]):
            raise Refused(400.145, line=number, value=cell["group"])
        if cell["definition"] not in DEFINITIONS:
            raise Refused(400.146, line=number, value=cell["definition"])
        if not cell["source"]:
            raise Refused(400.135, line=number)
        # 1.234 and 1,234 are a thousand to some and one to others: neither is guessed
        if not (cell["count"].isascii() and cell["count"].isdigit()):
            raise Refused(400.127, line=number, value=cell["count"])
        yield Row(
            number,
            units[cell["code"], days[number]],
            cell["group"],
            min(int(cell["count"][:18]), 2**62),
            DEFINITIONS[cell["definition"]],
            cell["source"][:300],
            days[number],
        )


def _day(text: str, line: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(400.133, line=line, value=text) from None


def _units(asked: set[tuple[str, date]]) -> dict[tuple[str, date], AdminUnit]:
    """The commune of each code on the day of its count; all unknown ones are told at once."""
    codes: dict[date, list[str]] = defaultdict(list)
    for code, day in asked:
        codes[day].append(code)
    found: dict[tuple[str, date], AdminUnit] = {}
    unknown: list[str] = []
    for day, wanted in sorted(codes.items()):
        try:
            units = communes(wanted, on=max(day, LISTED_FROM))
        except UnknownCommuneError as error:
            unknown += error.told()
            continue
        found |= {(code, day): unit for code, unit in zip(wanted, units, strict=True)}
    if unknown:
        raise Refused(400.147, codes="; ".join(sorted(unknown)[:TOLD]))
    return found


def _require_once(rows: Iterable[Row]) -> None:
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        key = (row.unit.pk, row.group, row.definition, row.source, row.date)
        if key in seen:
            raise Refused(400.148, line=row.number, commune=row.unit.code, group=row.group)
        seen.add(key)


def _require_nested(rows: Iterable[Row]) -> None:
    """18+ are some of 15+, who are some of all."""
    by_unit: dict[tuple[object, ...], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        by_unit[row.unit.pk, row.definition, row.source, row.date][row.group] = row
    for groups in by_unit.values():
        said = [groups[name] for name in NESTED if name in groups]
        for part, whole in pairwise(said):
            if part.count > whole.count:
                raise Refused(
                    400.149,
                    line=part.number,
                    commune=part.unit.code,
                    part=f"{part.group}: {part.count}",
                    whole=f"{whole.group}: {whole.count}",
                )


def _questions(rows: list[Row]) -> Iterator[Question]:
    density = _densities(rows)
    typical = {key: median(values) for key, values in density.items() if len(values) >= FEWEST}
    twins = _twins(rows)
    for row in rows:
        usual = typical.get(_peers(row.unit, row.group))
        if row.unit.area_km2 and usual:
            times = row.count / row.unit.area_km2 / usual
            if not 1 / FOLD < times < FOLD:
                fold = f"{times:.0f}" if times > 1 else f"{times:.2f}"
                yield Question(
                    row,
                    f"{row.unit}: {row.group} = {row.count}, mật độ gấp {fold} lần các "
                    f"{row.unit.type.lower()} cùng tỉnh.",
                    f"{row.unit}: {row.group} = {row.count}, {fold} times as dense as the "
                    f"others of its type in the province.",
                )
                continue
        if (absurd := _absurd(row)) is not None:
            yield absurd
            continue
        other = twins.get((row.group, row.count, name_key(row.unit.name)), set()) - {row.unit.code}
        if other:
            named = ", ".join(sorted(other))
            yield Question(
                row,
                f"{row.unit}: {row.group} = {row.count}, đúng bằng xã cùng tên mã {named}.",
                f"{row.unit}: {row.group} = {row.count}, the very count of {named}, which has "
                "the same name.",
            )


def _absurd(row: Row) -> Question | None:
    """What is odd without anything to compare it with."""
    said = f"{row.unit}: {row.group} = {row.count}"
    if row.count > MOST:
        return Question(
            row,
            f"{said}: không xã, phường nào có hơn {MOST} người.",
            f"{said}: no commune has more than {MOST} people.",
        )
    if row.date > timezone.localdate():
        return Question(
            row,
            f"{said}: ngày đếm {row.date:%d/%m/%Y} còn ở phía trước.",
            f"{said}: the day of the count, {row.date}, is yet to come.",
        )
    return None


def _peers(unit: AdminUnit, group: str) -> tuple[int | None, str, str]:
    """Wards are compared with wards: a town is dense and no mistake."""
    return unit.parent_id, unit.type, group


def _densities(rows: list[Row]) -> dict[tuple[int | None, str, str], list[float]]:
    """People per km² of the communes of the file's provinces, of the file or stored before."""
    newest: dict[tuple[int, str], tuple[AdminUnit, int]] = {}
    provinces = {row.unit.parent_id for row in rows}
    groups = {row.group for row in rows}
    stored = Population.objects.filter(
        unit__in=in_force().filter(parent__in=provinces), group__in=groups
    ).select_related("unit")
    for each in stored.order_by("date"):
        newest[each.unit_id, each.group] = (each.unit, each.count)
    for row in rows:
        newest[row.unit.pk, row.group] = (row.unit, row.count)
    found: dict[tuple[int | None, str, str], list[float]] = defaultdict(list)
    for (_, group), (unit, count) in newest.items():
        if unit.area_km2:
            found[_peers(unit, group)].append(count / unit.area_km2)
    return found


def _twins(rows: list[Row]) -> dict[tuple[str, int, str], set[str]]:
    """A list joined by name gives two communes of one name the same count."""
    found: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for row in rows:
        if row.count:
            found[row.group, row.count, name_key(row.unit.name)].add(row.unit.code)
    return found
