"""Filters for the table of communes with all kinds of figures."""

from django import template
from django.utils.safestring import SafeString

from dashboard.presentation import methods
from surveys.results.reading import MethodsTable, ShownFigure
from surveys.results.reading.areas import Word
from surveys.results.reading.change import ChangeRow

register = template.Library()


@register.simple_tag
def shape(method: str) -> SafeString:
    return methods.shape(method)


@register.filter
def mark(word: Word) -> str:
    return methods.mark(word)


@register.filter
def difference(word: Word, table: MethodsTable | ChangeRow) -> str:
    return methods.difference(word, table)


@register.filter
def change_value(row: ChangeRow, which: str) -> str:
    """`before` or `now` as the figure is written."""
    return methods.plain(row.before if which == "before" else row.now, row.unit)


@register.filter
def shrinkage(figure: ShownFigure) -> str:
    return methods.shrinkage(figure)


@register.filter
def rmse(figure: ShownFigure) -> str:
    return methods.error(figure)


@register.filter
def members(figure: ShownFigure) -> str:
    return methods.members(figure)


@register.filter
def why_not_all(reason: str) -> str:
    return methods.why_not_all(reason)


@register.filter
def goal(table: MethodsTable) -> str:
    return methods.goal(table)
