"""Managed encryption: a project gets a key, and every form of it a version that carries it."""

from typing import Final

from django.db import transaction
from django.utils import timezone

from forms.locked_keys import new_pair
from surveys.collection import audit, publishing_keys, rights
from surveys.collection.models import Actor, Form, Key, Project
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right

SHORTEST: Final = 10
LONGEST_HINT: Final = 255


class EncryptionRefused(Refused):
    """400.2 no passphrase, 400.91 a short one, 409.97 the project has a key."""


def encrypt_project(actor: Actor, project: Project, passphrase: str, hint: str = "") -> Key:
    """Give a project a key under a passphrase, and all its forms new versions with it.

    The passphrase is stored nowhere: who loses it loses the answers. What was sent before stays
    readable as it is.

    Raises
    ------
    EncryptionRefused : see there.
    """
    rights.require(actor, Right.MANAGE_FORMS, project)
    if not passphrase.strip():
        raise EncryptionRefused(400.2, field="passphrase")
    if len(passphrase) < SHORTEST:
        raise EncryptionRefused(400.91)
    if len(hint) > LONGEST_HINT:
        raise EncryptionRefused(400.2, field="hint")
    if Project.objects.filter(pk=project.pk, key__isnull=False).exists():
        raise EncryptionRefused(409.97)
    pair = new_pair(passphrase)
    with transaction.atomic():
        held = Project.objects.select_for_update().get(pk=project.pk)
        if held.key_id is not None:
            raise EncryptionRefused(409.97)
        key = Key.objects.create(
            public=pair.public, private=dict(pair.locked), is_managed=True, hint=hint
        )
        Project.objects.filter(pk=project.pk).update(key=key, updated_at=timezone.now())
        for form in Form.objects.filter(project=project, deleted_at=None).order_by("pk"):
            publishing_keys.add_project_key(actor, form)
        audit.record("project.encrypt", actor=actor, project=project, key=key.pk)
    project.key = key
    return key
