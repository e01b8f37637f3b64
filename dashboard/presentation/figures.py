"""How a figure of a run is written and drawn. Whether it is shown was decided with the run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from dashboard.presentation import bars, formats
from surveys.results.reading import Names, ShownFigure
from surveys.results.reading.ladder import LadderRow

# From where to where a scale goes, so that 0..1 and 0..100 draw the same bar.
SCALES: Final = {
    "share": (0.0, 1.0),
    "score": (0.0, 100.0),
    "points": (0.0, 5.0),
    "net": (-100.0, 100.0),
}
# The four missing steps in warm colours, the equipped in green; unknown ones grey.
COLOURS: Final = {
    "phone": "#7c2d12",
    "internet": "#c2570c",
    "vneid": "#e9983a",
    "account": "#f5d08a",
    "equipped_not_tried": "#c4dfda",
    "no_need": "#93c5bd",
    "helped_online": "#4a9d93",
    "done_alone": "#0f6d66",
}
GREY: Final = "#9aa5ab"
STACK_WIDTH: Final = 400.0


def words(names: Names) -> str:
    """A name in the language of the page."""
    return formats.pick(names.vi, names.en)


def value(figure: ShownFigure) -> str:
    """The number itself; `..` where it is not published."""
    return _say(figure, figure.estimate) if figure.is_shown else formats.SUPPRESSED


def interval(figure: ShownFigure) -> str:
    """From – to, without the sign of the unit."""
    if figure.lower is None or figure.upper is None:
        return ""
    return formats.span(_bare(figure, figure.lower), _bare(figure, figure.upper))


def level(recipe: Mapping[str, Any]) -> str:
    """The level of confidence of a run's intervals."""
    percent = 100 * float(recipe.get("confidence", 0.95))
    return formats.percent(percent / 100, 0 if abs(percent - round(percent)) < 1e-9 else 1)


def bounds(figure: ShownFigure) -> str:
    """Of a composite: with missing parts counted as not met, and as met."""
    if figure.low is None or figure.high is None:
        return ""
    return formats.span(_bare(figure, figure.low), _say(figure, figure.high))


def bar(figure: ShownFigure) -> SafeString | str:
    """The figure on an axis from nothing to all, with its interval."""
    if figure.estimate is None:
        return ""
    label = gettext("%(value)s, khoảng tin cậy %(interval)s")
    return bars.interval(
        _on_axis(figure, figure.estimate),
        None if figure.lower is None else _on_axis(figure, figure.lower),
        None if figure.upper is None else _on_axis(figure, figure.upper),
        label=label % {"value": value(figure), "interval": interval(figure)},
        is_doubtful=figure.is_caution,
    )


def _on_axis(figure: ShownFigure, number: float) -> float:
    start, end = SCALES[figure.unit]
    return (number - start) / (end - start)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why figures are not shown, and which ones: “xã Xuân Thái (Thủ tục, Kết quả)”."""

    text: str
    about: str


def reasons(
    rows: Iterable[tuple[Names, Iterable[ShownFigure]]], columns: list[str]
) -> list[Reason]:
    """Why figures of a table are not shown and what to read instead, each reason once.

    `rows` are the areas with their figures in the order of `columns`. An area none of whose
    figures is shown, all for one reason, is named alone.
    """
    found: dict[str, list[str]] = {}
    for area, figures in rows:
        missing: dict[str, list[str]] = {}
        for column, figure in zip(columns, figures, strict=True):
            if not figure.is_shown and words(figure.reason):
                missing.setdefault(words(figure.reason), []).append(column)
        for text, names in missing.items():
            which = "" if len(names) == len(columns) else f" ({', '.join(names)})"
            found.setdefault(text, []).append(words(area) + which)
    return [Reason(text, "; ".join(areas)) for text, areas in sorted(found.items())]


def swatch(category: str) -> SafeString:
    """The colour of a step in the key."""
    return format_html(
        '<svg viewBox="0 0 14 14" aria-hidden="true"><rect width="14" height="14" rx="2" '
        'fill="{}"/></svg>',
        COLOURS.get(category, GREY),
    )


def stack(row: LadderRow) -> SafeString:
    """All steps of an area side by side; the table below says the same in numbers."""
    parts, left = [], 0.0
    for step in row.steps:
        width = (step.figure.estimate or 0.0) * STACK_WIDTH
        label = f"{words(step.title)}: {value(step.figure)}"
        colour = COLOURS.get(step.category, GREY)
        parts.append((f"{left:.1f}", f"{width:.1f}", colour, label))
        left += width
    inside = format_html_join(
        "", '<rect x="{}" width="{}" height="26" fill="{}"><title>{}</title></rect>', parts
    )
    return format_html(
        '<svg class="bar stack" viewBox="0 0 400 26" preserveAspectRatio="none" role="img" '
        'aria-label="{}"><rect class="bar-track" width="400" height="26"/>{}</svg>',
        "; ".join(part[3] for part in parts),
        inside,
    )


def _say(figure: ShownFigure, number: float | None) -> str:
    if figure.unit == "share":
        return formats.percent(number)
    return formats.number(number, 2 if figure.unit == "points" else 1)


def _bare(figure: ShownFigure, number: float) -> str:
    return formats.number(number * 100, 1) if figure.unit == "share" else _say(figure, number)
