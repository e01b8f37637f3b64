"""Texts that a spreadsheet shows and never runs."""

from typing import Final

_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def as_text(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula.

    Example
    -------
    >>> as_text("=1+1"), as_text("12,5 %")
    ("'=1+1", '12,5 %')
    """
    return f"'{cell}" if cell.startswith(_STARTS) else cell
