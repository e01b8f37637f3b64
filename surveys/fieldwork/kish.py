"""Who is drawn in a household, and the number that fixes it, as the phone reads it.

Phone and server must come to the same line, so both use the number with six decimals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DECIMALS: Final = 6
LARGEST: Final = 0.999999  # what rounds up to 1 would draw a person beyond the last


@dataclass(frozen=True, slots=True)
class Draw:
    """Form B: who was drawn, as the phone worked it out."""

    line: int
    n18: int
    sex: str = ""
    birth_year: int | None = None


def stored_kish(kish_u: float) -> float:
    """The number as it is stored, in [0, 1).

    >>> stored_kish(0.9999999), stored_kish(0.29)
    (0.999999, 0.29)
    """
    return min(round(kish_u, DECIMALS), LARGEST)


def kish_text(kish_u: float) -> str:
    """The number as the household list says it, never as 1e-05."""
    return f"{stored_kish(kish_u):.{DECIMALS}f}"


def drawn_line(kish_u: float, adults: int) -> int:
    """The line of the drawn person among so many adults, listed from the oldest.

    >>> [drawn_line(u, 3) for u in (0.0, 0.34, 0.9999999)]
    [1, 2, 3]
    """
    return int(stored_kish(kish_u) * adults) + 1


def draws_differ(draws: Sequence[Draw]) -> bool:
    """Whether different people were drawn; a birth year that was erased contradicts nobody."""
    years = {each.birth_year for each in draws if each.birth_year is not None}
    return len({each.line for each in draws}) > 1 or len(years) > 1
