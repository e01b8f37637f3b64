"""The answers of submissions as text to search in, made by the worker after the event.

Vietnamese is typed with and without its marks: both are folded to plain small letters. Answers
that only reviewers read stand in a text of their own. A row that may be out of date is stale and
is not searched until it was made anew: making records anew (`projection`) empties it in the same
transaction, classing a question otherwise (`privacy_changes`) marks those of the form.
"""

import time
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef

from forms.schema import Field, FormSchema
from surveys.collection.audit import Reading
from surveys.collection.durability import relaxed
from surveys.collection.following import follow
from surveys.collection.models import (
    AnswerText,
    AuditEvent,
    Form,
    Record,
    Submission,
    SubmissionVersion,
)
from surveys.collection.privacy import Classes, classes_of
from surveys.collection.schemas import schema_of

FOLLOWER: Final = "answer_text"
LONGEST: Final = 20_000  # characters of one text: nobody searches further into a record
BATCH: Final = 200
# At most a twenty-fifth of the worker's time: what is searched may be seconds old.
SECONDS: Final = 0.2
# Events of a submission that leave its answers as they are.
HARMLESS: Final = frozenset(
    {
        *Reading,
        "submission.review",
        "submission.comment",
        "submission.delete",
        "submission.restore",
        "submission.attachment.update",
        "submission.bulk",
    }
)
UNCHANGED: Final = ("submission.read", "entity.")


def fold(text: str) -> str:
    """Plain small letters: "Như Thanh" and "NHƯ  THANH" become "nhu thanh"."""
    parted = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(letter for letter in parted if not unicodedata.combining(letter))
    return " ".join(plain.replace("đ", "d").split())


@dataclass(frozen=True, slots=True)
class _Texts:
    open: str
    restricted: str


def keep_up(seconds: float = SECONDS) -> int:
    """Bring the texts up to date for a moment; returns how many submissions were looked at."""
    deadline = time.monotonic() + seconds
    n_done = 0
    while time.monotonic() < deadline:
        with relaxed():
            n_read = follow(FOLLOWER, AuditEvent.objects.all(), _take, limit=BATCH)
        n_fresh = freshen()
        n_done += n_read + n_fresh
        if n_read < BATCH and n_fresh < BATCH:
            break
    return n_done


def freshen(limit: int = BATCH) -> int:
    """Make stale texts anew whose records are there by now."""
    made = Submission.objects.filter(pk=OuterRef("pk")).exclude(state=Submission.State.RECEIVED)
    stale = AnswerText.objects.filter(Exists(made), is_stale=True)
    ids = list(stale.order_by("submission").values_list("pk", flat=True)[:limit])
    if ids:
        with relaxed():
            write(ids)
    return len(ids)


def mark_stale(form: Form) -> int:
    """Search none of the form's answers until their texts were made anew."""
    return AnswerText.objects.filter(form=form, is_stale=False).update(is_stale=True)


def write(submission_ids: Collection[int]) -> None:
    """Make the texts of these submissions; trials of drafts get none."""
    found = Submission.objects.filter(pk__in=submission_ids, is_draft=False).select_related("form")
    rows = list(found.order_by("pk"))
    derived = [row.pk for row in rows if row.state == Submission.State.DERIVED]
    schemas = _schemas(derived)
    records: dict[int, list[Record]] = defaultdict(list)
    for record in Record.objects.filter(submission__in=derived).order_by("submission", "pk"):
        records[record.submission_id].append(record)
    texts = []
    for row in rows:
        made = _texts(row, schemas.get(row.pk), records[row.pk])
        texts.append(
            AnswerText(
                submission=row,
                form=row.form,
                open=made.open,
                restricted=made.restricted,
                is_stale=row.state == Submission.State.RECEIVED,
            )
        )
    AnswerText.objects.bulk_create(
        texts,
        update_conflicts=True,
        unique_fields=["submission"],
        update_fields=["form", "open", "restricted", "is_stale"],
    )


def _take(events: list[AuditEvent]) -> None:
    changed = {
        event.submission_id
        for event in events
        if event.submission_id is not None
        and event.action not in HARMLESS
        and not event.action.startswith(UNCHANGED)
    }
    if changed:
        write(changed)


def _schemas(submission_ids: Collection[int]) -> dict[int, FormSchema]:
    versions = SubmissionVersion.objects.filter(submission__in=submission_ids, is_current=True)
    return {
        submission: schema_of(version, md5)
        for submission, version, md5 in versions.values_list(
            "submission", "form_version", "form_version__md5"
        )
    }


def _texts(row: Submission, schema: FormSchema | None, records: Iterable[Record]) -> _Texts:
    if row.state == Submission.State.PURGED:
        return _Texts("", "")
    shown = [row.instance_name]
    hidden: list[str] = []
    if schema is not None:
        classes = classes_of(row.form)
        for record in records:
            _sort_out(schema, classes, record, shown, hidden)
    return _Texts(_joined(shown), _joined(hidden))


def _sort_out(
    schema: FormSchema, classes: Classes, record: Record, shown: list[str], hidden: list[str]
) -> None:
    for column, said in record.values.items():
        if not said:
            continue
        field = schema.find(column, record.table)
        # Nobody classed what the form does not describe: for reviewers only.
        is_open = field is not None and not classes.is_restricted(field)
        (shown if is_open else hidden).extend(_words(field, said))


def _words(field: Field | None, said: str) -> list[str]:
    """An answer as given, and the words of the choices that it names."""
    if field is None or field.choices is None:
        return [said]
    chosen = set(said.split()) if field.is_select_multiple else {said}
    labels: list[Mapping[str, str]] = [
        choice.labels for choice in field.choices.choices if choice.name in chosen
    ]
    return [said, *(text for each in labels for text in each.values())]


def _joined(parts: Iterable[str]) -> str:
    # A line each: a phrase does not run from one answer into the next.
    return "\n".join(filter(None, (fold(part.replace("\x00", "")) for part in parts)))[:LONGEST]
