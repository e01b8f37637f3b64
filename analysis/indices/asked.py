"""Whether the questions and codes that definitions name are in a form."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from analysis.indices.catalogue import Catalogue
from analysis.indices.problems import Notes, Problem

Questions = Mapping[str, Collection[str] | None]


def not_asked(
    catalogue: Catalogue, text: str, file: str, questions: Questions
) -> tuple[Problem, ...]:
    """What the definitions of a file read that the form does not ask.

    Parameters
    ----------
    catalogue : what `reading.read` made of the file.
    text, file : the file, to name lines.
    questions : the codes of each question of the form; None for a question without choices.

    Returns
    -------
    tuple of Problem
        A question that is not in the form, a code that is none of its choices.
    """
    notes = Notes(file, text)
    for recode in catalogue.recodes:
        if not recode.question:
            continue
        entry = _entry(notes, recode.column, recode.question)
        if recode.question not in questions:
            notes.add(
                entry,
                "question",
                f"phiếu không có câu hỏi “{recode.question}”",
                f"the form has no question “{recode.question}”",
            )
            continue
        choices = questions[recode.question]
        for code in recode.codes if choices is not None else ():
            if code not in (choices or ()):
                notes.add(
                    entry,
                    "met",
                    f"câu hỏi “{recode.question}” không có lựa chọn “{code}”",
                    f"question “{recode.question}” has no choice “{code}”",
                )
    return tuple(dict.fromkeys(notes.found))


def _entry(notes: Notes, column: str, question: str) -> str:
    """The entry of the file that a column came from; an item is found by its question."""
    indicator = column.partition("__")[0]
    names = (
        f"column.{column}",
        f"item.{question}",
        f"base.{column}.met",
        f"indicator.{indicator}.{'met' if indicator == column else 'each'}",
    )
    return next((name for name in names if notes.lines.of(name)), indicator)
