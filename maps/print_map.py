"""The map on a sheet of paper: title, shapes, key, sources. One page, drawn once for each file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from maps.classes import is_dark
from maps.numbers import figure
from maps.print_key import Plot, draw_key, draw_north, draw_scale, key_height, paint
from maps.print_shapes import (
    HOANG_SA,
    HOANG_SA_LABEL,
    TRUONG_SA,
    TRUONG_SA_LABEL,
    Placed,
    Plane,
    heart,
    holds,
    outline,
    plane,
)
from maps.print_sheet import INK, Box, Pencil, Sheet
from maps.print_text import capped, extent
from maps.print_words import said, sources, stamp, subtitle
from maps.specification import Language, MapArea, MapSpec, Quality

MARGIN: Final = 12.0
TITLE, TEXT, SMALL, STAMP = 14.0, 8.0, 6.5, 10.0
GAP: Final = 4.0
SIZES: Final = (7.0, 6.0, 5.0)  # of labels, in points of A4
ROOM: Final = 0.9  # of a label must lie within its shape; its corners are empty
LABELLED: Final = 200  # more areas than that leave no room for names
LINES: Final = ((80, 0.6), (400, 0.35), (10**9, 0.12))


@dataclass(frozen=True, slots=True)
class _Frames:
    """Where the shapes go, and where the key goes."""

    shapes: Box
    key: Box


@dataclass(frozen=True, slots=True)
class _Placing:
    """Metres of the plane to millimetres of the sheet, within a frame."""

    scale: float
    shift: tuple[float, float]
    frame: Box

    def point(self, at: tuple[float, float]) -> tuple[float, float]:
        return at[0] * self.scale + self.shift[0], at[1] * self.scale + self.shift[1]


def draw(plot: Plot, shapes: Mapping[str, Any], sheet: Sheet) -> Pencil:
    """The page.

    Parameters
    ----------
    plot
        What to show.
    shapes
        From `maps.webmap.drawn`.
    sheet
        Paper and how it lies.

    Returns
    -------
    Pencil
        Whose `figure` is saved by `maps.print_files`. Every shape has the id
        `area-CODE-STATUS-CLASS`, class 0 where no figure is shown.
    """
    pencil, spec, lang = Pencil(sheet), plot.spec, plot.lang
    ground = plane(shapes)
    top = _title(pencil, spec, lang)
    bottom = _footer(pencil, spec, lang, len(spec.areas) - len(shapes["features"]))
    frames = _frames(pencil, plot, ground, Box(0, bottom, sheet.size[0], top - bottom))
    pencil.rectangle(frames.shapes, facecolor="white", edgecolor="#9aa4ae")
    placing = _placing(ground.bounds(), frames.shapes)
    areas = {area.code: area for area in spec.areas}
    _shapes(pencil, plot, areas, ground.main, placing)
    if len(ground.main) <= LABELLED:
        _labels(pencil, plot, areas, ground.main, placing)
    _beside(pencil, plot, ground, frames.key, placing.scale)
    return pencil


def _title(pencil: Pencil, spec: MapSpec, lang: Language) -> float:
    """Title and subtitle; returns where they end."""
    wide, high = pencil.sheet.size
    room, y = wide - 2 * MARGIN, high - MARGIN
    for line in capped(spec.text("title", lang), pencil.points(TITLE), room, is_bold=True):
        pencil.write(line, MARGIN, y, TITLE, is_bold=True)
        y -= pencil.step(TITLE)
    for fact in subtitle(spec, lang):
        for line in capped(fact, pencil.points(TEXT), room):
            pencil.write(line, MARGIN, y, TEXT)
            y -= pencil.step(TEXT)
    return y - GAP / 2


def _footer(pencil: Pencil, spec: MapSpec, lang: Language, undrawn: int) -> float:
    """Sources below, what the shapes are worth in large letters above; returns its upper end."""
    room = pencil.sheet.size[0] - 2 * MARGIN
    lines = [
        line
        for fact in sources(spec, lang, undrawn)
        for line in capped(fact, pencil.points(SMALL), room)
    ]
    y = MARGIN + len(lines) * pencil.step(SMALL)
    above = y + 1.0
    for line in lines:
        pencil.write(line, MARGIN, y, SMALL)
        y -= pencil.step(SMALL)
    words = capped(stamp(spec.boundary_quality, lang), pencil.points(STAMP), room, is_bold=True)
    top = above + len(words) * pencil.step(STAMP)
    for position, line in enumerate(words):
        y = top - position * pencil.step(STAMP)
        pencil.write(line, MARGIN, y, STAMP, is_bold=True)
    return top + GAP / 2


def _frames(pencil: Pencil, plot: Plot, ground: Plane, between: Box) -> _Frames:
    """Key beside or below the shapes: whichever lets them be larger."""
    wide = between.width - 2 * MARGIN
    column = min(62.0 * pencil.sheet.enlarged, wide * 0.4)
    if ground.is_national:  # the country is narrow, and the inset wants room
        column = max(column, wide * 0.42)
    beside = _Frames(
        Box(MARGIN, between.bottom, wide - column - GAP, between.height),
        Box(MARGIN + wide - column, between.bottom, column, between.height),
    )
    half = wide * 0.62
    # never more than half the sheet: three reasons at most keep it short
    tall = min(max(key_height(pencil, plot, half), 26.0) + 1, between.height / 2)
    below = _Frames(
        Box(MARGIN, between.bottom + tall + GAP, wide, between.height - tall - GAP),
        Box(MARGIN, between.bottom, wide, tall),
    )
    if ground.is_national:
        return beside
    sizes = [_placing(ground.bounds(), each.shapes).scale for each in (beside, below)]
    return beside if sizes[0] >= sizes[1] else below


def _placing(bounds: tuple[float, ...], frame: Box, rim: float = 3.0) -> _Placing:
    west, south, east, north = bounds
    wide, high = max(east - west, 1.0), max(north - south, 1.0)
    scale = min((frame.width - 2 * rim) / wide, (frame.height - 2 * rim) / high)
    x = frame.left + (frame.width - wide * scale) / 2 - west * scale
    y = frame.bottom + (frame.height - high * scale) / 2 - south * scale
    return _Placing(scale, (x, y), frame)


def _shapes(
    pencil: Pencil,
    plot: Plot,
    areas: Mapping[str, MapArea],
    placed: tuple[Placed, ...],
    placing: _Placing,
    *,
    part: str = "area",
) -> None:
    line = next(width for most, width in LINES if len(placed) <= most)
    for each in placed:
        area = areas[each.code]
        look = paint(area, plot)
        path = outline(each.shape, placing.scale, placing.shift)
        name = f"{part}-{area.code}-{area.status.value}-{plot.class_number(area)}"
        pencil.paint(path, look, name, line=line, frame=placing.frame)


def _labels(
    pencil: Pencil,
    plot: Plot,
    areas: Mapping[str, MapArea],
    placed: tuple[Placed, ...],
    placing: _Placing,
) -> None:
    """Name and figure, or the figure alone, on each shape that has room for them."""
    for each in placed:
        area = areas[each.code]
        found = _fitting(pencil, plot, each, area, placing.scale)
        if found is None:
            continue
        look = pencil.look(paint(area, plot))
        x, y = placing.point(found.at)
        ground = {"facecolor": look.colour, "edgecolor": "none", "pad": 0.8}
        ink = "white" if is_dark(look.colour) else INK
        box = ground if look.hatch else None
        pencil.write(found.words, x, y, found.size, ha="center", va="center", color=ink, bbox=box)


@dataclass(frozen=True, slots=True)
class _Label:
    words: str
    size: float
    at: tuple[float, float]


def _fitting(
    pencil: Pencil, plot: Plot, placed: Placed, area: MapArea, scale: float
) -> _Label | None:
    """The largest label that stays within its own shape, and so off its neighbours' labels."""
    at, name = heart(placed.shape), area.label or area.name
    shown = _shown(plot, area)
    choices = [f"{name}\n{shown}", shown] if shown else [name]
    for words in choices:
        for size in SIZES:
            wide, high = extent(words, pencil.points(size))
            if holds(placed.shape, at, wide * ROOM / scale, high * ROOM / scale):
                return _Label(words, size, at)
    return None


