"""Answers of a person are taken out of what is stored: of every version, copy and file of them.

This is the one exception to "keep what the phone sent". A version keeps the sha256 of the bytes
that came, so a phone that sends them once more hears "received" and nothing of it comes back
(`intake`). What was derived from the answers is made anew by `surveys.fieldwork.erasing`, the door
for pages and commands.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from forms.instance import MalformedInstance, head_of, parse_instance
from forms.records import expected_attachments
from forms.redaction import Redacted, without, without_all_but
from forms.schema import Field
from surveys.collection import audit, erasure_entities, rights
from surveys.collection.models import (
    Actor,
    Attachment,
    Comment,
    ErasedVersion,
    Erasure,
    Form,
    Quarantined,
    Submission,
    SubmissionVersion,
)
from surveys.collection.privacy import LEFT_OUT, Classes, PrivacyClass, classes_of
from surveys.collection.quarantine import EARLY_EDIT, ERASED
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.collection.schemas import schema_of

# What a person who withdraws leaves behind: which household it was, that somebody was there, and
# that he or she had agreed, for the controller has to be able to show it. With the answers gone
# the visit reads as broken off, so that nobody calls on the household again.
KEPT_AT_WITHDRAWAL: Final = frozenset(
    {"hh", "visit_no", "start", "contact", "resp_ok", "sel_present"}
    | {"consent", "consent_at", "consent_version", "p_consent"}
)
LONGEST_REASON: Final = 200


class ErasureRefused(Refused):
    """409.51 encrypted answers go only as a whole, 409.52 nothing is left, 400.41 no reason."""


@dataclass(frozen=True, slots=True)
class What:
    """Which answers go; the classes also name what goes from entities."""

    classes: frozenset[PrivacyClass] = frozenset()
    with_media: bool = False  # photos, sound, films, whatever their class
    with_unknown: bool = False  # what the form does not know, so that nobody classed it

    def takes(self, field: Field, given: Classes) -> bool:
        is_media = field.is_binary and field.name != "audit"
        return given.of(field) in self.classes or (self.with_media and is_media)


PERSONAL: Final = What(LEFT_OUT, with_unknown=True)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure would take out; names of questions and files, never what they say."""

    answers: tuple[str, ...]
    files: tuple[str, ...]
    n_versions: int
    n_copies: int

    @property
    def is_empty(self) -> bool:
        return not (self.answers or self.files or self.n_copies)


def plan(submission: Submission, extent: Erasure.Extent) -> Plan:
    """What `erase` would do to a submission.

    Raises
    ------
    ErasureRefused : 409.51.
    """
    answers: dict[str, None] = {}
    files: dict[str, None] = {}
    n_versions = 0
    for version in _versions([submission.pk]):
        redacted = redacted_version(version, extent)
        answers.update(dict.fromkeys(path.rpartition("/")[2] for path in redacted.answers))
        going = _going_files(version, redacted, extent)
        files.update(dict.fromkeys(going.values_list("name", flat=True)))
        n_versions += bool(redacted.answers)
    copies = _copies(submission).count()
    return Plan(tuple(answers), tuple(files), n_versions, copies)


def erase(actor: Actor, submission: Submission, extent: Erasure.Extent, reason: str) -> Erasure:
    """Take the answers out, inside the caller's transaction; its records are to be made anew.

    Raises
    ------
    rights.Forbidden : the actor may not remove records of the form.
    ErasureRefused : see the class.
    """
    require_right(actor, submission.form)
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise ErasureRefused(400.41)
    Submission.objects.select_for_update().get(pk=submission.pk)
    erasure = Erasure.objects.create(
        project=submission.form.project,
        form=submission.form,
        submission=submission,
        extent=extent,
        reason=reason,
        actor=actor,
    )
    take_out(erasure, [submission.pk])
    n_copies = _erase_copies(submission)
    if extent == Erasure.Extent.ALL:
        Comment.objects.filter(submission=submission).delete()
    if not (erasure.n_answers or erasure.n_files or n_copies):
        raise ErasureRefused(409.52)
    audit.record(
        "submission.erase",
        actor=actor,
        submission=submission,
        extent=extent.value,
        answers=erasure.n_answers,
        files=erasure.n_files,
        copies=n_copies,
    )
    return erasure


def erase_kept(actor: Actor, row: Quarantined, reason: str) -> Erasure:
    """Empty a kept arrival that is no record, inside the caller's transaction.

    Raises
    ------
    ErasureRefused : 400.41 no reason, 409.52 it is empty already.
    """
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise ErasureRefused(400.41)
    left = Quarantined.objects.filter(pk=row.pk).exclude(xml=b"", files=[])
    if not left.update(xml=b"", files=[], resolution=ERASED, resolved_at=timezone.now()):
        raise ErasureRefused(409.52)
    audit.record("quarantine.erase", actor=actor, project=row.project, item=row.pk)
    return Erasure.objects.create(
        project=row.project,
        extent=Erasure.Extent.ALL,
        reason=reason,
        actor=actor,
        n_answers=1,
        n_files=len(row.files),
    )


