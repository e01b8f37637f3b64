"""Filters for figures of a run."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString

from dashboard.presentation import figures, formats
from surveys.results.models import Run
from surveys.results.reading import Names, ShownFigure, benchmark, boundaries
from surveys.results.reading.ladder import LadderRow
from surveys.results.reading.population import Count

register = template.Library()


@register.filter
def words(names: Names) -> str:
    return figures.words(names)


@register.filter
def value(figure: ShownFigure) -> str:
    return figures.value(figure)


@register.filter
def interval(figure: ShownFigure) -> str:
    return figures.interval(figure)


@register.filter
def bounds(figure: ShownFigure) -> str:
    return figures.bounds(figure)


@register.filter
def bar(figure: ShownFigure) -> SafeString | str:
    return figures.bar(figure)


@register.filter
def stack(row: LadderRow) -> SafeString:
    return figures.stack(row)


@register.filter
def swatch(category: str) -> SafeString:
    return figures.swatch(category)


@register.filter
def margin(count: Count) -> str:
    """± half the interval of a number of people."""
    return f"±{formats.NO_BREAK}{formats.number(count.margin)}"


@register.filter
def nth(items: Sequence[Any], place: int) -> Any:
    return items[place]


@register.filter
def benchmark_of(run: Run) -> str:
    """What the weights of a run were calibrated to."""
    return figures.words(benchmark(run))


@register.filter
def boundaries_of(run: Run) -> str:
    """Since when the communes of a run have had their territory."""
    return boundaries(run) or formats.EMPTY


@register.filter
def half_width(figure: ShownFigure) -> str:
    """The margin to expect at 50 %, in points; decided by the design."""
    return "" if figure.half_width is None else f"±{formats.number(figure.half_width, 1)}"


@register.filter
def level(run: Run) -> str:
    """The level of the intervals of a run: 95 % (95% in English)."""
    return figures.level(run.recipe)
