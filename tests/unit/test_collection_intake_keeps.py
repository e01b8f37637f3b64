"""Whatever the sender's headers and the moment of a crash: what came is kept, once."""

import pytest

from surveys.collection import blobs, intake, quarantine, waiting_edits
from surveys.collection.arrival import Arrival, FileArrived, Outcome
from surveys.collection.models import Quarantined, Submission, SubmissionVersion
from surveys.fieldwork import record_changes
from tests.cast import Cast, filled, make_cast, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def arrival(cast: Cast, xml: bytes, *files: str, device: str = "collect:1") -> Arrival:
    return Arrival(
        project_id=cast.project.pk,
        actor_id=cast.alice.actor_id,
        xml=xml,
        files=tuple(FileArrived(n, "image/jpeg", blobs.store(n.encode())) for n in files),
        device_id=device,
        user_agent=device,
    )


def edit_of(first: str, own: str) -> bytes:
    deprecated = f"<meta><deprecatedID>{first}</deprecatedID>".encode()
    return filled(instance_id=own).replace(b"<meta>", deprecated)


def test_headers_of_any_length_do_not_hinder_keeping(cast: Cast) -> None:
    receipt = intake.receive(arrival(cast, filled("unknown"), device="\x00" + "x" * 300))
    assert receipt.problem == 202.1
    kept = Quarantined.objects.get()
    assert (kept.device_id, kept.user_agent) == ("x" * 255, "x" * 255)


def test_new_files_of_a_deleted_submission_are_kept_and_known_ones_are_not(cast: Cast) -> None:
    published(cast.alice.actor, cast.project)
    intake.receive(arrival(cast, filled(), "a.jpg"))
    record_changes.delete_submission(cast.alice.actor, Submission.objects.get())
    assert intake.receive(arrival(cast, filled(), "a.jpg")).outcome is Outcome.DELETED
    assert not Quarantined.objects.exists()
    assert intake.receive(arrival(cast, filled(), "a.jpg", "b.jpg")).outcome is Outcome.DELETED
    kept = Quarantined.objects.get()
    assert (kept.reason, [each["name"] for each in kept.files]) == ("409.2", ["a.jpg", "b.jpg"])


def test_an_edit_applied_before_a_crash_is_no_conflict_afterwards(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(cast.alice.actor, cast.project)
    intake.receive(arrival(cast, edit_of("uuid:1", "uuid:2")))
    with monkeypatch.context() as patch:  # the process dies before the waiting row is closed
        patch.setattr(quarantine, "resolve", lambda *_: False)
        intake.receive(arrival(cast, filled()))
    assert SubmissionVersion.objects.get(is_current=True).instance_id == "uuid:2"
    assert waiting_edits.replay_missed() == 1
    kept = Quarantined.objects.get()
    assert (kept.reason, kept.resolution) == ("202.4", "stored")


def test_an_edit_of_an_endless_id_is_kept_too(cast: Cast) -> None:
    """PostgreSQL indexes what a waiting edit waits for, and takes 2,700 bytes."""
    published(cast.alice.actor, cast.project)
    endless = "".join(f"{n:x}" for n in range(4000))  # does not compress away
    assert intake.receive(arrival(cast, edit_of(endless, "uuid:2"))).problem == 202.4
    assert Quarantined.objects.get().instance_id == "uuid:2"
