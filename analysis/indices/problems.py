"""What is wrong with a definition file: where it stands, in words for whoever wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.errors import AnalysisError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct. `entry` is as in the file, `indicator.net_3m`; line 0: not known."""

    file: str
    line: int
    entry: str
    field: str
    vi: str
    en: str

    def place(self) -> str:
        """File, line, entry and field, as far as they are known."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return " ".join(part for part in (where, self.entry, self.field) if part)

    def __str__(self) -> str:
        return f"{self.place()}: {self.en}"


class DefinitionError(AnalysisError):
    """A definition file is not sound; `problems` says everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Lines:
    """Where entries and fields stand in the text of a file."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()

    def of(self, entry: str, field: str = "") -> int:
        """The line of a field of an entry, else of the entry's heading, else 0.

        Examples
        --------
        >>> Lines("[base.all]\\nvi = 'a'\\n[base.some]\\nvi = 'b'").of("base.some", "vi")
        4
        """
        start = self._heading(entry)
        if not start and "." in entry:
            above, _, last = entry.rpartition(".")
            return self.of(above, last)
        if not field or (entry and not start):
            return start
        wanted = re.compile(rf"\s*{re.escape(field)}\s*[=.]")
        for at, line in enumerate(self.lines[start:], start + 1):
            if line.lstrip().startswith("["):
                nested = re.match(rf"\s*\[\s*{re.escape(entry)}\.{re.escape(field)}", line)
                if nested:
                    return at
                if not line.lstrip().startswith(f"[{entry}."):
                    break
            if wanted.match(line):
                return at
        return start

    def _heading(self, entry: str) -> int:
        heading = re.compile(rf"\s*\[\s*{re.escape(entry)}\s*\]\s*(#.*)?$")
        return next((at for at, line in enumerate(self.lines, 1) if heading.match(line)), 0)


class Notes:
    """Problems as they are found in one file."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.lines = file, Lines(text)
        self.found: list[Problem] = []

    def add(self, entry: str, field: str, vi: str, en: str) -> None:
        self.found.append(Problem(self.file, self.lines.of(entry, field), entry, field, vi, en))

    def stop_if_any(self) -> None:
        if self.found:
            raise DefinitionError(tuple(self.found))
