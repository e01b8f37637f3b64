"""Points, lines and areas of answers, as ODK Central gives them to maps."""

import json
from typing import Any

import pytest

from surveys.collection.models import Form, Role
from tests.cast import Cast, make_user
from tests.contract.central_api import Api, code
from tests.readout_world import household, send

PLACE = "<place>19.63 105.57 12.5 4.8</place>"
WAY = "<way>1 2;3 4</way>"


def collection(api: Api, path: str) -> list[dict[str, Any]]:
    answer = api.get(path)
    assert answer["Content-Type"] == "application/geo+json; charset=utf-8"
    said = json.loads(answer.body)
    assert said.pop("type") == "FeatureCollection"
    features: list[dict[str, Any]] = said.pop("features")
    assert said == {}
    return features


def test_the_first_question_on_the_map_is_shown(cast: Cast, alice: Api, submissions: str) -> None:
    send(cast.project, household("uuid:1", PLACE + WAY))
    send(cast.project, household("uuid:2", WAY))
    send(cast.project, household("uuid:3", "<place>Như Thanh</place>"))
    assert collection(alice, f"{submissions}.geojson") == [
        {
            "type": "Feature",
            "id": "uuid:1",
            "geometry": {"type": "Point", "coordinates": [105.57, 19.63, 12.5]},
            "properties": {"fieldpath": "/place"},
        }
    ]
    assert collection(alice, f"{submissions}.geojson?$filter=__id eq 'uuid:2'") == []


def test_another_question_is_named_by_its_path(cast: Cast, alice: Api, submissions: str) -> None:
    for number in range(3):
        send(cast.project, household(f"uuid:{number}", WAY))
    features = collection(alice, f"{submissions}.geojson?fieldpath=/way&limit=2")
    assert [each["id"] for each in features] == ["uuid:2", "uuid:1"]
    assert features[0]["geometry"] == {"type": "LineString", "coordinates": [[2, 1], [4, 3]]}
    assert features[0]["properties"] is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fieldpath=/way&fieldpath=/place", 400.56),
        ("fieldpath=/nothing", 400.53),
        ("fieldpath=/age", 400.53),
        ("limit=-1", 400.2),
        ("$filter=x", 501.52),
    ],
)
def test_what_is_wrong_is_refused(
    alice: Api, submissions: str, query: str, expected: float
) -> None:
    assert code(alice.get(f"{submissions}.geojson?{query}")) == expected


def test_one_submission_and_one_of_its_versions_are_shown(
    cast: Cast, alice: Api, submissions: str
) -> None:
    send(cast.project, household("uuid:1", PLACE + WAY))
    edit = household("uuid:2", "<place>1 2</place>", meta="<deprecatedID>uuid:1</deprecatedID>")
    assert alice.send("PUT", f"{submissions}/uuid:1", edit).status_code == 200
    (now,) = collection(alice, f"{submissions}/uuid:1.geojson")
    assert (now["id"], now["geometry"]["coordinates"]) == ("uuid:2", [2, 1])
    path = f"{submissions}/uuid:1/versions/uuid:1.geojson?fieldpath=/way&fieldpath=/place"
    (before,) = collection(alice, path)
    assert before["geometry"]["type"] == "GeometryCollection"
    assert len(before["geometry"]["geometries"]) == 2
    assert code(alice.get(f"{submissions}/nobody.geojson")) == 404.4


def test_unchanged_points_are_not_sent_again(cast: Cast, alice: Api, submissions: str) -> None:
    send(cast.project, household("uuid:1", PLACE))
    first = alice.get(f"{submissions}.geojson")
    known = {"If-None-Match": first["ETag"]}
    assert alice.get(f"{submissions}.geojson", headers=known).status_code == 304


def test_who_does_not_review_sees_no_point(cast: Cast, form: Form, submissions: str) -> None:
    send(cast.project, household("uuid:1", PLACE))
    analyst = Api(make_user("an", Role.ANALYST, cast.project))
    assert collection(analyst, f"{submissions}.geojson") == []
    assert code(analyst.get(f"{submissions}/uuid:1.geojson")) == 403.1
