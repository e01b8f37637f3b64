"""The trash: hidden, taken back, removed for good; files go when nothing names them."""

import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.collection import blob_sweep, blobs, deletion, intake, publishing_files, rights
from surveys.collection.arrival import Arrival, FileArrived, Outcome
from surveys.collection.models import (
    AuditEvent,
    Blob,
    Form,
    Quarantined,
    Role,
    Submission,
    SubmissionVersion,
)
from surveys.collection.publishing import create_form
from surveys.fieldwork import pipeline, record_changes
from tests.cast import Cast, filled, make_cast, make_user, published, xform
from tests.page_world import make_world

pytestmark = pytest.mark.django_db
PHOTO = "<name>Lan</name><photo>a.jpg</photo>"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def send(cast: Cast, instance_id: str = "uuid:1", content: bytes = b"picture") -> Submission:
    receipt = receive(cast, instance_id, content)
    assert receipt.submission_id is not None
    pipeline.derive(receipt.submission_id)
    return Submission.objects.get(pk=receipt.submission_id)


def receive(cast: Cast, instance_id: str, content: bytes) -> intake.Receipt:
    return intake.receive(
        Arrival(
            project_id=cast.project.pk,
            actor_id=cast.alice.actor_id,
            xml=filled(instance_id=instance_id, answers=PHOTO),
            files=(FileArrived("a.jpg", "image/jpeg", blobs.store(content)),),
        )
    )


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("action", flat=True))


def age(sha256: str) -> None:
    old = time.time() - 3 * 3600
    os.utime(blobs.path(sha256), (old, old))


def test_a_submission_goes_into_the_trash_and_comes_back_with_its_records(cast: Cast) -> None:
    published(cast.alice.actor, cast.project)
    submission = send(cast)
    assert record_changes.delete_submission(cast.alice.actor, submission)
    assert not record_changes.delete_submission(cast.alice.actor, submission)
    assert list(deletion.trashed_submissions()) == [submission]
    assert record_changes.restore_submission(cast.alice.actor, submission)
    assert not record_changes.restore_submission(cast.alice.actor, submission)
    submission.refresh_from_db()
    assert submission.deleted_at is None
    assert submission.records.count() == 1
    assert actions()[-2:] == ["submission.delete", "submission.restore"]


def test_purging_removes_every_answer_and_its_phone_cannot_bring_it_back(cast: Cast) -> None:
    published(cast.alice.actor, cast.project)
    submission = send(cast)
    record_changes.delete_submission(cast.alice.actor, submission)
    assert record_changes.purge_submission(cast.admin.actor, submission)
    assert not record_changes.purge_submission(cast.admin.actor, submission)
    version = SubmissionVersion.objects.get()
    assert bytes(version.xml) == b""
    assert len(version.sha256) == 64
    assert not submission.records.exists()
    assert not version.attachments.exists()
    assert not record_changes.restore_submission(cast.alice.actor, submission)
    again = receive(cast, "uuid:1", b"picture")
    assert (again.outcome, again.problem) == (Outcome.DELETED, 409.2)
    assert not Quarantined.objects.exists()  # its files would bring it back as well


def test_purging_empties_what_came_of_the_record_after_its_deletion(cast: Cast) -> None:
    published(cast.alice.actor, cast.project)
    submission = send(cast)
    record_changes.delete_submission(cast.alice.actor, submission)
    assert receive(cast, "uuid:1", b"another picture").problem == 409.2
    intake.receive(
        Arrival(cast.project.pk, cast.alice.actor_id, filled("unknown", "uuid:1", answers=PHOTO))
    )
    assert record_changes.purge_submission(cast.admin.actor, submission)
    same, other = Quarantined.objects.order_by("pk")
    assert (bytes(same.xml), same.files, same.resolution) == (b"", [], "erased")
    assert b"Lan" in bytes(other.xml)
    assert receive(cast, "uuid:1", b"another picture").problem == 409.2
    assert not Quarantined.objects.exclude(pk=other.pk).exclude(xml=b"").exists()


def test_a_submission_that_is_not_in_the_trash_is_not_purged(cast: Cast) -> None:
    published(cast.alice.actor, cast.project)
    submission = send(cast)
    assert not record_changes.purge_submission(cast.admin.actor, submission)
    assert submission.records.exists()


