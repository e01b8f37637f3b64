"""Which rows an OData request gets: filter, order, page mark, count.

A page begins after the last row of the one before, by that row's place and not by a number of
rows: so pages stay right and quick while records arrive, however many there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum

from api.central.odata_fields import BASE, RowFields, SubmissionFields
from api.central.odata_filter import Node, condition, ordering, properties_of
from api.central.odata_filter.compiler import SUPPORTED
from api.central.odata_filter.syntax import Logical
from api.central.odata_options import Options, PageMark
from api.central.odata_source import Source
from api.problems import ProblemRaised
from surveys.collection.models import Attachment, Record, Submission
from surveys.collection.readout import Table, ids_of, in_order


@dataclass(frozen=True, slots=True)
class Begin:
    """Where within the first submission a page of a repeat's table begins: at an ordinal, or after
    the row of an id; or after a number of rows.
    """

    submission_id: int = 0
    ordinal: int = 0
    after: str = ""
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """The submissions of a request in their order, and which rows of a repeat's table."""

    source: Source
    table: Table
    options: Options
    submissions: QuerySet[Submission]
    rows: QuerySet[Record] | None  # of a repeat: those that the filter lets through
    is_row_filtered: bool
    ids: Sequence[int] = ()
    begin: Begin = Begin()

    @property
    def has_more(self) -> bool:
        """Of the root table: whether a row stands after the page."""
        return self.options.top is not None and len(self.ids) > self.options.top

    def count(self) -> int:
        """Rows of the whole table that the filter lets through."""
        if self.rows is None:
            return self.submissions.count()
        return self.rows.filter(submission__in=self.submissions.order_by().values("pk")).count()

    def etag(self, *said: object) -> str:
        """Changes with anything that the rows show: submissions, edits, states, files, forms; and
        with what else was said.
        """
        chosen = (
            Submission.objects.filter(pk__in=self.ids)
            if self.options.top is not None
            else self.submissions.order_by()
        )
        known = chosen.aggregate(
            n=Count("pk"),
            sum=Sum("pk"),
            changed=Max("updated_at"),
            derived=Count("pk", filter=Q(state=Submission.State.DERIVED)),
        )
        files = Attachment.objects.filter(
            version__submission__in=chosen.values("pk"), version__is_current=True
        ).aggregate(there=Count("blob"))
        versions = sorted(self.source.layout[0].stored)
        privacy, n = self.source.form.privacy, len(self.ids)
        shown = self.source.restricted  # somebody who may read more, or less, than a moment ago
        reach = shown if isinstance(shown, bool) else "some"
        parts = [known, files, versions, privacy, reach, self.options, n, self.table.name, *said]
        return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def select(source: Source, table: Table, options: Options) -> Selection:
    """Work out what a request gets; the ids of its submissions are read here.

    Raises
    ------
    ProblemRaised : what `$filter`, `$orderby` and `$skiptoken` are refused with.
    """
    chosen = _filtered(source, table, options)
    if options.order:
        return _ordered(chosen, options)
    submissions, begin = in_order(chosen.submissions.order_by()), Begin()
    skip = 0 if options.mark is not None else options.skip
    if options.mark is not None:
        place = _marked(source, options.mark)
        submissions = _behind(submissions, place, with_it=not table.is_root)
        begin = Begin(place or 0, after=options.mark.repeat_id)
    if chosen.rows is not None:
        # Each gives a row at least, so that a page needs no more of them than it has rows.
        submissions = submissions.filter(Exists(chosen.rows.filter(submission=OuterRef("pk"))))
        if skip:
            begin = _row_at(chosen.rows, submissions, skip)
            submissions, skip = _behind(submissions, begin.submission_id, with_it=True), 0
    end = None if options.top is None else skip + options.top + 1
    return replace(chosen, ids=ids_of(submissions[skip:end]), begin=begin)


def _filtered(source: Source, table: Table, options: Options) -> Selection:
    shows_all = source.restricted is True
    fields = SubmissionFields(
        source.layout[0], shows_restricted=shows_all, needs_base=not table.is_root
    )
    rows = None if table.is_root else Record.objects.filter(table__in=set(table.stored.values()))
    submissions = source.about(options.filter)
    own: list[Node] = []
    for part in _conjuncts(options.filter):
        if table.is_root or all(each.path.startswith(BASE) for each in properties_of(part)):
            found = condition(part, fields)
            submissions = fields.joined(submissions).filter(found)
        elif any(each.path.startswith(BASE) for each in properties_of(part)):
            raise ProblemRaised(501.51, text="or", at=0, supported=SUPPORTED)
        else:
            own.append(part)
    if rows is not None:
        row_fields = RowFields(table, shows_restricted=shows_all)
        for part in own:
            rows = rows.filter(condition(part, row_fields))
    return Selection(source, table, options, submissions, rows, is_row_filtered=bool(own))


def _conjuncts(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.parts if isinstance(node, Logical) and node.operator == "and" else (node,)


def _ordered(chosen: Selection, options: Options) -> Selection:
    """In an order that the caller names: the ids of all are read, and the page is cut out."""
    source, table = chosen.source, chosen.table
    fields = SubmissionFields(
        source.layout[0],
        shows_restricted=source.restricted is True,
        needs_base=not table.is_root,
    )
    orders = ordering(options.order, fields)
    tie = "-pk" if orders[0].descending else "pk"
    ids: Sequence[int] = ids_of(fields.joined(chosen.submissions).order_by(*orders, tie))
    begin = Begin() if table.is_root else Begin(skip=options.skip)
    if options.mark is not None:
        place = _marked(source, options.mark)
        if place is None or place not in ids:
            raise ProblemRaised(400.55)
        ids = ids[ids.index(place) + (1 if table.is_root else 0) :]
        begin = Begin(place, after=options.mark.repeat_id)
    elif table.is_root:
        ids = ids[options.skip :]
    if table.is_root and options.top is not None:
        ids = ids[: options.top + 1]
    return replace(chosen, ids=ids, begin=begin)


def _marked(source: Source, mark: PageMark) -> int | None:
    """The submission of a page mark, also one that was deleted meanwhile."""
    found = Submission.objects.filter(
        form=source.form, is_draft=source.is_draft, instance_id=mark.instance_id
    )
    return found.values_list("pk", flat=True).first()


def _behind(
    submissions: QuerySet[Submission], place: int | None, *, with_it: bool
) -> QuerySet[Submission]:
    """Those after a submission, newest first; of a repeat's table with it: its rows may go on."""
    if not place:
        return submissions.none()
    # Compared within the database: SQLite keeps moments as texts of several lengths.
    moment = Subquery(Submission.objects.filter(pk=place).values("created_at"))
    same = Q(pk__lte=place) if with_it else Q(pk__lt=place)
    return submissions.filter(Q(created_at__lt=moment) | same, created_at__lte=moment)


def _row_at(rows: QuerySet[Record], submissions: QuerySet[Submission], skip: int) -> Begin:
    """The row that stands after a number of them."""
    found = (
        rows.filter(submission__in=submissions.order_by().values("pk"))
        .order_by("-submission__created_at", "-submission_id", "ordinal")
        .values_list("submission_id", "ordinal")[skip : skip + 1]
        .first()
    )
    return Begin(*found) if found is not None else Begin()
