"""What the pages change: by whom, only after a confirmation, and what they say when refused."""

import base64
import json
import zlib
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from surveys.collection.entities import actor_values
from surveys.collection.models import AppUser, Form, Job, User
from surveys.collection.people import create_app_user, revoke_app_user, settings_qr_text
from surveys.collection.publishing import set_draft
from surveys.fieldwork.models import CaseOutcome, Round
from surveys.results.models import Run
from tests.cast import with_file, xform
from tests.page_world import World

pytestmark = pytest.mark.django_db
OTHERS = ["supervisor", "elsewhere", "analyst", "viewer", "rated"]


def signed_in(user: User, language: str = "vi") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def workbook(name: str = "phieu.xlsx", content: bytes = b"PK") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def changes(world: World) -> dict[str, list[object]]:
    """Every address that a POST changes something at, which only the manager may."""
    project, form, found = world.cast.project.pk, world.form.pk, world.round.pk
    phone = [project, world.phone.pk]
    return {
        "upload": [project],
        "people": [project],
        "new_account": [project],
        "phone_revoke": phone,
        "phone_reissue": phone,
        "phone_forms": phone,
        "phone_values": phone,
        "form_state": [form, "closed"],
        "assign_everybody": [form],
        "publish_draft": [form],
        "attach": [form, "list.csv"],
        "new_round": [project],
        "round_forms": [found],
        "round_import": [found, "villages"],
        "round_lock": [found],
        "publish_run": [world.run.pk],
    }


@pytest.mark.parametrize("name", [*OTHERS, "bob"])
def test_only_the_manager_of_the_project_changes_it(world: World, name: str) -> None:
    user = world.cast.bob if name == "bob" else getattr(world, name)
    client = signed_in(user)
    before = (Form.objects.count(), AppUser.objects.count(), Job.objects.count())
    for route, arguments in changes(world).items():
        answer = client.post(reverse(route, args=arguments), {"display_name": "X"})
        assert answer.status_code == 403, route
    world.round.refresh_from_db()
    world.phone.refresh_from_db()
    assert world.round.state == Round.State.FIELD
    assert world.phone.token
    assert (Form.objects.count(), AppUser.objects.count(), Job.objects.count()) == before


def test_nobody_signed_in_changes_anything(world: World) -> None:
    for route, arguments in changes(world).items():
        answer = Client().post(reverse(route, args=arguments))
        assert answer.headers["Location"].startswith("/login/"), route
    world.phone.refresh_from_db()
    assert world.phone.token


def test_a_new_enumerator_gets_all_forms_and_a_settings_code(world: World) -> None:
    client = signed_in(world.cast.alice)
    path = reverse("people", args=[world.cast.project.pk])
    answer = client.post(path, {"display_name": "Trần Văn Bình"}, follow=True)
    page = answer.content.decode()
    assert "Trần Văn Bình" in page
    assert "<svg" in page
    made = AppUser.objects.get(actor__display_name="Trần Văn Bình")
    assert made.actor.form_assignments.get().form == world.form
    text = settings_qr_text(made, "http://testserver", "x")
    assert (
        made.token in json.loads(zlib.decompress(base64.b64decode(text)))["general"]["server_url"]
    )


ACCOUNT = {
    "display_name": "Cán bộ Xuân Du", "email": "xuandu@example.vn", "password": "mật-khẩu-đủ-dài",
    "role": "analyst", "communes": "16228, 16234", "rated_commune": "16234",
}  # fmt: skip


def test_an_account_gets_its_role_area_and_office(world: World) -> None:
    path = reverse("new_account", args=[world.cast.project.pk])
    signed_in(world.cast.alice).post(path, ACCOUNT)
    made = User.objects.get(email="xuandu@example.vn")
    role = made.roles.get()
    assert (role.role, role.communes) == ("analyst", ["16228", "16234"])
    assert made.rated_commune == "16234"
    assert made.check_password("mật-khẩu-đủ-dài")


