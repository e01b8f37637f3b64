"""What waits in quarantine becomes a record once its form is there: no phone sends it again."""

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection import blobs, intake, publishing
from surveys.collection.arrival import Arrival, FileArrived
from surveys.collection.models import Attachment, AuditEvent, Form, Quarantined, Submission, User
from tests.cast import filled, published, xform
from tests.page_world import World

pytestmark = pytest.mark.django_db
ANSWERS = "<name>Lan</name><photo>a.jpg</photo>"


@pytest.fixture
def world(world: World) -> World:
    world.kept.delete()
    return world


def kept(world: World, instance_id: str, *, version: str = "1") -> Quarantined:
    """A submission that a phone sent with a photo, and that no form could take."""
    photo = FileArrived("a.jpg", "image/jpeg", blobs.store(b"anh"))
    xml = filled("late", instance_id, version=version, answers=ANSWERS)
    arrived = Arrival(world.cast.project.pk, world.phone.actor_id, xml, (photo,))
    assert not intake.receive(arrived).is_stored
    return Quarantined.objects.get(instance_id=instance_id)


def press(user: User, path: str) -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    answer = client.post(path, follow=True)
    return answer.status_code, answer.content.decode()


def one(row: Quarantined) -> str:
    return reverse("quarantined", args=[row.project_id, row.pk])


def test_what_came_before_its_form_is_taken_in_with_its_files(world: World) -> None:
    row = kept(world, "uuid:early")
    published(world.cast.admin.actor, world.cast.project, "late")
    status, _ = press(world.supervisor, one(row))
    assert status == 200
    stored = Submission.objects.get(instance_id="uuid:early")
    assert stored.submitter_id == world.phone.actor_id
    assert stored.records.get().values["name"] == "Lan"
    assert Attachment.objects.get(version__submission=stored, name="a.jpg").blob_id
    row.refresh_from_db()
    assert row.resolution == "stored"
    assert AuditEvent.objects.filter(action="quarantine.take").count() == 1


def test_while_the_form_is_missing_it_stays_and_the_page_says_why(world: World) -> None:
    row = kept(world, "uuid:early")
    _, page = press(world.supervisor, one(row))
    assert "chưa có biểu mẫu này" in page
    row.refresh_from_db()
    assert row.resolved_at is None


def test_staff_decide_that_a_closed_form_takes_it(world: World) -> None:
    form = published(world.cast.admin.actor, world.cast.project, "late")
    publishing.set_state(world.cast.admin.actor, form, Form.State.CLOSED)
    row = kept(world, "uuid:after")
    assert row.reason == "202.3"
    press(world.supervisor, one(row))
    assert Submission.objects.filter(instance_id="uuid:after").exists()


def test_all_that_have_their_form_now_are_taken_at_once(world: World) -> None:
    rows = [kept(world, f"uuid:{n}") for n in range(3)] + [kept(world, "uuid:v9", version="9")]
    published(world.cast.admin.actor, world.cast.project, "late")
    _, page = press(world.supervisor, reverse("quarantine", args=[world.cast.project.pk]))
    assert "Đã nhận 3 phiếu vào biểu mẫu; còn 1 phiếu chờ." in page
    assert Submission.objects.filter(form__xml_form_id="late").count() == 3
    assert Quarantined.objects.get(resolved_at=None).pk == rows[-1].pk


def test_other_content_under_a_known_id_cannot_be_taken(world: World) -> None:
    published(world.cast.admin.actor, world.cast.project, "late")
    arrived = Arrival(world.cast.project.pk, world.phone.actor_id, filled("late", "uuid:a"))
    intake.receive(arrived)
    row = kept(world, "uuid:a")
    assert row.reason == "409.1"
    press(world.supervisor, one(row))
    assert Submission.objects.get(instance_id="uuid:a").versions.count() == 1
    row.refresh_from_db()
    assert row.resolved_at is None


