"""A form whose project got a key: its current version and its draft once more, with the key."""

from django.utils import timezone

from surveys.collection import audit, form_versions, publishing, publishing_files
from surveys.collection.encryption.form_keys import with_project_key
from surveys.collection.entities import declarations
from surveys.collection.models import Actor, Form, FormVersion
from surveys.collection.publishing_checks import read_checked


def add_project_key(actor: Actor, form: Form) -> None:
    """Publish the current version with the key and replace the draft by one that has it.

    Inside the transaction that gives the project its key. Versions that carry a key already stay;
    submissions of the former version are taken as before.
    """
    publishing.lock(form)
    if form.current is not None and form.current.key_id is None:
        form.current = _published_anew(actor, form, form.current)
        Form.objects.filter(pk=form.pk).update(current=form.current, updated_at=timezone.now())
    draft = form.draft
    if draft is not None and draft.key_id is None:
        workbook = bytes(draft.workbook) if draft.workbook is not None else None
        publishing.set_draft(
            actor, form, bytes(draft.xform), workbook=workbook, workbook_name=draft.workbook_name
        )


def _published_anew(actor: Actor, form: Form, current: FormVersion) -> FormVersion:
    xform = with_project_key(form.project_id, bytes(current.xform))
    schema = read_checked(xform)
    row = FormVersion(
        form=form,
        workbook=current.workbook,
        workbook_name=current.workbook_name,
        created_by=actor,
        published_at=timezone.now(),
    )
    form_versions.fill(row, xform, schema)
    form_versions.store_published(form, row)
    publishing_files.make_slots(row, schema, [current])
    declarations.note(row, schema)
    audit.record("form.publish", actor=actor, form=form, version=row.version)
    return row
