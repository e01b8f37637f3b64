"""What a caller may read out of a form: its submissions, its tables, whose answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from api.central.door import Call
from api.central.lookups import draft_of, form_of, submissions_of, trash_of
from api.central.odata_fields import BASE, DELETED_AT
from api.central.odata_filter import Node, properties_of
from api.problems import ProblemRaised
from surveys.collection import rights
from surveys.collection.audit import Reading, note_reading
from surveys.collection.models import Form, Submission
from surveys.collection.readout import Restricted, Table, tables
from surveys.collection.rights import Right
from surveys.fieldwork import scope


@dataclass(frozen=True, slots=True)
class Source:
    """What a caller may read of a form: its submissions (and those deleted), and its tables."""

    form: Form
    submissions: QuerySet[Submission]
    deleted: QuerySet[Submission]
    layout: Sequence[Table]
    restricted: Restricted
    is_draft: bool = False

    def about(self, node: Node | None) -> QuerySet[Submission]:
        """The living submissions; with the deleted ones where a filter names their time."""
        if node is None or not any(
            each.path.removeprefix(BASE) == DELETED_AT for each in properties_of(node)
        ):
            return self.submissions
        living, deleted = (
            Q(pk__in=each.order_by().values("pk")) for each in (self.submissions, self.deleted)
        )
        return Submission.objects.filter(living | deleted)


def source_of(
    call: Call, project_id: int, form_id: str, *, is_draft: bool, deleted_fields: bool = False
) -> Source:
    """The source of a form, or of the test records of its draft.

    Raises
    ------
    ProblemRaised : 404.2, 404.3, 404.8 never published, 404.9 no draft.
    Forbidden : 403.1, 403.2.
    """
    form = form_of(call, project_id, form_id)
    visible = submissions_of(call, form, is_draft=is_draft)
    if is_draft:
        draft_of(form)
    elif form.current is None:
        raise ProblemRaised(404.8, version="")
    return Source(
        form=form,
        submissions=visible,
        deleted=_deleted(call, form, is_draft=is_draft),
        layout=tables(form, deleted_fields=deleted_fields, is_draft=is_draft),
        restricted=True if is_draft else scope.reads_restricted(call.user, form),
        is_draft=is_draft,
    )


def note(call: Call, source: Source, **details: Any) -> None:
    """Note that restricted answers are read; test records of a draft are nobody's."""
    holds_any = any(column.is_restricted for table in source.layout for column in table.columns)
    if holds_any and source.restricted is not False and not source.is_draft:
        note_reading(Reading.EXPORT, call.actor, form=source.form, **details)


def _deleted(call: Call, form: Form, *, is_draft: bool) -> QuerySet[Submission]:
    """Those in the trash are for who may take them back."""
    if is_draft or not rights.may(call.user, Right.DELETE_RECORDS, form.project):
        return Submission.objects.none()
    return trash_of(call, form)
