"""A filled form without some of its answers: what the law on personal data asks for.

The shape stays, the answers go: every reader of the record meets empty questions. What names the
record itself (its ids, its form) stays always.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from lxml import etree

from forms.instance import IDENTITY, parse_instance
from forms.xmlsafe import local_name


@dataclass(frozen=True, slots=True)
class Redacted:
    """``answers`` are the paths whose answers went, each once for every answer."""

    xml: bytes
    answers: tuple[str, ...]


def without(xml: bytes, paths: Collection[str], known: Collection[str] | None = None) -> Redacted:
    """The record without the answers of some questions.

    Parameters
    ----------
    xml : the record as it came.
    paths : of the questions whose answers go, as `forms.schema.Field.path` writes them.
    known : of all questions of the form; when it is given, what the form does not know goes as
        well, because nobody classed it.

    Returns
    -------
    The record; its name (``meta/instanceName``) and the labels of its entities, which are put
    together from answers, go with the first answer that goes.

    Raises
    ------
    forms.instance.MalformedInstance : the bytes are no filled form.

    Examples
    --------
    >>> xml = b"<d id='f'><tel>09</tel><age>3</age><meta><instanceID>uuid:1</instanceID></meta></d>"
    >>> without(xml, {"/d/tel"}, {"/d/tel", "/d/age"}).xml
    b'<d id="f"><tel/><age>3</age><meta><instanceID>uuid:1</instanceID></meta></d>'
    """
    gone = set(paths)
    asked = set(known) if known is not None else None
    first = _emptied(xml, lambda path: path in gone or (asked is not None and path not in asked))
    if not first.answers:
        return first
    second = _emptied(first.xml, _is_derived)
    return Redacted(second.xml, first.answers + second.answers)


def without_all_but(xml: bytes, names: Collection[str]) -> Redacted:
    """The record without any answer but those of the questions of these names.

    Raises
    ------
    forms.instance.MalformedInstance : the bytes are no filled form.

    Examples
    --------
    >>> without_all_but(b"<d id='f'><hh>h1</hh><tel>09</tel></d>", {"hh"}).xml
    b'<d id="f"><hh>h1</hh><tel/></d>'
    """
    kept = set(names)
    return _emptied(xml, lambda path: path.rpartition("/")[2] not in kept)


def _is_derived(path: str) -> bool:
    """A name or label that is put together from other answers."""
    return path.endswith(("/meta/instanceName", "/entity/label"))


def _emptied(xml: bytes, is_gone: Callable[[str], bool]) -> Redacted:
    root = parse_instance(xml)
    gone: list[str] = []

    def visit(element: etree._Element, path: str) -> None:
        children = [child for child in element if isinstance(child.tag, str)]
        for child in children:
            visit(child, f"{path}/{local_name(child)}")
        if children or element is root or local_name(element) in IDENTITY:
            return
        if any(element.itertext()) and is_gone(path):
            gone.append(path)
            for comment in list(element):  # with the rest of the answer, which stands behind it
                element.remove(comment)
            element.text = None

    visit(root, f"/{local_name(root)}")
    return Redacted(etree.tostring(root, encoding="utf-8") if gone else xml, tuple(gone))
