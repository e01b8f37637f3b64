"""The chart of items by satisfaction and importance, drawn on the server: shapes tell the words
apart without colour, numbers lead to the table below."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from dashboard.presentation import figures, formats
from surveys.results.reading.priorities import WORDS, Priorities, Priority

WIDTH: Final = 360
HEIGHT: Final = 300
LEFT, RIGHT, TOP, BOTTOM = 14.0, 350.0, 26.0, 264.0
ROOM: Final = 0.08  # of the spread, on either side
LEAST: Final = 0.02  # a spread below which all would stand on one line
TEXT: Final = 11.0
# Around a mark: where its number may stand, in order of liking.
PLACES: Final = ((12.0, 4.0), (-12.0, 4.0), (0.0, -9.0), (0.0, 17.0), (11.0, 14.0), (-11.0, -6.0))
SHAPES: Final = {
    "mend_first": '<path d="M-6-6H6V6H-6z"/>',
    "low": '<path class="is-hollow" d="M-5-5H5V5H-5z"/>',
    "later": '<path class="is-pale" d="M-5-5H5V5H-5z"/>',
    "keep_up": '<circle r="6"/>',
    "high": '<circle class="is-hollow" r="5.5"/>',
    "enough": '<circle class="is-pale" r="5.5"/>',
    "unclear": '<path class="is-hollow" d="M0-6l6 6-6 6-6-6z"/>',
}


@dataclass(frozen=True, slots=True)
class _Axis:
    """From values to coordinates."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: list[float], start: float, end: float) -> "_Axis":
        low, high = min(values), max(values)
        room = max((high - low) * ROOM, LEAST)
        return cls(low - room, high + room, start, end)

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class _Spot:
    x: float
    y: float


def shape(word: str) -> SafeString:
    """The mark of a word, in the table and in the key."""
    return format_html(
        '<svg class="shape priority" viewBox="-8 -8 16 16" width="14" height="14" '
        'aria-hidden="true">{}</svg>',
        SafeString(SHAPES[word]),
    )


def key(read: Priorities) -> list[str]:
    """The words that occur, in the order of the table."""
    held = {row.word for row in read.rows}
    return [word for word in WORDS if word in held]


def chart(read: Priorities) -> SafeString | str:
    """Satisfied from left to right, importance from below; the lines are the means of the items."""
    if not read.rows:
        return ""
    x = _Axis.over([*(_share(row) for row in read.rows), read.mean_satisfied], LEFT, RIGHT)
    y = _Axis.over([*(row.importance for row in read.rows), read.mean_importance], BOTTOM, TOP)
    spots = [_Spot(x.at(_share(row)), y.at(row.importance)) for row in read.rows]
    numbers = format_html_join(
        "",
        '<text x="{}" y="{}">{}</text>',
        (
            (f"{spot.x:.1f}", f"{spot.y:.1f}", row.number)
            for row, spot in zip(read.rows, _labels(spots), strict=True)
        ),
    )
    return format_html(
        '<svg class="quadrants" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}'
        '<g class="number">{}</g></svg>',
        WIDTH,
        HEIGHT,
        _spoken(read),
        _frame(x.at(read.mean_satisfied), y.at(read.mean_importance)),
        _marks(read, spots),
        numbers,
    )


def _frame(middle: float, level: float) -> SafeString:
    """Axes, the means, and what each corner says."""
    return format_html(
        '<path class="axis" d="M{left} {top}V{bottom}H{right}"/>'
        '<path class="mean" d="M{middle} {top}V{bottom}M{left} {level}H{right}"/>'
        '<g class="corner"><text x="{corner}" y="18">{mend}</text><text x="{right}" y="18" '
        'text-anchor="end">{keep}</text><text x="{corner}" y="{low}">{later}</text>'
        '<text x="{right}" y="{low}" text-anchor="end">{enough}</text></g>'
        '<g class="label"><text x="{right}" y="280" text-anchor="end">{across}</text>'
        '<text x="{left}" y="294">{up}</text></g>',
        left=f"{LEFT:.0f}",
        right=f"{RIGHT:.0f}",
        top=f"{TOP:.0f}",
        bottom=f"{BOTTOM:.0f}",
        low=f"{BOTTOM - 5:.0f}",
        corner=f"{LEFT + 3:.0f}",
        middle=f"{middle:.1f}",
        level=f"{level:.1f}",
        mend=figures.words(WORDS["mend_first"]),
        keep=figures.words(WORDS["keep_up"]),
        later=figures.words(WORDS["later"]),
        enough=figures.words(WORDS["enough"]),
        across=gettext("nhiều người hài lòng hơn →"),
        up=gettext("↑ đi cùng hài lòng chung nhiều hơn"),
    )


def _marks(read: Priorities, spots: list[_Spot]) -> SafeString:
    return format_html_join(
        "",
        '<g transform="translate({} {})"><title>{}</title>{}</g>',
        (
            (
                f"{spot.x:.1f}",
                f"{spot.y:.1f}",
                f"{row.number}. {figures.words(row.title)}: {figures.words(row.word_name)}",
                SafeString(SHAPES[row.word]),
            )
            for row, spot in zip(read.rows, spots, strict=True)
        ),
    )


def _share(row: Priority) -> float:
    return row.figure.estimate or 0.0


def _spoken(read: Priorities) -> str:
    """The chart in words, for those who cannot see it."""
    return "; ".join(
        f"{row.number}. {figures.words(row.title)}: {figures.value(row.figure)}, "
        f"{formats.number(row.importance, 2)}, {figures.words(row.word_name)}"
        for row in read.rows
    )


def _labels(spots: list[_Spot]) -> Iterator[_Spot]:
    """A place for each number that lies on no mark and on no number before it."""
    taken: list[_Spot] = []
    for spot in spots:
        marks = [other for other in spots if other is not spot]
        found = [_Spot(spot.x + dx, spot.y + dy) for dx, dy in PLACES]
        free = [
            each
            for each in found
            if LEFT < each.x < RIGHT and not any(_meets(each, other) for other in (*marks, *taken))
        ]
        best = free[0] if free else found[0]
        taken.append(_Spot(best.x, best.y - TEXT / 2 + 1))
        yield best


def _meets(text: _Spot, other: _Spot) -> bool:
    return abs(text.x - other.x) < TEXT and abs(text.y - TEXT / 2 + 1 - other.y) < TEXT
