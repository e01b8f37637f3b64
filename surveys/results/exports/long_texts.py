"""Texts that are longer than a cell of the format: cut there, whole in pieces among the notes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from surveys.results.exports.cells import Cell, Reason
from surveys.results.exports.variables import Sheet

CUT: Final = "…"
PIECE: Final = 7_000  # characters: fits the cells of all formats, four bytes each


def notes_on_long(
    sheet: Sheet, cells: Sequence[Cell], is_long: Callable[[str], bool], language: str
) -> Iterator[Sequence[Cell]]:
    """Lines for the sheet of notes; put together in their order they give the whole text."""
    if sheet.is_notes:
        return
    why = Reason.LONG.said_in(language)
    for variable, value in zip(sheet.variables, cells, strict=True):
        if isinstance(value, str) and is_long(value):
            row = 1 if sheet.is_root else cells[1]
            for start in range(0, len(value), PIECE):
                yield cells[0], sheet.name, row, variable.name, why, value[start : start + PIECE]
