"""Places of entities as GeoJSON, in the shapes of ODK Central."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.contract.central_api import Api, code
from tests.entity_world import Office, new_uuid


@pytest.fixture
def office(cast: Cast) -> Office:
    made = Office(cast).with_form()
    made.api.post(f"{made.d}/properties", {"name": "geometry"})
    return made


def features(api: Api, path: str) -> list[dict[str, Any]]:
    said = api.json(path)
    assert said["type"] == "FeatureCollection"
    found: list[dict[str, Any]] = said["features"]
    return found


def test_points_lines_and_areas_are_told_apart(office: Office) -> None:
    shapes = {
        office.add("điểm", geometry="19.5 105.25 12.5 4"): "Point",
        office.add("đường", geometry="19 105 0 0; 19.5 105.5 0 0"): "LineString",
        office.add("vùng", geometry="19 105 0 0;19 106 0 0;20 106 0 0;19 105 0 0; "): "Polygon",
    }
    office.add("trống", geometry="")
    office.add("không đọc được", geometry="12 nơi nào đó")
    found = features(office.api, f"{office.d}/entities.geojson")
    assert {each["id"]: each["geometry"]["type"] for each in found} == shapes
    point = next(each for each in found if each["geometry"]["type"] == "Point")
    assert point == {
        "type": "Feature",
        "id": point["id"],
        "properties": None,
        "geometry": {"type": "Point", "coordinates": [105.25, 19.5, 12.5]},
    }
    one = features(office.api, f"{office.d}/entities/{point['id']}/geojson")
    assert one == [point]


def test_it_is_filtered_searched_limited_and_leaves_out_what_was_deleted(office: Office) -> None:
    first, second = (office.add(name, geometry="19 105 0 0") for name in ("Lan", "Hoa"))
    path = f"{office.d}/entities.geojson"
    assert [each["id"] for each in features(office.api, path)] == [second, first]
    assert [each["id"] for each in features(office.api, f"{path}?limit=1")] == [second]
    assert [each["id"] for each in features(office.api, f"{path}?$search=lan")] == [first]
    chosen = f"{path}?$filter=__id%20eq%20'{first}'"
    assert [each["id"] for each in features(office.api, chosen)] == [first]
    office.api.send("DELETE", f"{office.d}/entities/{first}")
    assert [each["id"] for each in features(office.api, path)] == [second]
    assert code(office.api.get(f"{path}?limit=x")) == 400.2
    assert code(office.api.get(f"{office.d}/entities/{first}/geojson")) == 404.62
    assert code(office.api.get(f"{office.d}/entities/{new_uuid()}/geojson")) == 404.62


def test_a_list_without_places_has_no_features(cast: Cast) -> None:
    plain = Office(cast).with_form()
    uuid = plain.add("Lan")
    assert features(plain.api, f"{plain.d}/entities.geojson") == []
    assert features(plain.api, f"{plain.d}/entities/{uuid}/geojson") == []


def test_who_reads_no_entities_reads_no_places(cast: Cast, office: Office) -> None:
    for person, said in ((cast.bob, 403.1), (None, 401.2)):
        assert code(Api(person).get(f"{office.d}/entities.geojson")) == said
