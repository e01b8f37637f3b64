"""The key of a printed map: classes with limits and counts, hatches with reasons, scale, north."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Final

from maps.classes import is_dark
from maps.phrases import phrase
from maps.print_sheet import INK, Box, Hatch, Paint, Pencil
from maps.print_text import capped
from maps.print_words import counted, said
from maps.specification import Language, MapArea, MapSpec, Status, Verdict
from maps.views import VERDICTS, View

UNPUBLISHED: Final = Hatch("xxxxx", "#6f6f6f")
MISSING: Final = Hatch("..", "#8a8a8a")
CAUTION: Final = "////"
UNCLEAR: Final = "--"
JUDGING: Final = ("against", "target")
GROUNDS: Final = {Status.UNPUBLISHED: "#f1f1f1", Status.MISSING: "#ffffff"}
REASONS: Final = 3  # said in the key; the table says all
TEXT, SMALL = 7.5, 6.5


@dataclass(frozen=True, slots=True)
class Plot:
    """One way to look at a specification, in one language."""

    spec: MapSpec
    view: View
    lang: Language

    def class_number(self, area: MapArea) -> int:
        """The group of an area, counted from 1; 0 where no figure is shown."""
        return self.view.of.get(area.code, -1) + 1


@dataclass(frozen=True, slots=True)
class _Row:
    paint: Paint
    label: str
    reasons: tuple[str, ...] = ()


def ruling(colour: str) -> str:
    """A line colour that shows on the colour."""
    return "#dfe5ee" if is_dark(colour) else "#6b6b6b"


def paint(area: MapArea, plot: Plot) -> Paint:
    """Group colour, lined where caution is due; a grey hatch or dots where no figure is shown."""
    number = plot.class_number(area)
    if not number:
        hatch = UNPUBLISHED if area.status is Status.UNPUBLISHED else MISSING
        return Paint(GROUNDS[area.status], hatch)
    return _group_paint(plot.view, number - 1, is_cautioned=area.status is Status.CAUTION)


def _group_paint(view: View, position: int, *, is_cautioned: bool = False) -> Paint:
    """In grey, "cannot tell" is as light as "not met": lines lying flat tell them apart."""
    colour = view.groups[position].colour
    is_unclear = view.key in JUDGING and colour == VERDICTS[Verdict.UNCLEAR]
    pattern = (UNCLEAR if is_unclear else "") + (CAUTION if is_cautioned else "")
    return Paint(colour, Hatch(pattern, ruling(colour)) if pattern else None)


def key_height(pencil: Pencil, plot: Plot, room: float) -> float:
    """How many millimetres `draw_key` will take."""
    rows = _rows(plot)
    lines = sum(_row_height(pencil, row, room) for row in rows)
    return pencil.step(TEXT) * (1.3 + len(_heading(pencil, plot, room))) + lines


def draw_key(pencil: Pencil, plot: Plot, box: Box) -> float:
    """The key from the top of the box; returns where it ends."""
    y = box.top
    pencil.write(phrase("legend", plot.lang), box.left, y, TEXT + 1, is_bold=True)
    y -= pencil.step(TEXT) * 1.3
    for line in _heading(pencil, plot, box.width):
        pencil.write(line, box.left, y, TEXT)
        y -= pencil.step(TEXT)
    for row in _rows(plot):
        y = _draw_row(pencil, row, box, y)
    return y


def draw_scale(
    pencil: Pencil, x: float, y: float, room: float, *, scale: float, lang: Language
) -> None:
    """A bar of a round length, from (x, y) to the right; `scale` is millimetres per metre."""
    metres = _round_length(room / scale)
    half = metres * scale / 2
    tall = 1.6 * pencil.sheet.enlarged
    pencil.rectangle(Box(x, y, half, tall), facecolor=INK, edgecolor=INK)
    pencil.rectangle(Box(x + half, y, half, tall), facecolor="white", edgecolor=INK)
    kilometres = metres / 1000
    shown = f"{kilometres:g}" if lang is Language.EN else f"{kilometres:g}".replace(".", ",")
    below = y - 0.8
    pencil.write("0", x, below, SMALL, ha="center")
    pencil.write(f"{shown} km", x + 2 * half, below, SMALL, ha="center")


def draw_north(pencil: Pencil, x: float, y: float, lang: Language) -> None:
    """An arrow whose tip is at (x, y)."""
    tall = 7 * pencil.sheet.enlarged
    pencil.axes.fill(
        (x, x - tall / 4, x, x + tall / 4),
        (y, y - tall, y - tall * 0.72, y - tall),
        facecolor=INK,
        edgecolor=INK,
    )
    pencil.write("B" if lang is Language.VI else "N", x, y - tall - 0.6, TEXT, ha="center")


def _heading(pencil: Pencil, plot: Plot, room: float) -> list[str]:
    lines = capped(plot.spec.text("indicator", plot.lang), pencil.points(TEXT), room)
    if plot.view.key != "policy":
        lines += capped(plot.view.name, pencil.points(TEXT), room)
    if plot.view.warning:
        lines += capped(plot.view.warning, pencil.points(TEXT), room)
    return lines


def _rows(plot: Plot) -> list[_Row]:
    view, lang = plot.view, plot.lang
    counts = Counter(view.of.values())
    rows = [
        _Row(_group_paint(view, position), f"{group.label} ({counted(counts[position], lang)})")
        for position, group in reversed(list(enumerate(view.groups)))
    ]
    middle = _group_paint(view, len(view.groups) // 2, is_cautioned=True)
    hatched = {
        Status.CAUTION: (middle, said("caution", lang)),
        Status.UNPUBLISHED: (
            Paint(GROUNDS[Status.UNPUBLISHED], UNPUBLISHED),
            phrase("unpublished", lang),
        ),
        Status.MISSING: (Paint(GROUNDS[Status.MISSING], MISSING), phrase("missing", lang)),
    }
    for status, (look, label) in hatched.items():
        areas = [area for area in plot.spec.areas if area.status is status]
        if areas:
            words = f"{label} ({counted(len(areas), lang)})"
            rows.append(_Row(look, words, _reasons(areas, lang)))
    return rows


def _reasons(areas: list[MapArea], lang: Language) -> tuple[str, ...]:
    """The commonest reasons; how many are left to the table."""
    found = Counter(area.reason(lang) for area in areas).most_common()
    told = [reason for reason, _ in found[:REASONS]]
    if len(found) > REASONS:
        told.append(said("and_more", lang, str(len(found) - REASONS)))
    return tuple(told)


def _sizes(pencil: Pencil) -> tuple[float, float]:
    wide = 7.0 * pencil.sheet.enlarged
    return wide, wide + 2.0


def _label_lines(pencil: Pencil, row: _Row, room: float) -> list[str]:
    return capped(row.label, pencil.points(TEXT), room - _sizes(pencil)[1])


def _reason_lines(pencil: Pencil, row: _Row, room: float) -> list[str]:
    found: list[str] = []
    for reason in row.reasons:
        found += capped(reason, pencil.points(SMALL), room - _sizes(pencil)[1])
    return found


def _row_height(pencil: Pencil, row: _Row, room: float) -> float:
    labels = max(len(_label_lines(pencil, row, room)) * pencil.step(TEXT), _sizes(pencil)[0] * 0.6)
    return labels + len(_reason_lines(pencil, row, room)) * pencil.step(SMALL) + 1.2


def _draw_row(pencil: Pencil, row: _Row, box: Box, top: float) -> float:
    wide, indent = _sizes(pencil)
    tall = wide * 0.6
    pencil.swatch(Box(box.left, top - tall, wide, tall), row.paint)
    y = top - 0.3
    for line in _label_lines(pencil, row, box.width):
        pencil.write(line, box.left + indent, y, TEXT)
        y -= pencil.step(TEXT)
    y = min(y, top - tall)
    for line in _reason_lines(pencil, row, box.width):
        pencil.write(line, box.left + indent, y, SMALL)
        y -= pencil.step(SMALL)
    return top - _row_height(pencil, row, box.width)


def _round_length(longest: float) -> float:
    """The longest of 1, 2, 5 × 10^k metres within reach."""
    power = 10.0 ** math.floor(math.log10(max(longest, 1e-6)))
    return max(step * power for step in (1, 2, 5) if step * power <= longest * 1.000001)
