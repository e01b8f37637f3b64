"""Outlines for a small picture: one grid, short paths, nothing lost."""

import re

from maps.locator import GRID, outlines
from tests.unit.maps.countries import SIDE, squares
from tests.unit.maps.examples import TILES


def test_neighbours_meet_on_the_grid_and_north_is_above() -> None:
    made = outlines(squares())
    assert len(made) == SIDE**2
    south_west, east_of_it = made["00000"].box, made["00001"].box
    assert south_west[2] == east_of_it[0]
    assert south_west[1] > made[f"{SIDE**2 - 1:05}"].box[3]  # y grows downward
    assert max(each.box[3] for each in made.values()) == GRID
    assert all(
        re.fullmatch(r"M\d+ \d+([hvl]-?\d+( -?\d+)?)+z", each.path) for each in made.values()
    )


def test_a_hole_is_a_second_ring_and_an_isle_of_a_point_still_has_a_place() -> None:
    ring = [[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]
    hole = [[3, 3], [6, 3], [6, 6], [3, 6], [3, 3]]
    tiny = [[20, 20], [20.00001, 20], [20.00001, 20.00001], [20, 20]]
    features = [
        {"properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": rings}}
        for code, rings in (("a", [ring, hole]), ("b", [tiny]))
    ]
    made = outlines({"features": [*features, {"properties": {"code": "c"}, "geometry": None}]})
    assert made["a"].path.count("M") == 2
    assert set(made) == {"a", "b"}
    assert outlines({"features": []}) == {}
    assert set(outlines(TILES)) == {feature["properties"]["code"] for feature in TILES["features"]}
