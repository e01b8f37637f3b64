"""The pages behind a printed map: every figure of it, with its interval and reasons."""

from dataclasses import dataclass
from typing import Final

from matplotlib.figure import Figure

from maps.numbers import figure, interval, number
from maps.phrases import phrase
from maps.print_sheet import Pencil, Sheet
from maps.print_text import capped, shortened
from maps.print_words import said, status_label
from maps.specification import Language, MapArea, MapSpec

MARGIN: Final = 12.0
TEXT, SMALL = 7.5, 6.0
MOST: Final = 700  # areas; longer lists are for the data files
COLUMNS: Final = (0.0, 0.09, 0.4, 0.53, 0.74, 0.87)  # shares of the width


@dataclass(frozen=True, slots=True)
class Line:
    """One area in words."""

    cells: tuple[str, ...]
    reason: str


def lines(spec: MapSpec, lang: Language) -> list[Line]:
    """The areas as they are printed."""
    return [Line(_cells(area, spec, lang), area.reason(lang)) for area in spec.areas]


def table_pages(spec: MapSpec, lang: Language, sheet: Sheet) -> list[Figure]:
    """As many pages as the areas need; none for no area, or for too many to leaf through."""
    if not spec.areas or len(spec.areas) > MOST:
        return []
    pages: list[Pencil] = []
    y = 0.0
    for line in lines(spec, lang):
        if not pages or y - _height(pages[-1], line) < MARGIN + pages[-1].step(TEXT):
            pages.append(Pencil(sheet))
            y = _head(pages[-1], spec, lang)
        y = _row(pages[-1], line, y)
    for number_, page in enumerate(pages, 1):
        said_ = said("page", lang, str(number_ + 1), str(len(pages) + 1))
        page.write(said_, sheet.size[0] - MARGIN, MARGIN, SMALL, ha="right")
    return [page.figure for page in pages]


def _cells(area: MapArea, spec: MapSpec, lang: Language) -> tuple[str, ...]:
    shown, between = "", ""
    if area.estimate is not None and area.lower is not None and area.upper is not None:
        shown = figure(area.estimate, spec.unit, lang)
        between = (
            interval(area.lower, area.upper, spec.unit, lang)
            if area.lower < area.upper
            else said("no_interval", lang)
        )
    answers = "–" if area.n is None else number(area.n, lang)
    return (area.code, area.name, shown, between, answers, status_label(area.status, lang))


def _room(page: Pencil) -> float:
    return page.sheet.size[0] - 2 * MARGIN


def _head(page: Pencil, spec: MapSpec, lang: Language) -> float:
    y = page.sheet.size[1] - MARGIN
    for line in capped(spec.text("title", lang), page.points(TEXT + 2), _room(page), is_bold=True):
        page.write(line, MARGIN, y, TEXT + 2, is_bold=True)
        y -= page.step(TEXT + 2)
    level = number(spec.confidence * 100, lang)
    heads = (
        said("code", lang),
        phrase("area", lang),
        phrase("estimate", lang),
        phrase("interval", lang, level=level),
        phrase("answers", lang),
        "",
    )
    for share, word in zip(COLUMNS, heads, strict=True):
        page.write(word, MARGIN + share * _room(page), y, TEXT, is_bold=True)
    y -= page.step(TEXT)
    page.line((MARGIN, MARGIN + _room(page)), (y, y))
    return y - 1.0


def _reason(page: Pencil, line: Line) -> list[str]:
    return capped(line.reason, page.points(SMALL), _room(page) * (1 - COLUMNS[1]))


def _height(page: Pencil, line: Line) -> float:
    return page.step(TEXT) + len(_reason(page, line)) * page.step(SMALL) + 0.6


def _row(page: Pencil, line: Line, top: float) -> float:
    room = _room(page)
    for share, end, cell in zip(COLUMNS, (*COLUMNS[1:], 1.0), line.cells, strict=True):
        fitting = shortened(cell, page.points(TEXT), (end - share) * room - 1.0)
        page.write(fitting, MARGIN + share * room, top, TEXT)
    y = top - page.step(TEXT)
    for text in _reason(page, line):
        page.write(text, MARGIN + COLUMNS[1] * room, y, SMALL)
        y -= page.step(SMALL)
    return y - 0.6
