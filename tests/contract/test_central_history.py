"""Lists in parts, versions and diffs, people behind ids, and the test records of drafts."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.collection.models import Role, Submission
from tests.cast import Cast, filled, make_user, published, xform
from tests.contract.central_api import Api, code, part

IID = "uuid:1"
EXTENDED = {"X-Extended-Metadata": "true"}


@pytest.fixture
def alice(cast: Cast) -> Api:
    published(cast.alice.actor, cast.project)
    return Api(cast.alice)


@pytest.fixture
def f(cast: Cast) -> str:
    return f"projects/{cast.project.pk}/forms/F"


@pytest.fixture
def s(f: str) -> str:
    return f"{f}/submissions/{part(IID)}"


def edit(deprecated: str = IID, instance_id: str = "uuid:2", answers: str = "") -> bytes:
    return filled(instance_id=instance_id, answers=answers or "<name>Hoa</name>").replace(
        b"</meta>", f"<deprecatedID>{deprecated}</deprecatedID></meta>".encode()
    )


def test_a_list_is_read_in_parts(alice: Api, f: str) -> None:
    for number in range(5):
        alice.post(f"{f}/submissions", filled(instance_id=f"uuid:{number}"))
    rows = alice.json(f"{f}/submissions?limit=2&offset=1")
    assert [row["instanceId"] for row in rows] == ["uuid:3", "uuid:2"]
    assert alice.json(f"{f}/submissions?offset=9") == []
    assert len(alice.json(f"{f}/submissions?limit=")) == 5


def test_a_list_is_whole_however_it_is_cut_into_batches(
    alice: Api, f: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        alice.post(f"{f}/submissions", filled(instance_id=f"uuid:{number}"))
    moments = Submission.objects.order_by("pk").values_list("created_at", flat=True)
    Submission.objects.filter(pk__gt=2, pk__lt=6).update(created_at=moments[3])  # at one moment
    whole = alice.json(f"{f}/submissions")
    assert len(whole) == 7
    for size in (1, 2, 3, 7):
        monkeypatch.setattr("api.central.submissions.ROWS_AT_ONCE", size)
        assert alice.json(f"{f}/submissions") == whole
        assert alice.json(f"{f}/submissions?offset=2&limit=4") == whole[2:6]


@pytest.mark.parametrize("query", ["limit=-1", "limit=x", "offset=1e3", "offset=" + "9" * 40])
def test_a_part_that_is_no_number_is_refused(alice: Api, f: str, query: str) -> None:
    assert code(alice.get(f"{f}/submissions?{query}")) == 400.2


def test_a_list_asks_the_database_as_often_for_many_as_for_one(alice: Api, f: str) -> None:
    counted = []
    for numbers in (range(1), range(1, 8)):
        for number in numbers:
            alice.post(f"{f}/submissions", filled(instance_id=f"uuid:{number}"))
        with CaptureQueriesContext(connection) as asked:
            alice.get(f"{f}/submissions", headers=EXTENDED)
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_the_people_behind_ids_come_when_asked_for(alice: Api, f: str, s: str) -> None:
    alice.post(f"{f}/submissions", filled())
    assert "submitter" not in alice.json(s)
    read = alice.get(s, headers=EXTENDED).json()
    assert read["submitter"]["displayName"] == "Alice"
    assert read["currentVersion"]["submitter"]["displayName"] == "Alice"
    assert read["currentVersion"]["formVersion"] == "1"
    (listed,) = alice.json(f"{f}/submissions/submitters")
    assert listed["displayName"] == "Alice"
    (version,) = alice.get(f"{s}/versions", headers=EXTENDED).json()
    assert version["formVersion"] == "1"


def test_diffs_name_what_each_version_changed(alice: Api, f: str, s: str) -> None:
    alice.post(f"{f}/submissions", filled())
    alice.send("PUT", s, edit())
    found = alice.json(f"{s}/diffs")
    assert found == {
        "uuid:2": [
            {"old": "Lan", "new": "Hoa", "path": ["name"]},
            {"old": "34", "path": ["age"]},
            {"old": "uuid:1", "new": "uuid:2", "path": ["meta", "instanceID"]},
            {"new": "uuid:1", "path": ["meta", "deprecatedID"]},
        ]
    }


def test_diffs_are_for_those_who_review(cast: Cast, alice: Api, f: str, s: str) -> None:
    alice.post(f"{f}/submissions", filled())
    analyst = Api(make_user("ana", Role.ANALYST, cast.project))
    assert code(analyst.get(f"{s}/diffs")) == 403.1


def test_the_id_of_an_edit_leads_to_its_version(alice: Api, f: str, s: str) -> None:
    alice.post(f"{f}/submissions", filled())
    alice.send("PUT", s, edit())
    other = f"{f}/submissions/{part('uuid:2')}"
    for tail in ("", ".xml", "/attachments"):
        moved = alice.get(f"{other}{tail}")
        assert moved.status_code == 302
        assert moved["Location"] == f"/v1/{s}/versions/{part('uuid:2')}{tail}"
        assert alice.get(moved["Location"].removeprefix("/v1/")).status_code == 200
    assert code(alice.send("DELETE", other)) == 404.4


def test_a_file_is_taken_away_and_sent_again(alice: Api, f: str, s: str) -> None:
    alice.post(f"{f}/submissions", filled(answers="<photo>a.jpg</photo>"))
    for content in (b"1", b"2"):
        alice.post(f"{s}/attachments/a.jpg", content)
        assert alice.get(f"{s}/attachments/a.jpg").body == content
        assert alice.send("DELETE", f"{s}/attachments/a.jpg").json() == {"success": True}
        assert code(alice.get(f"{s}/attachments/a.jpg")) == 404.7
    assert [row["exists"] for row in alice.json(f"{s}/attachments")] == [False]


def test_forms_are_counted_when_asked_with_one_query_for_all(
    cast: Cast, alice: Api, f: str
) -> None:
    base = f"projects/{cast.project.pk}/forms"
    for number, state in enumerate([None, "hasIssues", "hasIssues", "edited", "approved"]):
        alice.post(f"{f}/submissions", filled(instance_id=f"uuid:{number}"))
        if state:
            one = f"{f}/submissions/{part(f'uuid:{number}')}"
            alice.send("PATCH", one, {"reviewState": state})
    counted = []
    for form_id in ("G", "H", "I"):
        with CaptureQueriesContext(connection) as asked:
            rows = alice.get(base, headers=EXTENDED).json()
        counted.append(len(asked))
        alice.post(f"{base}?publish=true", xform(form_id))
    assert len(set(counted)) == 1
    assert rows[0]["submissions"] == 5
    assert rows[0]["reviewStates"] == {"received": 1, "hasIssues": 2, "edited": 1}
    assert datetime.fromisoformat(rows[0]["lastSubmission"])
    assert rows[0]["createdBy"]["displayName"] == "Alice"
    assert rows[1]["submissions"] == 0
    assert "submissions" not in alice.json(base)[0]


def test_who_reads_no_record_counts_none(cast: Cast, alice: Api, f: str) -> None:
    alice.post(f"{f}/submissions", filled())
    viewer = Api(make_user("vi", Role.VIEWER, cast.project))
    assert viewer.get(f, headers=EXTENDED).json()["submissions"] == 0


def test_test_records_stay_apart_and_go_with_the_draft(alice: Api, f: str) -> None:
    alice.post(f"{f}/draft", xform(version="2"))
    draft = f"{f}/draft/submissions"
    assert alice.post(draft, filled(version="2")).status_code == 200
    assert [row["instanceId"] for row in alice.json(draft)] == [IID]
    one = f"{draft}/{part(IID)}"
    assert alice.get(f"{one}.xml").body == filled(version="2")
    assert alice.send("PUT", one, edit()).json()["currentVersion"]["instanceId"] == "uuid:2"
    assert list(alice.json(f"{one}/diffs")) == ["uuid:2"]
    assert alice.json(f"{f}/submissions") == []
    alice.post(f"{f}/draft/publish")
    assert code(alice.get(draft)) == 404.9
    assert not Submission.objects.exists()


def test_test_records_are_for_those_who_manage_forms(cast: Cast, alice: Api, f: str) -> None:
    alice.post(f"{f}/draft", xform(version="2"))
    alice.post(f"{f}/draft/submissions", filled(version="2"))
    supervisor = Api(make_user("sup", Role.SUPERVISOR, cast.project))
    for address in ("", f"/{part(IID)}", f"/{part(IID)}.xml"):
        assert code(supervisor.get(f"{f}/draft/submissions{address}")) == 403.1


def test_a_version_comes_back_as_a_draft_with_its_files(alice: Api, f: str) -> None:
    alice.post(f"{f}/draft", xform(version="2"))
    alice.post(f"{f}/draft/publish")
    assert alice.post(f"{f}/versions/1/draft").json() == {"success": True}
    assert alice.get(f"{f}/draft.xml").body == xform()
    assert code(alice.post(f"{f}/draft/publish")) == 409.4
    assert alice.post(f"{f}/draft/publish?version=3").json() == {"success": True}
    assert [each["version"] for each in alice.json(f"{f}/versions")] == ["3", "2", "1"]


def test_fields_are_named_for_odata_when_asked(cast: Cast, alice: Api) -> None:
    odd = xform("odd").replace(b"<age/>", b"<tu-oi/>").replace(b"/data/age", b"/data/tu-oi")
    base = f"projects/{cast.project.pk}/forms"
    alice.post(f"{base}?publish=true", odd)
    for query, path in (("", "/tu-oi"), ("?odata=true", "/tu_oi")):
        assert path in {row["path"] for row in alice.json(f"{base}/odd/fields{query}")}


def test_a_drafts_token_takes_test_records_and_nothing_else(cast: Cast, alice: Api, f: str) -> None:
    alice.post(f"{f}/draft", xform(version="2"))
    token = alice.json(f"{f}/draft")["draftToken"]
    anybody = Api(None)
    base = f"test/{token}/projects/{cast.project.pk}/forms"
    made = anybody.post(f"{base}/F/draft/submissions", filled(version="any")).json()
    assert made["submitterId"] is None
    assert [row["instanceId"] for row in alice.json(f"{f}/draft/submissions")] == [IID]
    assert code(anybody.post(f"{base}/F/draft/submissions", filled("G"))) == 400.9
    assert code(anybody.post(f"{base}/F/draft/submissions", b"<data")) == 400.3
    assert code(anybody.post(f"{base}/G/draft/submissions", filled("G"))) == 404.11
    alice.post(f"{f}/draft/publish")
    assert code(anybody.post(f"{base}/F/draft/submissions", filled())) == 404.11
