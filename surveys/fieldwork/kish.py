"""The number that fixes who is drawn in a household, as the phone reads it.

Phone and server must come to the same line, so both use the number with six decimals.
"""

from typing import Final

DECIMALS: Final = 6
LARGEST: Final = 0.999999  # what rounds up to 1 would draw a person beyond the last


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
