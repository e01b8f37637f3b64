"""Backups and checks that were run: by a job of the page, or by a command of a timetable.

Every run leaves a finished row among the jobs, so that the page shows the last of each, whoever
started it. What the page makes lies in HOME/backups, one file a backup, the newest few.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from surveys.collection import audit, jobs, rights
from surveys.collection.models import Actor, Job
from surveys.collection.people import system_actor
from surveys.collection.rights import Right
from surveys.collection.safekeeping import sealing
from surveys.collection.safekeeping.archive import BLOCK, BackupRefused, pieces
from surveys.collection.safekeeping.backup import STAMP, Made, back_up
from surveys.collection.safekeeping.findings import Report
from surveys.collection.safekeeping.fsck import Wish, fsck
from surveys.collection.safekeeping.single_file import FileContainer

BACKUP: Final = "backup"
FSCK: Final = "fsck"
KEPT: Final = 3
NAME: Final = re.compile(r"khaosat-\d{8}T\d{6}Z\.khb")
UNFINISHED: Final = (Job.State.QUEUED, Job.State.RUNNING)


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup in HOME/backups."""

    name: str
    size: int
    made_at: datetime


def start(actor: Actor, kind: str) -> Job:
    """Queue a backup or a check; one that waits or runs already is given back."""
    rights.require(actor, Right.ADMINISTER)
    under_way = Job.objects.filter(kind=kind, state__in=UNFINISHED).order_by("pk").first()
    if under_way is not None:
        return under_way
    with transaction.atomic():
        audit.record(f"server.{kind}", actor=actor)
        return jobs.enqueue(kind, {"page": "safekeeping"}, lane=Job.Lane.LONG, actor=actor)


def last(kind: str) -> Job | None:
    """The newest run of a kind that came to its end."""
    ended = Job.objects.filter(kind=kind, state__in=(Job.State.DONE, Job.State.FAILED))
    return ended.order_by("-finished_at").first()


def note(kind: str, result: dict[str, Any]) -> None:
    """Leave a row of a run that a command made."""
    with transaction.atomic():
        Job.objects.create(
            kind=kind,
            lane=Job.Lane.LONG,
            state=Job.State.DONE,
            progress=1,
            result=result,
            created_by=system_actor(),
            finished_at=Now(),
        )
        audit.record(f"server.{kind}", actor=system_actor())


def backup_result(made: Made, name: str) -> dict[str, Any]:
    return {**asdict(made), "lost": list(made.lost)[:20], "n_lost": len(made.lost), "name": name}


def fsck_result(found: Report) -> dict[str, Any]:
    return found.as_json()


@jobs.handles(BACKUP)
def run_backup(_job: Job, report: jobs.Report) -> dict[str, Any]:
    folder = settings.HOME / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"khaosat-{datetime.now(UTC).strftime(STAMP)}.khb"
    try:
        made = back_up(FileContainer(folder / name), report)
    except BackupRefused as refused:
        raise jobs.JobRefused([{"vi": refused.vi, "en": refused.en}]) from refused
    for old in files()[KEPT:]:
        (folder / old.name).unlink(missing_ok=True)
    return backup_result(made, name)


@jobs.handles(FSCK)
def run_fsck(_job: Job, report: jobs.Report) -> dict[str, Any]:
    return fsck_result(fsck(Wish(), report))


def files() -> list[BackupFile]:
    """The backups that the page made, the newest first."""
    folder: Path = settings.HOME / "backups"
    found = [
        BackupFile(
            path.name, path.stat().st_size, datetime.fromtimestamp(path.stat().st_mtime, UTC)
        )
        for path in (folder.iterdir() if folder.is_dir() else ())
        if NAME.fullmatch(path.name)
    ]
    return sorted(found, key=lambda each: each.name, reverse=True)


def download(actor: Actor, name: str, passphrase: str = "") -> Iterator[bytes]:
    """The bytes of a backup, sealed on the way when there is a passphrase.

    Raises
    ------
    BackupRefused : 404.91 there is no such backup.
    """
    rights.require(actor, Right.ADMINISTER)
    if name not in {each.name for each in files()}:
        raise BackupRefused(404.91, path=name)
    audit.record("server.backup.download", actor=actor, name=name, sealed=bool(passphrase))
    source = (settings.HOME / "backups" / name).open("rb")
    return _sealed(source, passphrase) if passphrase else _plain(source)


def _plain(source: BinaryIO) -> Iterator[bytes]:
    with source:
        yield from pieces(source)


def _sealed(source: BinaryIO, passphrase: str) -> Iterator[bytes]:
    out = _Collected()
    with source:
        writer = sealing.Sealing(cast("BinaryIO", out), passphrase, sealing.new_salt())
        while piece := source.read(BLOCK):
            writer.write(piece)
            yield out.take()
        writer.finish()
        yield out.take()


class _Collected:
    """What was written since it was last taken."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        self._data += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._data)
        self._data.clear()
        return taken
