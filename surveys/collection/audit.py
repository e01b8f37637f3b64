"""Who did what: one append-only row, written in the transaction of the change.

Reading what is restricted is noted as well (`note_reading`): one row for each request, before the
data are handed out. Nothing here is on the phone's path.
"""

from enum import StrEnum
from typing import Any

from surveys.collection.models import Actor, AuditEvent, Form, Project, Submission


class Reading(StrEnum):
    """What somebody read; the name of an export's event is that of ODK Central."""

    RECORD = "submission.read"  # a record with its restricted answers, or several
    XML = "submission.read.xml"
    FILE = "submission.read.file"
    EXPORT = "form.submission.export"
    QUARANTINE = "quarantine.read"
    AUDITS = "audit.read"
    ENTITIES = "entity.read"  # values of a list, or of one entity
    CONTACT = "help.contact"  # the number of somebody who asked for help, or the list of them
    PERSON = "person.find"  # a person's records were looked up


def note_reading(
    what: Reading,
    actor: Actor | None,
    /,
    *,
    project: Project | None = None,
    form: Form | None = None,
    submission: Submission | None = None,
    **details: Any,
) -> None:
    """Note that somebody reads restricted data, e.g.
    ``note_reading(Reading.EXPORT, call.actor, form=form, columns=["a_tel"], rows=120)``.
    """
    record(what.value, actor=actor, project=project, form=form, submission=submission, **details)


def record(
    action: str,
    /,
    *,
    actor: Actor | None,
    project: Project | None = None,
    form: Form | None = None,
    submission: Submission | None = None,
    **details: Any,
) -> AuditEvent:
    """Write one event, e.g. ``record("form.publish", actor=actor, form=form, version="3")``.

    The form of a submission and the project of a form need not be named. `details` go into JSON:
    texts, numbers, lists; never a password, a token or an answer of a respondent.
    """
    form = form or (submission.form if submission is not None else None)
    project_id = project.pk if project is not None else None
    if project_id is None and form is not None:
        project_id = form.project_id
    return AuditEvent.objects.create(
        action=action,
        actor=actor,
        project_id=project_id,
        form_id=form.pk if form is not None else None,
        submission_id=submission.pk if submission is not None else None,
        details=details,
    )
