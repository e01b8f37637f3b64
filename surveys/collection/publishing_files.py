"""The files that a form version expects: slots, uploads, generated lists, copies forward."""

import mimetypes
from collections.abc import Sequence
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from forms.schema import FormSchema
from surveys.collection import audit, blobs, rights
from surveys.collection.models import Actor, Form, FormAttachment, FormVersion
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right


class FileRefused(Refused):
    """404.6 the form names no such file, 404.9 there is no draft."""


def make_slots(version: FormVersion, schema: FormSchema, donors: Sequence[FormVersion]) -> None:
    """A slot for each file that the schema names, filled from the first donor that has it."""
    held: dict[str, FormAttachment] = {}
    for donor in reversed(donors):
        held.update({slot.name: slot for slot in donor.attachments.all()})
    now = timezone.now()
    slots = []
    for media in schema.media:
        slot = FormAttachment(
            form_version=version,
            name=media.name[:255],
            kind="file" if media.kind == "csv" else media.kind,
        )
        former = held.get(media.name)
        if former is not None and (former.blob_id or former.entity_list):
            slot.blob_id = former.blob_id
            slot.content_type = former.content_type
            slot.entity_list = former.entity_list
            slot.updated_at = now
        slots.append(slot)
    FormAttachment.objects.bulk_create(slots)


def attach_to_draft(
    actor: Actor, form: Form, name: str, stream: BinaryIO | bytes, content_type: str = ""
) -> FormAttachment:
    """Store a file for the draft; the bytes are on disk before the row names them.

    A crash between the two leaves a blob that nothing names (`manage.py fsck` finds it).

    Raises
    ------
    FileRefused : the draft expects no file of this name, or there is no draft.
    """
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    draft_slot(form, name)
    stored = blobs.store(stream)
    with transaction.atomic():
        slot = _locked_slot(form, name)
        blobs.register([stored])
        slot.blob_id = stored.sha256
        slot.entity_list = ""
        slot.content_type = _type_of(name, content_type)
        slot.updated_at = timezone.now()
        slot.save()
        audit.record("form.attach", actor=actor, form=form, name=name, sha256=stored.sha256)
    return slot


def link_list_to_draft(actor: Actor, form: Form, name: str, entity_list: str) -> FormAttachment:
    """Serve a generated list ("sampled_hh") under this file name in place of an upload."""
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    with transaction.atomic():
        slot = _locked_slot(form, name)
        slot.blob = None
        slot.entity_list = entity_list
        slot.content_type = "text/csv"
        slot.updated_at = timezone.now()
        slot.save()
        audit.record("form.link_list", actor=actor, form=form, name=name, entity_list=entity_list)
    return slot


def detach_from_draft(actor: Actor, form: Form, name: str) -> None:
    """Empty a slot of the draft; published versions keep theirs."""
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    with transaction.atomic():
        slot = _locked_slot(form, name)
        slot.blob = None
        slot.entity_list = ""
        slot.updated_at = timezone.now()
        slot.save()
        audit.record("form.detach", actor=actor, form=form, name=name)


def _locked_slot(form: Form, name: str) -> FormAttachment:
    """The slot as it stands now: the draft may have been published or replaced meanwhile."""
    return draft_slot(Form.objects.select_for_update().get(pk=form.pk), name)


def draft_slot(form: Form, name: str) -> FormAttachment:
    """The slot of the draft for a file name."""
    if form.draft_id is None:
        raise FileRefused(404.9)
    slot = FormAttachment.objects.filter(form_version_id=form.draft_id, name=name).first()
    if slot is None:
        raise FileRefused(404.6, name=name)
    return slot


def _type_of(name: str, said: str) -> str:
    # Clients say octet-stream for what they do not know; the name knows better.
    plain = said.partition(";")[0].strip().lower()
    if plain and plain != "application/octet-stream" and len(plain) <= 120:
        return plain
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
