"""A table of figures put onto the boundaries of a day, whatever kind of table it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from surveys.collection.refusal import Refused
from surveys.fieldwork.area_files import (
    HEAD,
    VILLAGE,
    Figure,
    converted_figures,
    given_of,
    read_figures,
    village_figures,
)
from surveys.fieldwork.area_series import series_figures
from surveys.fieldwork.area_tables import AreaTable, Source, csv_file, xlsx_file

SERIES_HEAD: Final = ("date", *HEAD)


@dataclass(frozen=True, slots=True)
class Conversion:
    """Figures by code and day, and villages whose commune of that day nobody knows."""

    figures: tuple[Figure, ...]
    unplaced: tuple[str, ...] = ()
    is_series: bool = False

    @property
    def head(self) -> tuple[str, ...]:
        return SERIES_HEAD if self.is_series else HEAD

    def lines(self) -> Iterator[tuple[object, ...]]:
        """Cells under `head`."""
        for each in self.figures:
            day = (each.day.isoformat(),) if self.is_series and each.day else ()
            yield (*day, *each.cells())

    def as_csv(self) -> bytes:
        return csv_file(self.head, self.lines())

    def as_xlsx(self) -> bytes:
        return xlsx_file(self.head, self.lines(), "converted")


def convert_table(
    table: AreaTable, *, on: date, was: date | None = None, people: Source | None = None
) -> Conversion:
    """Convert by villages, by the days of a series, or from the one day `was`, as the table asks.

    `people` are counts of the older communes, needed to go back over a merger.

    Raises
    ------
    Refused : a table that cannot be used, naming the line; 400.157 without a day for its codes.
    UnknownCommuneError : a code that nobody carried on the day `was`.
    """
    if VILLAGE in table.columns:
        found = village_figures(table, on=on)
        return Conversion(found.figures, found.unplaced)
    weights = read_figures(people).counts if people is not None else None
    if "date" in table.columns:
        return Conversion(series_figures(table, on=on, weights=weights), is_series=True)
    if was is None:
        raise Refused(400.157)
    figures = converted_figures(given_of(table), was=was, on=on, weights=weights)
    return Conversion(tuple(figures))
