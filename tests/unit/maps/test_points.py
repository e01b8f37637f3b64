"""Points in communes: four states, signed distances, odd coordinates, no sketches."""

import numpy as np
import pytest
import shapely

from maps.points import NOWHERE, Oddity, PointIndex, SchematicBoundariesError, State, odd

WEST = shapely.box(105.00, 20.00, 105.05, 20.05)
EAST = shapely.box(105.05, 20.00, 105.10, 20.05)
METRES = 1 / 104_500  # degrees of longitude at 20° north


@pytest.fixture(scope="module")
def index() -> PointIndex:
    return PointIndex({"00002": EAST, "00001": WEST})


def test_points_fall_into_their_commune_and_distances_are_signed(index: PointIndex) -> None:
    lon = np.array([105.05 - 100 * METRES, 105.05 + 100 * METRES, 104.99])
    found = index.place(np.full(3, 20.025), lon, np.array([10.0, 10.0, 10.0]))
    assert [index.code(at) for at in found.unit] == ["00001", "00002", None]
    assert found.distance[:2] == pytest.approx([-100, -100], rel=0.01)
    assert found.state.tolist() == [State.INSIDE, State.INSIDE, State.OUTSIDE]


def test_the_commune_that_a_record_names_is_what_counts(index: PointIndex) -> None:
    lon = np.array([105.05 + 100 * METRES, 105.05 + 15 * METRES])
    found = index.place(
        np.full(2, 20.025), lon, np.array([10.0, 10.0]), expected=["00001", "00001"]
    )
    assert [index.code(at) for at in found.unit] == ["00002", "00002"]
    assert found.distance == pytest.approx([100, 15], rel=0.01)
    assert found.state.tolist() == [State.OUTSIDE, State.NEAR_BORDER]


def test_without_a_usable_accuracy_nothing_is_said(index: PointIndex) -> None:
    lat, lon = np.full(3, 20.025), np.full(3, 105.02)
    found = index.place(lat, lon, np.array([np.nan, 500.0, -1.0]))
    assert found.state.tolist() == [State.UNKNOWN] * 3
    assert index.place(lat, lon).state.tolist() == [State.UNKNOWN] * 3


def test_odd_coordinates_are_named_and_not_placed(index: PointIndex) -> None:
    lat = np.array([20.025, 0.0, 105.02, 48.1, np.nan])
    lon = np.array([105.02, 0.0, 20.025, 11.6, 105.0])
    found = index.place(lat, lon, np.full(5, 5.0))
    assert found.oddity.tolist() == [
        Oddity.NONE,
        Oddity.ZERO,
        Oddity.SWAPPED,
        Oddity.ABROAD,
        Oddity.MISSING,
    ]
    assert found.unit.tolist() == [0, *[NOWHERE] * 4]
    assert found.state[1:].tolist() == [State.UNKNOWN] * 4


def test_the_same_point_again_and_again_is_marked() -> None:
    lat = np.array([20.0] * 5 + [20.0000001, 20.3])
    assert odd(lat, np.full(7, 105.0)).tolist() == [Oddity.REPEATED] * 5 + [Oddity.NONE] * 2


def test_a_point_on_a_common_border_or_in_an_overlap_has_one_commune(index: PointIndex) -> None:
    assert index.find(np.array([20.02]), np.array([105.05])).tolist() == [0]
    both = PointIndex({"00001": WEST, "00002": WEST})
    assert both.find(np.array([20.02]), np.array([105.02])).tolist() == [0]


def test_a_sketch_places_nothing() -> None:
    with pytest.raises(SchematicBoundariesError, match="sketch"):
        PointIndex({"00001": WEST}, is_schematic=True)


def test_no_points_are_no_points(index: PointIndex) -> None:
    found = index.place(np.empty(0), np.empty(0), np.empty(0))
    assert len(found.unit) == len(found.distance) == 0
