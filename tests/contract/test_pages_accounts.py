"""Accounts on the pages, the history of a record, and what a round wants next."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from dashboard.presentation.history import sentence
from surveys.collection import audit, people, review, sign_in
from surveys.collection.models import AuditEvent, Role, Submission, User
from surveys.fieldwork.models import Round, SampledVillage
from tests.cast import PASSWORD, make_user
from tests.page_world import World

pytestmark = pytest.mark.django_db
NEW = "mật khẩu mới khá dài"


@pytest.fixture(autouse=True)
def _no_former_failures() -> None:
    sign_in._failures.times.clear()
    sign_in._believed.clear()


def signed_in(user: User, language: str = "vi") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def test_somebody_changes_the_own_password_and_only_this_browser_stays(world: World) -> None:
    here, there = signed_in(world.viewer), signed_in(world.viewer)
    path = reverse("own_account")
    answer = here.post(path, {"current": PASSWORD, "password": NEW, "again": NEW})
    assert answer.headers["Location"] == path
    world.viewer.refresh_from_db()
    assert world.viewer.check_password(NEW)
    assert here.get(path).status_code == 200
    assert there.get(path).status_code == 302
    assert AuditEvent.objects.filter(action="user.password", actor=world.viewer.actor).exists()


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"current": "sai"}, "Mật khẩu hiện nay không đúng"),
        ({"again": NEW + "!"}, "không giống nhau"),
        ({"password": "ngắn", "again": "ngắn"}, "errorlist"),
    ],
)
def test_a_wrong_change_of_password_is_refused_in_place(
    world: World, entry: dict[str, str], words: str
) -> None:
    data = {"current": PASSWORD, "password": NEW, "again": NEW, **entry}
    answer = signed_in(world.viewer).post(reverse("own_account"), data)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    world.viewer.refresh_from_db()
    assert world.viewer.check_password(PASSWORD)


def test_guessing_the_current_password_is_stopped(world: World) -> None:
    client = signed_in(world.viewer)
    data = {"current": "sai", "password": NEW, "again": NEW}
    for _ in range(sign_in.FAILURES_PAIR):
        client.post(reverse("own_account"), data)
    client.post(reverse("own_account"), {**data, "current": PASSWORD})
    world.viewer.refresh_from_db()
    assert world.viewer.check_password(PASSWORD)


def test_nobody_signed_in_has_an_account_page() -> None:
    answer = Client().get(reverse("own_account"))
    assert answer.headers["Location"].startswith("/login/")


def of(world: World, user: User) -> str:
    return reverse("account", args=[world.cast.project.pk, user.pk])


def test_an_administrator_closes_an_account_after_a_question(world: World) -> None:
    admin, path = signed_in(world.cast.admin), of(world, world.viewer)
    reader = signed_in(world.viewer)
    assert "Đóng tài khoản của View?" in admin.get(f"{path}?ask=close").content.decode()
    assert reader.get("/").status_code == 200
    admin.post(path, {"change": "close"})
    world.viewer.refresh_from_db()
    assert not world.viewer.is_active
    assert reader.get("/").status_code == 302
    people_page = reverse("people", args=[world.cast.project.pk])
    assert "đã đóng" in admin.get(people_page).content.decode()


def test_an_administrator_sets_a_new_password(world: World) -> None:
    signed_in(world.cast.admin).post(of(world, world.viewer), {"password": NEW})
    world.viewer.refresh_from_db()
    assert world.viewer.check_password(NEW)


def test_a_manager_withdraws_a_role_and_closes_nothing(world: World) -> None:
    alice, path = signed_in(world.cast.alice), of(world, world.viewer)
    assert "Rút vai trò của View" in alice.get(f"{path}?ask=withdraw&role=viewer").content.decode()
    for entry in ({"change": "close"}, {"password": NEW}):
        assert alice.post(path, entry).status_code == 403
    world.viewer.refresh_from_db()
    assert world.viewer.is_active
    assert world.viewer.check_password(PASSWORD)
    alice.post(path, {"change": "withdraw", "role": "viewer"})
    assert not world.viewer.roles.exists()


@pytest.mark.parametrize("name", ["supervisor", "analyst", "viewer", "rated", "bob"])
def test_nobody_else_touches_an_account(world: World, name: str) -> None:
    user = world.cast.bob if name == "bob" else getattr(world, name)
    client = signed_in(user)
    for entry in (
        {"change": "close"},
        {"change": "withdraw", "role": "analyst"},
        {"password": NEW},
    ):
        assert client.post(of(world, world.analyst), entry).status_code == 403
    world.analyst.refresh_from_db()
    assert world.analyst.is_active
    assert world.analyst.roles.exists()


def test_nobody_locks_himself_out_and_strangers_of_the_project_are_not_found(world: World) -> None:
    alice = signed_in(world.cast.alice)
    path = of(world, world.cast.alice)
    assert alice.post(path, {"change": "withdraw", "role": "manager"}).status_code == 403
    assert world.cast.alice.roles.exists()
    assert alice.get(of(world, world.cast.bob)).status_code == 404


def test_the_list_of_enumerators_says_what_each_sent_without_a_query_each(world: World) -> None:
    client = signed_in(world.cast.alice)
    path = reverse("people", args=[world.cast.project.pk])
    (row,) = client.get(path).context["phones"]
    assert row.sent == 4
    assert row.last == Submission.objects.latest("created_at").created_at
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for number in range(4):
        people.create_app_user(world.cast.admin.actor, world.cast.project, f"NV-{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("language", "received", "judged"),
    [
        ("vi", "Nhận từ máy của Nguyễn Thị Lan", "Đánh dấu phiếu có vấn đề"),
        ("en", "Received from the phone of Nguyễn Thị Lan", "Marked as having issues"),
    ],
)
def test_the_history_of_a_record_is_said_in_sentences(
    world: World, language: str, received: str, judged: str
) -> None:
    audit.record("submission.create", actor=world.phone.actor, submission=world.submission)
    review.set_state(world.supervisor.actor, world.submission, Submission.Review.HAS_ISSUES)
    path = reverse("record", args=[world.form.pk, world.submission.pk])
    page = signed_in(world.supervisor, language).get(path).content.decode()
    assert received in page
    assert judged in page
    assert "submission.create" not in page


def test_an_unknown_action_keeps_its_code_in_a_sentence() -> None:
    with translation.override("en"):
        assert sentence(AuditEvent(action="moon.land")) == "Something else (moon.land)"
        bent = AuditEvent(action="submission.review", details={"review_state": "x"})
        assert sentence(bent) == "Review changed"


def test_a_round_says_what_is_done_and_what_comes_next(world: World) -> None:
    made = Round.objects.get(pk=world.round.pk)
    made.pk, made.name_vi = None, "Đợt trống"
    made.save()
    client = signed_in(world.cast.alice)
    path = reverse("round", args=[made.pk])
    first = client.get(path).context["steps"].following.address
    assert first == reverse("round_import", args=[made.pk, "villages"])
    village = SampledVillage.objects.filter(round=world.round).first()
    assert village is not None
    village.pk, village.round = None, made
    village.save()
    second = client.get(path).context["steps"].following.address
    assert second == reverse("round_import", args=[made.pk, "households"])
    whole = client.get(reverse("round", args=[world.round.pk]))
    assert whole.context["steps"].following is None
    reader = make_user("reader2", Role.VIEWER, world.cast.project)
    assert "steps" not in signed_in(reader).get(path).context
