"""A backup becomes a server again: on an empty home and an empty database, whichever it is.

The order makes a crash harmless: everything is read through first; files are put in place (twice
does no harm); all rows come in one transaction; what the code has learned since is migrated last.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from django.apps.registry import Apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from surveys.collection import blobs
from surveys.collection.jobs import Report
from surveys.collection.safekeeping import tables, versions
from surveys.collection.safekeeping.archive import (
    BLOBS,
    MANIFEST,
    BackupRefused,
    Content,
    Entry,
    Manifest,
    pieces,
)
from surveys.collection.safekeeping.lines import lines_of
from surveys.collection.safekeeping.verifying import quiet, verify

MARK: Final = "restoring"
# Tables that hold rows as soon as they are there.
OF_MIGRATE: Final = frozenset({"django_migrations", "django_content_type", "auth_permission"})
REPORT_EVERY: Final = 500
CUT_JOB: Final = {
    "vi": "Việc này đang dở khi sao lưu. Hãy làm lại nếu còn cần.",
    "en": "This was under way when the backup was made. Start it again if it is still needed.",
}


@dataclass(frozen=True, slots=True)
class Restored:
    manifest: Manifest
    files: int


def restore(content: Content, report: Report = quiet) -> Restored:
    """Fill an empty server from a backup.

    Raises
    ------
    BackupRefused : 409.93 there are data, 422.91 the backup is damaged, 422.92 it is newer than
        this code. Nothing has been written then.
    """
    refuse_data()
    manifest = verify(content, report)
    executor = MigrationExecutor(connection)
    targets = versions.targets(manifest.migrations, executor.loader)
    mark = settings.HOME / MARK
    mark.write_text(manifest.made_at, encoding="utf-8")
    report(0.3, "Đang tạo bảng", "Making the tables")
    executor.migrate(targets)
    files = _put_files(content, manifest, report)
    state = MigrationExecutor(connection).loader.project_state(targets)
    with transaction.atomic():
        _load(content, manifest, state.apps, report)
    report(0.95, "Đang nâng cấp lược đồ", "Upgrading the schema")
    call_command("migrate", verbosity=0, interactive=False)
    mark.unlink()
    return Restored(manifest, files)


def refuse_data() -> None:
    """Refuse a home or a database that holds anything.

    Raises
    ------
    BackupRefused : 409.93, with what was found.
    """
    with connection.cursor() as cursor:
        for name in sorted(set(connection.introspection.table_names(cursor)) - OF_MIGRATE):
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(name)} LIMIT 1")  # noqa: S608 - a name that the database gave
            if cursor.fetchone() is not None:
                raise BackupRefused(409.93, what=name)
    root = Path(settings.BLOB_ROOT)
    # The files of a restore that was cut are those of the backup, or harmless.
    if not (settings.HOME / MARK).exists() and root.is_dir() and any(root.iterdir()):
        raise BackupRefused(409.93, what=str(root))


def _put_files(content: Content, manifest: Manifest, report: Report) -> int:
    lost = set(manifest.files.lost)
    done = 0
    for entry in _closing(content):
        name = entry.name.removeprefix(BLOBS)
        if not entry.name.startswith(BLOBS) or name in lost:
            continue
        assert entry.stream is not None
        stored = blobs.store(pieces(entry.stream))
        if stored.sha256 != name:
            raise BackupRefused(422.91, reason=entry.name)
        done += 1
        if done % REPORT_EVERY == 0:
            share = 0.3 + 0.3 * done / max(manifest.files.count, 1)
            report(share, f"Đang chép tệp ({done})", f"Copying files ({done})")
    return done


def _load(content: Content, manifest: Manifest, registry: Apps, report: Report) -> None:
    """All rows, as the models of the backup's own migrations read them."""
    known = {table.name: table for table in tables.kept_tables(registry)}
    for name in (each.table for each in manifest.tables if each.table not in known):
        raise BackupRefused(422.92, needs=name)
    for table in known.values():
        _empty(table)
    columns = {each.table: each.columns for each in manifest.tables}
    done = 0
    for entry in _closing(content):
        if entry.name.startswith(BLOBS) or entry.name == MANIFEST:
            break
        name = entry.name.split("/")[1]
        assert entry.stream is not None
        done += _fill(tables.Loader(known[name], columns[name]), entry.stream)
        share = 0.6 + 0.35 * done / max(manifest.rows, 1)
        report(share, f"Đang nạp bảng {name}", f"Loading table {name}")
    if done != manifest.rows:
        raise BackupRefused(422.91, reason=f"{done} ≠ {manifest.rows}")
    tables.reset_sequences(list(known.values()))
    _end_jobs(known)


def _fill(loader: tables.Loader, stream: BinaryIO) -> int:
    done = 0
    for line in lines_of(stream):
        loader.put(line)
        done += 1
    loader.flush()
    return done


def _empty(table: tables.Table) -> None:
    """Migrations may have written rows of their own; those of the backup take their place."""
    name = connection.ops.quote_name(table.name)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {name} LIMIT 1")  # noqa: S608 - a name of our own models
        if cursor.fetchone() is not None:  # the audit log takes no DELETE, even of nothing
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - a name of our own models


def _end_jobs(known: dict[str, tables.Table]) -> None:
    """What was under way on the other machine is not taken up here, above all not this backup."""
    job: Any = known["job"].model
    job._base_manager.filter(state__in=["queued", "running"]).update(
        state="failed", lease_until=None, errors=[CUT_JOB]
    )


def _closing(content: Content) -> Iterator[Entry]:
    """The entries of a backup, whose file is closed even when not all are read."""
    with closing(cast("Any", content.entries())) as entries:
        yield from entries
