"""CSV of a form with groups and repeats, as ODK Central writes it: tables, files, logs."""

import csv
import io
import zipfile
from pathlib import PurePosixPath

import pytest

from surveys.collection import blobs
from surveys.collection.arrival import FileArrived
from surveys.collection.models import AuditEvent, Form, Role
from tests.cast import Cast, make_user
from tests.contract.central_api import Api, code
from tests.readout_world import (
    child,
    household,
    household_form,
    publish_next,
    send,
)

ANSWERS = (
    '<name>Lan, "Hoa"\n=1+1</name><age>34</age><place>19.63 105.57 12.5 4.8</place>'
    "<channels>office online</channels><home><roof>tin</roof></home>"
)
LAST = [
    "KEY",
    "SubmitterID",
    "SubmitterName",
    "AttachmentsPresent",
    "AttachmentsExpected",
    "Status",
    "ReviewState",
    "DeviceID",
    "Edits",
    "FormVersion",
]


def file(name: str, content: bytes, kind: str = "image/jpeg") -> FileArrived:
    blob = blobs.store(content)
    return FileArrived(name, kind, blob)


def unzipped(answer: object) -> dict[str, bytes]:
    body: bytes = answer.body  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: archive.read(name) for name in archive.namelist()}


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_the_tables_are_those_of_central(cast: Cast, alice: Api, submissions: str) -> None:
    children = child("An", 3) + child("Bi", 7, ("xe", "bi"))
    send(cast.project, household("uuid:1", ANSWERS, children), actor=cast.alice.actor, device="d")
    answer = alice.get(f"{submissions}.csv.zip?attachments=false")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="H.csv.zip"'
    files = unzipped(answer)
    assert list(files) == ["H.csv", "H-child.csv", "H-toy.csv"]
    header = files["H.csv"].splitlines()[0].decode().split(",")
    assert header[0] == "SubmissionDate"
    assert header[-10:] == LAST
    for name in ("place-Latitude", "place-Accuracy", "home-roof", "meta-instanceID", "channels"):
        assert name in header
    (row,) = table(files["H.csv"])
    assert row["SubmissionDate"].endswith("Z")
    assert row["name"] == 'Lan, "Hoa"\n=1+1'  # raw, as Central
    assert [row[f"place-{part}"] for part in ("Latitude", "Longitude", "Altitude", "Accuracy")] == [
        "19.63",
        "105.57",
        "12.5",
        "4.8",
    ]
    assert (row["KEY"], row["SubmitterName"], row["DeviceID"]) == ("uuid:1", "Alice", "d")
    assert (row["Edits"], row["FormVersion"], row["home-water"]) == ("0", "1", "")
    first, second = table(files["H-child.csv"])
    assert list(first) == ["given", "years", "PARENT_KEY", "KEY"]
    assert (first["PARENT_KEY"], first["KEY"]) == ("uuid:1", "uuid:1/children/child[1]")
    toys = table(files["H-toy.csv"])
    assert [toy["what"] for toy in toys] == ["xe", "bi"]
    assert {toy["PARENT_KEY"] for toy in toys} == {second["KEY"]}
    assert toys[1]["KEY"] == "uuid:1/children/child[2]/toys/toy[2]"


def test_a_point_that_is_none_is_kept_as_it_came(cast: Cast, alice: Api, submissions: str) -> None:
    send(cast.project, household("uuid:1", "<place>Như Thanh, nhà số 3 phố mới</place>"))
    (row,) = table(alice.get(f"{submissions}.csv").body)
    assert (row["place-Latitude"], row["place-Longitude"]) == ("Như Thanh, nhà số 3 phố mới", "")


