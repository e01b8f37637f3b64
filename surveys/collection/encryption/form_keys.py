"""Which key a form version carries; the key of the project is written into its bytes."""

import hashlib
from typing import Final

from forms.encryption import is_public_key, with_public_key
from forms.schema import FormSchema
from surveys.collection.models import Key, Project
from surveys.collection.publishing_checks import (
    LONGEST_VERSION,
    PublishRefused,
    read_checked,
    renamed,
)

LONGEST_KEY: Final = 2000


def key_of(schema: FormSchema) -> Key | None:
    """The row of the key that a form names, made where there is none. In a transaction.

    Raises
    ------
    PublishRefused : 400.94 it is no public key: phones could not finish a single record.
    """
    public = schema.submission.base64_rsa_public_key
    if not public:
        return None
    if len(public) > LONGEST_KEY or not is_public_key(public):
        raise PublishRefused(400.94)
    return Key.objects.get_or_create(public=public)[0]


def hold(project: Project) -> None:
    """Let no key be given to the project before this transaction ends: a new form of which the
    other side does not know would stay without."""
    Project.objects.select_for_update().filter(pk=project.pk).values("pk").first()


def with_project_key(project_id: int, xform: bytes) -> bytes:
    """The form as phones are to get it: with the key of its project, unless it brings its own.

    Its version says so (`3[encrypted:1f2e3d4c]`), because phones take other bytes of the same
    version for a mistake.
    """
    key = Key.objects.filter(pk__in=Project.objects.filter(pk=project_id).values("key")).first()
    if key is None:
        return xform
    schema = read_checked(xform)
    if schema.is_encrypted:
        return xform
    end = suffix(key)
    version = schema.version[: LONGEST_VERSION - len(end)] + end
    return renamed(with_public_key(xform, key.public), version)


def suffix(key: Key) -> str:
    """One for all forms of a key, so that the same version twice is still a conflict."""
    return f"[encrypted:{hashlib.sha256(key.public.encode()).hexdigest()[:8]}]"
