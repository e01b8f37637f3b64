"""Bytes that no form could take: kept once, shown to staff with the reason, never lost."""

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from forms.instance import InstanceHead
from surveys.collection.arrival import Arrival, FileArrived, header_text
from surveys.collection.blobs import register
from surveys.collection.durability import durable
from surveys.collection.models import Quarantined

# Reasons are codes of api.problems.
CUT: Final = "400.7"
EARLY_EDIT: Final = "202.4"
# How the resolution of what was set aside begins.
DISCARDED: Final = "discarded"
ERASED: Final = "erased"  # a resolution: the person asked for it, nothing of it may come back


def keep(
    arrival: Arrival, reason: float, *, head: InstanceHead | None = None, details: str = ""
) -> int:
    """Keep what came; returns the id of its row.

    A phone sends a refused submission again and again, and a large one in several requests: the
    same XML for the same reason stands here once, with all files that ever came with it.
    """
    sha256 = _fingerprint(arrival)
    key = {"project_id": arrival.project_id, "sha256": sha256, "reason": str(reason)}
    try:
        with durable():
            register(file.blob for file in arrival.files)
            return Quarantined.objects.create(
                **key,
                details=details,
                xml_form_id=(head.form_id if head else "")[:200],
                form_version=(head.version if head else "")[:250],
                instance_id=(head.instance_id if head else "")[:250],
                xml=arrival.xml,
                files=_merged([], arrival.files),
                submitter_id=arrival.actor_id,
                device_id=header_text(arrival.device_id),
                user_agent=header_text(arrival.user_agent),
            ).pk
    except IntegrityError:
        with durable():
            register(file.blob for file in arrival.files)
            row = Quarantined.objects.select_for_update().get(**key)
            if row.resolution == ERASED:
                return row.pk
            files = _merged(row.files, arrival.files)
            if files != row.files:
                row.files = files
                row.save(update_fields=["files"])
        return row.pk


def listing(project_id: int) -> QuerySet[Quarantined]:
    """What waits for a decision in a project, newest first."""
    waiting = Quarantined.objects.filter(project_id=project_id, resolved_at__isnull=True)
    return waiting.order_by("-received_at", "-id")


def discarded(project_id: int) -> QuerySet[Quarantined]:
    """What staff set aside in a project, newest first."""
    aside = Quarantined.objects.filter(project_id=project_id, resolution__startswith=DISCARDED)
    return aside.order_by("-received_at", "-id")


def resolve(row: Quarantined, resolution: str) -> bool:
    """Close a row; False when somebody else did before. Runs in the caller's transaction."""
    open_row = Quarantined.objects.filter(pk=row.pk, resolved_at__isnull=True)
    return bool(open_row.update(resolved_at=timezone.now(), resolution=resolution))


def settle_cut(arrival: Arrival) -> None:
    """Close what came of this XML in a body that broke off: the whole of it has come."""
    cut = Quarantined.objects.filter(
        project_id=arrival.project_id,
        sha256=_fingerprint(arrival),
        reason=CUT,
        resolved_at__isnull=True,
    )
    cut.update(resolved_at=timezone.now(), resolution="stored")


def _fingerprint(arrival: Arrival) -> str:
    """The sha256 of the XML; where none came, of the files, so that a resend is recognised."""
    if arrival.xml:
        return hashlib.sha256(arrival.xml).hexdigest()
    names = "\n".join(sorted(file.blob.sha256 for file in arrival.files))
    return hashlib.sha256(names.encode()).hexdigest()


def _merged(known: list[dict[str, Any]], files: Iterable[FileArrived]) -> list[dict[str, Any]]:
    by_name = {each["name"]: each for each in known}
    for file in files:
        by_name[file.name] = {
            "name": file.name,
            "sha256": file.blob.sha256,
            "md5": file.blob.md5,
            "size": file.blob.size,
            "content_type": file.content_type,
        }
    return [by_name[name] for name in sorted(by_name)]
