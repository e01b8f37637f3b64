"""Numbers and dates as the reader's language writes them: 6.352 and 86,4 % in Vietnamese."""

import re
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language

NO_BREAK = "\u00a0"
MINUS = "\u2212"
EMPTY = "–"
SUPPRESSED = ".."


def is_english() -> bool:
    """Whether the page is being written in English; everything else reads Vietnamese."""
    return (get_language() or "vi").startswith("en")


def pick(vi: str, en: str) -> str:
    """The text of a pair in the language of the page; the other where one is missing."""
    return (en or vi) if is_english() else (vi or en)


def number(value: float | int | None, decimals: int = 0) -> str:
    """A number with the language's separators.

    Examples: 6352 → 6.352 (vi), 6,352 (en); 3.46 with one decimal → 3,5 (vi), 3.5 (en).
    """
    if value is None or value != value:  # noqa: PLR0124 - NaN is the one value unequal to itself
        return EMPTY
    text = f"{abs(value):,.{decimals}f}"
    if not is_english():
        text = text.translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def percent(share: float | None, decimals: int = 1) -> str:
    """A share of 0..1 as percent: 0.864 → 86,4 % (vi), 86.4% (en)."""
    if share is None or share != share:  # noqa: PLR0124 - NaN
        return EMPTY
    sign = "%" if is_english() else f"{NO_BREAK}%"
    return number(share * 100, decimals) + sign


def span(lower: str, upper: str) -> str:
    """From – to; in words where an end is negative, for a dash beside a minus cannot be read.

    Examples: 72,2 and 80,2 → 72,2–80,2; −18,2 and 11,4 → −18,2 đến 11,4 (vi), to (en).
    """
    if MINUS in lower + upper:
        return f"{lower} {pick('đến', 'to')} {upper}"
    return f"{lower}–{upper}"


def day(value: date | datetime | None) -> str:
    """A day: 05/11/2026 in Vietnamese, 5 Nov 2026 in English."""
    if value is None:
        return EMPTY
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    if is_english():
        return f"{value.day} {value:%b %Y}"
    return f"{value:%d/%m/%Y}"


def moment(value: datetime | None) -> str:
    """A day with its time of day in Vietnam."""
    if value is None:
        return EMPTY
    return f"{day(value)} {timezone.localtime(value):%H:%M}"


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts Thôn 2 before Thôn 13."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def size(count: int | None) -> str:
    """A file size that a person can weigh: 12 kB, 3,4 MB."""
    if count is None:
        return EMPTY
    if count < 1000:
        return f"{number(count)}{NO_BREAK}B"
    if count < 1_000_000:
        return f"{number(count / 1000)}{NO_BREAK}kB"
    return f"{number(count / 1_000_000, 1)}{NO_BREAK}MB"
