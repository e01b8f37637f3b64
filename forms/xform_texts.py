"""The words of an XForm: its itext, and labels that stand in the body."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from forms.schema import Labels
from forms.xmlsafe import local_name

_ITEXT_CALL: Final = re.compile(r"jr:itext\(\s*['\"](.*)['\"]\s*\)", re.DOTALL)
_BLANKS: Final = re.compile(r"[ \t]+")


class Texts:
    """The itext of the model: id → language → text."""

    def __init__(self, model: etree._Element) -> None:
        self.languages: list[str] = []
        self.default = ""
        self._by_id: dict[str, dict[str, str]] = {}
        for translation in model.iterfind("{*}itext/{*}translation"):
            language = translation.get("lang", "")
            self.languages.append(language)
            if translation.get("default") is not None and not self.default:
                self.default = language
            for text in translation.iterfind("{*}text"):
                words = _plain_value(text)
                if words:
                    self._by_id.setdefault(text.get("id", ""), {})[language] = words
        if not self.default and self.languages:
            self.default = self.languages[0]

    def of(self, text_id: str) -> Labels:
        """Words by language of one text id; empty for an id that no language holds."""
        return self._by_id.get(text_id, {})

    def of_element(self, element: etree._Element | None) -> Labels:
        """Texts of a label or hint: by reference, or as it stands (under the name ``""``)."""
        if element is None:
            return {}
        call = _ITEXT_CALL.fullmatch((element.get("ref") or "").strip())
        if call:
            return self.of(call[1])
        words = _words(element)
        return {"": words} if words else {}


def _plain_value(text: etree._Element) -> str:
    for value in text.iterfind("{*}value"):
        if value.get("form") is None:
            return _words(value)
    for value in text.iterfind("{*}value"):
        if value.get("form") == "long":
            return _words(value)
    return ""


def _words(element: etree._Element) -> str:
    """The text of a label; an <output> becomes ${name} as the author wrote it."""
    parts = [element.text or ""]
    for child in element:
        if local_name(child) == "output":
            path = (child.get("value") or child.get("ref") or "").strip()
            parts.append("${" + path.rpartition("/")[2].rpartition(":")[2] + "}")
        else:
            parts.append("".join(str(piece) for piece in child.itertext()))
        parts.append(child.tail or "")
    return _BLANKS.sub(" ", "".join(parts)).strip()
