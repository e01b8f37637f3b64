"""One commune in a run: its indicators in every kind, its first missing steps, its neighbours."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from surveys.results.reading.areas import METHOD_NAMES, MethodsRow, methods_row
from surveys.results.reading.figures import RunReader, ShownFigure
from surveys.results.reading.ladder import LadderRow, ladder_page
from surveys.results.reading.locator import Locator, locator
from surveys.results.reading.mapped import mapped_units
from surveys.results.reading.names import COMMUNE, Names
from surveys.results.reading.population import Count, People, persons_without, populations
from surveys.results.reading.readiness import COLUMNS, EQUIPPED
from surveys.results.reading.satisfaction import FACTORS, INDEX

FIRST: Final = {
    "A": (EQUIPPED, *COLUMNS[:-1], "able"),
    "B": (INDEX, "sat_overall", *FACTORS, "policy_sat"),
}
LEADING: Final = (EQUIPPED, INDEX)  # what a commune and its neighbours are compared by
PARTS: Final = (
    ("A", True, Names("Sẵn sàng số", "Digital readiness")),
    ("B", True, Names("Mức độ hài lòng", "Satisfaction")),
    ("A", False, Names("Các chỉ tiêu khác của phiếu hộ", "Other figures of the household form")),
    ("B", False, Names("Các chỉ tiêu khác của phiếu người dân", "Other figures of citizens")),
)  # fmt: skip
CSV_HEAD: Final = (
    "commune", "name", "indicator", "title", "kind", "estimate", "lower", "upper", "n", "n_eff",
    "n_psu", "unit", "base", "published", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A commune of the run, to go to."""

    code: str
    name: Names


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator in this commune."""

    indicator: str
    title: Names
    row: MethodsRow


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under one heading; those that come first stand open on the page."""

    title: Names
    is_first: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """A commune and those about it, by one indicator; `here` is the first."""

    title: Names
    here: ShownFigure
    others: tuple[tuple[Place, ShownFigure], ...]


@dataclass(frozen=True, slots=True)
class CommunePage:
    """Everything the page prints. `are_neighbours` is False where nobody knows who borders on it:
    then all communes of a small round stand beside it."""

    code: str
    name: Names
    province: str
    valid_from: str
    before: Place | None
    after: Place | None
    places: tuple[Place, ...]
    parts: tuple[Part, ...]
    ready: ShownFigure | None
    not_ready: Count | None
    adults: People
    ladder: LadderRow | None
    ladder_base: Names
    beside: tuple[Beside, ...]
    are_neighbours: bool
    locator: Locator | None


MOST_BESIDE: Final = 12  # communes that are no neighbours: of more a page would be no help


def commune_page(found: RunReader, code: str) -> CommunePage | None:
    """Read the page; None if the run does not speak of this commune."""
    units = mapped_units(found)
    if code not in units:
        return None
    places = [Place(each, found.domain_name(COMMUNE, each)) for each in units]
    at = next(position for position, place in enumerate(places) if place.code == code)
    drawn = locator(found.run, code)
    near = drawn.near if drawn else ()
    others = [place for place in places if place.code != code]
    shown = [place for place in others if place.code in near] if near else others
    known = populations(found.run)
    adults = known.of("18+", code)
    ready = found.figure(EQUIPPED, COMMUNE, code) if EQUIPPED in found.definitions else None
    ladder = ladder_page(found.run, found)
    unit = units[code]
    return CommunePage(
        code=code,
        name=places[at].name,
        province=unit.parent.full_name if unit.parent else "",
        valid_from=f"{unit.valid_from:%d/%m/%Y}",
        before=places[at - 1] if at else None,
        after=places[at + 1] if at + 1 < len(places) else None,
        places=tuple(places),
        parts=tuple(_parts(found, code)),
        ready=ready,
        not_ready=persons_without(ready, adults) if ready else None,
        adults=adults,
        ladder=next((row for row in ladder.communes if row.domain == code), None),
        ladder_base=ladder.base,
        beside=tuple(_beside(found, code, shown)) if near or len(shown) <= MOST_BESIDE else (),
        are_neighbours=bool(near),
        locator=drawn,
    )


def csv_rows(
    found: RunReader, read: CommunePage, *, is_english: bool
) -> Iterator[tuple[str | float | int | None, ...]]:
    """Every figure of the page under `CSV_HEAD`; None where it is not shown."""

    def said(names: Names) -> str:
        return (names.en or names.vi) if is_english else names.vi

    for part in read.parts:
        for line in part.lines:
            for each in line.row.figures:
                yield (
                    read.code, said(read.name), line.indicator, said(line.title),
                    said(METHOD_NAMES[each.method]), each.estimate, each.lower, each.upper,
                    each.n, each.n_eff, each.n_psu, each.unit, said(each.base),
                    each.publication, said(each.note),
                )  # fmt: skip


def _parts(found: RunReader, code: str) -> Iterator[Part]:
    with_rows = {key[0] for key in found.rows if key[2:] == (COMMUNE, code) and not key[1]}
    with_rows |= {indicator for _, indicator, commune in found.others if commune == code}
    held = [each for each in found.definitions if each in with_rows]
    for form, is_first, title in PARTS:
        first = FIRST[form]
        if is_first:
            wanted = [each for each in first if each in held]
        else:
            wanted = [each for each in held if each not in first and _form(found, each) == form]
        lines = tuple(
            Line(each, found.name(each), methods_row(found, each, code)) for each in wanted
        )
        if lines:
            yield Part(title, is_first, lines)


def _form(found: RunReader, indicator: str) -> str:
    return str(found.definitions[indicator].get("source", "A"))


def _beside(found: RunReader, code: str, places: list[Place]) -> Iterator[Beside]:
    for indicator in LEADING:
        if indicator in found.definitions and places:
            yield Beside(
                found.name(indicator),
                found.figure(indicator, COMMUNE, code),
                tuple((each, found.figure(indicator, COMMUNE, each.code)) for each in places),
            )