@pytest.mark.parametrize(
    "wrong",
    [{"email": "alice@example.vn"}, {"password": "ngắn"}, {"communes": "Xuân Du"}, {"role": "god"}],
)
def test_a_wrong_account_is_refused_in_place(world: World, wrong: dict[str, str]) -> None:
    path = reverse("new_account", args=[world.cast.project.pk])
    answer = signed_in(world.cast.alice).post(path, {**ACCOUNT, **wrong})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode() or 'role="alert"' in answer.content.decode()
    assert not User.objects.filter(email="xuandu@example.vn").exists()


@pytest.mark.parametrize("role", ["administrator", "manager"])
def test_a_manager_makes_no_administrator(world: World, role: str) -> None:
    path = reverse("new_account", args=[world.cast.project.pk])
    signed_in(world.cast.alice).post(path, {**ACCOUNT, "role": role})
    assert User.objects.filter(email="xuandu@example.vn").exists() == (role == "manager")


@pytest.mark.parametrize("route", ["phone_revoke", "phone_reissue"])
def test_a_lost_phone_is_dealt_with_after_a_question(world: World, route: str) -> None:
    client = signed_in(world.cast.alice)
    path = reverse(route, args=[world.cast.project.pk, world.phone.pk])
    token = world.phone.token
    assert "?" in client.get(path).content.decode()
    world.phone.refresh_from_db()
    assert world.phone.token == token
    client.post(path)
    world.phone.refresh_from_db()
    assert world.phone.token != token
    assert bool(world.phone.token) == (route == "phone_reissue")


def test_forms_of_an_enumerator_follow_the_checkboxes(world: World) -> None:
    client = signed_in(world.cast.alice)
    path = reverse("phone_forms", args=[world.cast.project.pk, world.phone.pk])
    client.post(path, {})
    assert not world.phone.actor.form_assignments.exists()
    client.post(path, {"form": [str(world.form.pk)]})
    assert world.phone.actor.form_assignments.get().form == world.form


def test_values_of_a_phone_are_set_where_the_project_has_names_for_them(world: World) -> None:
    manager, phone = signed_in(world.cast.alice), [world.cast.project.pk, world.phone.pk]
    page = reverse("phone", args=phone)
    assert "Giá trị lọc danh sách" not in manager.get(page).content.decode()
    for name in ("xa", "to.doi"):
        actor_values.add_property(world.cast.alice.actor, world.cast.project, name)
    said = {"value:xa": " 16228 ", "value:to.doi": "<b>", "value:khac": "x"}
    shown = manager.post(reverse("phone_values", args=phone), said, follow=True).content.decode()
    assert 'value="16228"' in shown
    assert 'value="&lt;b&gt;"' in shown
    world.phone.refresh_from_db()
    assert world.phone.properties == {"xa": "16228", "to.doi": "<b>"}
    manager.post(reverse("phone_values", args=phone), {"value:to.doi": ""})
    world.phone.refresh_from_db()
    assert world.phone.properties == {"xa": "16228"}


def test_a_form_is_given_to_every_living_phone(world: World) -> None:
    alice, project = world.cast.alice.actor, world.cast.project
    new = create_app_user(alice, project, "Mới")
    gone = create_app_user(alice, project, "Đã nghỉ")
    revoke_app_user(alice, gone)
    signed_in(world.cast.alice).post(reverse("assign_everybody", args=[world.form.pk]))
    having = set(world.form.assignments.values_list("actor_id", flat=True))
    assert having == {world.phone.pk, new.pk}


def test_a_form_is_closed_after_a_question(world: World) -> None:
    client = signed_in(world.cast.alice)
    path = reverse("form_state", args=[world.form.pk, "closed"])
    client.get(path)
    world.form.refresh_from_db()
    assert world.form.state == Form.State.OPEN
    client.post(path)
    world.form.refresh_from_db()
    assert world.form.state == Form.State.CLOSED
    assert client.get(reverse("form_state", args=[world.form.pk, "burnt"])).status_code == 404


