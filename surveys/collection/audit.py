"""Who did what: one append-only row, written in the transaction of the change."""

from typing import Any

from surveys.collection.models import Actor, AuditEvent, Form, Project, Submission


def record(
    action: str,
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
