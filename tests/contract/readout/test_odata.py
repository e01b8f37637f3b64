"""OData of a form with groups and nested repeats: what Excel, Power BI, pyodk and ruODK read."""

import base64
import json
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from surveys.collection.models import Form, Submission
from tests.cast import Cast
from tests.contract.central_api import Api, code
from tests.readout_world import child, household, send

ANSWERS = (
    "<name>Lan</name><age>34</age><height>1.60</height><born>1990-02-28</born>"
    "<at>2026-11-22T09:30:00.5+07</at><place>19.63 105.57 12.5 4.8</place>"
    "<way>1 2;3 4 5 6</way><field>1 2;3 4;5 6;1 2; </field><channels>office online</channels>"
    "<home><roof>tin</roof><water>nhiều</water></home>"
)
CHILDREN = child("An", 3) + child("Bi", 7, ("xe", "bi")) + child("Ca", "", ("cờ",))


@pytest.fixture
def double(cast: Cast, form: Form) -> Submission:
    return send(cast.project, household("double", ANSWERS, CHILDREN), actor=cast.alice.actor)


def local(link: str) -> str:
    return link.partition("/v1/")[2]


def test_the_service_document_lists_the_tables(alice: Api, svc: str) -> None:
    answer = alice.get(svc)
    assert answer["OData-Version"] == "4.0"
    assert answer["Content-Type"] == "application/json; charset=utf-8; odata.metadata=minimal"
    assert answer.json() == {
        "@odata.context": f"http://testserver/v1/{svc}/$metadata",
        "value": [
            {"name": name, "kind": "EntitySet", "url": name}
            for name in (
                "Submissions",
                "Submissions.children.child",
                "Submissions.children.child.toys.toy",
            )
        ],
    }


def test_the_metadata_declare_tables_groups_and_types(alice: Api, svc: str) -> None:
    answer = alice.get(f"{svc}/$metadata")
    assert answer["Content-Type"].startswith("application/xml")
    edm = "{http://docs.oasis-open.org/odata/ns/edm}"
    _, own = ElementTree.fromstring(answer.content).iter(f"{edm}Schema")
    assert own.get("Namespace") == "org.opendatakit.user.H"
    entities = {each.get("Name"): each for each in own.iter(f"{edm}EntityType")}
    assert set(entities) == {
        "Submissions",
        "Submissions.children.child",
        "Submissions.children.child.toys.toy",
    }
    types = {
        each.get("Name"): each.get("Type")
        for each in entities["Submissions"].iter(f"{edm}Property")
    }
    assert types["__id"] == "Edm.String"
    assert types["age"] == "Edm.Int64"
    assert types["height"] == "Edm.Decimal"
    assert types["at"] == "Edm.DateTimeOffset"
    assert types["place"] == "Edm.GeographyPoint"
    assert types["home"] == "org.opendatakit.user.H.home"
    toys = entities["Submissions.children.child.toys.toy"]
    assert toys[2].get("Name") == "__Submissions-children-child-id"
    links = {each.get("Name"): each.get("Type") for each in own.iter(f"{edm}NavigationProperty")}
    assert links == {
        "child": "Collection(org.opendatakit.user.H.Submissions.children.child)",
        "toy": "Collection(org.opendatakit.user.H.Submissions.children.child.toys.toy)",
    }
    complex_types = {each.get("Name") for each in own.iter(f"{edm}ComplexType")}
    assert complex_types == {"home", "children", "meta", "children.child.toys"}
    assert [each.get("Name") for each in own.iter(f"{edm}EntitySet")] == list(entities)


def test_a_row_has_every_field_typed_and_what_the_system_knows(
    cast: Cast, alice: Api, svc: str, double: Submission
) -> None:
    (row,) = alice.json(f"{svc}/Submissions")["value"]
    system = row.pop("__system")
    assert system.pop("submissionDate").endswith("Z")
    assert system == {
        "updatedAt": None,
        "deletedAt": None,
        "submitterId": str(cast.alice.actor_id),
        "submitterName": "Alice",
        "attachmentsPresent": 0,
        "attachmentsExpected": 0,
        "status": None,
        "reviewState": None,
        "deviceId": None,
        "edits": 0,
        "formVersion": "1",
    }
    assert row == {
        "__id": "double",
        "name": "Lan",
        "age": 34,
        "height": 1.6,
        "born": "1990-02-28",
        "at": "2026-11-22T09:30:00.5+07:00",
        "place": {
            "type": "Point",
            "coordinates": [105.57, 19.63, 12.5],
            "properties": {"accuracy": 4.8},
        },
        "way": {
            "type": "LineString",
            "coordinates": [[2, 1], [4, 3, 5]],
            "properties": {"accuracies": [None, 6]},
        },
        "field": {"type": "Polygon", "coordinates": [[[2, 1], [4, 3], [6, 5], [2, 1]]]},
        "channels": "office online",
        "photo": None,
        "home": {"roof": "tin", "water": None},
        "meta": {"instanceID": "double", "instanceName": None, "audit": None},
        "children": {"child@odata.navigationLink": "Submissions('double')/children/child"},
    }


