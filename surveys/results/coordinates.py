"""Degrees as people write them: 20.99, 20,99, 20°59'24"B, N 20 59.4."""

import math
import re
from typing import Final

_SIDES: Final = {"S": -1.0, "W": -1.0, "T": -1.0}  # south, west, tây; all others lie north or east
_SIDE: Final = re.compile(r"^([NSEWBĐT])?(.*?)([NSEWBĐT])?$")
_PARTS: Final = re.compile(
    r"""(-?\d{1,3})\s*[°ºd:\s]\s*
    (\d{1,2}(?:\.\d+)?)\s*(?:['′’m:\s]\s*
    (?:(\d{1,2}(?:\.\d+)?)\s*(?:["″”s]|'')?)?)?""",
    re.VERBOSE,
)
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def degrees(text: str | None) -> float:
    """A latitude or longitude; nan where the text holds none.

    Examples
    --------
    >>> degrees("20,5"), degrees("20°30'0\\"B"), degrees("E105 30.0"), degrees("20°61'")
    (20.5, 20.5, 105.5, nan)
    """
    said = (text or "").strip()
    if said.count(",") == 1 and "." not in said:
        said = said.replace(",", ".")
    if _NUMBER.fullmatch(said):
        return float(said)
    found = _SIDE.match(said.upper())
    if found is None:
        return math.nan
    sign = _SIDES.get(found[1] or found[3] or "", 1.0)
    bare = found[2].strip().lower()
    if _NUMBER.fullmatch(bare.rstrip("°º")):
        return sign * float(bare.rstrip("°º"))
    parts = _PARTS.fullmatch(bare)
    if parts is None:
        return math.nan
    whole, minutes, seconds = float(parts[1]), float(parts[2]), float(parts[3] or 0)
    if minutes >= 60 or seconds >= 60:
        return math.nan
    return sign * math.copysign(abs(whole) + minutes / 60 + seconds / 3600, whole)
