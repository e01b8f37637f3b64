"""Which submissions of a form somebody asks for: words, filters and order, as one value.

The same value stands behind the page, its address, a saved filter, a bulk change and `/api`.
What it finds is always cut out of what the person may read, and personal answers are searched
only where the person reviews the record.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from forms.schema import Field, FormSchema
from surveys.collection import rights
from surveys.collection.answer_text import fold
from surveys.collection.days import midnight
from surveys.collection.models import Attachment, Form, Record, Submission, SubmissionVersion
from surveys.collection.privacy import classes_of
from surveys.collection.rights import Right, Who
from surveys.collection.schemas import schema_of
from surveys.fieldwork import scope
from surveys.fieldwork.models import CaseOutcome, Visit
from surveys.fieldwork.scope import IN_COMMUNES

NO_REVIEW: Final = "none"
UNNAMED: Final = "___"
ISSUES: Final = ("any", "unreadable", "missing_files", "hasIssues", "conflict")
SORTS: Final = ("newest", "oldest", "changed", "name")
MOST_WORDS: Final = 10
_RECEIPT: Final = re.compile(r"[0-9A-Fa-f]{8}")
LONGEST: Final = 250
LARGEST: Final = 2**63 - 1
_CHANGED: Final = Coalesce("updated_at", "created_at")
_WORDS: Final = re.compile(r'"([^"]+)"|(\S+)')


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for; "" and None ask for nothing."""

    text: str = ""
    review: str = ""
    village: int | None = None
    commune: str = ""
    enumerator: int | None = None
    since: date | None = None
    until: date | None = None
    version: str = ""  # as Central writes it: `___` is the version without a name
    issue: str = ""
    question: str = ""  # "column" of the root, or "table:column" of a repeat
    answer: str = ""
    sort: str = "newest"

    @property
    def is_narrow(self) -> bool:
        return any(
            value not in ("", None) for key, value in self.to_json().items() if key != "sort"
        )

    def to_json(self) -> dict[str, str]:
        """Only what was asked for, as texts: an address can carry it."""
        said = {
            key: value.isoformat() if isinstance(value, date) else str(value)
            for key, value in asdict(self).items()
            if value not in ("", None)
        }
        return {key: value for key, value in said.items() if (key, value) != ("sort", SORTS[0])}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Selection":
        """The selection back; what cannot be read is left out."""
        known = {each.name for each in fields(cls)}
        read = {
            key: _READERS.get(key, _text)(value)
            for key, value in said.items()
            if key in known and isinstance(value, str | int)
        }
        return cls(**{key: value for key, value in read.items() if value is not None})


def submissions(who: Who, form: Form, asked: Selection) -> QuerySet[Submission]:
    """The living submissions that match, of those that the person may read; in no order yet."""
    rows = scope.visible_submissions(who, form)
    if asked.text:
        rows = _with_words(who, form, rows, asked.text)
    if asked.question and asked.answer:
        rows = _with_answer(who, form, rows, asked)
    if asked.issue:
        rows = _with_issue(rows, asked.issue)
    return rows.filter(_facts(asked))


def ordered(rows: QuerySet[Submission], sort: str) -> QuerySet[Submission]:
    """The rows by their arrival, their last change or their name."""
    if sort == "oldest":
        return rows.order_by("pk")
    if sort == "changed":
        return rows.annotate(sort_key=_CHANGED).order_by("-sort_key", "-pk")
    return rows.order_by("instance_name", "pk") if sort == "name" else rows.order_by("-pk")


def after(
    who: Who, form: Form, rows: QuerySet[Submission], sort: str, pk: int
) -> QuerySet[Submission]:
    """What follows the row of this number in `ordered`.

    The database looks up the key of that row itself: SQLite compares times as texts, and one that
    went through Python has other digits. What one may not read has no key: its place is its name.
    """
    of_form = Submission.objects.filter(form=form, is_draft=False)
    is_whole = scope.communes_of(who, form.project) is None
    row = (of_form if is_whole else scope.visible_submissions(who, form)).filter(pk=pk)
    if sort == "changed":
        key = Subquery(row.values(key=_CHANGED))
        return rows.filter(Q(sort_key__lt=key) | Q(sort_key=key, pk__lt=pk))
    if sort == "name":
        name = Subquery(row.values("instance_name"))
        return rows.filter(Q(instance_name__gt=name) | Q(instance_name=name, pk__gt=pk))
    return rows.filter(pk__gt=pk) if sort == "oldest" else rows.filter(pk__lt=pk)


def questions(who: Who, form: Form) -> list[tuple[str, Field]]:
    """The questions that one may filter by: never those whose answers one sees nowhere."""
    schema = _schema(form)
    if schema is None:
        return []
    sees_all = rights.communes_with(who, Right.REVIEW, form.project) != frozenset()
    classes = classes_of(form)
    return [
        (_key(field), field)
        for field in schema.fields
        if field.control
        and not (field.is_note or field.is_binary)
        and (sees_all or not classes.is_restricted(field))
    ]


def words_of(text: str) -> list[str]:
    """The folded words and "phrases in quotes" of a search; all of them have to be there."""
    found = (phrase or word for phrase, word in _WORDS.findall(text))
    return [word for word in map(fold, found) if word][:MOST_WORDS]


