"""Backups as files: what is damaged, cut, sealed or foreign is told from what is whole."""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from surveys.collection import blobs
from surveys.collection.models import Blob, Project
from surveys.collection.refusal import Refused
from surveys.collection.safekeeping import sealing
from surveys.collection.safekeeping.archive import Content
from surveys.collection.safekeeping.backup import back_up
from surveys.collection.safekeeping.folder import Folder, FolderContainer
from surveys.collection.safekeeping.places import container_at, content_at
from surveys.collection.safekeeping.pruning import prune
from surveys.collection.safekeeping.single_file import FileContainer
from surveys.collection.safekeeping.verifying import verify

OLD = Path(__file__).parents[1] / "data" / "schema-0004.khb"
PASSPHRASE = "mật khẩu dài"


@pytest.fixture(autouse=True)
def _quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SCRYPT_N", 2**4)
    sealing._master.cache_clear()


def refusal(content: Content) -> float:
    with pytest.raises(Refused) as refused:
        verify(content)
    return refused.value.code


def sealed(data: bytes, passphrase: str = PASSPHRASE) -> bytes:
    raw = BytesIO()
    writer = sealing.Sealing(raw, passphrase, b"0" * sealing.SALT)
    for start in range(0, len(data), 100_000):
        writer.write(data[start : start + 100_000])
    writer.finish()
    return raw.getvalue()


