"""Personal, sensitive and free answers are for those who review the record, through every door."""

import csv
import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection.models import Attachment, AuditEvent, Role, RoleAssignment, Submission
from tests.cast import filled
from tests.contract.central_api import Api, code, part
from tests.page_world import World

pytestmark = pytest.mark.django_db


def address(world: World) -> str:
    return f"projects/{world.cast.project.pk}/forms/{world.form.xml_form_id}"


def record(world: World, submission: Submission | None = None) -> str:
    return f"{address(world)}/submissions/{part((submission or world.submission).instance_id)}"


@pytest.mark.parametrize("leaf", [".xml", "/versions/{i}.xml", "/attachments/1.png"])
def test_raw_bytes_over_v1_are_for_reviewers(world: World, leaf: str) -> None:
    leaf = leaf.format(i=part(world.submission.instance_id))
    assert Api(world.supervisor).get(record(world) + leaf).status_code == 200
    assert code(Api(world.analyst).get(record(world) + leaf)) == 403.1


def test_odata_hides_restricted_answers_from_those_who_do_not_review(world: World) -> None:
    path = f"{address(world)}.svc/Submissions"
    for row in Api(world.supervisor).json(path)["value"]:
        assert row["name"]
        assert row["photo"] == "1.png"
    for row in Api(world.analyst).json(path)["value"]:
        assert (row["name"], row["photo"], row["age"]) == (None, None, 34)


def archive(api: Api, world: World) -> tuple[dict[str, str], list[str]]:
    """Names by record in the CSV archive, and the files that respondents sent."""
    body = api.get(f"{address(world)}/submissions.csv.zip").body
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        table = opened.read(f"{world.form.xml_form_id}.csv").decode()
        rows = list(csv.DictReader(io.StringIO(table, newline="")))
        media = [name for name in opened.namelist() if name.startswith("media/")]
    return {row["KEY"]: row["name"] for row in rows}, media


def test_an_archive_holds_names_and_files_of_reviewed_records_alone(world: World) -> None:
    named, media = archive(Api(world.analyst), world)
    assert len(named) == Submission.objects.filter(form=world.form).count()
    assert set(named.values()) == {""}
    assert media == []
    supervisor_of_another_commune(world)
    named, media = archive(Api(world.analyst), world)
    commune = commune_of(other_submission(world))
    there = [
        each for each in Submission.objects.filter(form=world.form) if commune_of(each) == commune
    ]
    assert {key for key, name in named.items() if name} == {each.instance_id for each in there}
    files = Attachment.objects.filter(version__submission__in=there, blob__isnull=False)
    assert len(media) == files.count() > 0


def supervisor_of_another_commune(world: World) -> None:
    """The analyst of the whole project also supervises one commune."""
    RoleAssignment.objects.create(
        user=world.analyst,
        role=Role.SUPERVISOR,
        project=world.cast.project,
        communes=[commune_of(other_submission(world))],
    )


def commune_of(submission: Submission) -> str:
    return submission.visit.household.village.village.unit.code


def other_submission(world: World) -> Submission:
    mine = commune_of(world.submission)
    return next(
        each for each in Submission.objects.filter(form=world.form) if commune_of(each) != mine
    )


def test_two_roles_do_not_add_up_to_a_third(world: World) -> None:
    supervisor_of_another_commune(world)
    there, here = other_submission(world), world.submission
    api, client = Api(world.analyst), Client()
    client.force_login(world.analyst)
    assert api.get(f"{record(world, there)}.xml").status_code == 200
    assert code(api.get(f"{record(world, here)}.xml")) == 403.1
    rows = {
        row["__id"]: row["name"] for row in api.json(f"{address(world)}.svc/Submissions")["value"]
    }
    assert rows[there.instance_id]
    assert rows[here.instance_id] is None
    page = reverse("raw_xml", args=[world.form.pk, here.pk, here.versions.get().pk])
    assert client.get(page).status_code == 403
    judged = {"state": "rejected", "comment": ""}
    assert client.post(reverse("judge", args=[world.form.pk, here.pk]), judged).status_code == 403
    assert code(api.send("PATCH", record(world, here), {"reviewState": "rejected"})) == 403.1
    assert code(api.post(f"{record(world, here)}/comments", {"body": "x"})) == 403.1


def test_an_edit_reaches_only_the_record_that_is_addressed(world: World) -> None:
    there = other_submission(world)
    own = world.cast.project
    RoleAssignment.objects.filter(user=world.supervisor).update(communes=[commune_of(there)])
    edit = filled(world.form.xml_form_id, "uuid:new").replace(
        b"<meta>", f"<meta><deprecatedID>{world.submission.instance_id}</deprecatedID>".encode()
    )
    answer = Api(world.supervisor).send("PUT", record(world, there), edit)
    assert code(answer) == 409.3
    assert world.submission.versions.count() == 1
    assert not own.quarantine.filter(instance_id="uuid:new").exists()


@pytest.mark.parametrize(
    ("leaf", "action"),
    [
        (".xml", "submission.read.xml"),
        ("/versions/{i}.xml", "submission.read.xml"),
        ("/attachments/1.png", "submission.read.file"),
        ("/diffs", "submission.read"),
    ],
)
def test_reading_what_is_restricted_is_noted_once(world: World, leaf: str, action: str) -> None:
    leaf = leaf.format(i=part(world.submission.instance_id))
    noted = AuditEvent.objects.filter(action__startswith="submission.read")
    assert code(Api(world.analyst).get(record(world) + leaf)) == 403.1
    assert not noted.exists()
    assert Api(world.supervisor).get(record(world) + leaf).status_code == 200
    (event,) = noted
    assert (event.action, event.actor) == (action, world.supervisor.actor)
    assert event.submission_id == world.submission.pk


def test_a_read_out_with_restricted_answers_is_noted_once(world: World) -> None:
    noted = AuditEvent.objects.filter(action="form.submission.export")
    for path in (f"{address(world)}.svc/Submissions", f"{address(world)}/submissions.csv"):
        assert Api(world.analyst).get(path).status_code == 200
        assert not noted.exists()
    for number, path in enumerate(
        (f"{address(world)}.svc/Submissions", f"{address(world)}/submissions.csv"), start=1
    ):
        assert Api(world.supervisor).get(path).status_code == 200
        assert noted.count() == number
