"""Equal tiles in place of borders."""

import random
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from maps.tiles import schematic_tiles
from tests.unit.maps.examples import SEATS


def polygons(tiles: dict[str, Any]) -> list[Any]:
    return [shape(feature["geometry"]) for feature in tiles["features"]]


def crowd(count: int) -> dict[str, tuple[float, float]]:
    dice = random.Random(7)
    return {f"{i:05d}": (dice.uniform(19, 20), dice.uniform(105, 106)) for i in range(count)}


def test_every_seat_gets_one_tile_and_none_overlap() -> None:
    tiles = schematic_tiles(crowd(300))
    assert [f["id"] for f in tiles["features"]] == [f"{i:05d}" for i in range(300)]
    shapes = polygons(tiles)
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    assert (left == right).all()  # not even touching: the gaps say that these are no borders


def test_all_tiles_have_the_same_width() -> None:
    widths = [p.bounds[2] - p.bounds[0] for p in polygons(schematic_tiles(crowd(50)))]
    assert max(widths) - min(widths) < 1e-5


def test_the_same_seats_give_the_same_picture_in_any_order() -> None:
    turned = dict(reversed(SEATS.items()))
    assert schematic_tiles(SEATS) == schematic_tiles(turned)


def test_neighbours_stay_in_place() -> None:
    centres = {f["id"]: shape(f["geometry"]).centroid for f in schematic_tiles(SEATS)["features"]}
    assert centres["16234"].y > centres["16228"].y > centres["16273"].y
    assert centres["16258"].x < centres["16264"].x
    for code, (lat, lon) in SEATS.items():
        assert abs(centres[code].y - lat) < 0.12
        assert abs(centres[code].x - lon) < 0.12


def test_seats_at_one_and_the_same_place_still_get_tiles_of_their_own() -> None:
    shapes = polygons(schematic_tiles({f"{i:05d}": (20.0, 105.0) for i in range(40)}))
    assert shapely.union_all(shapes).area == pytest.approx(sum(p.area for p in shapes))


def test_one_seat_and_no_seat_work() -> None:
    assert len(schematic_tiles({"16228": (19.6, 105.5)})["features"]) == 1
    assert schematic_tiles({})["features"] == []


@pytest.mark.parametrize("seat", [(float("nan"), 105.0), (105.0, 19.0), (19.0, 200.0)])
def test_a_seat_off_the_earth_is_refused_by_name(seat: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="16228"):
        schematic_tiles({"16228": seat})
