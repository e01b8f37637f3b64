"""OData as a protocol: what did not change, what is refused, what clients add, where XML is due."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from surveys.collection.models import Form, Submission
from tests.cast import Cast
from tests.contract.central_api import Api, code
from tests.readout_world import child, household, send


@pytest.fixture
def double(cast: Cast, form: Form) -> Submission:
    return send(cast.project, household("double", "<age>34</age>", child("An", 3)))


def test_what_did_not_change_is_not_sent_again(
    cast: Cast, alice: Api, svc: str, double: Submission
) -> None:
    for path in ("Submissions", "Submissions?$top=5", "Submissions.children.child?$top=2"):
        first = alice.get(f"{svc}/{path}")
        assert first["ETag"].startswith('W/"')
        known = {"If-None-Match": first["ETag"]}
        again = alice.get(f"{svc}/{path}", headers=known)
        assert (again.status_code, again.body) == (304, b"")
        other = alice.get(f"{svc}/{path}", headers={"If-None-Match": '"other"'})
        assert other.status_code == 200
        send(cast.project, household(f"uuid:{path}", "", child("neu")))
        assert alice.get(f"{svc}/{path}", headers=known).status_code == 200


def test_a_review_changes_what_is_sent(alice: Api, svc: str, double: Submission) -> None:
    first = alice.get(f"{svc}/Submissions")["ETag"]
    alice.send("PATCH", svc.replace(".svc", "/submissions/double"), {"reviewState": "approved"})
    again = alice.get(f"{svc}/Submissions", headers={"If-None-Match": first})
    assert json.loads(again.body)["value"][0]["__system"]["reviewState"] == "approved"


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ({"OData-MaxVersion": "3.0"}, "", 404.1),
        ({}, "$compute=1", 501.1),
        ({}, "$search=x", 501.1),
        ({}, "$expand=children", 501.53),
        ({}, "$top=-1", 400.2),
        ({}, "$skip=x", 400.2),
        ({}, "$format=xml", 406.51),
        ({"Accept": "application/atom+xml"}, "", 406.51),
        ({}, "$filter=age gt", 400.51),
        ({}, "$filter=nothing eq 1", 501.52),
        ({}, "$orderby=nothing", 501.52),
        ({}, "$select=nothing", 400.53),
    ],
)
def test_what_is_not_understood_is_refused(
    alice: Api, svc: str, headers: dict[str, str], query: str, expected: float
) -> None:
    answer: Any = alice.get(f"{svc}/Submissions?{query}", headers=headers)
    assert code(answer) == expected
    assert answer["OData-Version"] == "4.0"


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"OData-MaxVersion": "4.0"}, ""),
        ({"OData-MaxVersion": "4.01;NetFx"}, "$format=json"),
        ({"Accept": "application/json;odata.metadata=minimal;q=1.0,application/xml;q=0.1"}, ""),
        ({"Accept": "*/*"}, "$count=False&$wkt=False&$expand=False&$filter=None&$top="),
        ({}, "unknown=1&st=2"),
    ],
)
def test_what_clients_add_is_no_obstacle(
    alice: Api, svc: str, headers: dict[str, str], query: str
) -> None:
    assert alice.get(f"{svc}/Submissions?{query}", headers=headers).status_code == 200


def test_a_refusal_of_the_metadata_is_xml(cast: Cast, alice: Api, svc: str) -> None:
    stranger = Api(cast.bob).get(f"{svc}/$metadata")
    assert (stranger.status_code, stranger["OData-Version"]) == (403, "4.0")
    assert stranger["Content-Type"] == "text/xml; charset=utf-8"
    assert ElementTree.fromstring(stranger.content).get("code") == "403.1"
    missing = alice.get(svc.replace("/H.svc", "/none.svc") + "/$metadata")
    assert ElementTree.fromstring(missing.content).get("code") == "404.3"
    assert code(alice.get(svc.replace("/H.svc", "/none.svc"))) == 404.3