def take_out(
    erasure: Erasure,
    submission_ids: Collection[int],
    what: What = PERSONAL,
) -> list[int]:
    """Redact every version of the submissions and count it on the erasure; inside the caller's
    transaction. Returns the submissions that changed; twice changes nothing.
    """
    changed: dict[int, None] = {}
    extent = Erasure.Extent(erasure.extent)
    for version in _versions(submission_ids):
        redacted = redacted_version(version, extent, what)
        n_files, _ = _going_files(version, redacted, extent).delete()
        if redacted.answers:
            _replace(version, redacted, erasure)
        if redacted.answers or n_files:
            changed[version.submission_id] = None
            erasure.n_answers += len(redacted.answers)
            erasure.n_files += n_files
    Submission.objects.filter(pk__in=changed).update(instance_name="", updated_at=timezone.now())
    is_all = extent == Erasure.Extent.ALL
    erasure_entities.take_out(changed, None if is_all else what.classes)
    erasure.save(update_fields=["n_answers", "n_files"])
    return list(changed)


def redacted_version(
    version: SubmissionVersion,
    extent: Erasure.Extent,
    what: What = PERSONAL,
) -> Redacted:
    """The XML of a version without what goes. Raises `ErasureRefused` 409.51."""
    xml = bytes(version.xml)
    try:
        head = head_of(parse_instance(xml))
    except MalformedInstance:  # purged: nothing stands there
        return Redacted(xml, ())
    if extent == Erasure.Extent.ALL:
        return without_all_but(xml, KEPT_AT_WITHDRAWAL)
    if head.is_encrypted:
        if extent == Erasure.Extent.CLOCK:
            return Redacted(xml, ())  # the server cannot see which answer is which
        raise ErasureRefused(409.51)
    schema = schema_of(version.form_version_id, version.form_version.md5)
    given = classes_of(version.form)
    going = {field.path for field in schema.fields if what.takes(field, given)}
    known = {field.path for field in schema.fields} if what.with_unknown else None
    return without(xml, going, known)


def require_right(actor: Actor, form: Form) -> None:
    """Raise `Forbidden` unless the actor may take answers of the form out."""
    rights.require_records(actor, form)
    rights.require(actor, Right.DELETE_RECORDS, form.project)


def _versions(submission_ids: Iterable[int]) -> list[SubmissionVersion]:
    return list(
        SubmissionVersion.objects.filter(submission__in=list(submission_ids))
        .select_related("form", "form_version")
        .defer("form_version__xform", "form_version__workbook", "form_version__schema")
        .order_by("pk")
    )


def _replace(version: SubmissionVersion, redacted: Redacted, erasure: Erasure) -> None:
    """`sha256` stays that of the bytes which the phone holds."""
    SubmissionVersion.objects.filter(pk=version.pk).update(xml=redacted.xml)
    sha256 = hashlib.sha256(redacted.xml).hexdigest()
    row, is_new = ErasedVersion.objects.get_or_create(
        version=version, defaults={"erasure": erasure, "redacted_sha256": sha256}
    )
    if not is_new:
        row.redacted_sha256 = sha256
        if erasure.extent != Erasure.Extent.CLOCK:  # a clock does not unsay what a person asked
            row.erasure = erasure
        row.save(update_fields=["redacted_sha256", "erasure"])


def _going_files(
    version: SubmissionVersion, redacted: Redacted, extent: Erasure.Extent
) -> QuerySet[Attachment]:
    """The files of a version that no remaining answer names."""
    files = Attachment.objects.filter(version=version)
    if extent == Erasure.Extent.ALL:
        return files
    if not redacted.answers:
        return files.none()
    schema = schema_of(version.form_version_id, version.form_version.md5)
    return files.exclude(name__in=expected_attachments(schema, redacted.xml))


def _copies(submission: Submission) -> QuerySet[Quarantined]:
    """What stands in quarantine under an id of the submission, settled or not."""
    ids = [submission.instance_id, *submission.versions.values_list("instance_id", flat=True)]
    return Quarantined.objects.filter(
        Q(instance_id__in=ids) | Q(reason=EARLY_EDIT, details__in=ids),
        project=submission.form.project_id,
        xml_form_id=submission.form.xml_form_id,
    ).exclude(xml=b"", files=[])


def _erase_copies(submission: Submission) -> int:
    """The sha256 stays: a phone that repeats the upload finds it known, and nothing is kept."""
    return _copies(submission).update(
        xml=b"", files=[], resolution=ERASED, resolved_at=timezone.now()
    )
