"""Texts that a spreadsheet shows and never runs: the one rule of every CSV file made for people.

Files for programs (`/v1`, the lists of phones) hold the text as it came; a workbook has cells of
the kind "text" and needs no mark.
"""

import re
from typing import Final

# What begins a formula, in half and full width, and what programs cut off before they look.
_STARTS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?")
MARK: Final = "'"


def as_text(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula.

    A number with a sign is none: it stays a number.

    Examples
    --------
    >>> as_text("=1+1"), as_text("12,5 %"), as_text("-98"), as_text("-98+1")
    ("'=1+1", '12,5 %', '-98', "'-98+1")
    """
    return f"{MARK}{cell}" if _is_formula(cell.lstrip(MARK)) else cell


def from_text(cell: str) -> str:
    """What `as_text` was given, for a file that comes back from somebody's spreadsheet.

    Examples
    --------
    >>> from_text("'=1+1"), from_text("'quoted'"), from_text(as_text("'=1"))
    ('=1+1', "'quoted'", "'=1")
    """
    is_marked = cell.startswith(MARK) and _is_formula(cell.lstrip(MARK))
    return cell.removeprefix(MARK) if is_marked else cell


def _is_formula(cell: str) -> bool:
    return cell.startswith(_STARTS) and _NUMBER.fullmatch(cell) is None
