"""What is wrong with an imported file: row, column, what, and what to do, in both languages."""

from dataclasses import dataclass, field
from typing import Any, Final

from surveys.collection.refusal import Refused

# Nobody reads more; the count says how many there are.
MOST_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """`row` counts as the spreadsheet does (the header is row 1); 0 = the file as a whole."""

    row: int
    column: str
    vi: str
    en: str
    remedy_vi: str
    remedy_en: str

    def to_json(self) -> dict[str, Any]:
        """As jobs and pages show it."""
        return {name: getattr(self, name) for name in self.__slots__}


class ImportRefused(Refused):
    """400.31: nothing was stored; `problems` name what to correct, `count` how many there are."""

    def __init__(self, problems: list[ImportProblem]) -> None:
        super().__init__(400.31)
        ordered = sorted(problems, key=lambda each: each.row)
        self.problems = tuple(ordered[:MOST_SHOWN])
        self.count = len(problems)

    def __str__(self) -> str:
        lines = [f"row {p.row}, {p.column}: {p.en} {p.remedy_en}" for p in self.problems[:5]]
        return "; ".join(lines)


@dataclass(slots=True)
class Findings:
    """Collects problems, so that a person corrects a file once."""

    problems: list[ImportProblem] = field(default_factory=list)

    def add(
        self, row: int, column: str, *, vi: str, en: str, remedy_vi: str, remedy_en: str
    ) -> None:
        self.problems.append(ImportProblem(row, column, vi, en, remedy_vi, remedy_en))

    def stop(self) -> None:
        """Refuse when anything was found."""
        if self.problems:
            raise ImportRefused(self.problems)


def refuse_file(vi: str, en: str, remedy_vi: str, remedy_en: str) -> ImportRefused:
    """The file as a whole cannot be read."""
    return ImportRefused([ImportProblem(0, "", vi, en, remedy_vi, remedy_en)])
