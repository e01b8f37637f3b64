"""Indicators with categories, as a file writes them: one column a category."""

from __future__ import annotations

from analysis.indices.definition import Category, Definition
from analysis.indices.entries import Entry
from analysis.indices.recode import Recode, Table, Way


def read_categories(entry: Entry) -> tuple[Category, ...]:
    """The lines `category.<code> = { vi = …, en = … }` of an indicator."""
    inside = entry.inside("category")
    found = []
    for name in inside.fields:
        one = Entry(f"{inside.name}.{name}", inside.fields[name], entry.notes)
        words = one.text("vi", is_needed=True), one.text("en", is_needed=True)
        found.append(Category(name, *words))
        one.finish()
    return tuple(found)


def read_each(entry: Entry, definition: Definition, table: Table) -> list[Recode]:
    """Columns by `each`: the answer is the category, holds it, or (with `of`) both are met."""
    inside = entry.inside("each")
    question, of = inside.text("question", is_needed=True), inside.text("of")
    way = inside.choice("how", Way, Way.IS)
    if way not in (Way.IS, Way.HAS):
        inside.wrong("how", "là is hoặc has", "is is or has")
    inside.finish()
    found = []
    for category in definition.categories:
        column = f"{definition.id}__{category.id}"
        said = f"{column}__said" if of else column
        found.append(Recode(said, table, way, question, (category.id,)))
        if of:
            found.append(Recode(column, table, Way.ALL, of=(of, said), has_bounds=False))
    return found
