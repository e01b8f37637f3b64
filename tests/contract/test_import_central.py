"""`manage.py import-server --kind central` against this server's own `/v1`, in one process."""

from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from surveys.collection import blobs, intake, publishing
from surveys.collection.arrival import Arrival, FileArrived
from surveys.collection.models import (
    AppUser,
    Comment,
    Form,
    FormVersion,
    Project,
    Quarantined,
    Submission,
    SubmissionVersion,
)
from surveys.collection.quarantine_repair import Repair
from surveys.fieldwork import pipeline, quarantine_changes, record_changes
from tests.cast import PASSWORD, Cast, filled, make_cast, published, xform

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # the server of the session starts before a test has its own folder of static files
    pytest.mark.filterwarnings("ignore:No directory at:UserWarning"),
]


@pytest.fixture(autouse=True)
def _own_home(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setenv("IMPORT_PASSWORD", PASSWORD)


@pytest.fixture
def cast() -> Cast:
    """Alice's project has a form with two records; nothing stands in Bob's."""
    made = make_cast()
    form = published(made.alice.actor, made.project)
    for n in (1, 2):
        xml = filled(instance_id=f"uuid:{n}")
        unnamed = FileArrived(f"{n}.jpg", "image/jpeg", blobs.store(b"picture"))
        receipt = intake.receive(Arrival(made.project.pk, made.alice.actor_id, xml, (unnamed,)))
        assert receipt.submission_id is not None
        pipeline.derive(receipt.submission_id)
    first = Submission.objects.select_related("form__project").get(instance_id="uuid:1")
    record_changes.add_comment(made.alice.actor, first, "đã xem")
    record_changes.set_review_state(made.alice.actor, first, Submission.Review.HAS_ISSUES)
    publishing.create_form(made.alice.actor, made.project, xform("nhap"))
    publishing.set_state(made.alice.actor, form, Form.State.CLOSED)
    FormVersion.objects.filter(form=form).update(workbook=b"PK workbook", workbook_name="F.xlsx")
    return made


def pull(cast: Cast, live_server: LiveServer, out: StringIO, **options: Any) -> str:
    call_command(
        "import-server",
        f"{live_server.url}/v1/",
        kind="central",
        project=cast.other.pk,
        email="alice@example.vn",
        rate=1000.0,
        stdout=out,
        **options,
    )
    return out.getvalue()


def there(cast: Cast) -> tuple[int, int]:
    rows = Submission.objects.filter(form__project=cast.other)
    return rows.count(), Comment.objects.filter(submission__in=rows).count()


def test_a_second_run_without_the_ledger_doubles_nothing(
    cast: Cast, live_server: LiveServer, tmp_path: Path
) -> None:
    for _run in range(2):
        assert "All counts agree." in pull(cast, live_server, StringIO(), form=["F"])
        for file in (tmp_path / "imports").iterdir():
            file.unlink()
    assert there(cast) == (2, 1)
    form = Form.objects.get(project=cast.other)
    assert form.state == Form.State.CLOSED
    assert form.current is not None
    assert form.current.workbook is not None
    assert bytes(form.current.workbook) == b"PK workbook"
    first = Submission.objects.get(form=form, instance_id="uuid:1")
    assert [each.name for each in first.versions.get().attachments.all()] == ["1.jpg"]
    assert first.review_state == "hasIssues"
    assert first.submitter is not None
    assert first.submitter.display_name == "Alice"
    assert not AppUser.objects.filter(project=cast.other, token__isnull=False).exists()


def test_what_changed_there_is_fetched_again(cast: Cast, live_server: LiveServer) -> None:
    pull(cast, live_server, StringIO(), form=["F"])
    first = Submission.objects.select_related("form__project").get(
        form__project=cast.project, instance_id="uuid:1"
    )
    record_changes.set_review_state(cast.alice.actor, first, Submission.Review.APPROVED)
    said = pull(cast, live_server, StringIO(), form=["F"])
    assert "F" in said
    copy = Submission.objects.get(form__project=cast.other, instance_id="uuid:1")
    assert copy.review_state == "approved"
    assert there(cast) == (2, 1)


def test_what_staff_moved_there_arrives_in_the_version_that_they_chose(
    cast: Cast, live_server: LiveServer
) -> None:
    version = FormVersion.objects.get(form__project=cast.project, published_at__isnull=False)
    for xml in (filled(instance_id="uuid:8", version="9"), filled("renamed", "uuid:9")):
        intake.receive(Arrival(cast.project.pk, cast.alice.actor_id, xml))
        kept = Quarantined.objects.select_related("project").get(sha256=sha256(xml).hexdigest())
        quarantine_changes.take(cast.alice.actor, kept, Repair(form_version=version))
    assert "All counts agree." in pull(cast, live_server, StringIO(), form=["F"])
    for instance_id in ("uuid:8", "uuid:9"):
        copy = SubmissionVersion.objects.get(form__project=cast.other, instance_id=instance_id)
        assert copy.form_version.version == "1"
    assert not Quarantined.objects.filter(project=cast.other).exists()


def test_what_cannot_come_is_counted_and_said(cast: Cast, live_server: LiveServer) -> None:
    publishing.create_form(cast.bob.actor, cast.other, xform(title="Khác"), publish=True)
    out = StringIO()
    with pytest.raises(CommandError, match="do not agree"):
        pull(cast, live_server, out)
    assert "has other content here" in out.getvalue()
    assert "it is a draft there" in out.getvalue()
    assert there(cast) == (0, 0)


def test_somebody_s_draft_is_not_replaced(cast: Cast, live_server: LiveServer) -> None:
    publishing.create_form(cast.bob.actor, cast.other, xform(version="9"))
    out = StringIO()
    with pytest.raises(CommandError):
        pull(cast, live_server, out, form=["F"])
    assert "a draft of F stands here" in out.getvalue()


def test_a_wrong_password_is_said_and_stands_nowhere(
    cast: Cast, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPORT_PASSWORD", "không-đúng-đâu")
    with pytest.raises(CommandError) as refused:
        pull(cast, live_server, StringIO())
    assert "401" in str(refused.value)
    assert "không-đúng" not in str(refused.value)


def test_the_projects_there_are_named_when_none_is_meant(
    cast: Cast, live_server: LiveServer
) -> None:
    with pytest.raises(CommandError, match="Khảo sát Như Thanh"):
        pull(cast, live_server, StringIO(), from_project="Không có")


def test_a_form_that_is_not_there_is_said(cast: Cast, live_server: LiveServer) -> None:
    with pytest.raises(CommandError, match="no such form there: G"):
        pull(cast, live_server, StringIO(), form=["G"])
    assert Project.objects.filter(pk=cast.other.pk).exists()
