"""What a file is made of: its tables and the stream of its lines, for one reader of the form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet

from surveys.collection.models import Actor, Form, Submission
from surveys.collection.privacy import classes_of
from surveys.collection.readout import Column, Filled, rows, tables
from surveys.fieldwork import scope
from surveys.results.exports.cells import Cells, Line
from surveys.results.exports.options import Options
from surveys.results.exports.reach import reach_of
from surveys.results.exports.variables import Policy, sheets_of

Tell = Callable[[int], None]
"""Told how many records are written."""

TELL_EVERY = 500


@dataclass(slots=True)
class Counted:
    """What a pass over the lines saw: rows a table, missing and unfit answers a variable."""

    rows: Counter[str] = field(default_factory=Counter)
    missing: Counter[tuple[str, str]] = field(default_factory=Counter)
    unfit: Counter[tuple[str, str]] = field(default_factory=Counter)


class Source:
    """The records of a form as one person may have them in a file. Read it once."""

    def __init__(
        self,
        form: Form,
        actor: Actor,
        options: Options,
        *,
        tell: Tell | None = None,
    ) -> None:
        self.form = form
        self.options = options
        self.counted = Counted()
        self._actor = actor
        self._tell = tell or (lambda _n: None)
        self._tables = tables(form, deleted_fields=True)
        self.sheets = sheets_of(self._tables, self._policy())
        self.default_language = self._tables[0].default_language if self._tables else ""

    @property
    def submissions(self) -> QuerySet[Submission]:
        """Those that the person reads and asked for, oldest first."""
        visible = scope.visible_submissions(self._actor, self.form)
        return visible.filter(self.options.wanted()).order_by("created_at", "id")

    def records(self) -> Iterator[Filled]:
        """Whole submissions, one after the other."""
        reviewed = scope.reviewable_submissions(self._actor, self.form)
        found = rows(self.submissions, self._tables, restricted=reviewed)
        for number, filled in enumerate(found, 1):
            yield filled
            if number % TELL_EVERY == 0:
                self._tell(number)

    def lines(self) -> Iterator[Line]:
        """All lines in constant memory: each submission's root, its repeats, its notes."""
        for _, lines in self.submissions_with_lines():
            yield from lines

    def submissions_with_lines(self) -> Iterator[tuple[Filled, list[Line]]]:
        """Each submission with its lines."""
        cells = Cells(self.sheets, self.options)
        names = {sheet.name: [each.name for each in sheet.variables] for sheet in self.sheets}
        for filled in self.records():
            lines = list(cells.lines(filled))
            for line in lines:
                self._count(line, names[line.sheet.name])
            yield filled, lines

    def _count(self, line: Line, names: list[str]) -> None:
        sheet = line.sheet.name
        self.counted.rows[sheet] += 1
        if line.sheet.is_notes:
            _, table, _, variable, _, _ = line.cells
            self.counted.unfit[str(table), str(variable)] += 1
            return
        missing = self.counted.missing
        for name, cell in zip(names, line.cells, strict=True):
            if cell is None:
                missing[sheet, name] += 1

    def _policy(self) -> Policy:
        classes = classes_of(self.form)

        def is_left_out(column: Column) -> bool:
            return classes.is_left_out(column.field)

        return Policy(
            options=self.options,
            reads_restricted=reach_of(self._actor, self.form).reads_restricted,
            is_left_out=is_left_out,
            privacy=lambda column: classes.of(column.field),
        )
