"""`$filter` and `$orderby` of OData on what the system knows and on answers, for both tables."""

from datetime import UTC, datetime
from typing import Any

import pytest

from surveys.collection.models import Form, Role, Submission
from tests.cast import Cast, make_user
from tests.contract.central_api import Api, code
from tests.readout_world import child, household, send

PEOPLE = {
    "a": (
        "<name>Lan</name><age>34</age><height>1.60</height><born>1990-02-28</born>"
        "<at>2026-11-22T09:30:00.500+07:00</at><place>19.63 105.57</place>"
        "<channels>office online</channels><home><roof>tin</roof><water>3</water></home>"
    ),
    "b": (
        "<name>O'Hara 100%</name><age> 5 </age><height>.75</height><born>1985-12-31</born>"
        "<at>2026-11-22T02:30:00,25Z</at><channels>online</channels><home><roof>tile</roof></home>"
    ),
    # Nothing fits its type here: all of it is missing.
    "c": (
        "<name>  </name><age>ba</age><height>cao</height><born>1990-13-45</born>"
        "<at>hôm qua</at><place>Như Thanh</place><channels/><home><water>3.5</water></home>"
    ),
    "d": "<age>-7</age><at>2026-11-22T09:30+07</at><height>1e2</height>",
}


@pytest.fixture
def svc(cast: Cast, form: Form) -> str:
    for number, (name, answers) in enumerate(PEOPLE.items()):
        sent = send(
            cast.project,
            household(name, answers, child(f"con {name}", number) + child("x", "?")),
            actor=(cast.alice if number % 2 else cast.admin).actor,
            device="máy" if number else None,
        )
        moment = datetime(2026, 1, 1 + number, 3, 4, 5, 678901, tzinfo=UTC)
        Submission.objects.filter(pk=sent.pk).update(created_at=moment)
    return f"projects/{form.project_id}/forms/H.svc"


@pytest.fixture
def alice(cast: Cast, svc: str) -> Api:
    return Api(cast.alice)


def ids(api: Api, path: str) -> str:
    rows: list[dict[str, Any]] = api.json(path)["value"]
    return "".join(row["__id"] for row in rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("__id eq 'b'", "b"),
        ("__id in ('a','d')", "da"),
        ("__system/submissionDate ge 2026-01-03T03:04:05.678Z", "dc"),
        ("__system/submissionDate gt 2026-01-03T03:04:05.678Z", "d"),
        ("__system/submissionDate lt 2026-01-02", "a"),
        ("year(__system/submissionDate) eq 2026 and day(__system/submissionDate) le 2", "ba"),
        ("__system/deviceId eq null", "a"),
        ("__system/reviewState eq 'approved'", "b"),
        ("__system/reviewState ne 'approved'", "dca"),
        ("not __system/updatedAt eq null", "b"),
        ("__system/updatedAt lt now()", "b"),
        ("__system/submitterName eq 'Alice'", "db"),
        ("__system/formVersion eq '1'", "dcba"),
        ("__system/edits eq 0 and __system/attachmentsExpected eq 0", "dcba"),
        ("$root/Submissions/__system/deviceId ne null", "dcb"),
        ("name eq 'O''Hara 100%'", "b"),
        ("contains(name,'0%')", "b"),
        ("contains(name,'%')", "b"),
        ("name eq null", "dc"),
        ("startswith(tolower(name),'la')", "a"),
        ("age gt 4", "ba"),
        ("age lt 0", "d"),
        ("age eq null", "c"),
        ("not age gt 4", "dc"),
        ("age in (5, -7)", "db"),
        ("height lt 1", "b"),
        ("height gt 99.5", "d"),
        ("born lt 1990-01-01", "b"),
        ("year(born) eq 1990", "a"),
        ("born eq null", "dc"),
        ("at eq 2026-11-22T02:30:00.500Z", "a"),
        ("at le 2026-11-22T02:30:00.250Z", "db"),
        ("at eq 2026-11-22T09:30:00+07:00", "d"),
        ("hour(at) eq 2", "dba"),
        ("date(at) eq 2026-11-22", "dba"),
        ("place ne null", "ca"),
        ("channels eq 'office online'", "a"),
        ("contains(channels,'online')", "ba"),
        ("home/roof eq 'tin' or home/roof eq 'tile'", "ba"),
        ("home/water eq 3", "a"),
        ("meta/instanceID eq 'c'", "c"),
        ("(age gt 4 or age lt 0) and not (name eq 'Lan')", "db"),
    ],
)
def test_a_filter_finds_the_right_submissions(
    alice: Api, svc: str, text: str, expected: str
) -> None:
    record = svc.replace(".svc", "/submissions/b")
    alice.send("PATCH", record, {"reviewState": "approved"})
    path = f"{svc}/Submissions?$filter={text.replace('+', '%2B')}"
    assert ids(alice, path) == expected
    assert alice.json(f"{path}&$top=0&$count=true")["@odata.count"] == len(expected)


