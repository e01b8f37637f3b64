"""Which files a form expects beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from forms.schema import MediaFile

_URI: Final = re.compile(r"jr://(images|audio|video|file-csv|file)/([^\s'\"<>]+(?: [^\s'\"<>]+)*)")
_KINDS: Final = {
    "images": "image",
    "audio": "audio",
    "video": "video",
    "file": "file",
    "file-csv": "csv",
}
# pulldata() and search() read a CSV beside the form that no instance names.
_CSV_CALL: Final = re.compile(r"(?:pulldata|search)\(\s*['\"]([^'\"]+)['\"]")


def media_of(
    root: etree._Element, model: etree._Element, primary: etree._Element
) -> tuple[MediaFile, ...]:
    """The files that an XForm expects, each once, in order of first mention.

    Looked at: secondary instances, media in texts and labels, default images in the primary
    instance, ``pulldata``/``search`` calls, and the itemsets file of external selects.
    """
    found: dict[str, MediaFile] = {}
    for name, kind in _mentions(root, model, primary):
        plain = name.strip().rpartition("/")[2]
        if plain:
            found.setdefault(plain, MediaFile(plain, kind))
    return tuple(found.values())


def _mentions(
    root: etree._Element, model: etree._Element, primary: etree._Element
) -> Iterator[tuple[str, str]]:
    for instance in model.iterfind("{*}instance"):
        src = (instance.get("src") or "").strip()
        uri = _URI.fullmatch(src)
        if uri:
            yield uri[2], _KINDS[uri[1]]
    # Plain texts may hold such an address as words; only a media form means a file.
    texts = [value for value in root.iter("{*}value") if value.get("form")]
    for element in (*texts, *primary.iter("*")):
        uri = _URI.fullmatch((element.text or "").strip())
        if uri:
            yield uri[2], _KINDS[uri[1]]
    for element in root.iter("{*}bind", "{*}setvalue", *_BODY_TAGS):
        for expression in element.attrib.values():
            for call in _CSV_CALL.finditer(str(expression)):
                yield _as_csv(call[1]), "csv"
        if element.get("query"):
            yield "itemsets.csv", "csv"


_BODY_TAGS: Final = ("{*}input", "{*}select", "{*}select1", "{*}group", "{*}itemset")


def _as_csv(name: str) -> str:
    return name if name.lower().endswith(".csv") else f"{name}.csv"