def test_what_turns_out_to_be_a_conflict_stands_once_as_such(world: World) -> None:
    row = kept(world, "uuid:a")
    published(world.cast.admin.actor, world.cast.project, "late")
    other = filled("late", "uuid:a", answers="<name>Minh</name>")
    intake.receive(Arrival(world.cast.project.pk, world.phone.actor_id, other))
    _, page = press(world.supervisor, one(row))
    assert "nội dung khác" in page
    (waiting,) = Quarantined.objects.filter(resolved_at=None)
    assert (waiting.reason, waiting.files[0]["name"]) == ("409.1", "a.jpg")


@pytest.mark.parametrize("name", ["elsewhere", "analyst", "viewer", "rated"])
def test_nobody_else_takes_anything(world: World, name: str) -> None:
    row = kept(world, "uuid:early")
    published(world.cast.admin.actor, world.cast.project, "late")
    for path in (one(row), reverse("quarantine", args=[world.cast.project.pk])):
        assert press(getattr(world, name), path)[0] == 403
    assert not Submission.objects.filter(form__xml_form_id="late").exists()


def test_an_edit_of_a_missing_version_is_taken_after_it(world: World) -> None:
    form = published(world.cast.admin.actor, world.cast.project, "late")
    arrived = Arrival(world.cast.project.pk, world.phone.actor_id, filled("late", "uuid:a"))
    intake.receive(arrived)
    edit = filled("late", "uuid:b", version="2").replace(
        b"<meta>", b"<meta><deprecatedID>uuid:a</deprecatedID>"
    )
    intake.receive(Arrival(world.cast.project.pk, world.phone.actor_id, edit))
    publishing.set_draft(world.cast.admin.actor, form, xform("late", "2"))
    form.refresh_from_db()
    publishing.publish_draft(world.cast.admin.actor, form)
    press(world.supervisor, one(Quarantined.objects.get(instance_id="uuid:b")))
    assert Submission.objects.get(instance_id="uuid:a").review_state == "edited"


def act(user: User, row: Quarantined, **said: str) -> str:
    client = Client()
    client.force_login(user)
    return client.post(one(row), said, follow=True).content.decode()


def test_a_record_of_a_form_that_was_renamed_is_assigned(world: World) -> None:
    row = kept(world, "uuid:renamed")
    form = published(world.cast.admin.actor, world.cast.project, "new_name")
    assert "Chưa chọn biểu mẫu" in act(world.supervisor, row, action="assign", version="x")
    act(world.supervisor, row, action="assign", version=str(form.current_id))
    assert Submission.objects.get(instance_id="uuid:renamed").form == form


def test_an_edit_whose_original_is_lost_is_taken_as_a_record(world: World) -> None:
    published(world.cast.admin.actor, world.cast.project, "late")
    xml = filled("late", "uuid:edit").replace(
        b"</meta>", b"<deprecatedID>uuid:lost</deprecatedID></meta>"
    )
    intake.receive(Arrival(world.cast.project.pk, world.phone.actor_id, xml))
    row = Quarantined.objects.get(instance_id="uuid:edit")
    act(world.supervisor, row, action="original")
    assert Submission.objects.filter(instance_id="uuid:edit").exists()


def test_what_is_set_aside_is_listed_apart_and_comes_back(world: World) -> None:
    row = kept(world, "uuid:test")
    act(world.supervisor, row, action="discard", reason="<b>phiếu thử</b>")
    client = Client()
    client.force_login(world.supervisor)
    page = client.get(reverse("quarantine", args=[row.project_id])).content.decode()
    assert "&lt;b&gt;phiếu thử" in page
    assert "Khu cách ly trống" in page
    act(world.supervisor, row, action="reopen")
    row.refresh_from_db()
    assert row.resolved_at is None


def test_nobody_else_sets_anything_aside(world: World) -> None:
    row = kept(world, "uuid:test")
    for who in (world.analyst, world.viewer, world.rated, world.elsewhere, world.cast.bob):
        act(who, row, action="discard", reason="x")
        row.refresh_from_db()
        assert row.resolved_at is None, who
