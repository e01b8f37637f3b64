"""Forms, drafts and files over `/v1`, as pyodk and ruODK read and write them."""

from hashlib import md5
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.central.door import instant
from surveys.collection import jobs, publishing_job
from surveys.collection.models import Form, Job, Project, Role, Submission
from tests.cast import Cast, make_user, with_file, workbook, xform
from tests.contract.central_api import Api, code, part
from tests.page_world import make_world

# What pyodk's models have no default for: a missing key raises there.
PYODK_PROJECT = {"id", "name", "createdAt"}
PYODK_FORM = {
    "projectId",
    "xmlFormId",
    "version",
    "hash",
    "state",
    "createdAt",
    "name",
    "enketoId",
    "keyId",
    "updatedAt",
    "publishedAt",
}
PYODK_APP_USER = {
    "projectId",
    "id",
    "displayName",
    "createdAt",
    "type",
    "token",
    "updatedAt",
    "deletedAt",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def alice(cast: Cast) -> Api:
    return Api(cast.alice)


@pytest.fixture
def base(cast: Cast) -> str:
    return f"projects/{cast.project.pk}"


def test_projects_forms_and_phones_have_the_keys_that_pyodk_needs(
    cast: Cast, alice: Api, base: str
) -> None:
    made = alice.post(f"{base}/forms?ignoreWarnings=True&publish=True", xform()).json()
    phone = alice.post(f"{base}/app-users", {"displayName": "NV-01"}).json()
    assert set(alice.json("projects")[0]) >= PYODK_PROJECT
    assert set(made) >= PYODK_FORM
    assert set(alice.json(f"{base}/forms")[0]) >= PYODK_FORM
    assert set(phone) >= PYODK_APP_USER
    assert phone["type"] == "field_key"
    assert alice.json(f"{base}/app-users") == [phone]


@pytest.mark.django_db
def test_a_phone_was_last_used_when_it_last_sent() -> None:
    world = make_world()
    api, base = Api(world.cast.alice), f"projects/{world.cast.project.pk}/app-users"
    last = Submission.objects.filter(submitter=world.phone.actor).latest("created_at").created_at
    silent = api.post(base, {"displayName": "Chưa gửi"}).json()["id"]
    with CaptureQueriesContext(connection) as few:
        used = {each["id"]: each["lastUsed"] for each in api.json(base)}
    assert used == {world.phone.pk: instant(last), silent: None}
    for number in range(3):
        api.post(base, {"displayName": f"NV-{number}"})
    with CaptureQueriesContext(connection) as many:
        assert len(api.json(base)) == 5
    assert len(many) == len(few)


def test_a_form_is_published_as_the_query_says(alice: Api, base: str) -> None:
    for flag, is_published in (("publish=True", True), ("publish=False", False), ("", False)):
        form_id = f"f{flag}"
        made = alice.post(f"{base}/forms?{flag}", xform(form_id)).json()
        assert (made["publishedAt"] is not None) == is_published
        assert (made["draftToken"] is None) == is_published


def test_the_form_comes_back_byte_for_byte(alice: Api, base: str) -> None:
    alice.post(f"{base}/forms?publish=true", xform())
    answer = alice.get(f"{base}/forms/F.xml")
    assert answer.content == xform()
    assert alice.json(f"{base}/forms/F")["hash"] == md5(xform(), usedforsecurity=False).hexdigest()
    known = {"If-None-Match": answer["ETag"]}
    assert alice.get(f"{base}/forms/F.xml", headers=known).status_code == 304


@pytest.mark.parametrize("form_id", ["a.b.c", "phiếu số 1", "a:b", "100%"])
def test_form_ids_with_dots_blanks_and_letters_are_found(
    alice: Api, base: str, form_id: str
) -> None:
    alice.post(f"{base}/forms?publish=true", xform(form_id))
    assert alice.json(f"{base}/forms/{part(form_id)}")["xmlFormId"] == form_id
    assert alice.get(f"{base}/forms/{part(form_id)}.xml").status_code == 200
    assert alice.json(f"{base}/forms/{part(form_id)}.svc/Submissions")["value"] == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"", 400.11), (b"not xml", 400.11), (b"{}", 400.11), (xform("F.xml"), 400.12)],
)
def test_a_file_that_is_no_form_is_refused(
    alice: Api, base: str, body: bytes, expected: float
) -> None:
    assert code(alice.post(f"{base}/forms", body)) == expected
    assert alice.json(f"{base}/forms") == []


