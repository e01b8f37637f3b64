"""Made files: asked for, listed, handed out, deleted. Light: a web process loads this."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from surveys.collection import audit, blobs, jobs, rights
from surveys.collection.models import Actor, AuditEvent, Form, Job
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right, Who
from surveys.results.exports.options import Format, Options
from surveys.results.exports.reach import Reach, reach_of
from surveys.results.models import Export, Run

JOB_KIND: Final = "export"
KEPT_FOR: Final = timedelta(days=7)
MOST_UNFINISHED: Final = 5
# Answers went, or were closed to readers of the file.
TAKEN_OUT: Final = ("submission.erase", "submission.purge", "retention.done", "form.privacy")
UNFINISHED: Final = (Job.State.QUEUED, Job.State.RUNNING)


class ExportRefused(Refused):
    """400.81 unconfirmed, 400.82 no run, 404.8 no version, 404.81 gone, 409.81 and 429.81 wait."""


def ask(actor: Actor, form: Form, options: Options, *, is_confirmed: bool = False) -> Export:
    """Queue a file; while the same one is waiting or being made, that one is given back.

    Parameters
    ----------
    is_confirmed : the person said that he or she may use the personal data inside.

    Raises
    ------
    rights.Forbidden : 403.1 and 403.2, no right to the records, or none to restricted answers.
    ExportRefused : 400.81, 400.82, 404.8, 429.81.
    """
    check(actor, form, options, is_confirmed=is_confirmed)
    with transaction.atomic():
        Actor.objects.select_for_update().get(pk=actor.pk)  # two clicks take turns
        unfinished = list(
            Export.objects.filter(created_by=actor, job__state__in=UNFINISHED, deleted_at=None)
        )
        same = [each for each in unfinished if _is_same(each, form, options)]
        if same:
            return same[0]
        if len(unfinished) >= MOST_UNFINISHED:
            raise ExportRefused(429.81, limit=MOST_UNFINISHED)
        return _enqueue(actor, form, options)


def check_reader(who: Who, form: Form) -> None:
    """Raise `rights.Forbidden` unless the person reads records of the form."""
    rights.require_records(who, form)


def check(actor: Actor, form: Form, options: Options, *, is_confirmed: bool) -> None:
    """Raise what `ask` raises unless the person may have such a file."""
    check_reader(actor, form)
    if form.current_id is None:
        raise ExportRefused(404.8, version="")
    if (options.personal or options.attachments) and not reach_of(actor, form).reads_restricted:
        raise rights.Forbidden(403.1, right=Right.REVIEW.value)
    if options.personal and not is_confirmed:
        raise ExportRefused(400.81)
    if options.format is Format.R and reach_of(actor, form).read is not None:
        raise rights.Forbidden(403.1, right=Right.READ_RECORDS.value)  # weights are of the whole
    if options.format is Format.R and not _runs_of(form, options).exists():
        raise ExportRefused(400.82)


def _enqueue(actor: Actor, form: Form, options: Options) -> Export:
    export = Export.objects.create(
        form=form,
        created_by=actor,
        options=options.to_json(),
        reach=reach_of(actor, form).to_json(),
    )
    payload = {"export": export.pk, "export_of_form": form.pk}
    export.job = jobs.enqueue(JOB_KIND, payload, lane=Job.Lane.LONG, actor=actor)
    export.save(update_fields=["job"])
    audit.record(
        "export.personal" if options.personal else "export.create",
        actor=actor,
        form=form,
        export=export.pk,
        **_told(options),
    )
    return export


def published_runs(form: Form) -> QuerySet[Run]:
    """Runs that gave weights to the records of a form, the newest first."""
    return Run.objects.filter(
        round__forms__form=form, round__forms__kind__in=("A", "B"), published_at__isnull=False
    ).order_by("-pk")


def _runs_of(form: Form, options: Options) -> QuerySet[Run]:
    runs = published_runs(form)
    return runs.filter(pk=options.run) if options.run else runs


def exports_of(who: Who, form: Form) -> list[Export]:
    """Files of a form that the person may download or waits for, the newest first."""
    reach = reach_of(who, form)
    living = Export.objects.filter(form=form, deleted_at=None).select_related("job", "created_by")
    rows = living.select_related("blob").order_by("-pk")[:200]
    since = _last_erasure(form)
    return [each for each in rows if is_open_to(each, reach) and not is_expired(each, since)]


def is_open_to(export: Export, reach: Reach) -> bool:
    """Whether somebody who reads so far may have the file."""
    return reach.reads_anything and reach.covers(Reach.from_json(export.reach))


def is_expired(export: Export, last_erasure: datetime | None) -> bool:
    """Its time is over, or it holds a record that was erased or removed for good meanwhile."""
    if last_erasure is not None and export.created_at <= last_erasure:
        return True
    return export.expires_at is not None and export.expires_at <= timezone.now()


def _last_erasure(form: Form) -> datetime | None:
    """When answers of the form were last taken out or classed anew, within a file's life."""
    taken_out = AuditEvent.objects.filter(
        project_id=form.project_id,
        at__gte=timezone.now() - KEPT_FOR,
        form_id=form.pk,
        action__in=TAKEN_OUT,
    )
    found: datetime | None = taken_out.aggregate(last=Max("at"))["last"]
    return found