def test_points_and_lines_come_as_well_known_text(alice: Api, svc: str, double: Submission) -> None:
    (row,) = alice.json(f"{svc}/Submissions?$wkt=true")["value"]
    assert row["place"] == "POINT (105.57 19.63 12.5)"
    assert row["way"] == "LINESTRING (2 1,4 3 5)"
    assert row["field"] == "POLYGON ((2 1,4 3,6 5,2 1))"


def test_a_repeat_without_rows_has_no_link(cast: Cast, alice: Api, svc: str, form: Form) -> None:
    send(cast.project, household("none"))
    (row,) = alice.json(f"{svc}/Submissions")["value"]
    assert row["children"] == {}


def test_rows_of_a_repeat_name_their_parent(alice: Api, svc: str, double: Submission) -> None:
    body = alice.json(f"{svc}/Submissions.children.child")
    assert body["@odata.context"].endswith("/H.svc/$metadata#Submissions.children.child")
    first, second, _ = body["value"]
    assert first == {
        "__id": "46ebf42ee83ddec5028c42b2c054402d1e700208",  # as Central makes it
        "__Submissions-id": "double",
        "given": "An",
        "years": 3,
        "toys": {},
    }
    link = second["toys"]["toy@odata.navigationLink"]
    assert link == f"Submissions('double')/children/child('{second['__id']}')/toys/toy"
    toys = alice.json(f"{svc}/{link}")["value"]
    assert [toy["what"] for toy in toys] == ["xe", "bi"]
    assert {toy["__Submissions-children-child-id"] for toy in toys} == {second["__id"]}


def test_everything_comes_at_once_where_it_is_expanded(
    alice: Api, svc: str, double: Submission
) -> None:
    (row,) = alice.json(f"{svc}/Submissions?$expand=*")["value"]
    children = row["children"]["child"]
    assert [each["given"] for each in children] == ["An", "Bi", "Ca"]
    assert children[0]["__id"] == "46ebf42ee83ddec5028c42b2c054402d1e700208"
    assert children[0]["toys"] == {}
    assert [toy["what"] for toy in children[1]["toys"]["toy"]] == ["xe", "bi"]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("$select=__id,name", {"__id", "name"}),
        ("$select=age", {"age"}),
        ("$select=__system/status,home", {"__system", "home"}),
        ("$select=*", None),
        ("$select=children/child,meta/instanceID", {"children", "meta"}),
        ("$select=children/child&$expand=*", {"children"}),
        ("$select=name&$expand=*", {"name"}),
    ],
)
def test_only_what_is_selected_comes(
    alice: Api, svc: str, double: Submission, query: str, keys: set[str] | None
) -> None:
    (row,) = alice.json(f"{svc}/Submissions?{query}")["value"]
    assert keys is None or set(row) == keys
    if "status" in query:
        assert row == {"__system": {"status": None}, "home": {"roof": "tin", "water": None}}
    if "instanceID" in query:
        assert row["meta"] == {"instanceID": "double"}


def test_a_repeats_own_question_is_selected_where_it_is_expanded(
    alice: Api, svc: str, double: Submission
) -> None:
    select = "$select=name,children/child/toys/toy/what"
    (row,) = alice.json(f"{svc}/Submissions?{select}&$expand=*")["value"]
    bi = row["children"]["child"][1]
    assert [toy["what"] for toy in bi["toys"]["toy"]] == ["xe", "bi"]
    assert "given" not in bi
    assert code(alice.get(f"{svc}/Submissions?{select}")) == 400.54


def test_a_repeats_table_is_selected_from(alice: Api, svc: str, double: Submission) -> None:
    children = f"{svc}/Submissions.children.child"
    assert alice.json(f"{children}?$select=__id,given")["value"][0].keys() == {"__id", "given"}
    assert (
        alice.json(f"{children}?$select=__Submissions-id")["value"]
        == [{"__Submissions-id": "double"}] * 3
    )
    assert code(alice.get(f"{children}?$select=__system")) == 400.53


def test_pages_of_a_repeat_show_every_row_once_while_records_arrive(
    cast: Cast, alice: Api, svc: str, form: Form
) -> None:
    for number in range(4):
        two = child(f"{number}a", "") + child(f"{number}b", "")
        send(cast.project, household(f"uuid:{number}", "", two))
    link = f"{svc}/Submissions.children.child?$top=3&$count=true"
    seen: list[str] = []
    while link:
        page = alice.json(link)
        assert len(page["value"]) <= 3
        assert page["@odata.count"] == 8 + 2 * (len(seen) > 0)
        seen += [row["given"] for row in page["value"]]
        if len(seen) == 3:
            send(cast.project, household("uuid:new", "", child("x", "") + child("y", "")))
        link = local(page.get("@odata.nextLink", ""))
    assert seen == ["3a", "3b", "2a", "2b", "1a", "1b", "0a", "0b"]


