"""A filter expression cut into words; dates, times and numbers are read here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final

from api.central.odata_filter.syntax import Constant
from api.problems import ProblemRaised

LONGEST: Final = 10_000
FIRST_YEAR: Final = 1
LAST_YEAR: Final = 9999

_DATE: Final = r"\d{4}-\d{2}-\d{2}"
_CLOCK: Final = r"\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
# The + of a zone reaches us as a blank where a client did not escape it.
_MOMENT: Final = rf"{_DATE}T{_CLOCK}(?:Z|[+\- ]\d{{2}}:?\d{{2}})?"
_TOKEN: Final = re.compile(
    rf"""\s*(?:
      (?P<moment>{_MOMENT})(?![\w:])
    | (?P<date>{_DATE})(?![\w:])
    | (?P<time>{_CLOCK})(?![\w:])
    | (?P<number>[+-]?\d{{1,40}}(?:\.\d{{1,40}})?(?:[eE][+-]?\d{{1,3}})?)(?![\w.])
    | (?P<text>(?:[A-Za-z_][\w.]*)?'(?:[^']|'')*')
    | (?P<word>[$@]?[^\W\d][\w.\-]*(?:/[$@]?[^\W\d][\w.\-]*)*)
    | (?P<mark>[(),])
    )""",
    re.VERBOSE,
)
_WORDS: Final[dict[str, Constant]] = {"null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is `constant`, `word`, `mark` or `end`."""

    kind: str
    text: str
    at: int
    value: Constant = None


def tokens(text: str) -> Iterator[Token]:
    """The words of an expression, ending with one of kind `end`.

    Raises
    ------
    ProblemRaised : 400.51 with the place that cannot be read.
    """
    if len(text) > LONGEST or "\x00" in text:
        raise unreadable(text, 0)
    place = 0
    end = len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            raise unreadable(text, place)
        yield _token(found, text)
        place = found.end()
    yield Token("end", "", end)


def unreadable(text: str, at: int) -> ProblemRaised:
    """The refusal that shows where reading stopped."""
    return ProblemRaised(400.51, at=at, text=text[at : at + 40])


def _token(found: re.Match[str], whole: str) -> Token:
    kind = found.lastgroup or ""
    text, at = found[kind], found.start(kind)
    if kind == "mark":
        return Token("mark", text, at)
    if kind == "word":
        if text in _WORDS:
            return Token("constant", text, at, _WORDS[text])
        return Token("word", text, at)
    try:
        return Token("constant", text, at, _value(kind, text))
    except (ValueError, OverflowError) as error:  # the 31st of February
        raise unreadable(whole, at) from error


def _value(kind: str, text: str) -> Constant:
    if kind == "text":
        # An enumeration value is written with its type before it: Status'approved'.
        return text[text.index("'") + 1 : -1].replace("''", "'")
    if kind == "number":
        return Decimal(text)
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "time":
        return time.fromisoformat(text)
    return in_utc(datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", text)))


def in_utc(moment: datetime) -> datetime:
    """A moment with its zone (UTC where it names none); OverflowError or ValueError where a
    millisecond more or another zone would leave the calendar.
    """
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise OverflowError(moment.year)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
