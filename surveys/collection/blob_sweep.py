"""Files that nothing names any more are removed, with their rows.

A file may come back while it is being removed: another phone sends the same picture. So a file
that was written or met again a moment ago stays (`blobs` touches it), and one that goes is
first put aside under another name: who sends it from then on writes it anew.
"""

import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet

from surveys.collection import blobs
from surveys.collection.models import Blob, Quarantined

# Longer than any request lives: between its file and its row a blob looks unused.
YOUNG: Final = timedelta(hours=2)
MOST_AT_ONCE: Final = 5_000
GOING: Final = ".going"  # the end of the name of a file that is being removed


def free_unused(*, young: timedelta = YOUNG) -> int:
    """Remove files that no table names and that are not young; returns how many went."""
    kept = _in_quarantine()
    freed = 0
    unused = _unused(Blob.objects.all()).values_list("pk", flat=True)
    for sha256 in list(unused.order_by("pk")[:MOST_AT_ONCE]):
        if sha256 not in kept:
            freed += _free(sha256, young)
    return freed


def free(names: Iterable[str], *, young: timedelta = YOUNG) -> int:
    """`free_unused` for some files, at once: those that an erasure left without a name."""
    kept = _in_quarantine()
    freed = 0
    unused = _unused(Blob.objects.filter(pk__in=set(names))).values_list("pk", flat=True)
    for sha256 in list(unused):
        if sha256 not in kept:
            freed += _free(sha256, young)
    return freed


def _free(sha256: str, young: timedelta) -> bool:
    path = blobs.path(sha256)
    aside = path.with_name(f"{path.name}{GOING}")
    if not _put_aside(path, aside, young):
        return False
    with transaction.atomic():
        deleted, _ = _unused(Blob.objects.filter(pk=sha256)).delete()
    # A crash here leaves a file of a name that nobody asks for.
    if deleted or path.exists():
        aside.unlink(missing_ok=True)
    elif aside.exists():
        aside.rename(path)  # somebody named it meanwhile
    return bool(deleted)


def _put_aside(path: Path, aside: Path, young: timedelta) -> bool:
    """False when the file is young; a file that is not there at all does not keep its row."""
    try:
        path.rename(aside)
    except FileNotFoundError:
        return True
    if time.time() - aside.stat().st_mtime >= young.total_seconds():
        return True
    aside.rename(path)
    return False


def is_unused(sha256: str) -> bool:
    """Whether no table names the file of a row."""
    return _unused(Blob.objects.filter(pk=sha256)).exists() and sha256 not in _in_quarantine()


def _unused(rows: QuerySet[Blob]) -> QuerySet[Blob]:
    """Those that no table names, by a foreign key or by the field that its `names_blob` tells."""
    for model in apps.get_models():
        if field := getattr(model, "names_blob", ""):
            rows = rows.filter(~Exists(model._default_manager.filter(**{field: OuterRef("pk")})))
    for relation in Blob._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            naming = relation.related_model._default_manager
            rows = rows.filter(~Exists(naming.filter(**{relation.field.name: OuterRef("pk")})))
    return rows


def _in_quarantine() -> set[str]:
    files = Quarantined.objects.exclude(files=[]).values_list("files", flat=True)
    return {each["sha256"] for row in files.iterator() for each in row}
