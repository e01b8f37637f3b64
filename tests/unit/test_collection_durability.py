"""What the intake's transactions promise about the disk."""

import pytest
from django.db import IntegrityError, transaction

from surveys.collection import blobs, statements
from surveys.collection.durability import durable, relaxed, relaxed_steps
from surveys.collection.models import Blob
from surveys.collection.statements import Asked


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


PUT = "INSERT INTO blob (sha256, md5, size) VALUES ($1, '', 1)"
COUNT = Asked("SELECT COUNT(*) FROM blob")


@pytest.mark.django_db(transaction=True)
def test_steps_are_one_transaction_and_ask_once_more_after_it() -> None:
    with relaxed_steps() as steps:
        assert steps.ask(Asked(PUT, ("a",)), COUNT) == [[], [(1,)]]
        assert not waits_for_the_disk()
        assert steps.end(Asked(PUT, ("b",)), then=COUNT) == [(2,)]
    assert waits_for_the_disk()
    assert Blob.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_steps_that_fail_or_are_not_ended_leave_nothing() -> None:
    def fails_after(*asked: Asked) -> None:
        with relaxed_steps() as steps:
            steps.ask(*asked)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_after(Asked(PUT, ("a",)))
    with pytest.raises(IntegrityError):
        fails_after(Asked(PUT, ("a",)), Asked(PUT, ("a",)))
    assert not Blob.objects.exists()
    assert waits_for_the_disk()


@pytest.mark.django_db
def test_steps_inside_another_transaction_are_a_part_of_it() -> None:
    with transaction.atomic():
        with relaxed_steps() as steps:
            steps.end(Asked(PUT, ("a",)), then=COUNT)
        transaction.set_rollback(True)
    assert not Blob.objects.exists()
