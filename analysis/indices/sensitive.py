"""An indicator of a round's own about what is sensitive in the product is sensitive too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from analysis.indices.catalogue import Catalogue
from analysis.indices.definition import Definition
from analysis.indices.recode import Recode


def guarded(
    definitions: Mapping[str, Definition], recodes: Iterable[Recode], known: Catalogue
) -> dict[str, Definition]:
    """The definitions, those marked that read a question or column of a sensitive one.

    A file cannot lower the threshold for accounts, health or money given by asking for the same
    answers under another name.
    """
    columns, questions = _secret(known)
    own = {recode.column for recode in recodes if _reads(recode, columns, questions)}
    out = {}
    for name, each in definitions.items():
        found = {part.column for part in each.parts} | set(each.columns)
        if not each.is_sensitive and not found.isdisjoint(own | columns):
            each = replace(each, is_sensitive=True)  # noqa: PLW2901 # the one that is stored
        out[name] = each
    return out


def _secret(known: Catalogue) -> tuple[set[str], set[str]]:
    """Columns of sensitive definitions, and the questions that these and their operands read."""
    columns = {
        column
        for each in known.definitions.values()
        if each.is_sensitive
        for column in (*each.columns, *(part.column for part in each.parts))
    }
    needed = set(columns)
    for recode in known.recodes:
        if recode.column in columns:
            needed.update(recode.of)
    questions = {
        recode.question for recode in known.recodes if recode.column in needed and recode.question
    }
    return columns, questions


def _reads(recode: Recode, columns: set[str], questions: set[str]) -> bool:
    return recode.question in questions or not columns.isdisjoint(recode.of)
