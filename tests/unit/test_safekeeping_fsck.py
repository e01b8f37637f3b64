"""fsck: each kind of damage is found and named; a repair never removes the last copy."""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings

from surveys.collection import blob_sweep, blobs, intake
from surveys.collection.arrival import Arrival, FileArrived
from surveys.collection.models import Attachment, Blob, Record, Submission, SubmissionVersion
from surveys.collection.safekeeping.backup import back_up
from surveys.collection.safekeeping.findings import Kind, Report
from surveys.collection.safekeeping.folder import Folder, FolderContainer
from surveys.collection.safekeeping.fsck import Wish, fsck
from surveys.collection.safekeeping.places import container_at
from surveys.fieldwork import pipeline
from tests.cast import filled, make_cast, published

pytestmark = pytest.mark.django_db(transaction=True)
N = 3


@pytest.fixture(autouse=True)
def _world(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    settings.BLOB_ROOT = settings.HOME / "blobs"
    cast = make_cast()
    published(cast.alice.actor, cast.project)
    for number in range(N):
        answers = f"<name>Lan</name><age>{number}</age><photo>{number}.jpg</photo>"
        stored = blobs.store(b"\xff\xd8" + bytes([number]) * 900)
        receipt = intake.receive(
            Arrival(
                project_id=cast.project.pk,
                actor_id=cast.alice.actor_id,
                xml=filled(instance_id=f"uuid:{number}", answers=answers),
                files=(FileArrived(f"{number}.jpg", "image/jpeg", stored),),
            )
        )
        assert receipt.submission_id is not None
        pipeline.derive(receipt.submission_id)


def photo(number: int = 1) -> Path:
    slot = Attachment.objects.get(name=f"{number}.jpg")
    assert slot.blob_id is not None
    return blobs.path(slot.blob_id)


def kinds(report: Report) -> dict[Kind, int]:
    return {kind: found.count for kind, found in report.findings.items()}


def age(path: Path, hours: float = 72) -> Path:
    old = time.time() - hours * 3600
    os.utime(path, (old, old))
    return path


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)


def test_a_sound_store_is_clean() -> None:
    report = fsck(Wish(is_deep=True))
    assert report.is_clean
    assert (report.submissions, report.files, report.compared) == (N, N, N)


def test_a_flipped_byte_in_a_photo_is_found_with_its_name() -> None:
    flip(photo())
    report = fsck(Wish())
    assert kinds(report) == {Kind.FILE_CHANGED: 1}
    assert report.findings[Kind.FILE_CHANGED].examples[0].endswith("(F / uuid:1 / 1.jpg)")
    assert fsck(Wish(is_quick=True)).is_clean  # its size is right


def test_a_flipped_byte_in_a_stored_xml_is_found() -> None:
    version = SubmissionVersion.objects.get(instance_id="uuid:1")
    changed = bytes(version.xml).replace(b"<age>1", b"<age>9")
    SubmissionVersion.objects.filter(pk=version.pk).update(xml=changed)
    report = fsck(Wish(repairs=True))
    assert report.findings[Kind.XML_CHANGED].examples == ["F / uuid:1"]
    assert report.findings[Kind.RECORDS_DIFFER].repaired == 0
    assert not report.is_clean
    record = Record.objects.get(submission=version.submission_id)  # the last copy of the answers
    assert record.values["age"] == "1"


@pytest.mark.sqlite  # which alone keeps text among bytes
def test_bytes_that_a_flipped_bit_made_text_are_damage_and_stop_no_check() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE submission_version SET xml = CAST(xml AS TEXT) WHERE instance_id = 'uuid:1'"
        )
        cursor.execute("UPDATE form_version SET xform = CAST(xform AS TEXT)")
    report = fsck(Wish())
    assert report.findings[Kind.XML_CHANGED].examples == ["F / uuid:1"]
    assert report.findings[Kind.FORM_CHANGED].count == 1


def test_the_bytes_of_a_submission_come_back_from_a_backup(tmp_path: Path) -> None:
    version = SubmissionVersion.objects.get(instance_id="uuid:1")
    for number in range(2):  # the newest backup has the damage already
        back_up(FolderContainer(Folder(tmp_path / "b"), f"2026112{number}T000000Z"))
        SubmissionVersion.objects.filter(pk=version.pk).update(xml=b"<data>damaged</data>")
    assert kinds(fsck(Wish(backups=Folder(tmp_path / "b"))))[Kind.XML_CHANGED] == 1
    report = fsck(Wish(repairs=True, backups=Folder(tmp_path / "b")))
    assert report.findings[Kind.XML_CHANGED].repaired == 1
    assert bytes(SubmissionVersion.objects.get(pk=version.pk).xml) == bytes(version.xml)


