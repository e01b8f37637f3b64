"""XPath expressions of a form that no phone could read, found before a phone does.

pyxform checks the ${references} of an expression, not its grammar: a forgotten bracket converts,
and the form then refuses to open in Collect. The grammar of XPath 1.0 is checked by libxml2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from forms.form_errors import FormError
from forms.workbook_rows import Sheets
from forms.xmlsafe import local_name, parse

# Attribute of the XForm → column of the XLSForm.
_BIND_COLUMNS: Final = {
    "relevant": "relevant",
    "constraint": "constraint",
    "calculate": "calculation",
    "required": "required",
    "readonly": "read_only",
}
_COUNT: Final = "{http://openrosa.org/javarosa}count"
_NAMESPACES: Final = {
    "jr": "http://openrosa.org/javarosa",
    "odk": "http://www.opendatakit.org/xforms",
}
_PREFIX: Final = re.compile(r"(?<![\w'\"])(?:jr|orx|odk|ex|cc|entities|comcare):(?=[\w-]+\s*\()")


@dataclass(frozen=True, slots=True)
class _Expression:
    path: str
    column: str
    text: str


def xpath_errors(xform: bytes, sheets: Sheets) -> tuple[FormError, ...]:
    """Expressions of an XForm whose grammar is broken, placed in the workbook where it is given.

    Examples
    --------
    >>> good = b"<model><bind nodeset='/data/a' relevant='/data/b = 1'/></model>"
    >>> xpath_errors(good, Sheets())
    ()
    """
    errors = []
    for each in _expressions(parse(xform, huge=True)):
        if _is_readable(each.text):
            continue
        name = each.path.rpartition("/")[2]
        shown = " ".join(each.text.split())
        errors.append(
            FormError(
                sheet="survey",
                row=sheets.survey_row(name=name),
                column=each.column,
                message_vi=f"Biểu thức của “{name}” viết sai: {shown}",
                message_en=f"The expression of “{name}” cannot be read: {shown}",
                remedy_vi="Kiểm tra ngoặc tròn, ngoặc vuông, dấu nháy và các từ and, or, not(…).",
                remedy_en="Check brackets, quotes and the words and, or, not(…).",
            )
        )
    return tuple(errors)


def _is_readable(expression: str) -> bool:
    try:
        etree.XPath(_PREFIX.sub("", expression), namespaces=_NAMESPACES)
    except etree.XPathSyntaxError:
        return False
    return True


def _expressions(root: etree._Element) -> Iterator[_Expression]:
    for element in root.iter("{*}bind", "{*}itemset", "{*}repeat", "{*}setvalue"):
        kind = local_name(element)
        path = str(element.get("nodeset") or element.get("ref") or "")
        if kind == "bind":
            for attribute, column in _BIND_COLUMNS.items():
                yield from _one(path, column, element.get(attribute))
        elif kind == "itemset":
            parent = element.getparent()
            owner = str(parent.get("ref") or "") if parent is not None else ""
            yield from _one(owner, "choice_filter", path)
        elif kind == "repeat":
            yield from _one(path, "repeat_count", element.get(_COUNT))
        else:
            yield from _one(path, "calculation", element.get("value"))


def _one(path: str, column: str, text: str | None) -> Iterator[_Expression]:
    if text and text.strip():
        yield _Expression(path, column, text)