def test_a_draft_takes_its_files_and_is_published(world: World) -> None:
    body = with_file("list.csv")
    set_draft(world.cast.alice.actor, world.form, xform("citizen_sat", "2", body=body))
    client = signed_in(world.cast.alice)
    path = reverse("attach", args=[world.form.pk, "list.csv"])
    client.post(path, {"file": SimpleUploadedFile("any.csv", b"a,b\n1,2\n")})
    world.form.refresh_from_db()
    assert world.form.draft is not None
    assert world.form.draft.attachments.get(name="list.csv").blob is not None
    page = client.post(path, {}, follow=True).content.decode()
    assert "Chưa chọn tệp nào" in page
    client.post(reverse("publish_draft", args=[world.form.pk]))
    world.form.refresh_from_db()
    assert world.form.current is not None
    assert world.form.current.version == "2"


def test_an_upload_becomes_a_job_with_a_page_of_its_own(world: World) -> None:
    client = signed_in(world.cast.alice)
    path = reverse("upload", args=[world.cast.project.pk])
    answer = client.post(path, {"file": workbook(), "publish": "on"}, follow=True)
    job = Job.objects.get(state=Job.State.QUEUED)
    assert answer.redirect_chain == [(reverse("job", args=[job.pk]), 302)]
    assert job.payload["filename"] == "phieu.xlsx"
    assert job.payload["publish"] is True
    assert '<meta http-equiv="refresh"' in answer.content.decode()


@pytest.mark.parametrize("file", [None, workbook("phieu.pdf"), workbook("a.xlsx", b"")])
def test_a_file_of_another_kind_is_refused_in_place(
    world: World, file: SimpleUploadedFile | None
) -> None:
    path = reverse("upload", args=[world.cast.project.pk])
    answer = signed_in(world.cast.alice).post(path, {"file": file} if file else {})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not Job.objects.filter(state=Job.State.QUEUED).exists()


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Điền kiểu câu hỏi."), ("en", "Fill in the question type.")]
)
def test_a_failed_job_names_sheet_row_and_remedy(world: World, language: str, words: str) -> None:
    path = reverse("job", args=[world.job.pk])
    page = signed_in(world.cast.alice, language).get(path).content.decode()
    assert words in page
    assert "survey" in page
    assert ">12<" in page
    assert "http-equiv" not in page


FACTS = {
    "name_vi": "Đợt hai", "name_en": "Round two", "sponsor": "Sở", "decision_number": "1/QĐ",
    "field_agency": "Viện", "controller": "Sở", "contact_line": "0237", "frame_date": "2026-01-01",
    "starts_on": "2026-02-01", "ends_on": "2026-03-01", "retention_date": "2027-01-01",
}  # fmt: skip


def test_a_round_is_made_and_a_wrong_one_is_said_in_place(world: World) -> None:
    client = signed_in(world.cast.alice)
    path = reverse("new_round", args=[world.cast.project.pk])
    wrong = client.post(path, {**FACTS, "ends_on": "2026-01-01"})
    assert wrong.status_code == 200
    assert "ngày kết thúc" in wrong.content.decode()
    client.post(path, FACTS)
    assert Round.objects.get(name_vi="Đợt hai").starts_on == date(2026, 2, 1)
    again = client.post(path, FACTS)
    assert 'role="alert"' in again.content.decode()


@pytest.mark.parametrize(("language", "remedy"), [("vi", "Cách sửa"), ("en", "Remedy")])
def test_a_wrong_sample_file_names_row_column_and_remedy(
    world: World, language: str, remedy: str
) -> None:
    made = Round.objects.get(pk=world.round.pk)
    made.pk, made.name_vi = None, "Đợt trống"
    made.save()
    client = signed_in(world.cast.alice, language)
    template = client.get(reverse("round_template", args=[made.pk, "villages"]) + "?format=csv")
    assert template.content.decode("utf-8-sig").startswith("psu")
    head = template.content.decode("utf-8-sig").splitlines()[0]
    file = SimpleUploadedFile("thon.csv", f"{head}\nD1,Thôn 1,99999\n".encode())
    answer = client.post(reverse("round_import", args=[made.pk, "villages"]), {"file": file})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert remedy in page
    assert ">2<" in page
    assert not made.villages.exists()


def test_a_file_after_the_first_visit_is_refused_with_its_reason(world: World) -> None:
    path = reverse("round_import", args=[world.round.pk, "villages"])
    client = signed_in(world.cast.alice)
    template = client.get(reverse("round_template", args=[world.round.pk, "villages"]))
    file = SimpleUploadedFile("thon.xlsx", template.content)
    answer = client.post(path, {"file": file}, follow=True)
    assert "note is-error" in answer.content.decode()
    assert world.round.villages.count() == 4