def test_a_missing_photo_is_found_and_taken_from_a_backup(tmp_path: Path) -> None:
    back_up(container_at(tmp_path / "b", in_folder=True))
    missing, flipped = photo(0), photo(1)
    said = missing.read_bytes(), flipped.read_bytes()
    missing.unlink()
    flip(flipped)
    assert kinds(fsck(Wish(repairs=True))) == {Kind.FILE_MISSING: 1, Kind.FILE_CHANGED: 1}
    assert not missing.exists()
    report = fsck(Wish(repairs=True, backups=Folder(tmp_path / "b")))
    assert report.is_clean
    assert (missing.read_bytes(), flipped.read_bytes()) == said
    assert fsck(Wish()).findings == {}
    assert len(list((settings.HOME / "lost+found").rglob("*"))) == 2  # the damaged one, its folder


def test_a_damaged_copy_in_the_backup_replaces_nothing(tmp_path: Path) -> None:
    back_up(container_at(tmp_path / "b", in_folder=True))
    folder = Folder(tmp_path / "b")
    blob = Attachment.objects.get(name="1.jpg").blob_id
    assert blob is not None
    flip(photo())
    folder.blob(blob).write_bytes(b"also damaged")
    before = photo().read_bytes()
    assert not fsck(Wish(repairs=True, backups=folder)).is_clean
    assert photo().read_bytes() == before


def test_a_removal_that_was_killed_half_way_is_taken_back() -> None:
    path = photo()
    age(path.rename(path.with_name(path.name + blob_sweep.GOING)))
    assert kinds(fsck(Wish()))[Kind.FILE_MISSING] == 1
    assert fsck(Wish(repairs=True)).is_clean
    assert path.exists()
    assert fsck(Wish()).findings == {}


def test_orphans_are_moved_and_never_deleted() -> None:
    stored = blobs.store(b"nobody names me")
    orphan = age(blobs.path(stored.sha256))
    half = settings.BLOB_ROOT / "incoming" / "half"
    half.write_bytes(b"cut")
    age(half)
    (settings.BLOB_ROOT / "note.txt").write_bytes(b"?")
    assert kinds(fsck(Wish())) == {Kind.ORPHAN: 2, Kind.STALE: 1}
    assert orphan.exists()
    assert fsck(Wish(repairs=True)).is_clean
    assert fsck(Wish()).findings == {}
    moved = {path.name for path in (settings.HOME / "lost+found").rglob("*") if path.is_file()}
    assert moved == {orphan.name, "half", "note.txt"}


def test_an_upload_that_is_under_way_is_no_orphan() -> None:
    blobs.store(b"its row comes in a moment")
    (settings.BLOB_ROOT / "incoming" / "now").write_bytes(b"half")
    assert fsck(Wish()).findings == {}


def test_a_row_of_a_file_that_nothing_uses_and_that_is_gone_is_dropped() -> None:
    stored = blobs.store(b"unused")
    blobs.register([stored])
    blobs.path(stored.sha256).unlink()
    assert kinds(fsck(Wish(repairs=True))) == {Kind.UNUSED_MISSING: 1}
    assert not Blob.objects.filter(pk=stored.sha256).exists()
    assert fsck(Wish()).findings == {}


def test_records_that_differ_from_the_bytes_are_made_again() -> None:
    changed = Submission.objects.get(instance_id="uuid:0")
    lost = Submission.objects.get(instance_id="uuid:2")
    Record.objects.filter(submission=changed).update(values={"name": "Lan", "age": "77"})
    Record.objects.filter(submission=lost).delete()
    report = fsck(Wish(repairs=True))
    assert kinds(report) == {Kind.RECORDS_DIFFER: 2}
    assert report.is_clean
    for submission in Submission.objects.filter(state=Submission.State.RECEIVED):
        pipeline.derive(submission.pk)  # the worker's sweep
    assert fsck(Wish()).findings == {}


def test_a_submission_without_a_version_is_found() -> None:
    SubmissionVersion.objects.filter(instance_id="uuid:1").update(is_current=False)
    assert fsck(Wish()).findings[Kind.NO_VERSION].examples == ["F / uuid:1"]


@pytest.mark.sqlite  # PostgreSQL holds its own keys
def test_an_orphan_row_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("UPDATE attachment SET blob_id = 'abc' WHERE name = '1.jpg'")
        cursor.execute("PRAGMA foreign_keys = ON")
    report = fsck(Wish())
    assert "attachment" in report.findings[Kind.DATABASE].examples[0]
    Attachment.objects.filter(blob_id="abc").update(blob_id=None)