def find(who: Who, export_id: int) -> Export:
    """One file for a person.

    Raises
    ------
    ExportRefused : 404.81 there is none.
    rights.Forbidden : it was made for somebody who reads further, or the records are closed.
    """
    export = (
        Export.objects.select_related("form__project", "job", "blob", "created_by")
        .filter(pk=export_id, deleted_at=None, form__deleted_at=None)
        .filter(form__project__deleted_at=None)
        .first()
    )
    if export is None or is_expired(export, _last_erasure(export.form)):
        raise ExportRefused(404.81)
    rights.require_records(who, export.form)
    if not is_open_to(export, reach_of(who, export.form)):
        raise rights.Forbidden(403.1, right=Right.REVIEW.value)
    return export


def download(actor: Actor, export: Export) -> BinaryIO:
    """The bytes of a file that `find` gave; written down, because it is a reading of records.

    Raises
    ------
    ExportRefused : 409.81 not finished, 404.81 its bytes are gone.
    """
    if export.blob_id is None:
        raise ExportRefused(409.81)
    try:
        file = blobs.open_blob(export.blob_id)
    except FileNotFoundError as error:
        raise ExportRefused(404.81) from error
    audit.record(
        "export.download",
        actor=actor,
        form=export.form,
        export=export.pk,
        **_told(Options.of(export.options)),
    )
    return file


def delete(actor: Actor, export: Export) -> None:
    """Take a file away: by whoever had it made, or by a manager of forms.

    Raises
    ------
    rights.Forbidden : somebody else.
    """
    if export.created_by_id != actor.pk:
        rights.require(actor, Right.MANAGE_FORMS, export.form.project)
    with transaction.atomic():
        _forget([export])
        audit.record("export.delete", actor=actor, form=export.form, export=export.pk)


def expire() -> int:
    """Let go of files whose time is over; their bytes go with `blob_sweep`. Returns how many."""
    due = list(
        Export.objects.filter(blob__isnull=False, expires_at__lte=timezone.now()).order_by("pk")[
            :500
        ]
    )
    with transaction.atomic():
        _forget(due)
    return len(due)


def forget_files(form: Form) -> None:
    """Let go of every made file of a form: somebody's answers in it are to be erased."""
    _forget(Export.objects.filter(form=form, blob__isnull=False))


def _forget(exports: Iterable[Export]) -> None:
    Export.objects.filter(pk__in=[each.pk for each in exports]).update(
        blob=None, deleted_at=timezone.now()
    )


def _is_same(export: Export, form: Form, options: Options) -> bool:
    return export.form_id == form.pk and export.options == options.to_json()


def _told(options: Options) -> dict[str, Any]:
    """What the audit log says of a file: its kind and filter, never an answer."""
    said = options.to_json()
    kept = ("format", "since", "until", "reviews", "personal", "attachments")
    return {key: said[key] for key in kept if said[key]}
