"""Persons that a share stands for, with the margin of the share."""

from dataclasses import dataclass

from dashboard.presentation import formats
from dashboard.presentation.figures import Shown


@dataclass(frozen=True, slots=True)
class Persons:
    """A number of persons and half the width of its 95 % interval.

    The population is taken as known (weights are raked to counts); the margin is that of the share.
    """

    count: float
    margin: float

    @property
    def text(self) -> str:
        return formats.number(round(self.count, -1))

    @property
    def plus_minus(self) -> str:
        return f"±{formats.NO_BREAK}{formats.number(round(self.margin, -1))}"


def having(cell: Shown) -> Persons | None:
    """Persons of the base who have it."""
    return _persons(cell, has_it=True)


def not_ready(cell: Shown) -> Persons | None:
    """Persons of the base who do not have it."""
    return _persons(cell, has_it=False)


def _persons(cell: Shown, *, has_it: bool) -> Persons | None:
    row = cell.row
    if not cell.is_shown or row is None or row.estimate is None or not row.denominator:
        return None
    share = row.estimate if has_it else 1 - row.estimate
    ends = (row.lower, row.upper)
    half = (ends[1] - ends[0]) / 2 if ends[0] is not None and ends[1] is not None else 0.0
    return Persons(row.denominator * share, row.denominator * half)
