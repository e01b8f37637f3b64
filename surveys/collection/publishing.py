"""Forms and their versions: created, drafted, published, closed, deleted.

What is published is bytes that never change afterwards, and phones compare its md5. Everything
here takes an XForm; workbooks become one in `publishing_job`, outside web processes.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from forms.placeholders import placeholders
from surveys.collection import audit, people, publishing_files, rights
from surveys.collection.deletion import delete_form
from surveys.collection.encryption import form_keys
from surveys.collection.entities import declarations
from surveys.collection.form_versions import (
    Source,
    fill,
    remove_tests,
    store_published,
    versions_of,
)
from surveys.collection.models import Actor, Form, FormVersion, Project
from surveys.collection.publishing_checks import PublishRefused, read_checked, renamed
from surveys.collection.publishing_files import (
    attach_to_draft,
    detach_from_draft,
    link_list_to_draft,
)
from surveys.collection.rights import Right

__all__ = [
    "PublishRefused",
    "attach_to_draft",
    "create_form",
    "delete_draft",
    "delete_form",
    "detach_from_draft",
    "link_list_to_draft",
    "mark_as_rating",
    "publish_draft",
    "restore_as_draft",
    "set_draft",
    "set_state",
    "versions_of",
]


def create_form(
    actor: Actor,
    project: Project,
    xform: bytes,
    *,
    workbook: bytes | None = None,
    workbook_name: str = "",
    publish: bool = False,
    rates_authority: bool = False,
    never_stored: Sequence[str] = (),
) -> Form:
    """Make a form with its first draft, or with its first published version.

    Raises
    ------
    PublishRefused : 400.11 no XForm, 400.12 and 400.17 an id that cannot be used, 409.6 the id
        is taken, 400.13 something is still unfilled (when publishing).
    """
    rights.require(actor, Right.MANAGE_FORMS, project)
    schema = read_checked(xform)
    try:
        with transaction.atomic():
            form_keys.hold(project)
            form = Form.objects.create(
                project=project,
                xml_form_id=schema.form_id,
                rates_authority=rates_authority,
                never_stored=list(never_stored),
            )
            audit.record("form.create", actor=actor, form=form, rates_authority=rates_authority)
            _store_draft(actor, form, Source(xform, schema, workbook, workbook_name))
            if publish:
                publish_draft(actor, form)
    except IntegrityError as error:
        raise PublishRefused(409.6, form_id=schema.form_id) from error
    return form


def set_draft(
    actor: Actor,
    form: Form,
    xform: bytes | None = None,
    *,
    workbook: bytes | None = None,
    workbook_name: str = "",
) -> FormVersion:
    """Begin a draft, or replace it; without bytes it is a copy of what is published.

    Files that the former draft or the published version holds are carried forward by name. Test
    records of the former draft are removed.

    Raises
    ------
    PublishRefused : 400.11 no XForm, 400.14 the file is of another form, 404.8 nothing to copy.
    """
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    if xform is None:
        if form.current is None:
            raise PublishRefused(404.8, version="")
        current = form.current
        xform = bytes(current.xform)
        workbook = bytes(current.workbook) if current.workbook is not None else None
        workbook_name = current.workbook_name
    schema = read_checked(xform)
    if schema.form_id != form.xml_form_id:
        raise PublishRefused(400.14, found=schema.form_id, expected=form.xml_form_id)
    with transaction.atomic():
        lock(form)
        return _store_draft(actor, form, Source(xform, schema, workbook, workbook_name))


def restore_as_draft(actor: Actor, form: Form, version: FormVersion) -> FormVersion:
    """Begin a draft that is a copy of a published version, with the files that it had.

    To publish it, give it a version of its own: published bytes never change.

    Raises
    ------
    PublishRefused : 404.8 the version is no published one of the form.
    """
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    if version.form_id != form.pk or version.published_at is None:
        raise PublishRefused(404.8, version=version.version)
    xform = bytes(version.xform)
    workbook = bytes(version.workbook) if version.workbook is not None else None
    source = Source(xform, read_checked(xform), workbook, version.workbook_name)
    with transaction.atomic():
        lock(form)
        return _store_draft(actor, form, source, donors=[version])


def publish_draft(actor: Actor, form: Form, version: str | None = None) -> FormVersion:
    """Turn the draft into the current version; `version` replaces what the form says.

    Raises
    ------
    PublishRefused : 404.9 no draft, 400.13 unfilled places, 409.4 the version exists.
    """
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    with transaction.atomic():
        lock(form)
        draft = form.draft
        if draft is None:
            raise PublishRefused(404.9)
        if version is not None and version != draft.version:
            _rename(draft, version)
        if names := placeholders(bytes(draft.xform)):
            raise PublishRefused(400.13, names=sorted(names))
        remove_tests(form)
        draft.draft_token = None
        draft.published_at = timezone.now()
        store_published(form, draft)
        declarations.publish(actor, form, draft)
        Form.objects.filter(pk=form.pk).update(
            current=draft, draft=None, updated_at=draft.published_at
        )
        audit.record("form.publish", actor=actor, form=form, version=draft.version)
    form.refresh_from_db()
    return draft


def delete_draft(actor: Actor, form: Form) -> None:
    """Drop the draft and its test records; a form that was never published goes with it."""
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    with transaction.atomic():
        lock(form)
        if form.draft_id is None:
            raise PublishRefused(404.9)
        _drop_draft(form)
        if form.current_id is None:
            form.deleted_at = timezone.now()
            form.save(update_fields=["deleted_at"])
        audit.record("form.draft.delete", actor=actor, form=form)


def set_state(actor: Actor, form: Form, state: Form.State) -> None:
    """Open; closing = not listed, still accepts; closed = what comes stands in quarantine."""
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    with transaction.atomic():
        form.state = state
        form.updated_at = timezone.now()
        form.save(update_fields=["state", "updated_at"])
        audit.record("form.state", actor=actor, form=form, state=state.value)


def mark_as_rating(actor: Actor, form: Form) -> None:
    """From now on no rated office reads a record of the form; this is never taken back."""
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    with transaction.atomic():
        if Form.objects.filter(pk=form.pk, rates_authority=False).update(rates_authority=True):
            audit.record("form.rates_authority", actor=actor, form=form)
    form.rates_authority = True


def lock(form: Form) -> None:
    """Hold the form's row and see it as it stands now; another request may have been quicker."""
    locked = Form.objects.select_for_update().filter(pk=form.pk, deleted_at__isnull=True)
    if not locked.values("pk").first():
        raise PublishRefused(404.3)
    form.refresh_from_db()


