"""Shapes as TopoJSON: what is read back is what was put in, to a grid step; borders stand once."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.topology import topology
from maps.webmap import drawn
from tests.unit.maps.countries import SIDE, squares

Ring = list[list[float]]


def shapes(*coordinates: list[Ring]) -> dict[str, Any]:
    return {
        "features": [
            {"id": str(at), "geometry": {"type": "Polygon", "coordinates": rings}}
            for at, rings in enumerate(coordinates)
        ]
    }


def box(x: float, y: float, size: float) -> Ring:
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def read(made: dict[str, Any]) -> list[list[Ring]]:
    """As the specification of TopoJSON says, independently of how it was made."""
    (sx, sy), (tx, ty) = made["transform"]["scale"], made["transform"]["translate"]
    arcs = []
    for arc in made["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append([x * sx + tx, y * sy + ty])
        arcs.append(points)
    found = []
    for each in made["objects"]["areas"]["geometries"]:
        polygons = [each["arcs"]] if each["type"] == "Polygon" else each["arcs"]
        rings = []
        for indices in (ring for polygon in polygons for ring in polygon):
            ring: Ring = []
            for index in indices:
                arc = arcs[~index][::-1] if index < 0 else arcs[index]
                ring += arc[1:] if ring else arc
            rings.append(ring)
        found.append(rings)
    return found


def as_places(ring: Ring) -> set[tuple[float, float]]:
    return {(round(x, 3), round(y, 3)) for x, y in ring}


def test_every_area_is_read_back_within_a_grid_step() -> None:
    given_ = drawn(squares(), {f"{at:05}" for at in range(SIDE**2)})
    made = topology(given_)
    for feature, rings in zip(given_["features"], read(made), strict=True):
        assert [as_places(ring) for ring in rings] == [
            as_places(ring) for ring in feature["geometry"]["coordinates"]
        ]
        assert rings[0][0] == rings[0][-1]


def test_each_border_between_two_areas_is_said_once() -> None:
    made = topology(drawn(squares(), {f"{at:05}" for at in range(SIDE**2)}))
    steps = sum(len(arc) - 1 for arc in made["arcs"])
    assert steps == 2 * SIDE * (SIDE + 1)  # the lines of the grid, none of them twice


def test_an_enclave_shares_the_hole_that_it_fills() -> None:
    made = topology(shapes([box(0, 0, 10), box(4, 4, 2)[::-1]], [box(4, 4, 2)]))
    outer, inner = made["objects"]["areas"]["geometries"]
    assert len(made["arcs"]) == 2
    assert outer["arcs"][1] in ([1], [~1])
    assert inner["arcs"][0] in ([1], [~1])
    assert inner["arcs"][0] != outer["arcs"][1]


def test_islands_keep_their_polygons_apart() -> None:
    several = {"type": "MultiPolygon", "coordinates": [[box(0, 0, 1)], [box(5, 5, 1)]]}
    made = topology({"features": [{"id": "a", "geometry": several}]})
    (area,) = made["objects"]["areas"]["geometries"]
    assert area["type"] == "MultiPolygon"
    assert len(area["arcs"]) == 2


def test_an_island_smaller_than_the_grid_is_still_there() -> None:
    made = topology(shapes([box(0, 0, 10)], [box(20, 20, 1e-7)]), grid=100)
    assert len(as_places(read(made)[1][0])) == 4


def test_nothing_gives_an_empty_topology() -> None:
    assert topology({"features": []})["arcs"] == []


def test_points_and_lost_numbers_are_refused() -> None:
    point = {"features": [{"id": "p", "geometry": {"type": "Point", "coordinates": [1, 2]}}]}
    with pytest.raises(ValueError, match="no polygon"):
        topology(point)
    with pytest.raises(ValueError, match="not a number"):
        topology(shapes([[[0, 0], [1, float("nan")], [1, 1], [0, 0]]]))


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1))
def test_any_set_of_cells_comes_back(cells: set[tuple[int, int]]) -> None:
    """Cells that touch in corners, stand alone or surround a hole."""
    order = sorted(cells)
    made = topology(shapes(*([box(x, y, 1)] for x, y in order)), grid=1000)
    json.dumps(made)  # plain numbers only
    for (x, y), rings in zip(order, read(made), strict=True):
        assert len(rings) == 1
        got = {(round(a, 1), round(b, 1)) for a, b in rings[0]}
        assert got == {(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)}
