"""Backup and restore of whole servers: each database into the other, old schemas, kill -9.

S1 what is restored is what was backed up: every row, every byte, on the other database too.
S2 a backup of an older schema is restored and migrated upward.
S3 a backup that was killed half-way is never taken for a whole one.
S4 a server that holds data is never restored into.
"""

import json
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from surveys.collection.safekeeping.archive import BLOBS, MANIFEST, Manifest
from surveys.collection.safekeeping.lines import lines_of
from surveys.collection.safekeeping.places import content_at
from tests.postgres import new_database
from tests.server import ROOT, RunningServer, free_port

OLD = Path(__file__).parents[1] / "data" / "schema-0004.khb"
PASSPHRASE = "mật khẩu của bản sao lưu"
# Restoring ends the jobs that were under way; a backup leaves a row about itself.
MOVING = {"job", "audit_event"}


def empty_server(home: Path, database: str) -> RunningServer:
    home.mkdir(exist_ok=True)
    url = new_database() if database == "postgres" else ""
    return RunningServer(home=home, database_url=url, port=free_port())


def held(path: Path, passphrase: str = "") -> dict[str, list[object]]:
    """Everything in a backup by table, and the names of its files."""
    found: dict[str, list[object]] = {}
    for entry in content_at(path, passphrase).entries():
        if entry.name.startswith(BLOBS):
            found.setdefault("files", []).append(entry.name)
        elif entry.name != MANIFEST:
            assert entry.stream is not None
            rows = found.setdefault(entry.name.split("/")[1], [])
            rows += [json.loads(line) for line in lines_of(entry.stream)]
    return {name: rows for name, rows in found.items() if name not in MOVING}


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(180)
def test_an_old_backup_comes_back_on_one_database_and_from_there_on_the_other(
    tmp_path: Path,
) -> None:
    first = empty_server(tmp_path / "a", "postgres")
    second = empty_server(tmp_path / "b", "sqlite")
    sealed = tmp_path / "sealed.khb"
    first.environment["KHAOSAT_BACKUP_PASSPHRASE"] = PASSPHRASE
    second.environment["KHAOSAT_BACKUP_PASSPHRASE"] = PASSPHRASE
    try:
        first.manage("restore", str(OLD))
        first.manage("backup", f"{tmp_path / 'many'}/")
        second.manage("restore", str(tmp_path / "many"))
        second.manage("backup", str(sealed))
        many = held(tmp_path / "many", PASSPHRASE)
        assert held(sealed, PASSPHRASE) == many
        assert b"\xff\xd8\xff" not in sealed.read_bytes()
        old = held(OLD)
        assert len(old["submission_version"]) == 6
        # these tables have kept their columns since
        for table in ("files", "blob", "attachment", "submission_version", "record", "comment"):
            assert many[table] == old[table], table
        assert "[409.93]" in second.try_manage("restore", str(OLD)).stderr
        assert "whole: 5 submissions, 5 compared" in second.manage("fsck", "--deep")
        assert first.run("-c", NEW_ROW).strip() == "True"
    finally:
        first.stop()
        second.stop()


def test_the_stored_backup_is_of_an_older_schema() -> None:
    with tarfile.open(OLD) as tar:
        manifest = Manifest.from_bytes(tar.extractfile(MANIFEST).read())  # type: ignore[union-attr]
    assert manifest.migrations["collection"] == "0004_last_used_is_counted"


@pytest.mark.slow  # a quick one without a server is in tests/unit/test_safekeeping_archive.py
@pytest.mark.parametrize("target", ["file.khb", "folder/"])
def test_a_backup_that_is_killed_leaves_none_and_the_next_one_is_whole(
    tmp_path: Path, target: str
) -> None:
    server = empty_server(tmp_path / "home", "sqlite")
    server.manage("restore", str(OLD))
    large = server.home / "blobs" / "00" / ("0" * 62)
    server.run("-c", STORE_LARGE)
    path = f"{tmp_path}/{target}"
    killed = subprocess.Popen(
        [sys.executable, "manage.py", "backup", path], cwd=ROOT, env=server._environment()
    )
    deadline = time.monotonic() + 60
    while not any(half.stat().st_size for half in tmp_path.rglob("*.partial")):
        assert killed.poll() is None, "the backup ended before it could be killed"
        assert time.monotonic() < deadline
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not large.exists()
    refused = server.try_manage("restore", "--check", path)
    assert refused.returncode == 1
    assert "404.91" in refused.stderr
    server.manage("backup", path)
    assert "whole" in server.manage("restore", "--check", path)
    assert not list(tmp_path.rglob("*.partial"))


# Numbers go on above those that were restored.
NEW_ROW = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from surveys.collection.models import AuditEvent, Submission
made = Submission.objects.create(form_id=1, instance_id="uuid:after")
print(made.pk > 5 and AuditEvent.objects.create(action="test").pk > 10)
"""
STORE_LARGE = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from surveys.collection import blobs
blobs.register([blobs.store(os.urandom(1_000_000) for _ in range(60))])
"""
