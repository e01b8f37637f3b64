"""How long a project keeps a kind of data, and taking out what is older.

A rule is a number of days; a kind without a rule is kept for ever. What goes through the records of
a form begins behind the version where it stopped the day before, so that a day costs what is new.
Everything here may run twice. When a form's data are due is known one room higher
(`surveys.fieldwork.clocks`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from surveys.collection import audit, erasure, people, projection, rights
from surveys.collection.models import (
    Actor,
    ApiSession,
    Erasure,
    Form,
    PasswordReset,
    Project,
    Quarantined,
    Record,
    RetentionRule,
    RetentionRun,
    Submission,
    SubmissionVersion,
)
from surveys.collection.privacy import PrivacyClass
from surveys.collection.quarantine import ERASED
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right

BATCH: Final = 200
MOST_DAYS: Final = 36_500


class Kind(StrEnum):
    CONTACTS = "contacts"  # P1, after the round's end
    IDENTIFYING = "identifying"  # P2, after the round's end
    STAFF = "staff"  # P4, after the round's end
    MEDIA = "media"  # photos, sound, films, after the round's end
    QUARANTINE = "quarantine"  # what was settled, after that day
    TESTS = "tests"  # records sent to drafts, after their arrival
    SESSIONS = "sessions"  # of the server: ended sessions and links, at once


# What the page proposes; nothing is taken out before somebody has set a rule.
PROPOSED: Final = {
    Kind.CONTACTS: 365,
    Kind.IDENTIFYING: 90,
    Kind.STAFF: 365,
    Kind.MEDIA: 180,
    Kind.QUARANTINE: 365,
    Kind.TESTS: 90,
}
WHAT: Final = {
    Kind.CONTACTS: erasure.What(frozenset({PrivacyClass.CONTACT})),
    Kind.IDENTIFYING: erasure.What(frozenset({PrivacyClass.IDENTIFYING})),
    Kind.STAFF: erasure.What(frozenset({PrivacyClass.STAFF})),
    Kind.MEDIA: erasure.What(with_media=True),
}


class RetentionRefused(Refused):
    """400.43 no number of days."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a clock took out, or in a dry run would."""

    kind: Kind
    project: Project | None
    form: Form | None
    n_done: int


def set_rule(actor: Actor, project: Project, kind: Kind, days: int | None) -> None:
    """Keep a kind of data for so many days; None = for ever.

    Raises
    ------
    rights.Forbidden : the actor does not manage the project's rounds.
    RetentionRefused : 400.43.
    """
    rights.require(actor, Right.MANAGE_ROUNDS, project)
    if kind not in PROPOSED or (days is not None and not 0 <= days <= MOST_DAYS):
        raise RetentionRefused(400.43)
    with transaction.atomic():
        rules = RetentionRule.objects.filter(project=project, kind=kind)
        if days is None:
            changed = bool(rules.delete()[0])
        else:
            before = rules.values_list("days", flat=True).first()
            changed = before != days
            RetentionRule.objects.update_or_create(
                project=project, kind=kind, defaults={"days": days}
            )
        if changed:
            audit.record("retention.set", actor=actor, project=project, kind=kind.value, days=days)


def set_proposed(actor: Actor, project: Project) -> int:
    """Give every kind that has no rule the proposed one; returns how many."""
    left = [kind for kind in PROPOSED if kind not in rules_of(project)]
    with transaction.atomic():
        for kind in left:
            set_rule(actor, project, kind, PROPOSED[kind])
    return len(left)


def rules_of(project: Project) -> dict[Kind, int]:
    return {Kind(rule.kind): rule.days for rule in project.retention_rules.all()}


def clear_form(form: Form, kind: Kind, *, is_dry: bool = False) -> Done:
    """Take what a kind names out of the records of a form."""
    passed = _passed(form, kind)
    versions = SubmissionVersion.objects.filter(form=form, is_draft=False, pk__gt=passed)
    last = versions.aggregate(last=Max("pk"))["last"]
    if last is None:
        return Done(kind, form.project, form, 0)
    n_done = 0
    waiting = versions.filter(pk__lte=last).order_by("submission_id")
    ids = waiting.values_list("submission_id", flat=True).distinct()
    after = 0
    while batch := list(ids.filter(submission_id__gt=after)[:BATCH]):
        n_done += _would_go(batch, kind) if is_dry else _take_out(form, batch, kind)
        after = batch[-1]
    if not is_dry:
        RetentionRun.objects.create(
            project=form.project, form=form, kind=kind, up_to=last, n_done=n_done
        )
    return Done(kind, form.project, form, n_done)


