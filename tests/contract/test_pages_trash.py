"""Pages of versions and of the trash: what changes is shown, what is deleted comes back."""

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection import deletion, publishing
from surveys.collection.models import Form, Role, Submission, SubmissionVersion
from surveys.fieldwork import record_changes
from tests.cast import make_user, xform
from tests.page_world import HOSTILE, World

pytestmark = pytest.mark.django_db


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type] # our own user model
    return client


@pytest.fixture
def manager(world: World) -> Client:
    return signed_in(world.cast.alice)


def without_age(version: str = "2") -> bytes:
    return (
        xform("citizen_sat", version)
        .replace(b"<age/>", b"")
        .replace(b'<bind nodeset="/data/age" type="int"/>', b"")
        .replace('<input ref="/data/age"><label>Tuổi</label></input>'.encode(), b"")
    )


def test_publishing_shows_what_hurts_and_asks_once_more(world: World, manager: Client) -> None:
    publishing.set_draft(world.cast.alice.actor, world.form, without_age())
    page = reverse("publish_draft", args=[world.form.pk])
    shown = manager.get(page).content.decode()
    assert "Tuổi" in shown
    assert "accepts_harm" in shown
    manager.post(page)
    assert Form.objects.get(pk=world.form.pk).draft_id is not None
    manager.post(page, {"accepts_harm": "on"})
    assert Form.objects.get(pk=world.form.pk).draft_id is None


def test_publishing_what_hurts_nothing_asks_for_no_tick(world: World, manager: Client) -> None:
    publishing.set_draft(world.cast.alice.actor, world.form, xform("citizen_sat", "2"))
    page = reverse("publish_draft", args=[world.form.pk])
    assert "accepts_harm" not in manager.get(page).content.decode()
    manager.post(page)
    assert Form.objects.get(pk=world.form.pk).draft_id is None


def test_words_of_a_form_are_never_markup(world: World, manager: Client) -> None:
    label = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")
    hostile = without_age().replace("Tên</label>".encode(), f"{label}</label>".encode())
    publishing.set_draft(world.cast.alice.actor, world.form, hostile)
    shown = manager.get(reverse("publish_draft", args=[world.form.pk])).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_each_version_tells_what_it_changed(world: World, manager: Client) -> None:
    publishing.set_draft(world.cast.alice.actor, world.form, without_age())
    second = publishing.publish_draft(world.cast.alice.actor, world.form)
    first = world.form.versions.exclude(pk=second.pk).get()
    page = manager.get(reverse("form_changes", args=[world.form.pk, second.pk]))
    assert "Bỏ câu hỏi" in page.content.decode()
    alone = manager.get(reverse("form_changes", args=[world.form.pk, first.pk]))
    assert "phiên bản đầu tiên" in alone.content.decode()


def test_an_old_version_becomes_the_draft(world: World, manager: Client) -> None:
    assert world.form.current_id is not None
    page = reverse("restore_version", args=[world.form.pk, world.form.current_id])
    assert manager.get(page).status_code == 200
    manager.post(page)
    draft = Form.objects.get(pk=world.form.pk).draft
    assert draft is not None
    assert bytes(draft.xform) == xform("citizen_sat")


def test_a_record_goes_into_the_trash_and_comes_back(world: World, manager: Client) -> None:
    delete = reverse("delete_record", args=[world.form.pk, world.submission.pk])
    assert manager.get(delete).status_code == 200
    manager.post(delete)
    assert Submission.objects.get(pk=world.submission.pk).deleted_at is not None
    trash = manager.get(reverse("trash", args=[world.cast.project.pk])).content.decode()
    restore = reverse("restore_record", args=[world.cast.project.pk, world.submission.pk])
    assert restore in trash
    assert "<script>alert" not in trash
    manager.post(restore)
    assert Submission.objects.get(pk=world.submission.pk).deleted_at is None


def test_a_record_is_purged_by_name_and_by_an_administrator(world: World, manager: Client) -> None:
    record_changes.delete_submission(world.cast.alice.actor, world.submission)
    purge = reverse("purge_record", args=[world.cast.project.pk, world.submission.pk])
    assert manager.get(purge).status_code == 403
    assert manager.post(purge, {"confirm": world.submission.instance_id}).status_code == 403
    admin = signed_in(world.cast.admin)
    admin.post(purge, {"confirm": "nothing"})
    assert bytes(SubmissionVersion.objects.get(submission=world.submission).xml)
    admin.post(purge, {"confirm": world.submission.instance_id})
    assert bytes(SubmissionVersion.objects.get(submission=world.submission).xml) == b""


def test_a_form_goes_and_comes_back_and_one_of_a_round_is_never_purged(
    world: World, manager: Client
) -> None:
    manager.post(reverse("delete_form", args=[world.form.pk]))
    trash = manager.get(reverse("trash", args=[world.cast.project.pk])).content.decode()
    assert reverse("restore_form", args=[world.cast.project.pk, world.form.pk]) in trash
    admin = signed_in(world.cast.admin)
    purge = reverse("purge_form", args=[world.cast.project.pk, world.form.pk])
    admin.post(purge, {"confirm": world.form.xml_form_id})
    assert deletion.trashed_forms().filter(pk=world.form.pk).exists()
    manager.post(reverse("restore_form", args=[world.cast.project.pk, world.form.pk]))
    assert not deletion.trashed_forms().exists()


def test_the_trash_is_for_those_who_delete(world: World) -> None:
    record_changes.delete_submission(world.cast.alice.actor, world.submission)
    restore = reverse("restore_record", args=[world.cast.project.pk, world.submission.pk])
    trash = reverse("trash", args=[world.cast.project.pk])
    for who in (world.supervisor, world.elsewhere, world.analyst, world.rated, world.cast.bob):
        client = signed_in(who)
        assert client.get(trash).status_code == 403, who
        assert client.post(restore).status_code == 403, who
    assert Client().get(trash).status_code == 302
    assert Submission.objects.get(pk=world.submission.pk).deleted_at is not None


def test_an_edit_shows_the_old_and_the_new_answer_to_reviewers_alone(world: World) -> None:
    first = world.submission.versions.get()
    first.is_current = False
    first.save(update_fields=["is_current"])
    SubmissionVersion.objects.create(
        submission=world.submission,
        form=world.form,
        instance_id="uuid:second",
        form_version=first.form_version,
        xml=bytes(first.xml).replace(b"34", b"35").replace(b"Lan", b"Hoa"),
        sha256="2" * 64,
    )
    page = reverse("record", args=[world.form.pk, world.submission.pk])
    shown = signed_in(world.supervisor).get(page).content.decode()
    assert "<del>34</del>" in shown
    assert "<ins>35</ins>" in shown
    masked = signed_in(world.analyst).get(page).content.decode()
    assert "<del>" not in masked


def test_a_manager_of_a_rated_office_meets_no_trash(world: World) -> None:
    manager = make_user("both", Role.MANAGER, world.cast.project, rated_commune="16228")
    assert signed_in(manager).get(reverse("trash", args=[world.cast.project.pk])).status_code == 403
