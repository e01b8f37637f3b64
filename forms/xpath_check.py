"""XPath expressions of a form that no phone could read, found before a phone does.

pyxform checks the ${references} of an expression, not its grammar: a forgotten bracket converts,
and the form then refuses to open in Collect. The grammar of XPath 1.0 is checked by libxml2, the
names of functions against those that the engine knows.
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


_LITERAL: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALL: Final = re.compile(r"(?<![\w.:-])([A-Za-z_][\w.-]*)\s*\(")
# XPath 1.0, and what JavaRosa and Collect add to it; operators and node tests look like calls.
_NAMES: Final = """
and or div mod not text node comment processing-instruction
last position count id local-name namespace-uri name string concat starts-with contains
substring-before substring-after substring string-length normalize-space translate boolean
true false lang number sum floor ceiling round
abs acos area asin atan atan2 base64-decode boolean-from-string checklist coalesce cos
count-non-empty count-selected current date date-time decimal-date-time decimal-time depend
digest distance enclosed-area ends-with exp exp10 extract-signed format-date format-date-time
geofence if indexed-repeat instance int intersects is-selected join log log10 max min now once
pi pow property pulldata random randomize regex search selected selected-at sin sqrt substr tan
today upper-case lower-case uuid version weighted-checklist
"""
_KNOWN: Final = frozenset(_NAMES.split())


@dataclass(frozen=True, slots=True)
class _Expression:
    path: str
    column: str
    text: str


def xpath_errors(xform: bytes, sheets: Sheets) -> tuple[FormError, ...]:
    """Expressions of an XForm that cannot be read, placed in the workbook where there is one.

    Examples
    --------
    >>> good = b"<model><bind nodeset='/data/a' relevant='/data/b = 1'/></model>"
    >>> xpath_errors(good, Sheets())
    ()
    """
    found = (_fault(each, sheets) for each in _expressions(parse(xform, huge=True)))
    return tuple(fault for fault in found if fault is not None)


def _fault(each: _Expression, sheets: Sheets) -> FormError | None:
    name = each.path.rpartition("/")[2]
    row = sheets.survey_row(name=name)
    if not _is_readable(each.text):
        shown = " ".join(each.text.split())
        return FormError(
            sheet="survey",
            row=row,
            column=each.column,
            message_vi=f"Biểu thức của “{name}” viết sai: {shown}",
            message_en=f"The expression of “{name}” cannot be read: {shown}",
            remedy_vi="Kiểm tra ngoặc tròn, ngoặc vuông, dấu nháy và các từ and, or, not(…).",
            remedy_en="Check brackets, quotes and the words and, or, not(…).",
        )
    unknown = sorted(_functions(each.text) - _KNOWN)
    if unknown:
        return FormError(
            sheet="survey",
            row=row,
            column=each.column,
            message_vi=f"Biểu thức của “{name}” gọi hàm không có: {unknown[0]}(…)",
            message_en=f"The expression of “{name}” calls a function that is none: {unknown[0]}(…)",
            remedy_vi="Sửa chính tả tên hàm; xem docs.getodk.org/form-operators-functions.",
            remedy_en="Mend its spelling; see docs.getodk.org/form-operators-functions.",
        )
    return None


def _functions(expression: str) -> set[str]:
    """Names of functions called, without those of a prefix: `ex:` and the like are apps' own."""
    return set(_CALL.findall(_LITERAL.sub("''", expression)))


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
