"""Pages of personal data: clocks, a person's records, erasing, classes, the log, passwords."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from surveys.collection import consent, password_reset, retention, sign_in
from surveys.collection.models import (
    AuditEvent,
    Erasure,
    Form,
    Job,
    PasswordReset,
    RetentionRule,
    Submission,
)
from surveys.collection.publishing import create_form
from surveys.results.models import Export
from tests.cast import PASSWORD, xform
from tests.export_world import made_export
from tests.page_world import HOSTILE, World
from tests.unit.test_collection_erasure import TEL, personal_form, record, stored

pytestmark = pytest.mark.django_db
NEW = "một mật khẩu khác hẳn"


@pytest.fixture(autouse=True)
def _forgetful() -> None:
    sign_in._failures.times.clear()
    password_reset._asked.times.clear()


@pytest.fixture
def manager(world: World) -> Client:
    client = Client()
    client.force_login(world.cast.alice)
    return client


@pytest.fixture
def sent(world: World) -> Submission:
    personal_form(world.cast)
    return stored(world.cast, record())


def text(client: Client, route: str, *arguments: object) -> str:
    answer = client.get(reverse(route, args=arguments))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_clocks_are_set_and_shown(world: World, manager: Client) -> None:
    page = reverse("personal", args=[world.cast.project.pk])
    assert "lời xin phép hứa xoá trước 30/06/2027" in text(
        manager, "personal", world.cast.project.pk
    )
    assert manager.post(page, {"contacts": "90", "media": ""}).status_code == 302
    assert [(rule.kind, rule.days) for rule in RetentionRule.objects.all()] == [("contacts", 90)]
    assert "13/01/2027" in text(manager, "personal", world.cast.project.pk)
    manager.post(page, {"contacts": ""})
    assert not RetentionRule.objects.exists()


@pytest.mark.parametrize("days", ["-1", "x", "1.5", "9999999", "٣"])
def test_a_wrong_number_of_days_changes_nothing(world: World, manager: Client, days: str) -> None:
    page = reverse("personal", args=[world.cast.project.pk])
    answer = manager.post(page, {"contacts": days}, follow=True)
    assert "số ngày" in answer.content.decode()
    assert not RetentionRule.objects.exists()


def test_a_person_is_found_by_a_number_that_no_address_holds(
    world: World, manager: Client, sent: Submission
) -> None:
    page = reverse("find_person", args=[world.cast.project.pk])
    answer = manager.post(page, {"asked": TEL})
    link = reverse("erase_record", args=[sent.form_id, sent.pk])
    assert link in answer.content.decode()
    assert link not in manager.get(page, {"asked": TEL}).content.decode()
    assert "Không thấy phiếu" in manager.post(page, {"asked": "uuid:none"}).content.decode()


def test_the_erasing_page_names_questions_and_asks_before(
    manager: Client, sent: Submission
) -> None:
    page = text(manager, "erase_record", sent.form_id, sent.pk)
    assert "tel, photo, instanceName" in page
    assert TEL not in page
    address = reverse("erase_record", args=[sent.form_id, sent.pk])
    assert manager.post(address, {"extent": "all"}).status_code == 200
    assert not Erasure.objects.exists()
    assert manager.post(address, {"extent": "all", "reason": "CV 12"}).status_code == 302
    shown = text(manager, "record", sent.form_id, sent.pk)
    assert "Người trả lời đã rút phiếu này" in shown
    again = manager.post(address, {"extent": "all", "reason": "CV 12"}).content.decode()
    assert "không còn gì để xoá" in again
    assert "CV 12" in text(manager, "personal", sent.form.project_id)


def test_the_proposed_clocks_are_set_by_one_button_and_none_is_overwritten(
    world: World, manager: Client
) -> None:
    project = world.cast.project
    button = "Đặt các thời hạn đề nghị"
    address = reverse("personal", args=[project.pk])
    assert button in manager.get(address).content.decode()
    retention.set_rule(world.cast.alice.actor, project, retention.Kind.MEDIA, 7)
    shown = manager.post(address, {"proposed": "1"}, follow=True).content.decode()
    assert button not in shown
    assert retention.rules_of(project) == {**retention.PROPOSED, retention.Kind.MEDIA: 7}


def test_an_arrival_in_quarantine_is_emptied(world: World, manager: Client) -> None:
    address = reverse("erase_kept", args=[world.cast.project.pk, world.kept.pk])
    assert manager.get(address).status_code == 200
    manager.post(address, {"reason": ""})
    world.kept.refresh_from_db()
    assert bytes(world.kept.xml)
    manager.post(address, {"reason": "CV 12"})
    world.kept.refresh_from_db()
    assert (bytes(world.kept.xml), world.kept.resolution) == (b"", "erased")


def test_classes_are_set_on_the_page_and_count_at_once(world: World, manager: Client) -> None:
    page = text(manager, "form_privacy", world.form.pk)
    assert "máy đoán" in page
    address = reverse("form_privacy", args=[world.form.pk])
    manager.post(address, {"/data/age": "P1", "/data/name": "none"})
    world.form.refresh_from_db()
    assert world.form.privacy == {"/data/age": "P1", "/data/name": "none"}
    analyst = Client()
    analyst.force_login(world.analyst)
    shown = text(analyst, "record", world.form.pk, world.submission.pk)
    assert "&lt;script&gt;" in shown  # the name is open now
    assert "34" not in shown.partition("<main")[2].partition("Lịch sử")[0]
    event = AuditEvent.objects.get(action="form.privacy")
    assert event.details == {"changed": {"age": ["none", "P1"], "name": ["none", "none"]}}
    manager.post(address, {"/data/age": "", "/data/name": ""})
    assert Form.objects.get(pk=world.form.pk).privacy == {}


def test_an_unknown_class_changes_nothing(world: World, manager: Client) -> None:
    address = reverse("form_privacy", args=[world.form.pk])
    answer = manager.post(address, {"/data/age": "P9", "/data/name": "P1"}, follow=True)
    assert "P9" in answer.content.decode()
    assert Form.objects.get(pk=world.form.pk).privacy == {}


def test_a_new_class_lets_the_clocks_begin_anew(world: World, manager: Client) -> None:
    retention.clear_form(world.form, retention.Kind.CONTACTS)
    manager.post(reverse("form_privacy", args=[world.form.pk]), {"/data/age": "P1"})
    world.form.refresh_from_db()
    assert retention.clear_form(world.form, retention.Kind.CONTACTS).n_done == 4


def test_the_log_shows_who_read_what_is_restricted(world: World, manager: Client) -> None:
    supervisor = Client()
    supervisor.force_login(world.supervisor)
    text(supervisor, "record", world.form.pk, world.submission.pk)
    raw = reverse("raw_xml", args=[world.form.pk, world.submission.pk, world.photo.version_id])
    supervisor.get(raw)
    photo = reverse("attachment", args=[world.form.pk, world.submission.pk, world.photo.pk])
    supervisor.get(photo).getvalue()
    page = text(manager, "audit", world.cast.project.pk)
    for action in ("submission.read", "submission.read.xml", "submission.read.file"):
        assert AuditEvent.objects.filter(action=action, actor=world.supervisor.actor).count() == 1
        assert action in page
    assert "submission.read" not in text(manager, "record", world.form.pk, world.submission.pk)


def test_who_reads_nothing_restricted_leaves_no_reading(world: World) -> None:
    analyst = Client()
    analyst.force_login(world.analyst)
    text(analyst, "record", world.form.pk, world.submission.pk)
    assert not AuditEvent.objects.filter(action="submission.read").exists()


def test_the_log_is_filtered_and_downloaded(world: World, manager: Client) -> None:
    AuditEvent.objects.create(
        action="=cmd", project_id=world.cast.project.pk, details={"x": HOSTILE}
    )
    address = reverse("audit", args=[world.cast.project.pk])
    shown = manager.get(address, {"group": "form"}).content.decode()
    assert "form.create" in shown
    assert "=cmd" not in shown
    whole = manager.get(address).content.decode()
    assert HOSTILE not in whole
    for query in ({"start": "x"}, {"start": "2030-01-01"}, {"after": "x"}, {"group": "nonsense"}):
        assert manager.get(address, query).status_code == 200
    answer = manager.get(reverse("audit_csv", args=[world.cast.project.pk]))
    lines = answer.getvalue().decode().splitlines()
    assert lines[0].lstrip("\ufeff") == "at,actor,action,project,form,submission,details"
    assert any(",'=cmd," in line for line in lines)


def test_the_log_of_the_server_is_for_administrators(world: World, manager: Client) -> None:
    admin = Client()
    admin.force_login(world.cast.admin)
    assert "user.create" in text(admin, "server_audit")
    assert admin.get(reverse("server_audit_csv")).status_code == 200
    assert manager.get(reverse("server_audit")).status_code == 403


def test_an_administrator_hands_a_link_over_and_it_works_once(world: World) -> None:
    admin, anybody = Client(), Client()
    admin.force_login(world.cast.admin)
    address = reverse("hand_over", args=[world.cast.project.pk, world.viewer.pk])
    page = admin.post(address).content.decode()
    link = "/password/" + page.split("/password/")[1].split('"')[0]
    assert anybody.get(link).status_code == 200
    assert anybody.post(link, {"password": "kurz"}).status_code == 200
    assert anybody.post(link, {"password": NEW}).status_code == 302
    assert anybody.get(link).status_code == 410
    world.viewer.refresh_from_db()
    assert world.viewer.check_password(NEW)
    assert not PasswordReset.objects.exists()


def test_a_link_ends_the_sessions_of_the_pages(world: World) -> None:
    viewer = Client()
    viewer.force_login(world.viewer)
    token = password_reset.make_link(world.cast.admin.actor, world.viewer)
    Client().post(f"/password/{token}/", {"password": NEW})
    assert viewer.get("/account/").status_code == 302


def test_managers_hand_no_links_over(world: World, manager: Client) -> None:
    address = reverse("hand_over", args=[world.cast.project.pk, world.viewer.pk])
    assert manager.post(address).status_code == 403
    assert not PasswordReset.objects.exists()


def test_the_forgotten_page_answers_everybody_alike(world: World, settings: Settings) -> None:
    assert "<form" not in Client().get("/forgotten/").content.decode().partition("<main")[2]
    settings.EMAIL_URL, settings.PUBLIC_URL = "smtp://127.0.0.1", "https://khaosat.example.vn"
    answers = [
        Client().post("/forgotten/", {"email": email}).content.decode().partition("<main")[2]
        for email in ("view@example.vn", "nobody@example.vn")
    ]
    assert answers[0] == answers[1]
    assert "đang được gửi" in answers[0]
    assert Job.objects.filter(kind=password_reset.KIND).count() == 2
    for _ in range(password_reset.ASKED_ADDRESS):
        last = Client().post("/forgotten/", {"email": "view@example.vn"})
    assert last.status_code == 429
    assert world.viewer.check_password(PASSWORD)


CONSENT = """<itext><translation lang="vi"><text id="/data/consent_txt:label">
<value>Ông bà có  đồng ý?</value></text></translation></itext>"""


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, consent.State.NOT_ASKED),
        ({"g/consent": "no"}, consent.State.REFUSED),
        ({"g/consent": "yes"}, consent.State.GIVEN),
        ({"p_consent": "yes", "consent_version": "HASH"}, consent.State.GIVEN),
        ({"consent": "yes", "consent_version": "0" * 12}, consent.State.OTHER_TEXT),
    ],
)
def test_consent_is_proven_by_text_and_record(
    world: World, said: dict[str, str], state: consent.State
) -> None:
    form = create_form(
        world.cast.admin.actor, world.cast.project, xform("C", body=CONSENT), publish=True
    )
    assert form.current_id is not None
    text_shown = consent.text_of(form.current_id)
    assert dict(text_shown.texts) == {"vi": "Ông bà có đồng ý?"}
    values = {name: text_shown.short if word == "HASH" else word for name, word in said.items()}
    assert consent.proof(text_shown, values).state is state


def test_the_record_page_shows_the_proof(world: World, manager: Client) -> None:
    root = world.submission.records.get(table="")
    root.values = {**root.values, "consent": "yes", "consent_at": "2026-09-02T10:00:00"}
    root.save()
    shown = text(manager, "record", world.form.pk, world.submission.pk)
    assert "Đồng ý trả lời" in shown
    assert "2026-09-02T10:00:00" in shown


def test_the_technical_page_says_how_many_withdrew_since(world: World, manager: Client) -> None:
    page = reverse("technical", args=[world.round.pk])
    assert "đã được người trả lời rút" not in manager.get(page).content.decode()
    address = reverse("erase_record", args=[world.form.pk, world.submission.pk])
    manager.post(address, {"extent": "all", "reason": "CV 12"})
    assert "1 phiếu đã được người trả lời rút" in manager.get(page).content.decode()


def test_made_files_go_with_the_answers_in_them(world: World, manager: Client) -> None:
    made = made_export(world.form, world.supervisor)
    address = reverse("erase_record", args=[world.form.pk, world.submission.pk])
    manager.post(address, {"extent": "all", "reason": ""})
    assert Export.objects.get(pk=made.pk).blob_id
    manager.post(address, {"extent": "all", "reason": "CV 12"})
    assert Export.objects.get(pk=made.pk).blob_id is None


@pytest.mark.parametrize("name", ["server_audit", "server_audit_csv"])
def test_a_day_at_the_end_of_the_calendar_filters_nothing(world: World, name: str) -> None:
    client = Client()
    client.force_login(world.cast.admin)
    for entry in ({"start": "0001-01-01"}, {"end": "9999-12-31"}):
        assert client.get(reverse(name), entry).status_code == 200
