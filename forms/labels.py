"""Words of a form in the reader's language, and what to show where that language lacks them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from forms.schema import Choice, Field, FormSchema, Group, Labels, Table

_CODE: Final = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\)\s*$")


def language_code(language: str) -> str:
    """The code in a form's name for a language.

    Examples
    --------
    >>> language_code("Tiếng Việt (vi)"), language_code("en"), language_code("default")
    ('vi', 'en', 'default')
    """
    found = _CODE.search(language)
    return (found[1] if found else language).strip().lower()


def text(labels: Labels, language: str, *, default_language: str = "", fallback: str = "") -> str:
    """The text for a language: its own, the form's default, any other, else ``fallback``.

    Parameters
    ----------
    labels : text per language as the form names them.
    language : a code (``vi``) or a form's own name for a language.

    Examples
    --------
    >>> text({"Tiếng Việt (vi)": "Có", "English (en)": "Yes"}, "en")
    'Yes'
    """
    if labels.get(language):
        return labels[language]
    code = language_code(language)
    for name, words in labels.items():
        if words and name and language_code(name) == code:
            return words
    others = (labels.get(default_language), *labels.values())
    return next((words for words in others if words), fallback)


def label(
    item: Field | Choice | Group | Table, language: str, *, default_language: str = ""
) -> str:
    """The label of a field, choice, group or table; its name when the form gives no label.

    Examples
    --------
    >>> label(Choice("yes", {"vi": "Có", "en": "Yes"}), "vi")
    'Có'
    >>> label(Choice("yes", {}), "vi")
    'yes'
    """
    return text(item.labels, language, default_language=default_language, fallback=item.name)


def choice_label(field: Field, code: str, language: str, *, default_language: str = "") -> str:
    """The label of one answer code; the code itself when the list does not hold it.

    Examples
    --------
    >>> from forms.schema import ChoiceList
    >>> yes_no = ChoiceList("yesno", (Choice("yes", {"vi": "Có"}),))
    >>> choice_label(Field("/d/q", "q", "", "string", 1, "q", choices=yes_no), "yes", "vi")
    'Có'
    """
    for choice in field.choices.choices if field.choices else ():
        if choice.name == code:
            return label(choice, language, default_language=default_language)
    return code


def answer_text(schema: FormSchema, field: Field, lexical: str, language: str) -> str:
    """An answer as a person reads it: codes become labels, the rest stays as it came.

    Examples
    --------
    >>> plain = Field("/d/q", "q", "", "string", 1, "q")
    >>> answer_text(FormSchema("f", "", "f", "", (), (plain,), ()), plain, "Như Thanh", "vi")
    'Như Thanh'
    """
    if field.choices is None:
        return lexical
    codes: Sequence[str] = lexical.split() if field.is_select_multiple else [lexical.strip()]
    words = [
        choice_label(field, code, language, default_language=schema.default_language)
        for code in codes
        if code
    ]
    return "; ".join(words)