def test_the_root_table_comes_alone_as_csv(cast: Cast, alice: Api, submissions: str) -> None:
    for number in range(3):
        send(cast.project, household(f"uuid:{number}", "", child("An")))
    answer = alice.get(f"{submissions}.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert [row["KEY"] for row in table(answer.body)] == ["uuid:2", "uuid:1", "uuid:0"]


def test_an_empty_form_has_tables_with_headers(alice: Api, submissions: str) -> None:
    files = unzipped(alice.get(f"{submissions}.csv.zip"))
    assert list(files) == ["H.csv", "H-child.csv", "H-toy.csv"]
    assert files["H-child.csv"] == b"given,years,PARENT_KEY,KEY\n"


@pytest.mark.parametrize(
    ("query", "header"),
    [
        ("groupPaths=false", ["roof", "water", "instanceID", "instanceName", "audit"]),
        ("groupPaths=true", ["home-roof", "home-water", "meta-instanceID"]),
        ("splitSelectMultiples=True", ["channels", "channels/office", "channels/online"]),
    ],
)
def test_headers_follow_the_options(
    alice: Api, submissions: str, query: str, header: list[str]
) -> None:
    found = alice.get(f"{submissions}.csv?{query}").body.decode().strip().split(",")
    place = found.index(header[0])
    assert found[place : place + len(header)] == header


def test_a_choice_is_one_or_nought_and_no_answer_is_neither(
    cast: Cast, alice: Api, submissions: str
) -> None:
    for number, chosen in enumerate(["<channels>online</channels>", "<channels/>", ""]):
        send(cast.project, household(f"uuid:{number}", chosen))
    rows = table(alice.get(f"{submissions}.csv?splitSelectMultiples=true").body)
    split = [[row[f"channels/{name}"] for name in ("office", "online")] for row in rows]
    assert split == [["", ""], ["", ""], ["0", "1"]]


def test_fields_of_former_versions_come_on_request(
    cast: Cast, alice: Api, form: Form, submissions: str
) -> None:
    publish_next(cast.alice.actor, form, household_form("2", more="<extra/>"))
    send(cast.project, household("uuid:1", "<extra>x</extra>", version="2"))
    publish_next(cast.alice.actor, form, household_form("3"))
    (row,) = table(alice.get(f"{submissions}.csv").body)
    assert "extra" not in row
    (row,) = table(alice.get(f"{submissions}.csv?deletedFields=true").body)
    assert (row["extra"], row["FormVersion"]) == ("x", "2")


def test_a_filter_chooses_what_is_exported(cast: Cast, alice: Api, submissions: str) -> None:
    for number in range(4):
        send(cast.project, household(f"uuid:{number}", f"<age>{number}</age>", child("c")))
    files = unzipped(alice.get(f"{submissions}.csv.zip?attachments=false&$filter=age ge 2"))
    assert [row["age"] for row in table(files["H.csv"])] == ["3", "2"]
    assert [row["PARENT_KEY"] for row in table(files["H-child.csv"])] == ["uuid:3", "uuid:2"]
    assert code(alice.get(f"{submissions}.csv?$filter=nothing eq 1")) == 501.52
    assert code(alice.get(f"{submissions}.csv.zip?$filter=age gt")) == 400.51


def test_files_come_along_each_under_a_name_of_its_own(
    cast: Cast, alice: Api, submissions: str
) -> None:
    for number in range(2):
        send(
            cast.project,
            household(f"uuid:{number}", "<photo>ảnh nhà.jpg</photo>"),
            files=(file("ảnh nhà.jpg", b"\xff\xd8" + bytes([number]) * 300_000),),
        )
    send(cast.project, household("uuid:x", "<photo>../Ảnh nhà.jpg</photo>"))
    files = unzipped(alice.get(f"{submissions}.csv.zip"))
    media = {name for name in files if name.startswith("media/")}
    assert media == {"media/ảnh nhà.jpg", "media/uuid0/ảnh nhà.jpg"}
    assert files["media/ảnh nhà.jpg"][2:3] == b"\x01"  # newest first
    assert files["media/uuid0/ảnh nhà.jpg"][2:3] == b"\x00"
    assert not any(".." in PurePosixPath(name).parts for name in files)
    (row, *_) = table(files["H.csv"])
    assert (row["AttachmentsPresent"], row["AttachmentsExpected"]) == ("0", "1")


def test_a_file_that_a_disk_lost_does_not_stop_the_export(
    cast: Cast, alice: Api, submissions: str
) -> None:
    lost = file("a.jpg", b"lost")
    send(cast.project, household("uuid:1", "<photo>a.jpg</photo>"), files=(lost,))
    blobs.path(lost.blob.sha256).unlink()
    assert list(unzipped(alice.get(f"{submissions}.csv.zip"))) == [
        "H.csv",
        "H-child.csv",
        "H-toy.csv",
    ]


def test_logs_of_phones_are_joined(cast: Cast, alice: Api, submissions: str) -> None:
    log = (
        b"\xef\xbb\xbfevent, node,start,end,extra\n"
        b"form start,,1,\n\n"
        b'question,/data/a"b,2,3,x,y,z\n'
        b'question,"/data/c\nd",4\n'
        b'question,"never ends,5'
    )
    for number in range(2):
        send(
            cast.project,
            household(f"uuid:{number}", "", meta="<audit>audit.csv</audit>"),
            files=(file("audit.csv", log, "text/csv"),),
        )
    files = unzipped(alice.get(f"{submissions}.csv.zip"))
    assert list(files) == ["H.csv", "H-child.csv", "H-toy.csv", "H - audit.csv"]
    rows = table(files["H - audit.csv"])
    assert list(rows[0]) == [
        "instance ID",
        "event",
        "node",
        "start",
        "end",
        "latitude",
        "longitude",
        "accuracy",
        "old-value",
        "new-value",
        "user",
        "change-reason",
    ]
    newest = [row for row in rows if row["instance ID"] == "uuid:1"]
    assert [(row["event"], row["node"], row["end"]) for row in newest[:3]] == [
        ("form start", "", ""),
        ("question", '/data/a"b', "3"),
        ("question", "/data/c\nd", ""),
    ]
    without = unzipped(alice.get(f"{submissions}.csv.zip?attachments=false"))
    assert "H - audit.csv" not in without


def test_who_does_not_review_gets_no_personal_answer_and_no_file(
    cast: Cast, form: Form, submissions: str
) -> None:
    send(
        cast.project,
        household("uuid:1", ANSWERS + "<photo>a.jpg</photo>", child("An", 3)),
        files=(file("a.jpg", b"\xff\xd8"),),
    )
    analyst = Api(make_user("an", Role.ANALYST, cast.project))
    files = unzipped(analyst.get(f"{submissions}.csv.zip"))
    assert list(files) == ["H.csv", "H-child.csv", "H-toy.csv"]
    (row,) = table(files["H.csv"])
    assert (row["age"], row["name"], row["place-Latitude"], row["photo"]) == ("34", "", "", "")
    (only,) = table(files["H-child.csv"])
    assert (only["years"], only["given"]) == ("3", "")
    assert code(analyst.get(f"{submissions}.csv?$filter=name eq 'Lan'")) == 501.52
    assert not AuditEvent.objects.filter(action="form.submission.export").exists()


def test_an_export_of_personal_answers_is_noted(cast: Cast, alice: Api, submissions: str) -> None:
    send(cast.project, household("uuid:1"))
    alice.get(f"{submissions}.csv.zip")
    event = AuditEvent.objects.get(action="form.submission.export")
    assert (event.actor_id, event.details) == (cast.alice.actor_id, {"via": "csv", "rows": 1})


def test_unchanged_tables_are_not_sent_again(cast: Cast, alice: Api, submissions: str) -> None:
    send(cast.project, household("uuid:1"))
    for leaf in (".csv", ".csv.zip?attachments=false"):
        first = alice.get(submissions + leaf)
        known = {"If-None-Match": first["ETag"]}
        assert alice.get(submissions + leaf, headers=known).status_code == 304
        assert alice.get(f"{submissions}.csv?groupPaths=false", headers=known).status_code == 200
        send(cast.project, household(f"uuid:{leaf}"))
        assert alice.get(submissions + leaf, headers=known).status_code == 200
    assert not alice.get(f"{submissions}.csv.zip").has_header("ETag")


def test_an_export_is_also_posted_for(cast: Cast, alice: Api, submissions: str) -> None:
    send(cast.project, household("uuid:1"))
    kind = "application/x-www-form-urlencoded"
    answer = alice.post(f"{submissions}.csv.zip?attachments=false", b"7=secret", content_type=kind)
    assert [row["KEY"] for row in table(unzipped(answer)["H.csv"])] == ["uuid:1"]
    answer = alice.post(f"{submissions}.csv", {"7": "secret"})
    assert answer.status_code == 200


def test_trial_records_of_a_draft_are_exported_apart(
    cast: Cast, alice: Api, form: Form, submissions: str
) -> None:
    draft = submissions.replace("/submissions", "/draft/submissions")
    assert code(alice.get(f"{draft}.csv")) == 404.9
    alice.post(submissions.replace("/submissions", "/draft"), household_form("2", more="<extra/>"))
    send(cast.project, household("uuid:1"))
    trial = household("uuid:2", "<extra>x</extra>", version="2")
    assert alice.post(draft, trial).status_code == 200
    (row,) = table(alice.get(f"{draft}.csv").body)
    assert (row["KEY"], row["extra"]) == ("uuid:2", "x")
    (row,) = table(unzipped(alice.get(f"{draft}.csv.zip"))["H.csv"])
    assert row["KEY"] == "uuid:2"
    (row,) = table(alice.get(f"{submissions}.csv").body)
    assert row["KEY"] == "uuid:1"
