"""What the intake's transactions promise about the disk."""

import pytest

from surveys.collection import blobs, statements
from surveys.collection.durability import durable, relaxed
from surveys.collection.models import Blob


def waits_for_the_disk() -> bool:
    if statements.is_postgres():
        return statements.run("SHOW synchronous_commit") == [("on",)]
    return statements.run("PRAGMA synchronous") == [(2,)]  # FULL


@pytest.mark.django_db(transaction=True)
def test_only_derived_data_is_written_without_waiting_for_the_disk() -> None:
    with durable():
        assert waits_for_the_disk()
    with relaxed():
        assert not waits_for_the_disk()
    assert waits_for_the_disk()


@pytest.mark.django_db(transaction=True)
def test_a_relaxed_transaction_that_fails_leaves_the_connection_as_it_was() -> None:
    with pytest.raises(ZeroDivisionError), relaxed():
        raise ZeroDivisionError
    assert waits_for_the_disk()


def half_done(blob: blobs.StoredBlob) -> None:
    with durable():
        with relaxed():
            blobs.register([blob])
        raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_a_relaxed_part_of_a_transaction_fails_with_it() -> None:
    with pytest.raises(ZeroDivisionError):
        half_done(blobs.store(b"mot"))
    assert not Blob.objects.exists()


@pytest.mark.django_db
def test_the_same_bytes_are_one_file_and_one_row() -> None:
    first, second = blobs.store(b"anh" * 1000), blobs.store(iter([b"anh"] * 1000))
    assert first == second
    blobs.register([first, second])
    blobs.register([first])
    assert Blob.objects.get().size == 3000
    with blobs.open_blob(first.sha256) as file:
        assert file.read() == b"anh" * 1000
    assert not list(blobs.path(first.sha256).parent.parent.glob("incoming/*"))


@pytest.mark.django_db
def test_a_file_that_breaks_off_leaves_nothing() -> None:
    def broken() -> object:
        yield b"nua"
        raise OSError("the phone hung up")

    with pytest.raises(OSError, match="hung up"):
        blobs.store(broken())  # type: ignore[arg-type]
    assert not list(blobs.path("ab" * 32).parent.parent.glob("**/*.*"))
    assert not list(blobs.path("ab" * 32).parent.parent.glob("incoming/*"))