def _shown(plot: Plot, area: MapArea) -> str:
    """The figure of the view: of margins the margin, else the estimate."""
    if area.estimate is None or area.lower is None or area.upper is None:
        return ""
    unit = plot.spec.unit
    if plot.view.key != "margin":
        return figure(area.estimate, unit, plot.lang)
    return f"± {figure((area.upper - area.lower) / 2, unit, plot.lang, with_sign=False)}"


def _beside(pencil: Pencil, plot: Plot, ground: Plane, box: Box, scale: float) -> None:
    """Key, north and scale, and on a national map the archipelagos."""
    lang = plot.lang
    is_column = box.height > box.width * 0.8
    end = box.top
    if is_column:
        end = draw_key(pencil, plot, box)
        corner = Box(box.left, end - 20 * pencil.sheet.enlarged, box.width, 0)
    else:
        draw_key(pencil, plot, Box(box.left, box.bottom, box.width * 0.62, box.height))
        left = box.left + box.width * 0.68
        corner = Box(left, box.top - 16 * pencil.sheet.enlarged, box.right - left, 0)
    grown = pencil.sheet.enlarged
    draw_north(pencil, corner.left + 4 * grown, corner.bottom + 15 * grown, lang)
    bar = corner.left + 13 * grown
    if plot.spec.boundary_quality is Quality.SCHEMATIC:
        pencil.write(said("not_to_scale", lang), bar, corner.bottom + 10 * grown, TEXT)
    else:
        room = min(40.0 * grown, corner.width - 22 * grown)
        draw_scale(pencil, bar, corner.bottom + 8 * grown, room, scale=scale, lang=lang)
    if ground.is_national:
        room = corner.bottom - box.bottom - 2
        if box.width - _inset_width(end - box.bottom, ground) > 48 * grown:
            room = end - box.bottom - 2  # beside north and scale
        _inset(pencil, plot, ground, Box(box.left, box.bottom, box.width, room))