def test_a_known_form_id_is_a_conflict(alice: Api, base: str) -> None:
    alice.post(f"{base}/forms", xform())
    assert code(alice.post(f"{base}/forms", xform())) == 409.6


def test_pyodks_way_to_a_new_version_works(alice: Api, base: str) -> None:
    f = f"{base}/forms/F"
    alice.post(f"{base}/forms?publish=true", xform(body=with_file("psu.csv")))
    assert alice.post(f"{f}/draft?ignoreWarnings=True").json() == {"success": True}
    upload = alice.post(f"{f}/draft/attachments/psu.csv", b"name,label\n", content_type="text/csv")
    assert upload.json()["blobExists"] is True
    assert alice.post(f"{f}/draft/publish?version=2").json() == {"success": True}
    assert alice.json(f)["version"] == "2"
    assert [each["version"] for each in alice.json(f"{f}/versions")] == ["2", "1"]
    assert alice.get(f"{f}/versions/1.xml").content == xform(body=with_file("psu.csv"))
    assert alice.get(f"{f}/attachments/psu.csv").body == b"name,label\n"


def test_a_file_is_replaced_and_taken_away(alice: Api, base: str) -> None:
    f = f"{base}/forms/F"
    alice.post(f"{base}/forms", xform(body=with_file("psu.csv")))
    for content in (b"1", b"22"):
        alice.post(f"{f}/draft/attachments/psu.csv", content, content_type="text/csv")
        assert alice.get(f"{f}/draft/attachments/psu.csv").body == content
    alice.send("DELETE", f"{f}/draft/attachments/psu.csv")
    (slot,) = alice.json(f"{f}/draft/attachments")
    assert (slot["name"], slot["exists"]) == ("psu.csv", False)
    assert code(alice.get(f"{f}/draft/attachments/psu.csv")) == 404.7


def test_a_file_that_ends_early_is_not_stored(alice: Api, base: str) -> None:
    f = f"{base}/forms/F"
    alice.post(f"{base}/forms", xform(body=with_file("psu.csv")))
    answer = alice.client.generic(
        "POST",
        f"/v1/{f}/draft/attachments/psu.csv",
        headers=alice.headers,
        CONTENT_LENGTH="100",
        **{"wsgi.input": BytesIO(b"half")},
    )
    assert code(answer) == 400.7
    assert alice.json(f"{f}/draft/attachments")[0]["exists"] is False


def test_a_stored_page_is_never_shown_in_our_origin(alice: Api, base: str) -> None:
    f = f"{base}/forms/F"
    alice.post(f"{base}/forms", xform(body=with_file("x.html")))
    alice.post(f"{f}/draft/attachments/x.html", b"<script>", content_type="text/html")
    answer = alice.get(f"{f}/draft/attachments/x.html")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("body", [{"state": "shut"}, {"state": 1}, [1]])
def test_a_state_that_is_none_is_refused(alice: Api, base: str, body: object) -> None:
    alice.post(f"{base}/forms?publish=true", xform())
    assert code(alice.send("PATCH", f"{base}/forms/F", body)) in {400.1, 400.2}
    assert alice.json(f"{base}/forms/F")["state"] == "open"


