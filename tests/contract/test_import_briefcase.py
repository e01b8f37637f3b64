"""`manage.py import-server --kind briefcase`: what Kobo, Ona and Aggregate hand out comes over."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from surveys.collection import blobs
from surveys.collection.models import Form, FormAttachment, Quarantined, Submission
from surveys.fieldwork.importing import remote
from tests.briefcase_server import Briefcase, Filled, briefcase_server
from tests.cast import Cast, with_file, xform

pytestmark = pytest.mark.django_db
PHOTO = b"\xff\xd8 anh" * 100
CSV = "name,label\n1,Như Thanh\n".encode()


@pytest.fixture(autouse=True)
def _own_home(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(remote, "FIRST_WAIT", 0.0)


@pytest.fixture
def there() -> Iterator[Briefcase]:
    with briefcase_server() as made:
        made.forms = {"F": xform("F", body=with_file("xa.csv"))}
        made.media = {"F": {"xa.csv": CSV}}
        made.filled = {"F": {f"uuid:{n}": one(n) for n in range(10)}}
        made.filled["F"]["uuid:3"].files = {"ảnh 3.jpg": PHOTO}
        yield made


def one(n: int, *, version: str = "1", meta: str = "") -> Filled:
    photo = "<photo>ảnh 3.jpg</photo>" if n == 3 else "<photo/>"
    meta = meta or f"<meta><instanceID>uuid:{n}</instanceID></meta>"
    return Filled(
        f'<data id="F" version="{version}"><name>Đào &amp; {n}</name><age>{n}</age>{photo}'
        f"{meta}</data>",
        received=f"2026-03-02T05:00:0{n % 10}.000Z",
    )


def pull(cast: Cast, there: Briefcase, **options: Any) -> str:
    out = StringIO()
    call_command(
        "import-server",
        there.base,
        kind="briefcase",
        project=cast.project.pk,
        rate=1000.0,
        stdout=out,
        **options,
    )
    return out.getvalue()


def test_forms_files_and_submissions_come_over_once(cast: Cast, there: Briefcase) -> None:
    assert "All counts agree." in pull(cast, there)
    form = Form.objects.get(project=cast.project)
    assert form.current is not None
    assert bytes(form.current.xform) == there.forms["F"]
    media = FormAttachment.objects.get(form_version=form.current, name="xa.csv")
    assert media.blob_id is not None
    assert blobs.path(media.blob_id).read_bytes() == CSV
    assert Submission.objects.count() == 10
    third = Submission.objects.get(instance_id="uuid:3")
    assert third.created_at.isoformat() == "2026-03-02T05:00:03+00:00"
    assert third.submitter is not None
    assert third.submitter.display_name == "Nhập từ 127.0.0.1"
    version = third.versions.get()
    assert bytes(version.xml).decode().endswith(there.filled["F"]["uuid:3"].xml[9:])
    photo = version.attachments.get(name="ảnh 3.jpg")
    assert photo.blob_id is not None
    assert blobs.path(photo.blob_id).read_bytes() == PHOTO
    assert third.records.get().values["name"] == "Đào & 3"
    n_asked = len(there.asked)
    pull(cast, there)
    assert Submission.objects.count() == 10
    assert not any("downloadSubmission" in each for each in there.asked[n_asked:])


def test_without_its_ledger_all_is_asked_again_and_nothing_doubled(
    cast: Cast, there: Briefcase, tmp_path: Path
) -> None:
    pull(cast, there)
    for file in (tmp_path / "imports").iterdir():
        file.unlink()
    assert "All counts agree." in pull(cast, there)
    assert Submission.objects.count() == 10
    assert Form.objects.get(project=cast.project).versions.count() == 1


@pytest.mark.parametrize("way", ["digest", "basic"])
def test_a_password_is_given_when_asked_for(
    cast: Cast, there: Briefcase, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.password, there.way = "mật khẩu", way
    monkeypatch.setenv("IMPORT_PASSWORD", "mật khẩu" if way == "basic" else "secret")
    if way == "digest":
        there.password = "secret"
    said = pull(cast, there, email="an")
    assert "All counts agree." in said
    assert there.password not in said


def test_a_wrong_password_is_said_and_shown_nowhere(
    cast: Cast, there: Briefcase, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.password = "right"
    monkeypatch.setenv("IMPORT_PASSWORD", "wrong-word")
    with pytest.raises(CommandError) as refused:
        pull(cast, there, email="an")
    assert "wrong-word" not in str(refused.value)
    assert not Submission.objects.exists()


def test_faults_and_cut_answers_are_asked_again(cast: Cast, there: Briefcase) -> None:
    there.faults, there.cut = 4, 4
    assert "All counts agree." in pull(cast, there)
    assert Submission.objects.count() == 10


def test_a_damaged_file_is_told_and_comes_with_the_next_run(cast: Cast, there: Briefcase) -> None:
    there.damaged = {"ảnh 3.jpg"}
    with pytest.raises(CommandError, match="do not agree"):
        pull(cast, there)
    assert Submission.objects.count() == 9
    there.damaged = set()
    assert "All counts agree." in pull(cast, there)
    assert Submission.objects.count() == 10


def test_versions_that_the_other_server_has_no_more_are_stood_in_for(
    cast: Cast, there: Briefcase
) -> None:
    there.filled["F"]["uuid:20"] = one(20, version="vOld")
    assert "All counts agree." in pull(cast, there)
    form = Form.objects.get(project=cast.project)
    assert {each.version for each in form.versions.all()} == {"1", "vOld"}
    assert form.current is not None
    assert form.current.version == "1"
    assert not Quarantined.objects.exists()


def test_an_id_that_only_the_root_carries_and_outer_prefixes_are_written_in(
    cast: Cast, there: Briefcase
) -> None:
    there.filled["F"] = {
        "uuid:30": one(30, meta="<orx:meta><orx:instanceID>uuid:30</orx:instanceID></orx:meta>"),
        "uuid:31": one(31, meta="<meta/>"),
    }
    assert "All counts agree." in pull(cast, there)
    assert set(Submission.objects.values_list("instance_id", flat=True)) == {"uuid:30", "uuid:31"}


def test_one_bad_submission_stops_no_other_and_is_named(cast: Cast, there: Briefcase) -> None:
    there.filled["F"]["uuid:4"].xml = '<data id="other" version="1"><meta/></data>'
    out = StringIO()
    with pytest.raises(CommandError, match="do not agree"):
        call_command(
            *("import-server", there.base, "--kind", "briefcase", "--rate", "1000"),
            *("--project", str(cast.project.pk)),
            stdout=out,
        )
    assert "uuid:4" in out.getvalue()
    assert Submission.objects.count() == 9


@pytest.mark.parametrize(
    ("url", "word"),
    [("ftp://x/", "must be like"), ("http://a:b@x/", "No password"), ("x", "must be like")],
)
def test_an_address_that_cannot_be_is_refused(cast: Cast, url: str, word: str) -> None:
    with pytest.raises(CommandError, match=word):
        call_command("import-server", url, kind="briefcase", project=cast.project.pk)