def _store_draft(
    actor: Actor, form: Form, source: Source, donors: Sequence[FormVersion] = ()
) -> FormVersion:
    """`donors` hold the files; those before it in the list come first."""
    donors = donors or [v for v in (form.draft, form.current) if v is not None]
    xform = form_keys.with_project_key(form.project_id, source.xform)
    if xform is not source.xform:
        source = replace(source, xform=xform, schema=read_checked(xform))
    draft = FormVersion(
        form=form,
        draft_token=people.new_token(),
        workbook=source.workbook,
        workbook_name=source.workbook_name[:200],
        created_by=actor,
    )
    fill(draft, source.xform, source.schema)
    draft.save()
    publishing_files.make_slots(draft, source.schema, donors)
    declarations.note(draft, source.schema)
    if form.draft is not None:
        _drop_draft(form)
    form.draft = draft
    form.updated_at = timezone.now()
    form.save(update_fields=["draft", "updated_at"])
    audit.record("form.draft", actor=actor, form=form, version=draft.version)
    return draft


def _rename(draft: FormVersion, version: str) -> None:
    """Write another version into the form's own bytes: phones read it there."""
    xform = renamed(bytes(draft.xform), version)
    fill(draft, xform, read_checked(xform))


def _drop_draft(form: Form) -> None:
    remove_tests(form)
    former = form.draft
    form.draft = None
    form.save(update_fields=["draft"])
    if former is not None and former.published_at is None:
        former.delete()
