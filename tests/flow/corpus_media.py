"""Files that a form expects, made up so that its lists have something to offer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from lxml import etree

from tests.javarosa import JPEG

JR = "{http://openrosa.org/javarosa}"
XF = "{http://www.w3.org/2002/xforms}"
ROWS = 3
_STEP = re.compile(r"[A-Za-z_][\w.-]*")
_WORDS = frozenset(("and", "or", "not", "div", "mod", "instance", "item", "root", "true", "false"))


def media_of(xform: bytes, names: Iterable[str]) -> dict[str, bytes]:
    """One file a name; lists have the columns that the form reads."""
    columns = _columns(etree.fromstring(xform))
    return {name: _file(name, columns) for name in names}


def _columns(root: etree._Element) -> list[str]:
    """Every word of an itemset's expression that may be a column; more do no harm."""
    found = dict.fromkeys(("name", "label", "id", "title", "value"))
    for itemset in root.iter(f"{XF}itemset"):
        found.update(dict.fromkeys(_STEP.findall(itemset.get("nodeset", ""))))
        for child in itemset:
            found.update(dict.fromkeys(_STEP.findall(child.get("ref", ""))))
    for bind in root.iter(f"{XF}bind"):
        calculated = bind.get("calculate", "")
        if "instance(" in calculated or "pulldata(" in calculated:
            found.update(dict.fromkeys(_STEP.findall(calculated)))
    return [each for each in found if each not in _WORDS]


def _file(name: str, columns: list[str]) -> bytes:
    kind = name.rpartition(".")[2].lower()
    if kind == "csv":
        lines = [",".join(columns), *(_line(columns, row) for row in range(ROWS))]
        return ("\n".join(lines) + "\n").encode()
    if kind == "geojson":
        return json.dumps(_map(columns)).encode()
    if kind == "xml":
        items = "".join(f"<item>{_elements(columns, row)}</item>" for row in range(ROWS))
        return f"<root>{items}</root>".encode()
    return JPEG


def _line(columns: list[str], row: int) -> str:
    return ",".join(_value(each, row) for each in columns)


def _value(column: str, row: int) -> str:
    return f"Mục {row}" if column in ("label", "title") else f"{column[:8]}{row}"


def _elements(columns: list[str], row: int) -> str:
    return "".join(f"<{each}>{_value(each, row)}</{each}>" for each in columns)


def _map(columns: list[str]) -> Mapping[str, object]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": f"id{row}",
                "geometry": {"type": "Point", "coordinates": [105.0 + row, 19.5]},
                # the engine adds these two itself
                "properties": {
                    each: _value(each, row) for each in columns if each not in ("id", "geometry")
                },
            }
            for row in range(ROWS)
        ],
    }