def _with_words(
    who: Who, form: Form, rows: QuerySet[Submission], text: str
) -> QuerySet[Submission]:
    if text.startswith("uuid:"):  # an id is found at once, before its answers were read
        return rows.filter(instance_id__startswith=text)
    if _RECEIPT.fullmatch(text):  # what a web form showed; eight digits may be an answer as well
        known = rows.filter(instance_id__startswith=f"uuid:{text.lower()}")
        if known.exists():
            return known
    is_open, is_anywhere = Q(), Q()
    for word in words_of(text):
        there = Q(answer_text__open__contains=word)
        is_open &= there
        is_anywhere &= there | Q(answer_text__restricted__contains=word)
    if not is_open:
        return rows
    fresh = rows.filter(answer_text__form=form, answer_text__is_stale=False)
    communes = rights.communes_with(who, Right.REVIEW, form.project)
    if communes is None:
        return fresh.filter(is_anywhere)
    if not communes:
        return fresh.filter(is_open)
    reviewed = scope.reviewable_submissions(who, form)
    return fresh.filter(is_open | (is_anywhere & Q(pk__in=reviewed.values("pk"))))


def _with_answer(
    who: Who, form: Form, rows: QuerySet[Submission], asked: Selection
) -> QuerySet[Submission]:
    field = dict(questions(who, form)).get(asked.question)
    if field is None:
        return rows.none()
    records = Record.objects.filter(form=form, table=field.table)
    # As text: Django would compare JSON with JSON, and the number 34 is not the text "34".
    said = records.annotate(said=Cast(KeyTextTransform(field.column, "values"), TextField()))
    is_it = Q()
    for code in _codes(field, asked.answer):
        is_it |= Q(said=code)
        if field.is_select_multiple:  # codes hold no blanks: one of several stands between some
            is_it |= Q(said__startswith=f"{code} ") | Q(said__endswith=f" {code}")
            is_it |= Q(said__contains=f" {code} ")
    rows = rows.filter(pk__in=said.filter(is_it).values("submission"))
    if classes_of(form).is_restricted(field):
        rows = rows.filter(pk__in=scope.reviewable_submissions(who, form).values("pk"))
    return rows


def _codes(field: Field, answer: str) -> set[str]:
    """What was typed, and the codes of the choices that are called so."""
    choices = field.choices.choices if field.choices is not None else ()
    called = {
        choice.name
        for choice in choices
        if fold(answer) in {fold(label) for label in choice.labels.values()}
    }
    return {answer, *called}


def _with_issue(rows: QuerySet[Submission], issue: str) -> QuerySet[Submission]:
    missing = Attachment.objects.filter(
        version__submission=OuterRef("pk"), version__is_current=True, blob=None, is_expected=True
    )
    kinds = {
        "unreadable": Q(state=Submission.State.QUARANTINED),
        "missing_files": Exists(missing),
        "hasIssues": Q(review_state=Submission.Review.HAS_ISSUES),
        "conflict": Q(visit__is_count_unreadable=True) | Q(pk__in=_in_conflict()),
    }
    if issue != "any":
        return rows.filter(kinds[issue])
    anything = Q()
    for kind in kinds.values():
        anything |= Q(kind)
    return rows.filter(anything)


def _in_conflict() -> QuerySet[Any]:
    contested = CaseOutcome.objects.filter(
        household=OuterRef("household"), kind=OuterRef("kind")
    ).exclude(conflicts=[])
    return Visit.objects.filter(Exists(contested)).values("submission")


def _facts(asked: Selection) -> Q:
    """What stands on the row of the submission and of its household."""
    wanted = Q()
    if asked.review:
        state = None if asked.review == NO_REVIEW else asked.review
        wanted &= Q(review_state=state)
    if asked.village is not None:
        wanted &= Q(visit__household__village=asked.village)
    if asked.commune:
        wanted &= Q(**{f"visit__{IN_COMMUNES}__code": asked.commune})
    if asked.enumerator is not None:
        wanted &= Q(submitter=asked.enumerator)
    if asked.since:
        wanted &= Q(created_at__gte=midnight(asked.since))
    if asked.until:
        wanted &= Q(created_at__lt=midnight(asked.until + timedelta(days=1)))
    if asked.version:
        name = "" if asked.version == UNNAMED else asked.version
        current = SubmissionVersion.objects.filter(
            submission=OuterRef("pk"), is_current=True, form_version__version=name
        )
        wanted &= Q(Exists(current))
    return wanted


def _schema(form: Form) -> FormSchema | None:
    return schema_of(form.current.pk, form.current.md5) if form.current is not None else None


def _key(field: Field) -> str:
    return f"{field.table}:{field.column}" if field.table else field.column


def _text(value: object) -> str | None:
    said = str(value).replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    return said[:LONGEST] or None


def _number(value: object) -> int | None:
    said = str(value)
    is_number = said.isascii() and said.isdecimal() and len(said) <= len(str(LARGEST))
    return int(said) if is_number and int(said) <= LARGEST else None


def _day(value: object) -> date | None:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return None
    return day if 1900 <= day.year <= 9000 else None  # further out no database can be asked


def _one_of(known: tuple[str, ...]) -> Any:
    return lambda value: value if value in known else None


_READERS: Final[Mapping[str, Any]] = {
    "village": _number,
    "enumerator": _number,
    "since": _day,
    "until": _day,
    "review": _one_of((NO_REVIEW, *Submission.Review.values)),
    "issue": _one_of(ISSUES),
    "sort": _one_of(SORTS),
}
