"""What the last check found, in the language of the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from surveys.collection.safekeeping.findings import Kind


@dataclass(frozen=True, slots=True)
class Line:
    """All findings of one kind."""

    what: str
    count: int
    repaired: int
    examples: tuple[str, ...]
    remedy: str

    @property
    def is_open(self) -> bool:
        return self.repaired < self.count


def lines(result: Mapping[str, Any]) -> list[Line]:
    """From the stored result of a check; kinds that this code does not know are shown by name."""
    return [_line(each) for each in result.get("findings", [])]


def _line(found: Mapping[str, Any]) -> Line:
    words = Kind[found["kind"]].value if found["kind"] in Kind.__members__ else None
    is_english = get_language() == "en"
    what, remedy = found["kind"], ""
    if words is not None:
        what = words.en if is_english else words.vi
        remedy = words.remedy_en if is_english else words.remedy_vi
    return Line(what, found["count"], found["repaired"], tuple(found["examples"]), remedy)
