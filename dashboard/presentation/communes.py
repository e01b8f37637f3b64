"""What may be said of a commune beside its neighbours: by intervals, never by rank."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboard.presentation.figures import words
from surveys.results.models import Run
from surveys.results.reading import ShownFigure
from surveys.results.reading.commune import Beside, CommunePage, Place
from surveys.results.reading.readiness import EQUIPPED
from surveys.results.reading.satisfaction import INDEX

PATTERNS: Final = {
    "high_among_high": _("cao giữa vùng cao"),
    "low_among_low": _("thấp giữa vùng thấp"),
    "high_among_low": _("cao giữa vùng thấp"),
    "low_among_high": _("thấp giữa vùng cao"),
}


@dataclass(frozen=True, slots=True)
class BesideRow:
    """A commune with its figure; `said` compares this page's commune with it."""

    place: Place | None  # None: the commune of the page itself
    figure: ShownFigure
    said: str


@dataclass(frozen=True, slots=True)
class BesideTable:
    """One indicator. The counts are of neighbours that this commune is told apart from."""

    title: str
    rows: tuple[BesideRow, ...]
    higher: int
    lower: int
    unclear: int
    is_told: bool  # whether this commune has a figure to compare


@dataclass(frozen=True, slots=True)
class PatternLine:
    """What one indicator's pattern says of the commune."""

    title: str
    said: str
    is_mostly_error: bool


def beside_rows(read: CommunePage) -> tuple[BesideTable, ...]:
    return tuple(_table(each) for each in read.beside)


def pattern_words(run: Run, read: CommunePage) -> tuple[PatternLine, ...]:
    """Whether the commune is like its neighbours, where the run could tell."""
    of: Mapping[str, Any] = run.report.get("patterns", {}).get("of", {})
    definitions = run.report.get("definitions", {})
    found = []
    for indicator in (EQUIPPED, INDEX):
        known = of.get(indicator, {})
        kind = known.get("clusters", {}).get(read.code)
        if kind in PATTERNS and indicator in definitions:
            name = definitions[indicator]
            title = words(type(read.name)(name["vi"], name["en"]))
            found.append(PatternLine(title, str(PATTERNS[kind]), known["is_mostly_error"]))
    return tuple(found)


def _table(beside: Beside) -> BesideTable:
    rows = tuple(_rows(beside))
    verdicts = [_compared(beside.here, figure) for _, figure in beside.others]
    return BesideTable(
        title=words(beside.title),
        rows=rows,
        higher=verdicts.count(1),
        lower=verdicts.count(-1),
        unclear=verdicts.count(0),
        is_told=beside.here.is_shown,
    )


def _rows(beside: Beside) -> Iterator[BesideRow]:
    yield BesideRow(None, beside.here, "")
    sayings = {
        1: gettext("xã này cao hơn"),
        -1: gettext("xã này thấp hơn"),
        0: gettext("chưa phân biệt được"),
    }
    for place, figure in beside.others:
        verdict = _compared(beside.here, figure)
        yield BesideRow(place, figure, sayings.get(verdict, "") if verdict is not None else "–")


def _compared(here: ShownFigure, other: ShownFigure) -> int | None:
    """1 or -1 where the intervals lie apart, else 0; None where one of them is not shown.

    Intervals of 95 % that lie apart differ at well under one in a hundred, so that a dozen
    comparisons on a page stay honest.
    """
    if here.lower is None or here.upper is None or other.lower is None or other.upper is None:
        return None
    if here.lower > other.upper:
        return 1
    return -1 if here.upper < other.lower else 0
