"""The pages of safe keeping and of encryption: for whom, and what they start."""

from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from surveys.collection import jobs
from surveys.collection.models import AuditEvent, Form, Job, Key, Role, User
from surveys.collection.safekeeping import runs, sealing
from surveys.collection.safekeeping.archive import MANIFEST
from surveys.collection.safekeeping.places import content_at
from surveys.collection.safekeeping.verifying import verify
from tests.cast import Cast, make_cast, make_user, published

pytestmark = pytest.mark.django_db
PASSPHRASE = "một câu dài dễ nhớ"


@pytest.fixture
def cast(settings: Settings, tmp_path: Path) -> Cast:
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    return make_cast()


def client(user: User | None) -> Client:
    found = Client()
    if user is not None:
        found.force_login(user)
    return found


def made(cast: Cast) -> str:
    """A backup file as the job leaves it; its content is of no matter here."""
    folder = runs.settings.HOME / "backups"
    folder.mkdir()
    name = "khaosat-20261122T000000Z.khb"
    old = Path(__file__).parents[1] / "data" / "schema-0004.khb"
    (folder / name).write_bytes(old.read_bytes())
    return name


def body(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined] # a streamed file


def test_safe_keeping_is_for_administrators(cast: Cast) -> None:
    name = made(cast)
    for user in (cast.alice, make_user("vu", Role.VIEWER, cast.project)):
        assert client(user).get("/safekeeping/").status_code == 403
        for path in ("start/backup/", "start/fsck/", f"files/{name}/"):
            assert client(user).post(f"/safekeeping/{path}").status_code == 403
    assert client(None).get("/safekeeping/").status_code == 302
    assert client(None).post(f"/safekeeping/files/{name}/").status_code == 302
    assert not Job.objects.exists()
    page = client(cast.admin).get("/safekeeping/")
    assert "Chưa có bản sao lưu nào" in page.content.decode()
    assert client(cast.alice).get("/").content.decode().count("/safekeeping/") == 0
    assert client(cast.admin).get("/").content.decode().count("/safekeeping/") == 1


def test_a_button_starts_one_job_however_often_it_is_pressed(cast: Cast) -> None:
    admin = client(cast.admin)
    first = admin.post("/safekeeping/start/backup/")
    again = admin.post("/safekeeping/start/backup/")
    assert first.headers["Location"] == again.headers["Location"]
    admin.post("/safekeeping/start/fsck/")
    assert set(Job.objects.values_list("kind", "lane")) == {("backup", "long"), ("fsck", "long")}
    assert admin.get(first.headers["Location"]).status_code == 200
    assert AuditEvent.objects.filter(action="server.backup", actor=cast.admin.actor).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_jobs_leave_what_the_page_shows_and_three_files_are_kept(cast: Cast) -> None:
    admin = client(cast.admin)
    for day in "1234":
        (runs.settings.HOME / "backups").mkdir(exist_ok=True)
        (runs.settings.HOME / "backups" / f"khaosat-2020010{day}T000000Z.khb").write_bytes(b"x")
    for kind in (runs.BACKUP, runs.FSCK):
        jobs.run(runs.start(cast.admin.actor, kind))
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    kept = runs.files()
    assert len(kept) == runs.KEPT
    verify(content_at(runs.settings.HOME / "backups" / kept[0].name))
    page = admin.get("/safekeeping/").content.decode()
    assert "nguyên vẹn" in page
    assert kept[0].name in page


def test_what_a_check_found_is_said_with_its_remedy(cast: Cast) -> None:
    found = {"kind": "FILE_MISSING", "count": 2, "repaired": 0, "examples": ["<b>abc</b>"]}
    sums = {"submissions": 5, "files": 6, "bytes": 7, "compared": 5}
    runs.note(runs.FSCK, {"clean": False, **sums, "findings": [found]})
    page = client(cast.admin).get("/safekeeping/").content.decode()
    assert "có hư hỏng" in page
    assert "Thiếu tệp đính kèm trên đĩa: 2" in page
    assert "fsck --repair --from" in page
    assert "<b>abc" not in page


def test_a_backup_is_downloaded_as_it_is_or_sealed(cast: Cast) -> None:
    name = made(cast)
    stored = (runs.settings.HOME / "backups" / name).read_bytes()
    admin = client(cast.admin)
    assert body(admin.post(f"/safekeeping/files/{name}/")) == stored
    sealed = body(admin.post(f"/safekeeping/files/{name}/", {"passphrase": PASSPHRASE}))
    assert sealing.is_sealed(sealed)
    assert MANIFEST.encode() not in sealed
    assert sealing.Opening(BytesIO(sealed), PASSPHRASE).read() == stored
    short = admin.post(f"/safekeeping/files/{name}/", {"passphrase": "ngắn"}, follow=True)
    assert "10 ký tự" in short.content.decode()
    events = AuditEvent.objects.filter(action="server.backup.download").order_by("id")
    assert [event.details["sealed"] for event in events] == [False, True]
    for other in ("..%2Fsecret_key", "khaosat.sqlite3", "khaosat-20200101T000000Z.khb"):
        answer = admin.post(f"/safekeeping/files/{other}/", follow=True)
        assert answer.headers["Content-Type"].startswith("text/html")
        assert not answer.has_header("Content-Disposition")


def test_a_project_is_encrypted_from_its_page_after_a_question(cast: Cast) -> None:
    form = published(cast.alice.actor, cast.project)
    path = f"/projects/{cast.project.pk}/encryption/"
    alice = client(cast.alice)
    said = {"passphrase": PASSPHRASE, "again": PASSPHRASE, "hint": "câu hát", "understood": "on"}
    for wrong in (
        {**said, "again": "khác"},
        {**said, "understood": ""},
        {**said, "passphrase": "ngắn", "again": "ngắn"},
    ):
        assert alice.post(path, wrong).status_code == 200
        assert not Key.objects.exists()
    assert alice.post(path, said).status_code == 302
    page = alice.get(path).content.decode()
    assert "câu hát" in page
    assert PASSPHRASE not in page
    assert Form.objects.get(pk=form.pk).current.key is not None  # type: ignore[union-attr] # it is published
    assert alice.post(path, said).status_code == 200
    assert Key.objects.count() == 1


def test_only_managers_see_the_page_of_encryption(cast: Cast) -> None:
    path = f"/projects/{cast.project.pk}/encryption/"
    for user in (cast.bob, make_user("gs", Role.SUPERVISOR, cast.project)):
        assert client(user).get(path).status_code in {403, 404}
        assert client(user).post(path, {"passphrase": PASSPHRASE}).status_code in {403, 404}
    assert client(None).get(path).status_code == 302
