"""The submissions of a selection as CSV: what the list shows, and their answers, line by line."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from surveys.collection import readout
from surveys.collection.audit import Reading, note_reading
from surveys.collection.models import Form, Submission, User
from surveys.collection.spreadsheets import as_text
from surveys.fieldwork import scope
from surveys.fieldwork.models import Visit
from surveys.fieldwork.selection import Selection, ordered, submissions

BOM: Final = "\ufeff"  # Excel reads UTF-8 only behind it
FIRST: Final = ("instanceID", "name", "received", "changed", "enumerator", "review", "version")
PLACE: Final = ("commune", "village", "household")
BLOCK: Final = 500


class _Echo:
    """A file that hands back what is written into it."""

    def write(self, text: str) -> str:
        return text


def export(who: User, form: Form, asked: Selection) -> Iterator[str]:
    """The lines of the file, in the order asked for; noted in the audit log.

    Answers that only reviewers read are empty in the records that the person does not review.
    """
    rows = ordered(submissions(who, form, asked), asked.sort)
    if scope.reads_restricted(who, form) is not False:
        note_reading(
            Reading.EXPORT, who.actor, form=form, format="list.csv", filter=sorted(asked.to_json())
        )
    return _lines(who, form, rows)


def _lines(who: User, form: Form, rows: QuerySet[Submission]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    tables = readout.tables(form)
    columns = [column for table in tables if table.is_root for column in table.columns]
    yield BOM + writer.writerow([*FIRST, *PLACE, *(as_text(each.name) for each in columns)])
    reviewed = scope.reviewable_submissions(who, form)
    for block in _blocks(readout.rows(rows, tables, restricted=reviewed, only=())):
        places = _places([each.system.id for each in block])
        for each in block:
            system = each.system
            cells = [
                system.instance_id,
                system.instance_name,
                _moment(system.submitted_at),
                _moment(system.updated_at),
                system.submitter_name or "",
                system.review_state or "",
                system.form_version,
                *places.get(system.id, ("", "", "")),
                *(each.root.values.get(column.name) or "" for column in columns),
            ]
            yield writer.writerow([as_text(cell) for cell in cells])


def _blocks(filled: Iterator[readout.Filled]) -> Iterator[list[readout.Filled]]:
    block: list[readout.Filled] = []
    for each in filled:
        block.append(each)
        if len(block) == BLOCK:
            yield block
            block = []
    yield block


def _places(ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Commune, village and number of the household of each."""
    found = Visit.objects.filter(submission__in=ids).values_list(
        "submission",
        "household__village__village__unit__name",
        "household__village__village__name",
        "household__hh_seq",
    )
    return {row[0]: tuple(str(cell) for cell in row[1:]) for row in found}


def _moment(value: datetime | None) -> str:
    return timezone.localtime(value).isoformat(timespec="seconds") if value is not None else ""