def _inset_width(high: float, ground: Plane) -> float:
    """How wide an inset of that height is."""
    west, south, east, north = ground.inset()
    return high * (east - west) / (north - south)


def _inset(pencil: Pencil, plot: Plot, ground: Plane, box: Box) -> None:
    """Hoàng Sa and Trường Sa, marked where the islands lie and painted if they have a figure."""
    bounds = ground.inset()
    ratio = (bounds[3] - bounds[1]) / (bounds[2] - bounds[0])
    heading = pencil.step(TEXT)
    wide = min(box.width, (box.height - heading) / ratio)
    frame = Box(box.right - wide, box.bottom, wide, wide * ratio)
    pencil.write(said("islands", plot.lang), frame.right, frame.top + heading, TEXT, ha="right")
    pencil.rectangle(frame, facecolor="white", edgecolor=INK)
    placing = _placing(bounds, frame, rim=0.0)
    areas = {area.code: area for area in plot.spec.areas}
    coast = tuple(each for each in ground.main if each.shape.bounds[2] > bounds[0])
    _shapes(pencil, plot, areas, coast, placing, part="inset")
    _shapes(pencil, plot, areas, ground.islands, placing, part="inset")
    for islands, label, name in (
        (HOANG_SA, HOANG_SA_LABEL, "hoang_sa"),
        (TRUONG_SA, TRUONG_SA_LABEL, "truong_sa"),
    ):
        if not ground.islands:  # no shapes at hand: the islands are marked all the same
            points = [placing.point(ground.point(each)) for each in islands]
            pencil.dots(tuple(x for x, _ in points), tuple(y for _, y in points))
        x, y = placing.point(ground.point(label))
        pencil.write(said(name, plot.lang), x, y, SMALL, ha="right", va="top")
