"""What the engine wrote, read without any reader of the project: the truth of the round trip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from lxml import etree

XF = "{http://www.w3.org/2002/xforms}"
JR = "{http://openrosa.org/javarosa}"
Path = tuple[str, ...]
Place = tuple[str, Path, int]
"""The record, the path of its table (() = root), the number of the row from 0."""


@dataclass(frozen=True)
class Truth:
    """Answers by place; `types` tells how each path is typed."""

    types: Mapping[Path, str]
    answers: Mapping[Place, Mapping[Path, str]]


@dataclass
class _Reader:
    repeats: set[Path]
    rows: dict[tuple[Path, int], dict[Path, str]] = field(default_factory=dict)
    counts: Counter[Path] = field(default_factory=Counter)

    def table(self, element: etree._Element, path: Path) -> None:
        number = self.counts[path]
        self.counts[path] += 1
        self.rows[path, number] = {}
        self.walk(element, path, path, number)

    def walk(self, element: etree._Element, path: Path, table: Path, number: int) -> None:
        for child in element:
            here = (*path, etree.QName(child).localname)
            if here[-1] == "entity":
                continue
            if here in self.repeats:
                self.table(child, here)
            elif len(child):
                self.walk(child, here, table, number)
            else:
                self.rows[table, number][here[len(table) :]] = child.text or ""


def truth_of(xform: bytes, filled: Mapping[str, bytes]) -> Truth:
    """The answers of filled instances, by their ids."""
    form = etree.fromstring(xform)
    repeats = {_path(each.get("nodeset", "")) for each in form.iter(f"{XF}repeat")}
    answers: dict[Place, Mapping[Path, str]] = {}
    for instance_id, xml in filled.items():
        reader = _Reader(repeats)
        reader.table(etree.fromstring(xml), ())
        for (table, number), row in reader.rows.items():
            answers[instance_id, table, number] = row
    return Truth(_types(form), answers)


def _types(form: etree._Element) -> dict[Path, str]:
    found = {
        _path(bind.get("nodeset", "")): bind.get("type", "string").rpartition(":")[2]
        for bind in form.iter(f"{XF}bind")
    }
    for control in form.iter(f"{XF}select", f"{XF}rank"):
        if control.get("ref"):
            found[_path(control.get("ref", ""))] = "codes"
    return found


def _path(nodeset: str) -> Path:
    """Below the root; old forms write it from there."""
    steps = nodeset.strip().split("/")
    return tuple(steps[2:] if nodeset.strip().startswith("/") else steps)


def typed(kind: str, lexical: str) -> Any:
    """A value to compare: of its type, blank = None."""
    text = lexical.strip()
    if not text:
        return None
    read = _READERS.get(kind)
    return lexical if read is None else read(text)


def _places(text: str) -> tuple[tuple[float, float], ...]:
    return tuple(_pair(each) for each in text.split(";") if each.strip())


def _pair(point: str) -> tuple[float, float]:
    latitude, longitude = point.split()[:2]
    return float(latitude), float(longitude)


_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("int", "integer", "long"), int),
    **dict.fromkeys(("decimal", "double"), float),
    **dict.fromkeys(("geopoint", "geotrace", "geoshape"), _places),
    **dict.fromkeys(("binary", "select1"), str),
    "boolean": lambda text: text in ("true", "1"),
    "date": lambda text: date.fromisoformat(text[:10]),
    "time": lambda text: time.fromisoformat(text).replace(tzinfo=None),
    "dateTime": lambda text: datetime.fromisoformat(text).timestamp(),
    "codes": lambda text: tuple(dict.fromkeys(text.split())),
}