def clear_quarantine(project: Project, before: datetime, *, is_dry: bool = False) -> Done:
    """Empty what was settled before a moment; the fingerprints stay."""
    old = Quarantined.objects.filter(project=project, resolved_at__lt=before).exclude(
        xml=b"", files=[]
    )
    n_done = old.count() if is_dry else old.update(xml=b"", files=[], resolution=ERASED)
    return _noted(Done(Kind.QUARANTINE, project, None, n_done), is_dry=is_dry)


def clear_tests(project: Project, before: datetime, *, is_dry: bool = False) -> Done:
    """Remove records that were sent to drafts before a moment."""
    old = Submission.objects.filter(form__project=project, is_draft=True, created_at__lt=before)
    if is_dry:
        return Done(Kind.TESTS, project, None, old.count())
    n_done = 0
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            Record.objects.filter(submission__in=ids).delete()
            SubmissionVersion.objects.filter(submission__in=ids).delete()
            Submission.objects.filter(pk__in=ids).delete()
        n_done += len(ids)
    return _noted(Done(Kind.TESTS, project, None, n_done))


def clear_sessions(*, is_dry: bool = False) -> Done:
    """Ended sessions of pages and `/v1`, and links that are too old."""
    now = timezone.now()
    ended = (
        Session.objects.filter(expire_date__lt=now),
        ApiSession.objects.filter(expires_at__lt=now),
        PasswordReset.objects.filter(expires_at__lt=now),
    )
    n_done = sum(rows.count() if is_dry else rows.delete()[0] for rows in ended)
    return _noted(Done(Kind.SESSIONS, None, None, n_done), is_dry=is_dry)


def forget_progress(form: Form) -> None:
    """The form's classes changed: the clocks go through all its records again."""
    RetentionRun.objects.filter(form=form).update(up_to=0)


def before(days: int, now: datetime | None = None) -> datetime:
    return (now or timezone.now()) - timedelta(days=days)


def _passed(form: Form, kind: Kind) -> int:
    runs = RetentionRun.objects.filter(form=form, kind=kind)
    return runs.aggregate(last=Max("up_to"))["last"] or 0


def _take_out(form: Form, submission_ids: list[int], kind: Kind) -> int:
    """One batch in one transaction: a crash between two batches repeats nothing that was done."""
    with transaction.atomic():
        clock = Erasure.objects.create(
            project=form.project, form=form, extent=Erasure.Extent.CLOCK, reason=kind.value
        )
        changed = erasure.take_out(clock, submission_ids, WHAT[kind])
        if not changed:
            clock.delete()
        living = Submission.objects.filter(pk__in=changed, deleted_at=None)
        for submission_id in living.values_list("pk", flat=True):
            projection.project(submission_id)
        if changed:
            audit.record(
                "retention.done",
                actor=people.system_actor(),
                form=form,
                kind=kind.value,
                records=len(changed),
                answers=clock.n_answers,
                files=clock.n_files,
            )
    return len(changed)


def _would_go(submission_ids: list[int], kind: Kind) -> int:
    versions = SubmissionVersion.objects.filter(submission__in=submission_ids).select_related(
        "form", "form_version"
    )
    return len(
        {
            version.submission_id
            for version in versions
            if erasure.redacted_version(version, Erasure.Extent.CLOCK, WHAT[kind]).answers
        }
    )


def _noted(done: Done, *, is_dry: bool = False) -> Done:
    if done.n_done and not is_dry:
        RetentionRun.objects.create(project=done.project, kind=done.kind, n_done=done.n_done)
        audit.record(
            "retention.done",
            actor=people.system_actor(),
            project=done.project,
            kind=done.kind.value,
            records=done.n_done,
        )
    return done
