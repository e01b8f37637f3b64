"""`{{name}}` in the texts of a form: what a survey round fills in when it publishes the form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Final
from xml.sax.saxutils import escape

from forms.schema import NotAnXForm
from forms.xmlsafe import XmlRefused, local_name, parse

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_CONSENT_HASH: Final = "consent_hash"
# The question whose text is what people agree to; a form without one has its question `p_consent`
# or `intro` say it.
_CONSENT_TEXTS: Final = ("consent_txt", "p_consent", "intro")
_QUOTES: Final = {'"': "&quot;", "'": "&apos;"}


class UnfilledPlaceholders(ValueError):
    """Placeholders for which no value was given; ``names`` are sorted."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__("no value for " + ", ".join("{{" + name + "}}" for name in names))
        self.names = names


def placeholders(xform: bytes) -> frozenset[str]:
    """Names of the placeholders of a form, in any text and any language.

    Examples
    --------
    >>> sorted(placeholders(b"<a><value>{{controller}} asks; {{ contact_line }}</value></a>"))
    ['contact_line', 'controller']
    """
    return frozenset(_PLACEHOLDER.findall(xform.decode("utf-8-sig", "replace")))


def fill(xform: bytes, values: Mapping[str, str]) -> bytes:
    """The form with its placeholders filled.

    ``consent_hash`` is computed here and need not be given: the first 12 hex digits of the
    SHA-256 of the consent text as published, all languages, so that a record says to which words
    a person agreed. Values are escaped; nothing else of the form changes, byte for byte.

    Parameters
    ----------
    xform : the form as compiled.
    values : text by placeholder name.

    Raises
    ------
    UnfilledPlaceholders : a placeholder has no value, or a blank one.
    NotAnXForm : the form is not XML.

    Examples
    --------
    >>> fill(b"<a>{{who}}</a>", {"who": "Sở Nội vụ & UBND"}).decode()
    '<a>Sở Nội vụ &amp; UBND</a>'
    """
    wanted = placeholders(xform)
    missing = sorted(name for name in wanted - {_CONSENT_HASH} if not values.get(name, "").strip())
    if missing:
        raise UnfilledPlaceholders(tuple(missing))
    given = {name: values[name].strip() for name in wanted - {_CONSENT_HASH}}
    filled = _substitute(xform, given)
    if _CONSENT_HASH in wanted:
        filled = _substitute(filled, {_CONSENT_HASH: consent_hash(filled)})
    return filled


def consent_hash(xform: bytes) -> str:
    """First 12 hex digits of the SHA-256 of a form's consent text.

    The text is every language's wording of the consent question in the form's own order, one
    language per line, blanks collapsed.

    Raises
    ------
    NotAnXForm : the form is not XML.

    Examples
    --------
    >>> consent_hash(b"<m><text id='/data/consent_txt:label'><value>Yes?</value></text></m>")
    'b8b7cfdf4758'
    """
    return hash_of(consent_texts(xform).values())


def hash_of(texts: Iterable[str]) -> str:
    """First 12 hex digits of the SHA-256 of texts, one a line.

    Examples
    --------
    >>> hash_of(["Yes?"])
    'b8b7cfdf4758'
    """
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def consent_texts(xform: bytes) -> dict[str, str]:
    """What people agree to, by language in the form's own order; empty where a form asks nothing.

    Raises
    ------
    NotAnXForm : the form is not XML.

    Examples
    --------
    >>> consent_texts(b"<m><translation lang='en'><text id='/data/consent_txt:label'>"
    ...     b"<value> Do you   agree? </value></text></translation></m>")
    {'en': 'Do you agree?'}
    """
    try:
        root = parse(xform, huge=True)
    except XmlRefused as refused:
        raise NotAnXForm("Biểu mẫu không phải XML.", refused.reason) from refused
    for question in _CONSENT_TEXTS:
        found: dict[str, str] = {}
        for text in root.iter("{*}text"):
            if str(text.get("id") or "").endswith(f"/{question}:label"):
                parent = text.getparent()
                language = str(parent.get("lang") or "") if parent is not None else ""
                for value in text:
                    if local_name(value) == "value" and value.get("form") is None:
                        words = "".join(str(piece) for piece in value.itertext())
                        key = language if language not in found else f"{language} {len(found)}"
                        found[key] = " ".join(words.split())
        if found:
            return found
    return {}


def with_version(xform: bytes, version: str) -> bytes:
    """The form with another version; nothing else of it changes.

    Raises
    ------
    NotAnXForm : no primary instance with an id.

    Examples
    --------
    >>> form = b"<m><model><instance><data id='f' version='1'><a/></data></instance></model></m>"
    >>> with_version(form, "2026112201").decode()[20:53]
    "<data id='f' version='2026112201'"
    """
    text = xform.decode("utf-8-sig")
    model = re.search(r"<(?:[\w.-]+:)?model[\s>]", text)
    instance = re.compile(r"<(?:[\w.-]+:)?instance(?:\s[^>]*)?>\s*(?:<!--.*?-->\s*)*", re.DOTALL)
    found = instance.search(text, model.end()) if model else None
    # '>' may stand in an attribute value; quoted parts are stepped over.
    tag = re.compile(r"<[\w.:-]+(?:\s+[\w.:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
    root = tag.match(text, found.end()) if found else None
    if root is None:
        raise NotAnXForm(
            "Biểu mẫu không có phần dữ liệu (<instance>).", "The form has no primary <instance>."
        )
    quoted = escape(version, _QUOTES)
    attribute = re.compile(r"(?<=\s)((?:[\w.-]+:)?version\s*=\s*)(\"[^\"]*\"|'[^']*')")
    if attribute.search(root[0]):
        start = attribute.sub(
            lambda old: f"{old[1]}{old[2][0]}{quoted}{old[2][0]}", root[0], count=1
        )
    else:
        name = re.match(r"<[\w.:-]+", root[0])
        end = name.end() if name else 1
        start = f'{root[0][:end]} version="{quoted}"{root[0][end:]}'
    return (text[: root.start()] + start + text[root.end() :]).encode()


def _substitute(xform: bytes, values: Mapping[str, str]) -> bytes:
    def value(found: re.Match[str]) -> str:
        name = found[1]
        return escape(values[name], _QUOTES) if name in values else found[0]

    # What is filled in may itself look like a placeholder: one pass, never read again.
    return _PLACEHOLDER.sub(value, xform.decode("utf-8-sig")).encode()
