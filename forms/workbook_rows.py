"""Where something stands in a workbook: sheet rows by name, type or list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets as read, one mapping per row below the header; row 2 of the sheet comes first."""

    survey: Sequence[Row] = ()
    choices: Sequence[Row] = ()
    settings: Sequence[Row] = ()
    entities: Sequence[Row] = ()

    def survey_row(self, **wanted: str) -> int | None:
        """The first survey row whose cells are as wanted (``name="hh"``), as Excel counts.

        Examples
        --------
        >>> Sheets(survey=({"type": "text", "name": "a"},)).survey_row(name="a")
        2
        """
        return _find(self.survey, wanted)

    def first_select(self) -> int | None:
        """The first survey row that asks for a choice list.

        Examples
        --------
        >>> Sheets(survey=({"type": "note"}, {"type": "select_one yn"})).first_select()
        3
        """
        for number, row in enumerate(self.survey, start=2):
            types = (str(cell) for header, cell in row.items() if _plain(header) == "type")
            if any(each.strip().startswith(("select", "rank")) for each in types):
                return number
        return None

    def choices_row(self, **wanted: str) -> int | None:
        """The first choices row whose cells are as wanted, as Excel counts."""
        return _find(self.choices, wanted)


def _find(rows: Sequence[Row], wanted: Mapping[str, str]) -> int | None:
    for number, row in enumerate(rows, start=2):
        cells = {_plain(header): str(value).strip() for header, value in row.items()}
        if all(cells.get(header) == value for header, value in wanted.items()):
            return number
    return None


def _plain(header: str) -> str:
    """A header as it is compared: XLSForm takes `List Name`, `list_name` and `list name`."""
    return header.strip().lower().replace(" ", "_")
