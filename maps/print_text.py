"""The letters of a printed map: one font that has all Vietnamese signs, measured and cut down.

DejaVu Sans comes with matplotlib (Bitstream Vera licence, embedding allowed).
"""

import base64
import io
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

import matplotlib
from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY: Final = "DejaVu Sans"
MM_PER_POINT: Final = 25.4 / 72
_FILES: Final = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}
UNKNOWN: Final = "\ufffd"


def printable(text: str) -> str:
    """The text with a mark in place of control signs and of letters that the font lacks.

    An SVG with a control sign is no XML, and a missing glyph would be an empty box.

    Example
    -------
    >>> printable("Thuỷ\\x00")
    'Thuỷ\ufffd'
    """
    known = _known(is_bold=False)
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(sign if ord(sign) in known else UNKNOWN for sign in plain)


def width(text: str, points: float, *, is_bold: bool = False) -> float:
    """How wide a line is, in millimetres."""
    known, advances, per_em = _metrics(is_bold=is_bold)
    units: float = sum(advances[known.get(ord(sign), ".notdef")][0] for sign in text)
    return units / float(per_em) * points * MM_PER_POINT


def extent(text: str, points: float) -> tuple[float, float]:
    """Width and height in millimetres of a text of one or more lines."""
    lines = text.split("\n")
    return (
        max(width(printable(line), points) for line in lines),
        len(lines) * points * MM_PER_POINT * 1.2,
    )


def wrapped(text: str, points: float, room: float, *, is_bold: bool = False) -> list[str]:
    """The text in lines no wider than `room` millimetres; a longer word is cut."""
    lines: list[str] = []
    line = ""
    for word in printable(text).split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer, points, is_bold=is_bold) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while width(line, points, is_bold=is_bold) > room and len(line) > 1:
            cut = _fitting(line, points, room, is_bold=is_bold)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line] if line else lines


def capped(
    text: str, points: float, room: float, *, most: int = 3, is_bold: bool = False
) -> list[str]:
    """At most so many lines, the last one ended by an ellipsis if there were more."""
    lines = wrapped(text, points, room, is_bold=is_bold)
    if len(lines) <= most:
        return lines
    rest = " ".join(lines[most - 1 :])
    return [*lines[: most - 1], shortened(rest, points, room, is_bold=is_bold)]


def shortened(text: str, points: float, room: float, *, is_bold: bool = False) -> str:
    """One line of at most `room` millimetres, ended by an ellipsis if it was longer."""
    plain = printable(text)
    if width(plain, points, is_bold=is_bold) <= room:
        return plain
    left = room - width("…", points, is_bold=is_bold)
    return plain[: _fitting(plain, points, left, is_bold=is_bold)].rstrip() + "…"


def face(texts: Iterable[str], *, is_bold: bool) -> str:
    """An `@font-face` rule holding just the letters used, for an SVG that asks for no file."""
    maker = subset.Subsetter(_options())
    maker.populate(text="".join(sorted(set("".join(texts)) | {" "})))
    font = TTFont(_path(is_bold=is_bold), recalcTimestamp=False)
    maker.subset(font)
    target = io.BytesIO()
    font.save(target)
    data = base64.b64encode(target.getvalue()).decode()
    weight = "bold" if is_bold else "normal"
    return (
        f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};"
        f"src:url(data:font/ttf;base64,{data}) format('truetype')}}"
    )


def _fitting(text: str, points: float, room: float, *, is_bold: bool = False) -> int:
    """How many signs fit, at least one."""
    taken = 1
    while taken < len(text) and width(text[: taken + 1], points, is_bold=is_bold) <= room:
        taken += 1
    return taken


def _options() -> Any:
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.name_IDs = []
    options.notdef_outline = True
    options.drop_tables += ["FFTM"]  # the hour of the font's making; nobody reads it
    return options


def _path(*, is_bold: bool) -> Path:
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / _FILES[is_bold]


@cache
def _known(*, is_bold: bool) -> dict[int, str]:
    found: dict[int, str] = TTFont(_path(is_bold=is_bold)).getBestCmap()
    return found


@cache
def _metrics(*, is_bold: bool) -> Any:
    font = TTFont(_path(is_bold=is_bold))
    return _known(is_bold=is_bold), dict(font["hmtx"].metrics), font["head"].unitsPerEm