def test_the_rounds_forms_are_published_by_a_job(world: World) -> None:
    path = reverse("round_forms", args=[world.round.pk])
    client = signed_in(world.cast.alice)
    client.post(path, {"shipped": "1", "kinds": ["A", "B", "Z"]})
    job = Job.objects.get(state=Job.State.QUEUED)
    assert job.payload["kinds"] == ["A", "B"]
    own = client.post(path, {"kind": "C1", "file": workbook("rieng.xlsx")})
    assert own.status_code == 302
    assert Job.objects.filter(payload__filename="rieng.xlsx").exists()
    none = client.post(path, {"shipped": "1"}, follow=True)
    assert "ít nhất một loại phiếu" in none.content.decode()


def test_a_run_is_started_once_and_by_those_who_may(world: World) -> None:
    path = reverse("start_run", args=[world.round.pk])
    for name in ("supervisor", "viewer", "rated"):
        assert signed_in(getattr(world, name)).post(path).status_code == 403
    client = signed_in(world.analyst)
    assert client.get(path).status_code == 405
    first, second = client.post(path), client.post(path)
    assert first.headers["Location"] == second.headers["Location"]
    assert Run.objects.filter(round=world.round, finished_at=None).count() == 1


def test_a_run_is_published_and_a_round_locked_after_a_question(world: World) -> None:
    client = signed_in(world.cast.alice)
    world.run.published_at = None
    world.run.save()
    path = reverse("publish_run", args=[world.run.pk])
    client.get(path)
    world.run.refresh_from_db()
    assert world.run.published_at is None
    client.post(path)
    world.run.refresh_from_db()
    assert world.run.published_at is not None
    lock = reverse("round_lock", args=[world.round.pk])
    client.get(lock)
    world.round.refresh_from_db()
    assert world.round.state == Round.State.FIELD
    client.post(lock)
    world.round.refresh_from_db()
    assert world.round.state == Round.State.LOCKED


def decide(world: World, user: User, **entry: object) -> int:
    path = reverse("case", args=[world.round.pk, world.case.pk])
    data = {"revision": str(world.case.revision), **entry}
    return signed_in(user).post(path, data).status_code


def test_a_supervisor_decides_about_a_case(world: World) -> None:
    assert decide(world, world.supervisor, ruling="confirmed", note="Đã xem") == 302
    world.case.refresh_from_db()
    assert world.case.decision["confirmed"] is True
    assert world.case.decision["note"] == "Đã xem"
    assert decide(world, world.supervisor, ruling="withdraw") == 302
    world.case.refresh_from_db()
    assert world.case.decision == {}


@pytest.mark.parametrize("name", ["elsewhere", "analyst", "viewer", "rated"])
def test_who_does_not_supervise_the_commune_decides_nothing(world: World, name: str) -> None:
    assert decide(world, getattr(world, name), ruling="confirmed") == 403
    assert CaseOutcome.objects.get(pk=world.case.pk).decision == {}


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"ruling": "burn"},
        {"ruling": "confirmed", "revision": "x"},
        {"ruling": "confirmed", "revision": "²"},
        {"ruling": "chosen", "submission": "²"},
        {"ruling": "chosen", "submission": "9" * 5000},
    ],
)
def test_a_bent_decision_is_refused_in_place(world: World, entry: dict[str, str]) -> None:
    assert decide(world, world.supervisor, **entry) == 302
    assert CaseOutcome.objects.get(pk=world.case.pk).decision == {}


def test_a_decision_about_an_older_state_of_the_case_is_refused(world: World) -> None:
    CaseOutcome.objects.filter(pk=world.case.pk).update(revision=7)
    path = reverse("case", args=[world.round.pk, world.case.pk])
    client = signed_in(world.supervisor)
    entry = {"revision": "1", "ruling": "confirmed"}
    page = client.post(path, entry, headers={"referer": f"http://testserver{path}"}, follow=True)
    assert "note is-error" in page.content.decode()
    assert CaseOutcome.objects.get(pk=world.case.pk).decision == {}
