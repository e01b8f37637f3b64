"""Stored bytes against their fingerprints, and records against the bytes they were made of."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, OuterRef

from forms.records import UnreadableRecord, flatten
from surveys.collection.models import (
    AnswerText,
    ErasedVersion,
    FormVersion,
    Quarantined,
    Record,
    Submission,
    SubmissionVersion,
)
from surveys.collection.safekeeping.findings import Kind, Report
from surveys.collection.safekeeping.tables import chosen, counted
from surveys.collection.schemas import schema_of

AT_ONCE: Final = 200
SAMPLE: Final = 500


@dataclass(frozen=True, slots=True)
class RowChecks:
    is_deep: bool = False  # compare the records of every submission, not of a sample
    repairs: bool = False


def check_database(reader: BaseDatabaseWrapper, report: Report, *, is_deep: bool) -> None:
    """What the database itself can tell: SQLite's pages and keys; PostgreSQL holds its own."""
    if reader.vendor == "postgresql":
        return
    check = "integrity_check" if is_deep else "quick_check"
    with reader.cursor() as cursor:
        cursor.execute(f"PRAGMA {check}(20)")
        for (said,) in cursor.fetchall():
            if said != "ok":
                report.add(Kind.DATABASE, str(said)[:300])
        cursor.execute("PRAGMA foreign_key_check")
        for table, number, parent, _key in cursor.fetchmany(1000):
            report.add(Kind.DATABASE, f"{table} {number} → {parent}")


def check_bytes(
    reader: BaseDatabaseWrapper, report: Report, heal: Callable[[int, str], bool]
) -> Iterator[float]:
    """Every stored XML and form against its sha256; yields how much of it is done."""
    for what, sha256, xform in chosen(
        reader, FormVersion.objects.values_list("form__xml_form_id", "sha256", "xform")
    ):
        if _sha256(xform) != sha256:
            report.add(Kind.FORM_CHANGED, what)
    erased = dict(
        chosen(reader, ErasedVersion.objects.values_list("version_id", "redacted_sha256"))
    )
    versions = SubmissionVersion.objects.order_by("pk")
    total = max(counted(reader, versions), 1)
    columns = versions.values_list(
        "pk", "form__xml_form_id", "instance_id", "submission__state", "sha256", "xml"
    )
    for number, (pk, form, instance_id, state, sha256, xml) in enumerate(chosen(reader, columns)):
        said = erased.get(pk, sha256)
        is_purged = state == Submission.State.PURGED and not xml
        if not is_purged and _sha256(xml) != said:
            report.add(Kind.XML_CHANGED, f"{form} / {instance_id}", repaired=heal(pk, said))
        if number % AT_ONCE == 0:
            yield number / total
    for project, instance_id, sha256, xml in chosen(
        reader, Quarantined.objects.values_list("project_id", "instance_id", "sha256", "xml")
    ):
        if xml and _sha256(xml) != sha256:
            report.add(Kind.KEPT_CHANGED, f"{project} / {instance_id or sha256}")


def check_submissions(reader: BaseDatabaseWrapper, report: Report) -> None:
    """Each submission has a version that counts."""
    current = SubmissionVersion.objects.filter(submission=OuterRef("pk"), is_current=True)
    report.submissions = counted(reader, Submission.objects.all())
    without = Submission.objects.filter(~Exists(current))
    for form, instance_id in chosen(
        reader, without.values_list("form__xml_form_id", "instance_id")
    ):
        report.add(Kind.NO_VERSION, f"{form} / {instance_id}")


def check_records(
    reader: BaseDatabaseWrapper, checks: RowChecks, report: Report
) -> Iterator[float]:
    """Make records again in memory and compare; yields how much of it is done."""
    derived = Submission.objects.filter(state=Submission.State.DERIVED).order_by("pk")
    total = counted(reader, derived)
    step = 1 if checks.is_deep else max(total // SAMPLE, 1)
    ids = (pk for n, (pk,) in enumerate(chosen(reader, derived.values_list("pk"))) if n % step == 0)
    done = 0
    while some := list(islice(ids, AT_ONCE)):
        for submission_id in _differing(reader, some):
            _note_records(submission_id, checks, report)
        report.compared += len(some)
        done += len(some) * step
        yield min(done / max(total, 1), 1)


def _differing(reader: BaseDatabaseWrapper, ids: Sequence[int]) -> Iterator[int]:
    stored: dict[int, dict[tuple[str, int], Any]] = defaultdict(dict)
    rows = Record.objects.filter(submission__in=ids).values_list(
        "submission_id", "table", "ordinal", "parent_ordinal", "values"
    )
    for submission_id, table, ordinal, parent, values in chosen(reader, rows):
        stored[submission_id][table, ordinal] = (parent, values)
    versions = SubmissionVersion.objects.filter(submission__in=ids, is_current=True).values_list(
        "submission_id", "xml", "form_version_id", "form_version__md5", "form__never_stored"
    )
    for submission_id, xml, version_id, md5, never in chosen(reader, versions):
        if _records(xml, version_id, md5, never) != stored[submission_id]:
            yield submission_id


def _records(
    xml: bytes | memoryview | str, version_id: int, md5: str, never: Sequence[str]
) -> dict[tuple[str, int], Any] | None:
    if isinstance(xml, str):
        return None
    try:
        rows = flatten(schema_of(version_id, md5), bytes(xml), never_stored=frozenset(never))
    except UnreadableRecord:
        return None
    return {(row.table, row.ordinal): (row.parent_ordinal, dict(row.values)) for row in rows}


def _note_records(submission_id: int, checks: RowChecks, report: Report) -> None:
    row = Submission.objects.filter(pk=submission_id)
    named = row.values_list("form__xml_form_id", "instance_id").first()
    # An edit may have come since the snapshot; only what still differs is damage.
    if named is None or not list(_differing(connection, [submission_id])):
        return
    # Records that were made before the bytes were damaged are the last good copy of the answers.
    repaired = checks.repairs and _is_intact(submission_id)
    if repaired:
        _make_again(submission_id)
    report.add(Kind.RECORDS_DIFFER, " / ".join(named), repaired=repaired)


def _is_intact(submission_id: int) -> bool:
    current = SubmissionVersion.objects.filter(submission=submission_id, is_current=True)
    found = current.values_list("sha256", "erased__redacted_sha256", "xml").first()
    return found is not None and _sha256(found[2]) == (found[1] or found[0])


def _make_again(submission_id: int) -> None:
    """Leave it to the worker's sweep, which brings the outcome of its household along."""
    with transaction.atomic():
        waiting = Submission.objects.filter(pk=submission_id, state=Submission.State.DERIVED)
        if waiting.update(state=Submission.State.RECEIVED, attempts=0):
            Record.objects.filter(submission=submission_id).delete()  # as those just received
            text = AnswerText.objects.filter(submission=submission_id)
            text.update(open="", restricted="", is_stale=True)


def _sha256(data: bytes | memoryview | str) -> str:
    """Nothing for a text: that is what one flipped bit in a row of SQLite makes of bytes."""
    return "" if isinstance(data, str) else hashlib.sha256(data).hexdigest()
