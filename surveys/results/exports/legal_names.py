"""Names of variables that Stata and SPSS both take: letters, digits, at most 32, each once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

LONGEST: Final = 32
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9_]+")
# Words of the two languages; as names they are refused.
_SPSS: Final = ("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with")
_STATA: Final = ("byte", "double", "float", "if", "in", "int", "long", "strl", "using")
_RESERVED: Final = frozenset((*_SPSS, *_STATA))
_TYPE_OF_STATA: Final = re.compile(r"str\d+", re.IGNORECASE)


def legal_names(names: Iterable[str]) -> list[str]:
    """One legal name each, in order; upper and lower case are one.

    Examples
    --------
    >>> legal_names(["Tuổi", "nhóm/đất", "2x", "by", "BY_", "x" * 40, "x" * 41])[:5]
    ['Tuoi', 'nhom_dat', 'v_2x', 'by_', 'BY__2']
    """
    taken: set[str] = set()
    found = []
    for name in names:
        plain = _plain(name)
        free, number = plain, 2
        while free.lower() in taken:
            mark = f"_{number}"
            free, number = plain[: LONGEST - len(mark)] + mark, number + 1
        taken.add(free.lower())
        found.append(free)
    return found


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    plain = _NOT_PLAIN.sub("_", bare) or "v"
    if not plain[0].isalpha():
        plain = f"v_{plain.lstrip('_')}"
    plain = plain[:LONGEST]
    if plain.lower() in _RESERVED or _TYPE_OF_STATA.fullmatch(plain):
        plain = f"{plain}_"
    return plain
