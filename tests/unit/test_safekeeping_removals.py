"""What was removed after a backup is removed anew when the backup comes back."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from surveys.collection import deletion, intake, people, public_links, quarantine
from surveys.collection.arrival import Arrival
from surveys.collection.models import (
    AppUser,
    ErasedVersion,
    Erasure,
    PublicLink,
    Quarantined,
    Submission,
    SubmissionVersion,
    User,
)
from surveys.collection.safekeeping import removals
from surveys.fieldwork import erasing, pipeline
from tests.cast import Cast, filled, make_cast, published

pytestmark = pytest.mark.django_db


class Before:
    """A server with something of each kind, as a backup would hold it."""

    def __init__(self) -> None:
        self.cast: Cast = make_cast()
        self.form = published(self.cast.alice.actor, self.cast.project)
        for n in (1, 2):
            xml = filled(instance_id=f"uuid:{n}")
            receipt = intake.receive(Arrival(self.form.project_id, self.cast.alice.actor_id, xml))
            assert receipt.submission_id is not None
            pipeline.derive(receipt.submission_id)
        intake.receive(Arrival(self.form.project_id, None, filled("unknown", "uuid:3")))
        self.phone = people.create_app_user(self.cast.admin.actor, self.form.project, "Minh")
        self.lost = people.create_app_user(self.cast.admin.actor, self.form.project, "Thu")
        self.link = public_links.create(self.cast.alice.actor, self.form, "Bàn 1")
        self.made_at = datetime.now(UTC).isoformat()
        self._phones = dict(AppUser.objects.values_list("pk", "token"))
        self._link = self.link.token
        self._versions = dict(SubmissionVersion.objects.values_list("pk", "xml"))
        self._kept = Quarantined.objects.values("pk", "xml").get()

    def remove(self) -> None:
        admin = self.cast.admin.actor
        one, two = Submission.objects.select_related("form__project").order_by("pk")
        erasing.erase(admin, one, Erasure.Extent.ALL, "đã rút")
        deletion.delete_submission(admin, two)
        deletion.purge_submission(admin, two)
        erasing.erase_kept(admin, Quarantined.objects.get(), "đã rút")
        people.revoke_app_user(admin, self.phone)
        people.reissue_app_user_token(admin, self.lost)
        public_links.revoke(admin, self.link)
        people.deactivate_user(admin, self.cast.bob)

    def come_back(self) -> None:
        """As the tables of the backup have it."""
        for pk, token in self._phones.items():
            AppUser.objects.filter(pk=pk).update(token=token)
        PublicLink.objects.filter(pk=self.link.pk).update(token=self._link)
        User.objects.filter(pk=self.cast.bob.pk).update(is_active=True)
        for pk, xml in self._versions.items():
            SubmissionVersion.objects.filter(pk=pk).update(xml=xml)
        Quarantined.objects.update(xml=self._kept["xml"], resolution="", resolved_at=None)
        ErasedVersion.objects.all().delete()
        Submission.objects.update(deleted_at=None, state=Submission.State.DERIVED)


def texts() -> bytes:
    kept = [bytes(row.xml) for row in Quarantined.objects.all()]
    return b"".join([*kept, *(bytes(each.xml) for each in SubmissionVersion.objects.all())])


def test_all_that_was_removed_since_goes_again(tmp_path: Path) -> None:
    before = Before()
    before.remove()
    path = tmp_path / removals.NAME
    assert removals.write(path) == 7
    assert b"uuid:" not in path.read_bytes()
    before.come_back()
    assert texts().count(b"Lan") == 3
    applied = removals.apply(removals.since(path, before.made_at))
    assert (sum(applied.done.values()), applied.unknown) == (7, 0)
    assert b"Lan" not in texts()
    assert not AppUser.objects.filter(token__isnull=False).exists()
    assert not PublicLink.objects.filter(token__isnull=False).exists()
    assert not User.objects.get(pk=before.cast.bob.pk).is_active
    again = removals.apply(removals.since(path, before.made_at))
    assert again.done.get("submission.purge", 0) == again.done.get("app_user.revoke", 0) == 0


def test_what_a_backup_knows_already_and_what_is_of_another_server_stays(tmp_path: Path) -> None:
    before = Before()
    before.remove()
    path = tmp_path / removals.NAME
    removals.write(path)
    assert removals.since(path, datetime.now(UTC).isoformat()) == []
    before.come_back()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    foreign = "".join(json.dumps({**line, "check": "0" * 64}) + "\n" for line in lines)
    path.write_text(foreign)
    applied = removals.apply(removals.since(path, before.made_at))
    assert (applied.done, applied.unknown) == ({}, 7)
    assert texts().count(b"Lan") == 3


def test_a_list_keeps_what_an_older_one_of_its_folder_held(tmp_path: Path) -> None:
    path = tmp_path / removals.NAME
    old = removals.Removal("2026-01-01T00:00:00+00:00", removals.ERASE, 99, "a" * 64, "all")
    path.write_text(json.dumps({name: getattr(old, name) for name in old.__slots__}) + "\n")
    before = Before()
    before.remove()
    assert removals.write(path) == 8
    assert removals.since(path, "2026-01-01T00:00:00+00:00")[0] == old
    path.write_text('{"strange": 1}\n')
    with pytest.raises(ValueError, match="strange"):
        removals.since(path, before.made_at)


def test_erased_answers_are_out_of_the_records_at_once(tmp_path: Path) -> None:
    before = Before()
    before.remove()
    removals.write(tmp_path / removals.NAME)
    before.come_back()
    removals.apply(removals.since(tmp_path / removals.NAME, before.made_at))
    one = Submission.objects.order_by("pk").first()
    assert one is not None
    assert "Lan" not in str([record.values for record in one.records.all()])
    assert one.state == Submission.State.RECEIVED  # the sweep makes what follows in the field


def test_quarantine_is_named_in_the_list_by_its_fingerprint() -> None:
    before = Before()
    before.remove()
    assert Quarantined.objects.get().resolution == quarantine.ERASED
    kinds = {each.what for each in removals.listed()}
    assert kinds == {
        removals.ERASE,
        removals.PURGE,
        removals.KEPT,
        removals.LINK,
        removals.ACCOUNT,
        *removals.PHONES,
    }
