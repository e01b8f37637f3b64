"""What to mend first, as it is read: items with their word, and where they stand in the chart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from surveys.results.reading.figures import RunReader, ShownFigure
from surveys.results.reading.names import Names

# In the order in which an office reads them.
WORDS: Final[Mapping[str, Names]] = {
    "mend_first": Names("sửa trước", "mend first"),
    "low": Names("ít hài lòng; chưa rõ nặng nhẹ", "few satisfied; weight unclear"),
    "later": Names("sửa sau", "mend later"),
    "unclear": Names("chưa phân biệt được", "cannot tell"),
    "keep_up": Names("giữ vững", "keep up"),
    "high": Names("đang tốt; chưa rõ nặng nhẹ", "doing well; weight unclear"),
    "enough": Names("đủ tốt", "good enough"),
}
SIDES: Final[Mapping[str, Names]] = {
    "above": Names("hơn mức chung", "above the mean"),
    "below": Names("dưới mức chung", "below the mean"),
    "unclear": Names("chưa phân biệt được", "cannot tell"),
}
MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Priority:
    """One item: the share satisfied as everywhere, how it goes with the overall judgement (−1 to
    1) with its limits and `n`, the side of either on which it surely lies, and the word."""

    number: int
    title: Names
    figure: ShownFigure
    importance: float
    lower: float | None
    upper: float | None
    n: int
    satisfied: str
    matters: str
    word: str

    @property
    def word_name(self) -> Names:
        return WORDS[self.word]

    @property
    def satisfied_name(self) -> Names:
        return SIDES[self.satisfied]

    @property
    def matters_name(self) -> Names:
        return SIDES[self.matters]


@dataclass(frozen=True, slots=True)
class Priorities:
    """Items in reading order; means of all items; which items could not be used, and why none."""

    rows: tuple[Priority, ...]
    mean_satisfied: float
    mean_importance: float
    left_out: tuple[Names, ...]
    refused: str
    error_percent: float

    def of(self, *words: str) -> tuple[Priority, ...]:
        return tuple(row for row in self.rows if row.word in words)

    @property
    def first(self) -> tuple[Priority, ...]:
        """What to begin with: sure ones, else those with fewest satisfied."""
        return (self.of("mend_first") or self.of("low"))[:MOST_NAMED]

    @property
    def is_sure(self) -> bool:
        """Whether what is named first surely goes with the overall judgement more than others."""
        return bool(self.of("mend_first"))


def priorities(found: RunReader) -> Priorities | None:
    """Read the priorities of a run; None where it made none."""
    stored: Mapping[str, Any] = found.run.report.get("priorities") or {}
    if not stored:
        return None
    rows = [_row(found, each) for each in stored["items"] if each["importance"] is not None]
    order = list(WORDS)
    shown = sorted(
        (row for row in rows if row.figure.is_shown),
        key=lambda row: (order.index(row.word), row.figure.estimate or 0.0),
    )
    return Priorities(
        rows=tuple(replace(row, number=at) for at, row in enumerate(shown, 1)),
        mean_satisfied=float(stored.get("mean_satisfied", 0.0)),
        mean_importance=float(stored.get("mean_importance", 0.0)),
        left_out=tuple(found.name(each) for each in stored.get("left_out", [])),
        refused=stored.get("refused", ""),
        error_percent=100 * float(found.run.recipe.get("error_rate", 0.05)),
    )


def _row(found: RunReader, stored: Mapping[str, Any]) -> Priority:
    indicator = stored["indicator"]
    return Priority(
        number=0,
        title=found.name(indicator),
        figure=found.figure(indicator),
        importance=float(stored["importance"]),
        lower=stored["lower"],
        upper=stored["upper"],
        n=int(stored["n"]),
        satisfied=stored["satisfied"],
        matters=stored["matters"],
        word=stored["word"] if stored["word"] in WORDS else "unclear",
    )
