"""Filters for what a run found: the chart of what to mend first, numbers of tests."""

from django import template
from django.utils.safestring import SafeString

from dashboard.presentation import formats, methods, priorities
from surveys.results.reading import Names
from surveys.results.reading.priorities import WORDS, Priorities

register = template.Library()


@register.filter
def quadrants(read: Priorities) -> SafeString | str:
    return priorities.chart(read)


@register.filter
def key_of(read: Priorities) -> list[str]:
    return priorities.key(read)


@register.filter
def word_of(word: str) -> Names:
    return WORDS[word]


@register.simple_tag
def word_shape(word: str) -> SafeString:
    return priorities.shape(word)


@register.filter
def span_of(row: object, decimals: int = 1) -> str:
    """`lower` – `upper` of a row; empty where there are none."""
    lower, upper = getattr(row, "lower", None), getattr(row, "upper", None)
    if lower is None or upper is None:
        return ""
    return formats.span(formats.number(lower, decimals), formats.number(upper, decimals))


@register.filter
def p_value(value: float | None) -> str:
    """Three decimals; what is smaller is said to be so."""
    if value is not None and value < 0.0005:
        return f"<{formats.NO_BREAK}{formats.number(0.001, 3)}"
    return formats.number(value, 3)


@register.filter
def in_unit(value: float | None, unit: str) -> str:
    return methods.plain(value, unit)


@register.filter
def share_span(row: object, unit: str) -> str:
    """`lower` – `upper` by the unit of the indicator, without its sign."""
    lower, upper = getattr(row, "lower", None), getattr(row, "upper", None)
    if lower is None or upper is None:
        return ""
    scale = 100.0 if unit == "share" else 1.0
    return formats.span(formats.number(scale * lower, 1), formats.number(scale * upper, 1))
