"""Properties of submissions and of their answers, as `$filter` and `$orderby` name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.db.models import (
    Count,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from api.central import answer_sql
from api.central.odata_filter import Kind, Operand
from api.central.odata_filter.expressions import Moment
from api.central.odata_names import property_path
from surveys.collection.models import Attachment, Submission, SubmissionVersion
from surveys.collection.readout import Column, Table

ROOT_ROW: Final = "odata_root"
BASE: Final = "$root/Submissions/"
DELETED_AT: Final = "__system/deletedAt"


class SubmissionFields:
    """What a property of `Submissions` is: what the system knows, and answers of the root row.

    Where the reader may not see restricted answers, they are no properties: a filter would tell
    them all the same. With `needs_base` each path begins with `$root/Submissions/`, as in tables
    of repeats.
    """

    def __init__(self, root: Table, *, shows_restricted: bool, needs_base: bool = False) -> None:
        self.answers = _by_path(root, shows_restricted=shows_restricted)
        self.needs_base = needs_base
        self.names_answers = False

    def __call__(self, path: str) -> Operand | None:
        if self.needs_base and not path.startswith(BASE):
            return None
        path = path.removeprefix(BASE)
        if (system := _SYSTEM.get(path)) is not None:
            return system()
        column = self.answers.get(path)
        if column is None:
            return None
        self.names_answers = True
        return answer_sql.operand(column, KeyTextTransform(column.name, f"{ROOT_ROW}__values"))

    def joined(self, submissions: QuerySet[Submission]) -> QuerySet[Submission]:
        """The queryset with the root rows at hand if an answer was named: at most one row each,
        which the constraint of `Record` says.
        """
        if not self.names_answers:
            return submissions
        root = FilteredRelation("records", condition=Q(records__table="", records__ordinal=0))
        return submissions.annotate(**{ROOT_ROW: root})


class RowFields:
    """What a property of a repeat's table is: an answer of the row itself."""

    def __init__(self, table: Table, *, shows_restricted: bool) -> None:
        self.answers = _by_path(table, shows_restricted=shows_restricted)

    def __call__(self, path: str) -> Operand | None:
        column = self.answers.get(path)
        if column is None:
            return None
        return answer_sql.operand(column, KeyTextTransform(column.name, "values"))


def _by_path(table: Table, *, shows_restricted: bool) -> Mapping[str, Column]:
    return {
        property_path(column.steps): column
        for column in table.columns
        if shows_restricted or not column.is_restricted
    }


def _moment(name: str, *, is_nullable: bool = True) -> Callable[[], Operand]:
    return lambda: Operand(Moment(F(name)), Kind.MOMENT, column=F(name), is_nullable=is_nullable)


def _text(name: str, *, is_nullable: bool = True) -> Callable[[], Operand]:
    return lambda: Operand(F(name), Kind.TEXT, is_nullable=is_nullable)


def _form_version() -> Operand:
    current = SubmissionVersion.objects.filter(submission=OuterRef("pk"), is_current=True)
    version = Subquery(current.values("form_version__version")[:1], output_field=TextField())
    return Operand(version, Kind.TEXT)


def _edits() -> Operand:
    versions = SubmissionVersion.objects.filter(submission=OuterRef("pk"), is_current=False)
    return Operand(_counted(versions, "submission"), Kind.NUMBER)


def _files(*, is_present: bool) -> Callable[[], Operand]:
    def operand() -> Operand:
        files = Attachment.objects.filter(
            version__submission=OuterRef("pk"), version__is_current=True, is_expected=True
        )
        chosen = files.filter(blob__isnull=False) if is_present else files
        return Operand(_counted(chosen, "version"), Kind.NUMBER)

    return operand


def _counted(rows: QuerySet[SubmissionVersion] | QuerySet[Attachment], owner: str) -> Coalesce:
    counts = rows.order_by().values(owner).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


_SYSTEM: Final[Mapping[str, Callable[[], Operand]]] = {
    "__id": _text("instance_id", is_nullable=False),
    "__system/submissionDate": _moment("created_at", is_nullable=False),
    "__system/updatedAt": _moment("updated_at"),
    DELETED_AT: _moment("deleted_at"),
    # A number in the database, a text in the JSON; a filter may write either.
    "__system/submitterId": lambda: Operand(F("submitter_id"), Kind.NUMBER),
    "__system/submitterName": _text("submitter__display_name"),
    "__system/reviewState": _text("review_state"),
    "__system/deviceId": _text("device_id"),
    "__system/formVersion": _form_version,
    "__system/edits": _edits,
    "__system/attachmentsPresent": _files(is_present=True),
    "__system/attachmentsExpected": _files(is_present=False),
}