def test_only_administrators_purge_and_only_managers_delete(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    submission = send(cast)
    supervisor = make_user("sup", Role.SUPERVISOR, cast.project)
    for who in (supervisor.actor, cast.bob.actor):
        with pytest.raises(rights.Forbidden):
            record_changes.delete_submission(who, submission)
        with pytest.raises(rights.Forbidden):
            deletion.delete_form(who, form)
    record_changes.delete_submission(cast.alice.actor, submission)
    deletion.delete_form(cast.alice.actor, form)
    with pytest.raises(rights.Forbidden):
        record_changes.purge_submission(cast.alice.actor, submission)
    with pytest.raises(rights.Forbidden):
        deletion.purge_form(cast.alice.actor, form)


def test_the_rated_office_deletes_and_restores_nothing(cast: Cast) -> None:
    published(cast.admin.actor, cast.project, rates_authority=True)
    submission = send(cast)
    rated = make_user("rated", Role.MANAGER, cast.project, rated_commune="16228")
    with pytest.raises(rights.Forbidden):
        record_changes.delete_submission(rated.actor, submission)


def test_a_form_comes_back_unless_its_id_was_taken(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    deletion.delete_form(cast.alice.actor, form)
    assert list(deletion.trashed_forms(cast.project)) == [form]
    assert deletion.restore_form(cast.alice.actor, form)
    assert not deletion.restore_form(cast.alice.actor, form)
    deletion.delete_form(cast.alice.actor, form)
    published(cast.alice.actor, cast.project)
    with pytest.raises(deletion.DeletionRefused) as refused:
        deletion.restore_form(cast.alice.actor, form)
    assert refused.value.code == 409.6


def test_the_trash_is_emptied_after_thirty_days(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    other = create_form(cast.alice.actor, cast.project, xform("G"), publish=True)
    kept, old = send(cast, "uuid:1"), send(cast, "uuid:2")
    for each in (kept, old):
        record_changes.delete_submission(cast.alice.actor, each)
    deletion.delete_form(cast.alice.actor, other)
    long_ago = timezone.now() - timedelta(days=31)
    Submission.objects.filter(pk=old.pk).update(deleted_at=long_ago)
    Form.objects.filter(pk=other.pk).update(deleted_at=long_ago)
    assert deletion.purge_due() == 2
    assert list(deletion.trashed_submissions()) == [kept]
    assert list(Form.objects.all()) == [form]


def test_a_purged_form_takes_its_submissions_and_leaves_an_event(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    send(cast)
    assert not deletion.purge_form(cast.admin.actor, form)  # it is not in the trash
    deletion.delete_form(cast.alice.actor, form)
    assert deletion.purge_form(cast.admin.actor, form)
    assert not Form.objects.exists()
    assert not Submission.objects.exists()
    event = AuditEvent.objects.get(action="form.purge")
    assert event.details == {"xmlFormId": "F", "submissions": 1}


def test_files_go_when_nothing_names_them_and_not_before(cast: Cast) -> None:
    published(cast.alice.actor, cast.project)
    first, second = send(cast, "uuid:1"), send(cast, "uuid:2")
    sha256 = Blob.objects.get().pk
    for submission in (first, second):
        age(sha256)
        assert blob_sweep.free_unused() == 0
        record_changes.delete_submission(cast.alice.actor, submission)
        record_changes.purge_submission(cast.admin.actor, submission)
    assert blob_sweep.free_unused() == 1
    assert not Blob.objects.exists()
    assert not blobs.path(sha256).exists()


def test_a_file_that_was_met_again_a_moment_ago_stays(cast: Cast) -> None:
    stored = blobs.store(b"picture")
    blobs.register([stored])
    age(stored.sha256)
    blobs.store(b"picture")  # another phone sends it; its row comes in a moment
    assert blob_sweep.free_unused() == 0
    assert blobs.path(stored.sha256).read_bytes() == b"picture"


def test_files_in_quarantine_and_of_forms_stay(cast: Cast) -> None:
    receive(cast, "uuid:1", b"kept aside")  # there is no such form
    form = create_form(
        cast.alice.actor,
        cast.project,
        xform(body='<instance id="l" src="jr://file-csv/l.csv"/>'),
    )
    publishing_files.attach_to_draft(cast.alice.actor, form, "l.csv", b"name,label\n")
    for blob in Blob.objects.all():
        age(blob.pk)
    assert Blob.objects.count() == 2
    assert blob_sweep.free_unused() == 0


def test_the_maps_and_reports_of_a_run_stay() -> None:
    world = make_world()
    age(world.report.sha256)
    blob_sweep.free_unused()
    assert blobs.path(world.report.sha256).exists()


def test_a_row_whose_file_was_lost_is_removed_too(cast: Cast) -> None:
    stored = blobs.store(b"picture")
    blobs.register([stored])
    blobs.path(stored.sha256).unlink()
    assert blob_sweep.free_unused() == 1
    assert not Blob.objects.exists()
