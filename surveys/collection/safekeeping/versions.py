"""Which code and which schema a backup is of."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from surveys.collection.safekeeping.archive import BackupRefused

ROOT: Final = Path(__file__).resolve().parents[3]
ROOMS: Final = ("api", "config", "dashboard", "forms", "surveys")


@cache
def code() -> str:
    """A digest of the sources that write to the database: equal for equal code."""
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            digest.update(f"{path.relative_to(ROOT)}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def migrations() -> dict[str, str]:
    """The last migration of each app, as the database has it.

    Raises
    ------
    BackupRefused : 409.94 the database is not of this code.
    """
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    if executor.migration_plan(leaves):
        raise BackupRefused(409.94)
    return dict(sorted(leaves))


def targets(said: dict[str, str], loader: MigrationLoader) -> list[tuple[str, str]]:
    """The migrations of a backup as this code knows them.

    Raises
    ------
    BackupRefused : 422.92 it does not know one of them.
    """
    unknown = [
        f"{app}.{name}" for app, name in said.items() if (app, name) not in loader.graph.nodes
    ]
    if unknown:
        raise BackupRefused(422.92, needs=unknown)
    return list(said.items())
