"""A person asks for the own answers to be erased: found, shown, taken out, all that follows.

The household's outcome is brought up to date in the same transaction; runs that used the record
are not changed, the pages say how many records were withdrawn since (`withdrawn_since`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Replace

from forms.schema import Field
from surveys.collection import audit, blob_sweep, erasure, projection, rights
from surveys.collection.audit import Reading
from surveys.collection.models import (
    Actor,
    Attachment,
    Erasure,
    Form,
    Project,
    Quarantined,
    Record,
    Submission,
)
from surveys.collection.privacy import PrivacyClass, classes_of
from surveys.collection.rights import Right
from surveys.collection.schemas import schema_of
from surveys.fieldwork import outcomes
from surveys.fieldwork.models import HelpTicket

MOST_FOUND: Final = 100
SHORTEST_PHONE: Final = 8  # digits
_NOT_DIGITS: Final = re.compile(r"\D")
_BETWEEN_DIGITS: Final = " .-()"  # what people write into a phone number


@dataclass(frozen=True, slots=True)
class PersonFound:
    """Records in which a person may be meant, and kept arrivals that are no record."""

    submissions: tuple[Submission, ...]
    kept: tuple[Quarantined, ...]


def find(actor: Actor, project: Project, asked: str) -> PersonFound:
    """The records of an instanceID, a household or a phone number, in all forms of a project.

    What was asked for is not written to the audit log, only that somebody looked.

    Raises
    ------
    rights.Forbidden : the actor may not remove records of the project.
    """
    rights.require(actor, Right.DELETE_RECORDS, project)
    asked = asked.strip().replace("\x00", "")
    if not asked:
        return PersonFound((), ())
    forms = [
        form
        for form in Form.objects.filter(project=project).select_related("current", "project")
        if rights.may_read_records(actor, form)
    ]
    ids = {asked, f"uuid:{asked}"}
    found = set(_living(forms).filter(_named(ids)).values_list("pk", flat=True)[:MOST_FOUND])
    numbers = phone_spellings(asked)
    for form in forms if numbers else ():
        found |= _with_number(form, numbers)
    rows = _living(forms).filter(pk__in=sorted(found)[:MOST_FOUND])
    kept = [
        row
        for row in Quarantined.objects.filter(project=project)
        .exclude(xml=b"")
        .order_by("pk")
        .iterator(chunk_size=100)
        if row.instance_id in ids or _holds(bytes(row.xml), numbers)
    ]
    audit.note_reading(
        Reading.PERSON,
        actor,
        project=project,
        by="phone" if numbers else "id",
        records=rows.count(),
        kept=len(kept),
    )
    listed = rows.select_related("form", "visit__household").order_by("-created_at", "-pk")
    return PersonFound(tuple(listed), tuple(kept[:MOST_FOUND]))


def phone_spellings(asked: str) -> tuple[str, ...]:
    """A phone number without its blanks and dots: 0912345678, +84912345678, 84912345678, or
    912345678 as a question for numbers keeps it.
    """
    digits = _NOT_DIGITS.sub("", asked)
    if len(digits) < SHORTEST_PHONE or len(digits) < len(asked.replace(" ", "")) - 3:
        return ()
    core = digits.removeprefix("84") if digits.startswith("84") else digits.removeprefix("0")
    return tuple(dict.fromkeys((digits, core, f"0{core}", f"84{core}", f"+84{core}")))


def erase(actor: Actor, submission: Submission, extent: Erasure.Extent, reason: str) -> Erasure:
    """Take a person's answers out of a record, all its versions and copies.

    Raises
    ------
    rights.Forbidden, erasure.ErasureRefused : see `surveys.collection.erasure.erase`.
    """
    named = Attachment.objects.filter(version__submission=submission, blob__isnull=False)
    files = set(named.values_list("blob_id", flat=True))
    with transaction.atomic():
        done = erasure.erase(actor, submission, extent, reason)
        if extent == Erasure.Extent.ALL:
            HelpTicket.objects.filter(submission=submission).delete()
        if submission.deleted_at is None:
            projection.project(submission.pk)
            outcomes.apply(submission.pk)
        else:
            Record.objects.filter(submission=submission).delete()
    # After the commit; what is too young to go now goes with the hourly sweep.
    blob_sweep.free(files)
    return done


def check(actor: Actor, submission: Submission, extent: Erasure.Extent, reason: str) -> None:
    """Raise what `erase` would raise, and change nothing."""
    erasure.require_right(actor, submission.form)
    if not reason.strip():
        raise erasure.ErasureRefused(400.41)
    if erasure.plan(submission, extent).is_empty:
        raise erasure.ErasureRefused(409.52)


def erase_kept(actor: Actor, row: Quarantined, reason: str) -> Erasure:
    """Empty a kept arrival that never became a record; its fingerprint stays."""
    rights.require(actor, Right.DELETE_RECORDS, row.project)
    files = {each["sha256"] for each in row.files}
    with transaction.atomic():
        done = erasure.erase_kept(actor, row, reason)
    blob_sweep.free(files)
    return done


def withdrawn_since(forms: Iterable[Form], moment: datetime) -> int:
    """How many records of the forms were erased as a whole after a moment, such as a run's end."""
    return (
        Erasure.objects.filter(
            form__in=[form.pk for form in forms], extent=Erasure.Extent.ALL, at__gt=moment
        )
        .values("submission")
        .distinct()
        .count()
    )


def _living(forms: Iterable[Form]) -> QuerySet[Submission]:
    """Those in the trash too: they hold answers."""
    return Submission.objects.filter(form__in=[form.pk for form in forms], is_draft=False).exclude(
        state=Submission.State.PURGED
    )


def _named(ids: set[str]) -> Q:
    return (
        Q(instance_id__in=ids)
        | Q(versions__instance_id__in=ids)
        | Q(visit__household__name__in=ids)
    )


def _with_number(form: Form, numbers: tuple[str, ...]) -> set[int]:
    """Records of a form with the number in a question that is classed as contact."""
    if form.current is None:
        return set()
    schema, given = schema_of(form.current.pk, form.current.md5), classes_of(form)
    found: set[int] = set()
    for field in schema.fields:
        if given.of(field) is PrivacyClass.CONTACT:
            found |= _answered(form, field, numbers)
    return found


def _answered(form: Form, field: Field, numbers: tuple[str, ...]) -> set[int]:
    rows = Record.objects.filter(form=form, table=field.table)
    said: Combinable = Cast(KeyTextTransform(field.column, "values"), TextField())
    for sign in _BETWEEN_DIGITS:
        said = Replace(said, Value(sign), Value(""), output_field=TextField())
    there = rows.annotate(said=said).filter(said__in=numbers)
    return set(there.values_list("submission_id", flat=True)[:MOST_FOUND])


def _holds(xml: bytes, numbers: tuple[str, ...]) -> bool:
    bare = xml.translate(None, _BETWEEN_DIGITS.encode())
    return any(number.encode() in bare for number in numbers)
