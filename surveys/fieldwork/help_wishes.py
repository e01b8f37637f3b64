"""Who asked for help and agreed to be phoned: read from the records that count, copied nowhere.

A wish stands in form A: `a_cons_contact` is yes (asked of adults alone) and a number stands in
`a_tel`. When the number goes, by erasure or by its clock, the wish is gone from every list.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.db.models import Count, OuterRef, Q, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from forms.schema import Field, FormSchema, Labels
from surveys.collection.models import Form, FormVersion, Record
from surveys.collection.schemas import schema_of
from surveys.fieldwork.models import CaseOutcome, HelpTicket, Round, RoundForm
from surveys.fieldwork.scope import IN_COMMUNES

CONSENT, PHONE, HELP, PLACE, MOMENT = "a_cons_contact", "a_tel", "a_help", "a_helpch", "consent_at"
PAGE: Final = 50
_HOUSEHOLD: Final = "submission__visit__household"
_VILLAGE: Final = f"{_HOUSEHOLD}__village__village"


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer: its code and what the form calls it."""

    code: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class HelpWish:
    """One person of one household. The number itself is not in here."""

    submission_id: int
    ordinal: int
    household: int  # its number in the village
    village: str
    commune: str
    commune_name: str
    help: tuple[Choice, ...]
    place: tuple[Choice, ...]
    consented_on: date
    ticket: HelpTicket

    @property
    def number(self) -> str:
        """What the ticket is called: the record and the person in it."""
        return f"{self.submission_id}-{self.ordinal + 1}"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which wishes: of these communes (None: all), in this state, after this place of the list."""

    communes: frozenset[str] | None
    status: str = ""
    commune: str = ""
    assigned_to: int | None = None
    after: tuple[int, int] = (0, -1)


@dataclass(frozen=True, slots=True)
class _Questions:
    """The questions of form A by name; forms without them have no wishes."""

    form: Form
    by_name: Mapping[str, Field]


def wishes_of(round_: Round, asked: Asked, *, most: int = PAGE) -> list[HelpWish]:
    """The wishes of a round, oldest record first, at most so many."""
    questions = _questions(round_)
    rows = _asked(questions, round_, asked)
    return _read(questions, list(rows[:most])) if questions and rows is not None else []


def pages_of(round_: Round, asked: Asked) -> Iterator[list[HelpWish]]:
    """All of them, page by page."""
    while found := wishes_of(round_, asked):
        yield found
        last = found[-1]
        asked = replace(asked, after=(last.submission_id, last.ordinal))


def find(
    round_: Round, communes: frozenset[str] | None, submission_id: int, ordinal: int
) -> HelpWish | None:
    """One wish, if it stands and lies in the communes."""
    asked = Asked(communes, after=(submission_id, ordinal - 1))
    found = wishes_of(round_, asked, most=1)
    return next(
        (each for each in found if (each.submission_id, each.ordinal) == (submission_id, ordinal)),
        None,
    )


def phones_of(round_: Round, wishes: Iterable[HelpWish]) -> dict[tuple[int, int], str]:
    """The numbers by record and person; whoever asks has to note it (`help_tickets`)."""
    questions = _questions(round_)
    if questions is None:
        return {}
    field = questions.by_name[PHONE]
    ids = [wish.submission_id for wish in wishes]
    rows = Record.objects.filter(submission__in=ids, table=field.table)
    return {
        (submission_id, ordinal): str(values.get(field.column, ""))
        for submission_id, ordinal, values in rows.values_list("submission_id", "ordinal", "values")
    }


def open_by_village(round_: Round) -> dict[str, int]:
    """How many wishes wait in each village (by its id)."""
    rows = _asked(_questions(round_), round_, Asked(None))
    if rows is None:
        return {}
    waiting = rows.exclude(status=HelpTicket.Status.DONE).order_by()
    counted = waiting.values_list(f"{_VILLAGE}_id").annotate(n=Count("pk"))
    return {village: n for village, n in counted if village is not None}


def counts(round_: Round, communes: frozenset[str] | None) -> dict[str, int]:
    """How many wishes by status."""
    rows = _asked(_questions(round_), round_, Asked(communes))
    if rows is None:
        return {}
    return dict(rows.order_by().values_list("status").annotate(n=Count("pk")))


def _questions(round_: Round) -> _Questions | None:
    found = RoundForm.objects.filter(round=round_, kind=RoundForm.Kind.DIGITAL)
    row = found.select_related("form").first()
    if row is None:
        return None
    fields: dict[str, Field] = {}
    versions = FormVersion.objects.filter(form=row.form).order_by("pk")
    for version_id, md5 in versions.values_list("pk", "md5"):
        fields |= _named(schema_of(version_id, md5))
    needed = (CONSENT, PHONE, HELP)
    return _Questions(row.form, fields) if all(name in fields for name in needed) else None


def _named(schema: FormSchema) -> dict[str, Field]:
    wanted = {CONSENT, PHONE, HELP, PLACE, MOMENT}
    return {field.name: field for field in schema.fields if field.name in wanted}


def _said(field: Field) -> Cast:
    return Cast(KeyTextTransform(field.column, "values"), TextField())


def _asked(
    questions: _Questions | None, round_: Round, asked: Asked
) -> Any:  # a queryset of records with consent, phone and status
    if questions is None:
        return None
    consent, phone = questions.by_name[CONSENT], questions.by_name[PHONE]
    counting = CaseOutcome.objects.filter(
        round=round_, kind=RoundForm.Kind.DIGITAL, submission__isnull=False
    )
    tickets = HelpTicket.objects.filter(
        submission=OuterRef("submission"), ordinal=OuterRef("ordinal")
    )
    rows = (
        Record.objects.filter(
            form=questions.form,
            table=consent.table,
            submission__in=counting.values("submission_id"),
            submission__deleted_at=None,
        )
        .annotate(
            consent=_said(consent),
            phone=_said(phone),
            status=Coalesce(
                Subquery(tickets.values("status")[:1]), Value(HelpTicket.Status.OPEN.value)
            ),
        )
        .filter(consent="yes")
        .exclude(Q(phone=None) | Q(phone=""))
        .order_by("submission_id", "ordinal")
    )
    record, person = asked.after
    rows = rows.filter(Q(submission_id__gt=record) | Q(submission_id=record, ordinal__gt=person))
    if asked.communes is not None:
        rows = rows.filter(_in(asked.communes))
    if asked.commune:
        rows = rows.filter(_in([asked.commune]))
    if asked.status:
        rows = rows.filter(status=asked.status)
    if asked.assigned_to is not None:
        rows = rows.annotate(to=Subquery(tickets.values("assigned_to")[:1]))
        rows = rows.filter(to=asked.assigned_to)
    return rows


def _in(communes: Iterable[str]) -> Q:
    """In the commune in force, as every right of area is cut."""
    unit = f"submission__visit__{IN_COMMUNES}"
    return Q(**{f"{unit}__code__in": list(communes), f"{unit}__valid_to": None})


def _read(questions: _Questions, rows: list[Record]) -> list[HelpWish]:
    ids = [row.submission_id for row in rows]
    tickets = {
        (each.submission_id, each.ordinal): each
        for each in HelpTicket.objects.filter(submission__in=ids).select_related("assigned_to")
    }
    places = _places(ids)
    agreed = _agreed(questions, ids)
    found = []
    for row in rows:
        place = places.get(row.submission_id)
        if place is None:
            continue
        ticket = tickets.get((row.submission_id, row.ordinal))
        found.append(
            HelpWish(
                submission_id=row.submission_id,
                ordinal=row.ordinal,
                household=place[f"{_HOUSEHOLD}__hh_seq"],
                village=place[f"{_VILLAGE}__name"],
                commune=place[f"{_VILLAGE}__unit__code"],
                commune_name=place[f"{_VILLAGE}__unit__name"],
                help=_choices(questions, HELP, row.values),
                place=_choices(questions, PLACE, row.values),
                consented_on=agreed.get(row.submission_id)
                or timezone.localdate(place["submission__visit__visited_at"]),
                ticket=ticket or HelpTicket(submission_id=row.submission_id, ordinal=row.ordinal),
            )
        )
    return found


def _places(ids: list[int]) -> dict[int, dict[str, Any]]:
    names = (
        f"{_HOUSEHOLD}__hh_seq",
        f"{_VILLAGE}__name",
        f"{_VILLAGE}__unit__code",
        f"{_VILLAGE}__unit__name",
        "submission__visit__visited_at",
    )
    roots = Record.objects.filter(submission__in=ids, table="", ordinal=0)
    rows = roots.exclude(**{f"{_HOUSEHOLD}": None}).values("submission_id", *names)
    return {row["submission_id"]: row for row in rows}


def _agreed(questions: _Questions, ids: list[int]) -> dict[int, date]:
    """The day on which the household agreed, as the phone wrote it."""
    field = questions.by_name.get(MOMENT)
    if field is None:
        return {}
    found = {}
    roots = Record.objects.filter(submission__in=ids, table=field.table)
    for submission_id, values in roots.values_list("submission_id", "values"):
        try:
            found[submission_id] = date.fromisoformat(str(values.get(field.column, ""))[:10])
        except ValueError:
            continue
    return found


def _choices(questions: _Questions, name: str, values: Mapping[str, str]) -> tuple[Choice, ...]:
    field = questions.by_name.get(name)
    if field is None:
        return ()
    known = {each.name: each.labels for each in field.choices.choices} if field.choices else {}
    said = str(values.get(field.column, "")).split()
    return tuple(Choice(code, known.get(code, {})) for code in said)