def test_a_submitter_is_found_by_number_and_by_text(cast: Cast, alice: Api, svc: str) -> None:
    for said in (cast.alice.actor_id, f"'{cast.alice.actor_id}'"):
        assert ids(alice, f"{svc}/Submissions?$filter=__system/submitterId eq {said}") == "db"


def test_rows_of_a_repeat_are_filtered_by_themselves_and_by_their_submission(
    alice: Api, svc: str
) -> None:
    table = f"{svc}/Submissions.children.child"

    def given(text: str) -> list[str]:
        return [row["given"] for row in alice.json(f"{table}?$filter={text}")["value"]]

    assert given("years ge 2") == ["con d", "con c"]
    assert given("years eq null and $root/Submissions/age eq 34") == ["x"]
    assert given("$root/Submissions/__system/submissionDate lt 2026-01-02") == ["con a", "x"]
    assert given("contains(given,'a') and $root/Submissions/home/roof eq 'tin'") == ["con a"]
    page = alice.json(f"{table}?$filter=years ge 0&$top=3&$count=true")
    assert [row["years"] for row in page["value"]] == [3, 2, 1]
    assert page["@odata.count"] == 4
    rest = alice.json(page["@odata.nextLink"].partition("/v1/")[2])
    assert [row["years"] for row in rest["value"]] == [0]
    for text, expected in (
        ("__system/reviewState eq 'approved'", 501.52),
        ("years gt 1 or $root/Submissions/age gt 1", 501.51),
        ("nothing eq 1", 501.52),
    ):
        assert code(alice.get(f"{table}?$filter={text}")) == expected


def test_deleted_submissions_come_where_a_filter_names_their_time(
    cast: Cast, alice: Api, svc: str
) -> None:
    alice.send("DELETE", svc.replace(".svc", "/submissions/b"))
    assert ids(alice, f"{svc}/Submissions") == "dca"
    assert ids(alice, f"{svc}/Submissions?$filter=not __system/deletedAt eq null") == "b"
    assert ids(alice, f"{svc}/Submissions?$filter=__system/deletedAt eq null") == "dca"
    deleted = "$root/Submissions/__system/deletedAt ne null"
    rows = alice.json(f"{svc}/Submissions.children.child?$filter={deleted}")["value"]
    assert [row["given"] for row in rows] == ["con b", "x"]
    analyst = Api(make_user("an", Role.ANALYST, cast.project))
    assert ids(analyst, f"{svc}/Submissions?$filter=__system/deletedAt ne null") == ""


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("age", "cdba"),
        ("age desc", "abdc"),
        ("__system/submissionDate asc", "abcd"),
        ("home/roof desc,__id", "abcd"),
    ],
)
def test_an_order_may_name_answers(alice: Api, svc: str, order: str, expected: str) -> None:
    path = f"{svc}/Submissions?$orderby={order}"
    assert ids(alice, path) == expected
    assert ids(alice, f"{path}&$skip=1&$top=2") == expected[1:3]
    seen, link = "", f"{path}&$top=3"
    while link:
        page = alice.json(link)
        seen += "".join(row["__id"] for row in page["value"])
        link = page.get("@odata.nextLink", "").partition("/v1/")[2]
    assert seen == expected
    children = alice.json(
        f"{svc}/Submissions.children.child?$orderby=$root/Submissions/__id&$skip=2&$top=2"
    )
    assert [row["given"] for row in children["value"]] == ["con b", "x"]


def test_nobody_learns_a_restricted_answer_by_asking_for_it(
    cast: Cast, alice: Api, svc: str
) -> None:
    analyst = Api(make_user("an", Role.ANALYST, cast.project))
    assert ids(analyst, f"{svc}/Submissions?$filter=age gt 4") == "ba"
    for query in ("$filter=name eq 'Lan'", "$orderby=name", "$filter=place ne null"):
        assert code(analyst.get(f"{svc}/Submissions?{query}")) == 501.52
    child_table = f"{svc}/Submissions.children.child"
    assert code(analyst.get(f"{child_table}?$filter=given eq 'x'")) == 501.52
    assert code(analyst.get(f"{child_table}?$filter=$root/Submissions/name eq 'x'")) == 501.52