@pytest.mark.parametrize(
    "size", [0, 1, sealing.BLOCK - 1, sealing.BLOCK, sealing.BLOCK + 1, 3 * sealing.BLOCK]
)
def test_what_was_sealed_opens_as_it_was(size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert sealing.Opening(BytesIO(sealed(data)), PASSPHRASE).read() == data


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_no_byte_of_a_sealed_stream_can_be_changed(place: int, flip: int) -> None:
    whole = bytearray(sealed(b"cau tra loi " * 30))
    whole[place % len(whole)] ^= flip
    with pytest.raises(sealing.NotOpened):
        sealing.Opening(BytesIO(whole), PASSPHRASE).read()


def test_a_sealed_stream_cannot_be_cut_lengthened_or_put_in_another_order() -> None:
    whole = sealed(bytes(3 * sealing.BLOCK))
    head, block = 56, 4 + sealing.BLOCK + sealing.TAG
    swapped = whole[:head] + whole[head + block : head + 2 * block] + whole[head : head + block]
    for data in (whole[:-1], whole[: head + 2 * block], whole + b"x", swapped):
        with pytest.raises(sealing.NotOpened):
            sealing.Opening(BytesIO(data), PASSPHRASE).read()


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(sealing.NotOpened):
        sealing.Opening(BytesIO(sealed(b"x")), PASSPHRASE + " ").read()


def test_a_whole_backup_reads_as_whole() -> None:
    manifest = verify(content_at(OLD))
    assert (manifest.rows, manifest.files.count, manifest.files.lost) == (70, 6, ())


def damaged(whole: bytes) -> dict[str, bytes]:
    photo = whole.index(b"\xff\xd8\xff\xe0") + 100
    table = whole.index(b"\x1f\x8b") + 30
    said = whole.index(b'"rows": 6')
    return {
        "flipped photo": whole[:photo] + bytes([whole[photo] ^ 1]) + whole[photo + 1 :],
        "flipped table": whole[:table] + bytes([whole[table] ^ 1]) + whole[table + 1 :],
        "changed manifest": whole[:said] + b'"rows":xx' + whole[said + 9 :],
        "cut in half": whole[: len(whole) // 2],
        "without its end": whole[: whole.index(b"manifest.json")],
        "empty": b"",
        "a zip": b"PK\x03\x04" + bytes(5000),
        "zeros": bytes(10240),
    }


@pytest.mark.parametrize("kind", sorted(damaged(OLD.read_bytes())))
def test_a_damaged_backup_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "b.khb"
    path.write_bytes(damaged(OLD.read_bytes())[kind])
    assert refusal(content_at(path)) == 422.91


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_a_folder_copies_each_file_once_and_every_backup_of_it_is_whole(
    tmp_path: Path, passphrase: str
) -> None:
    path = tmp_path / "backups"
    counts = []
    for number in range(3):
        blobs.register([blobs.store(b"anh" + bytes([number]) * 5000)])
        container = FolderContainer(Folder(path, passphrase), f"2026112{number}T000000Z")
        made = back_up(container)
        counts.append((made.files, container.copied))
    assert counts == [(1, 1), (2, 1), (3, 1)]
    folder = Folder(path, passphrase)
    assert len(folder.names()) == 3
    for name in folder.names():
        verify(content_at(path / name, passphrase))
    newest = Blob.objects.order_by("pk").last()
    assert newest is not None
    folder.blob(newest.pk).unlink()
    assert refusal(content_at(path, passphrase)) == 422.91


@pytest.mark.django_db(transaction=True)
def test_old_backups_of_a_folder_go_with_the_files_that_only_they_name(tmp_path: Path) -> None:
    path = tmp_path / "backups"
    stays = blobs.store(b"stays")
    blobs.register([stays])
    for number in range(4):
        passing = blobs.store(bytes([number]) * 50)
        blobs.register([passing])
        back_up(FolderContainer(Folder(path), f"2026112{number}T000000Z"))
        Blob.objects.filter(pk=passing.sha256).delete()
    folder = Folder(path)
    (path / "20261129T000000Z.partial").mkdir()  # a kill left it
    assert prune(folder, 0) == 0
    assert prune(folder, 2) == 2
    assert folder.names() == ["20261122T000000Z", "20261123T000000Z"]
    for name in folder.names():
        assert verify(content_at(path / name)).files.count == 2
    assert len([each for each in (path / "blobs").rglob("*") if each.is_file()]) == 3
    assert prune(folder, 2) == 0


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_does_not_fit_is_refused_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs.register([blobs.store(b"x" * 3_000_000)])
    monkeypatch.setattr(FileContainer, "room", lambda _self: 2_000_000)
    with pytest.raises(Refused, match=r"409\.95"):
        back_up(container_at(tmp_path / "b.khb", in_folder=False))
    assert not list(tmp_path.rglob("*.khb*"))


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_lost_or_damaged_is_told_and_stops_no_backup(tmp_path: Path) -> None:
    good, lost, flipped = (blobs.store(each * 900) for each in (b"1", b"2", b"3"))
    blobs.register([good, lost, flipped])
    blobs.path(lost.sha256).unlink()
    blobs.path(flipped.sha256).write_bytes(b"4" * 900)
    for target, in_folder in ((tmp_path / "b.khb", False), (tmp_path / "f", True)):
        made = back_up(container_at(target, in_folder=in_folder))
        assert set(made.lost) == {lost.sha256, flipped.sha256}
        assert verify(content_at(target)).files.count == 1


@pytest.mark.django_db(transaction=True)
def test_a_sealed_backup_shows_nothing_and_wants_its_passphrase(tmp_path: Path) -> None:
    Project.objects.create(name="Tên dự án bí mật")
    path = tmp_path / "b.khb"
    back_up(container_at(path, PASSPHRASE, in_folder=False))
    assert not any(word in path.read_bytes() for word in (b"tables/", b"manifest", b"khaosat"))
    verify(content_at(path, PASSPHRASE))
    assert refusal(content_at(path)) == 403.91
    assert refusal(content_at(path, "sai mật khẩu rồi")) == 403.91


@pytest.mark.django_db(transaction=True)
def test_a_folder_of_one_passphrase_takes_no_other_and_a_foreign_folder_none(
    tmp_path: Path,
) -> None:
    Folder(tmp_path / "a", PASSPHRASE)
    for wrong in ("", "sai mật khẩu rồi"):
        with pytest.raises(Refused, match=r"403\.91"):
            Folder(tmp_path / "a", wrong)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.docx").write_bytes(b"x")
    with pytest.raises(Refused, match=r"409\.92"):
        Folder(tmp_path / "b")


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_never_overwritten_nor_written_twice_at_once(tmp_path: Path) -> None:
    path = tmp_path / "b.khb"
    first = container_at(path, in_folder=False)
    with pytest.raises(Refused, match=r"409\.96"):
        container_at(path, in_folder=False)
    back_up(first)
    with pytest.raises(Refused, match=r"409\.91"):
        container_at(path, in_folder=False)
    folder = tmp_path / "f"
    container_at(folder, in_folder=True)
    with pytest.raises(Refused, match=r"409\.96"):
        container_at(folder, in_folder=True)


@pytest.mark.django_db(transaction=True)
def test_what_goes_wrong_while_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    stored = blobs.store(b"x" * 50)
    blobs.register([stored])

    def failing(_sha256: str) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(blobs, "open_blob", failing)
    for target, in_folder in ((tmp_path / "b.khb", False), (tmp_path / "f", True)):
        with pytest.raises(OSError, match="No space"):
            back_up(container_at(target, in_folder=in_folder))
        with pytest.raises(Refused, match=r"404\.91"):
            verify(cast("Content", content_at(target)))
    assert not list(tmp_path.rglob("*.partial"))


WRITING = """
import django, sys
django.setup()
from io import BytesIO
from pathlib import Path
from surveys.collection.safekeeping.places import container_at
container = container_at(Path(sys.argv[1]), in_folder=sys.argv[1].endswith("/"))
while True:
    container.add_part("tables/record/000001.jsonl.gz", bytes(1000_000))
    print("written", flush=True)
"""


@pytest.mark.parametrize("target", ["b.khb", "f/"])
def test_a_backup_whose_process_was_killed_is_none_and_the_next_one_clears_up(
    tmp_path: Path, target: str
) -> None:
    path = f"{tmp_path}/{target}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", WRITING, path],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.kill()
    assert list(tmp_path.rglob("*.partial"))
    with pytest.raises(Refused, match=r"404\.91"):
        content_at(Path(path))
    container = container_at(Path(path), in_folder=target.endswith("/"))
    container.add_part("tables/x/000001.jsonl.gz", b"x")
    container.abandon()
    assert not list(tmp_path.rglob("*.partial"))
