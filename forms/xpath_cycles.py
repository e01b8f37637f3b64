"""Answers that are worked out from each other in a ring: the engine opens no such form.

Only what is certain is told: references without predicates, outside `indexed-repeat`. A question
that refers to itself alone, as `once(…)` does, is none.
"""

from __future__ import annotations

import re
from typing import Final

from forms.form_errors import FormError
from forms.workbook_rows import Sheets
from forms.xform_paths import resolve
from forms.xmlsafe import parse

_COLUMNS: Final = {"calculate": "calculation", "relevant": "relevant"}
_LITERAL: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_PREDICATE: Final = re.compile(r"\[[^\[\]]*\]")
# A path that begins here: absolute, or relative to the question; not the rest of instance(…)/root.
_PATH: Final = re.compile(r"(?<![\w.)\]/*:-])(?:\.\.\s*/|/)[\w./:-]*\w")
_MARKED: Final = "\x00"  # stands where a predicate was: its path names some of the nodes only


def cycle_errors(xform: bytes, sheets: Sheets) -> tuple[FormError, ...]:
    """The first ring of calculations and conditions of an XForm, placed in the workbook.

    Examples
    --------
    >>> binds = "<bind nodeset='/d/a' calculate='/d/b'/><bind nodeset='/d/b' calculate='../a'/>"
    >>> cycle_errors(f"<m>{binds}</m>".encode(), Sheets())[0].message_en
    'These are worked out from each other: a, b.'
    """
    needs: dict[str, set[str]] = {}
    columns: dict[str, str] = {}
    for bind in parse(xform, huge=True).iter("{*}bind"):
        path = resolve(str(bind.get("nodeset") or ""), "/")
        for attribute, column in _COLUMNS.items():
            if text := bind.get(attribute):
                needs.setdefault(path, set()).update(_references(text, path) - {path})
                columns.setdefault(path, column)
    ring = _ring(needs)
    if not ring:
        return ()
    names = ", ".join(path.rpartition("/")[2] for path in ring)
    return (
        FormError(
            sheet="survey",
            row=sheets.survey_row(name=ring[0].rpartition("/")[2]),
            column=columns[ring[0]],
            message_vi=f"Các câu này tính lẫn nhau theo vòng: {names}.",
            message_en=f"These are worked out from each other: {names}.",
            remedy_vi="Bỏ một chỗ nhắc đến nhau trong cột calculation hoặc relevant của chúng.",
            remedy_en="Take one of these references out of their calculation or relevant columns.",
        ),
    )


def _references(expression: str, context: str) -> set[str]:
    plain = _LITERAL.sub("''", expression)
    if "indexed-repeat" in plain:
        return set()
    while (shorter := _PREDICATE.sub(_MARKED, plain)) != plain:
        plain = shorter
    plain = plain.replace("current()/", "")
    return {
        resolve(found[0], context)
        for found in _PATH.finditer(plain)
        if plain[found.end() : found.end() + 1] != _MARKED
    }


def _ring(needs: dict[str, set[str]]) -> list[str]:
    """One ring, in the order of the form; empty when there is none."""
    left = {path: {each for each in found if each in needs} for path, found in needs.items()}
    while done := [path for path, found in left.items() if not found]:
        for path in done:
            del left[path]
        for found in left.values():
            found.difference_update(done)
    if not left:
        return []
    walked = [next(iter(left))]
    while (following := min(left[walked[-1]])) not in walked:
        walked.append(following)
    on_ring = walked[walked.index(following) :]
    return [path for path in needs if path in on_ring]