def test_the_next_page_is_named_as_central_names_it(
    cast: Cast, alice: Api, svc: str, form: Form
) -> None:
    for number in range(3):
        send(cast.project, household(f"uuid:{number}"))
    body = alice.json(f"{svc}/Submissions?$top=1&$skip=1&$select=__id")
    assert body["value"] == [{"__id": "uuid:1"}]
    link = urlsplit(body["@odata.nextLink"])
    assert link.path == f"/v1/{svc}/Submissions"
    query = parse_qs(link.query)
    assert set(query) == {"$top", "$select", "$skiptoken"}
    (token,) = query["$skiptoken"]
    assert json.loads(base64.b64decode(token.removeprefix("01"))) == {"instanceId": "uuid:1"}
    last = alice.json(local(body["@odata.nextLink"]) + "&$skip=1")
    assert [row["__id"] for row in last["value"]] == ["uuid:0"]
    assert "@odata.nextLink" not in last


def test_a_page_goes_on_after_a_row_that_was_deleted(
    cast: Cast, alice: Api, svc: str, form: Form
) -> None:
    for number in range(3):
        send(cast.project, household(f"uuid:{number}", "", child("x") + child("y")))
    root = alice.json(f"{svc}/Submissions?$top=1")["@odata.nextLink"]
    rows = alice.json(f"{svc}/Submissions.children.child?$top=1")["@odata.nextLink"]
    alice.send("DELETE", svc.replace(".svc", "/submissions/uuid:2"))
    assert alice.json(local(root))["value"][0]["__id"] == "uuid:1"
    assert alice.json(local(rows))["value"][0]["__Submissions-id"] == "uuid:1"


def test_a_page_mark_of_another_submission_gives_nothing(alice: Api, svc: str) -> None:
    token = "01" + base64.b64encode(b'{"instanceId":"nowhere"}').decode()
    assert alice.json(f"{svc}/Submissions?$skiptoken={token}")["value"] == []


@pytest.mark.parametrize(
    "token", ["x", "01", "01!!", "01e30=", "01W10=", "01eyJpbnN0YW5jZUlkIjo3fQ=="]
)
def test_a_wrong_page_mark_is_refused(alice: Api, svc: str, token: str) -> None:
    assert code(alice.get(f"{svc}/Submissions?$skiptoken={token}")) == 400.55


def test_a_page_mark_whose_row_is_gone_is_refused(alice: Api, svc: str, double: Submission) -> None:
    token = "01" + base64.b64encode(b'{"repeatId":"x","instanceId":"double"}').decode()
    for path in ("Submissions.children.child", "Submissions('double')/children/child"):
        assert code(alice.get(f"{svc}/{path}?$skiptoken={token}")) == 400.55


def test_counts_and_windows_are_those_of_the_filter(
    cast: Cast, alice: Api, svc: str, form: Form
) -> None:
    for number in range(6):
        years = "".join(child(f"c{each}", each) for each in range(number))
        send(cast.project, household(f"uuid:{number}", f"<age>{number}</age>", years))
    page = alice.json(f"{svc}/Submissions?$filter=age ge 2&$top=2&$skip=1&$count=true")
    assert [row["age"] for row in page["value"]] == [4, 3]
    assert page["@odata.count"] == 4
    page = alice.json(f"{svc}/Submissions?$top=0&$count=true")
    assert (page["value"], page["@odata.count"]) == ([], 6)
    table = f"{svc}/Submissions.children.child"
    assert alice.json(f"{table}?$top=0&$count=true")["@odata.count"] == 15
    older = f"{table}?$filter=years ge 3 and $root/Submissions/age lt 5&$count=true"
    assert [row["years"] for row in alice.json(older)["value"]] == [3]
    page = alice.json(f"{table}?$skip=6&$top=2&$count=true")
    assert [(row["__Submissions-id"], row["years"]) for row in page["value"]] == [
        ("uuid:4", 1),
        ("uuid:4", 2),
    ]
    assert page["@odata.count"] == 15
    assert alice.json(f"{table}?$skip=15")["value"] == []
    after = alice.json(local(page["@odata.nextLink"]))
    assert [row["years"] for row in after["value"]] == [3, 0]


def test_one_submission_is_read_by_its_id(alice: Api, svc: str, double: Submission) -> None:
    body = alice.json(f"{svc}/Submissions('double')")
    assert [row["__id"] for row in body["value"]] == ["double"]
    below = f"{svc}/Submissions('double')/children/child"
    body = alice.json(f"{below}?$top=1&$skip=1&$count=true")
    assert [row["given"] for row in body["value"]] == ["Bi"]
    assert body["@odata.count"] == 3
    rest = alice.json(local(body["@odata.nextLink"]))
    assert [row["given"] for row in rest["value"]] == ["Ca"]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("Submissions('nobody')", 404.4),
        ("Submissions('double')/nothing", 404.14),
        ("Submissions('double')/children", 404.14),
        ("Submissions('double')/home('x')/roof", 404.14),
        ("Submissions.nothing", 404.14),
        ("Nothing", 404.14),
    ],
)
def test_what_is_not_there_is_not_found(
    alice: Api, svc: str, double: Submission, rest: str, expected: float
) -> None:
    assert code(alice.get(f"{svc}/{rest}")) == expected
