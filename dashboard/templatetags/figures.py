"""Filters for figures of a run."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString

from dashboard.presentation import figures, formats
from surveys.results.reading import Names, ShownFigure
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