def test_fields_are_listed_as_ruodk_reads_them(alice: Api, base: str) -> None:
    alice.post(f"{base}/forms?publish=true", xform())
    rows = alice.json(f"{base}/forms/F/fields?odata=false")
    assert [row["path"] for row in rows] == [
        "/name",
        "/age",
        "/photo",
        "/meta",
        "/meta/instanceID",
    ]
    assert rows[1] == {
        "path": "/age",
        "name": "age",
        "type": "int",
        "binary": None,
        "selectMultiple": None,
    }
    assert rows[2]["binary"] is True
    assert rows[3]["type"] == "structure"


def test_a_phone_of_another_project_cannot_be_assigned(cast: Cast, alice: Api, base: str) -> None:
    alice.post(f"{base}/forms?publish=true", xform())
    bob = Api(cast.bob)
    phone = bob.post(f"projects/{cast.other.pk}/app-users", {"displayName": "NV"}).json()
    assert code(alice.post(f"{base}/forms/F/assignments/2/{phone['id']}")) == 404.5
    assert code(alice.post(f"{base}/forms/F/assignments/9/{phone['id']}")) == 404.52


def finish(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `jobs.wait` run the job at once, as the worker would."""

    def wait(job: Job, _seconds: float) -> Job:
        jobs.run(job)
        job.refresh_from_db()
        return job

    monkeypatch.setattr("api.central.workbooks.jobs.wait", wait)


def test_a_workbook_is_published_while_the_request_waits(
    alice: Api, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(monkeypatch)
    headers = {"X-XlsForm-FormId-Fallback": "phi%E1%BA%BFu"}
    made = alice.post(f"{base}/forms?publish=True", workbook(), content_type=XLSX, headers=headers)
    assert made.status_code == 200, made.content
    assert (made.json()["xmlFormId"], made.json()["version"]) == ("small", "3")
    assert alice.get(f"{base}/forms/small.xlsx").content == workbook()
    assert alice.post(f"{base}/forms/small/draft", workbook("4")).status_code == 200
    assert alice.json(f"{base}/forms/small/draft")["version"] == "4"


@pytest.mark.parametrize("body", [b" ", b"junk", xform()])
def test_what_is_called_a_workbook_and_is_none_is_said(alice: Api, base: str, body: bytes) -> None:
    alice.post(f"{base}/forms?publish=True", xform("G"))
    for path in ("forms", "forms/G/draft"):
        answer = alice.post(f"{base}/{path}", body, content_type=XLSX)
        assert code(answer) == 400.19
    assert Form.objects.get().draft is None


def test_a_form_takes_a_state_and_passes_over_what_its_file_says(alice: Api, base: str) -> None:
    alice.post(f"{base}/forms?publish=true", xform(title="Tên"))
    one = f"{base}/forms/F"
    for body, state in (({}, "open"), ({"name": "Khác", "version": "9"}, "open"),
                        ({"state": "closing", "name": "Khác"}, "closing")):  # fmt: skip
        answer = alice.send("PATCH", one, body)
        assert (answer.status_code, answer.json()["state"]) == (200, state)
        assert (answer.json()["name"], answer.json()["version"]) == ("Tên", "1")
    for wrong in (None, "shut", 1):
        assert code(alice.send("PATCH", one, {"state": wrong})) == 400.2
    assert code(Api(make_user("sup", Role.SUPERVISOR, Project.objects.first())).send(
        "PATCH", one, {})) == 403.1  # fmt: skip


def test_what_is_read_may_be_kept_and_asked_again_and_a_change_is_never_kept(
    alice: Api, base: str
) -> None:
    read = alice.get(f"{base}/forms")
    assert (read["Cache-Control"], read["Vary"]) == ("private, no-cache", "Accept-Encoding, Origin")
    made = alice.post(f"{base}/forms", xform())
    assert (made["Cache-Control"], made.headers.get("Vary")) == ("no-store", None)


def test_a_form_without_a_body_is_said(alice: Api, base: str) -> None:
    answer = alice.post(f"{base}/forms", b"")
    assert code(answer) == 400.11
    assert "empty" in answer.json()["details"]["en"]


def test_an_empty_version_publishes_the_draft_as_it_is(alice: Api, base: str) -> None:
    alice.post(f"{base}/forms", xform(version="7"))
    assert alice.post(f"{base}/forms/F/draft/publish?version=").status_code == 200
    assert alice.json(f"{base}/forms/F")["version"] == "7"


def test_a_workbooks_faults_name_sheet_row_and_remedy_in_both_languages(
    alice: Api, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(monkeypatch)
    answer = alice.post(f"{base}/forms", workbook(kind="no_such_type"), content_type=XLSX)
    assert code(answer) == 400.15
    (fault,) = answer.json()["details"]["errors"]
    assert (fault["sheet"], fault["row"]) == ("survey", 2)
    assert all(fault[key] for key in ("vi", "en", "remedy_vi", "remedy_en"))
    assert not Form.objects.exists()


def test_a_workbook_of_a_known_form_keeps_the_code_of_the_conflict(
    alice: Api, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(monkeypatch)
    alice.post(f"{base}/forms", workbook())
    assert code(alice.post(f"{base}/forms", workbook("4"))) == 409.6


def test_a_worker_that_is_slow_is_not_waited_for_for_ever(
    alice: Api, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.central.workbooks.WAIT_SECONDS", 0.0)
    assert code(alice.post(f"{base}/forms", workbook())) == 503.2
    assert Job.objects.get().state == Job.State.QUEUED


def test_a_new_version_can_mark_its_form_as_rating_an_office_and_none_unmarks_it(
    cast: Cast,
) -> None:
    for version, rates in (("1", False), ("2", True), ("3", False)):
        order = publishing_job.Order(
            cast.project.pk, "small.xlsx", adds_version=True, publish=True, rates_authority=rates
        )
        job = publishing_job.start(cast.alice.actor, order, workbook(version))
        publishing_job.handle(job, lambda *_: None)
        assert Form.objects.get().rates_authority == (version != "1")


def test_the_job_may_run_twice(cast: Cast) -> None:
    order = publishing_job.Order(cast.project.pk, "small.xlsx", publish=True)
    job = publishing_job.start(cast.alice.actor, order, workbook())
    results = [publishing_job.handle(job, lambda *_: None) for _ in range(2)]
    assert results[0] == results[1]
    assert Form.objects.count() == 1


def test_a_workbook_of_another_form_is_no_draft_of_this_one(
    alice: Api, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(monkeypatch)
    alice.post(f"{base}/forms?publish=True", workbook())
    alice.post(f"{base}/forms?publish=True", xform("F"))
    assert code(alice.post(f"{base}/forms/F/draft", workbook())) == 400.14
    assert code(alice.get(f"{base}/forms/F/draft")) == 404.9


def test_the_published_workbook_takes_the_place_of_a_draft(
    alice: Api, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(monkeypatch)
    alice.post(f"{base}/forms?publish=True", workbook("3"))
    for version in ("4", "3"):
        assert alice.post(f"{base}/forms/small/draft", workbook(version)).status_code == 200
        assert alice.json(f"{base}/forms/small/draft")["version"] == version


def test_an_upload_publishes_what_it_holds_and_no_other_draft(cast: Cast) -> None:
    def upload(version: str, *, publish: bool) -> None:
        order = publishing_job.Order(
            cast.project.pk, "small.xlsx", adds_version=True, publish=publish
        )
        job = publishing_job.start(cast.alice.actor, order, workbook(version))
        publishing_job.handle(job, lambda *_: None)

    upload("1", publish=True)
    upload("2", publish=False)
    with pytest.raises(jobs.JobRefused):
        upload("1", publish=True)
    form = Form.objects.select_related("current").get()
    assert form.current is not None
    assert form.current.version == "1"
