"""Small areas are merged with neighbours until the group can be shown."""

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.publication import Area, Evidence, Shown, classify, group_small, shown_in_group

SMALL, HALF, LARGE = Evidence(12, 8, 2), Evidence(30, 18, 4), Evidence(90, 60, 9)


def members(*areas: Area, **options: object) -> list[tuple[str, ...]]:
    return [group.member_ids for group in group_small(areas, **options)]  # type: ignore[arg-type] # as given


def test_areas_that_pass_stand_alone() -> None:
    assert members(Area("a", LARGE), Area("b", LARGE)) == [("a",), ("b",)]


def test_two_that_fall_short_are_merged_and_the_large_one_is_spared() -> None:
    assert members(Area("a", HALF), Area("b", LARGE), Area("c", HALF)) == [("a", "c"), ("b",)]


def test_the_last_small_one_takes_the_smallest_that_passes() -> None:
    middle = Evidence(60, 40, 7)
    assert members(Area("a", LARGE), Area("b", SMALL), Area("c", middle)) == [("a",), ("b", "c")]


def test_unlike_kinds_are_not_merged_without_a_map() -> None:
    found = group_small([Area("a", SMALL, "urban"), Area("b", LARGE, "rural")])
    assert [group.member_ids for group in found] == [("a",), ("b",)]
    assert found[0].verdict.shown is Shown.NONE
    assert "12 answers (30 needed)" in found[0].verdict.reason_en


def test_with_a_map_only_neighbours_are_merged_and_one_direction_is_enough() -> None:
    areas = [Area("a", HALF), Area("b", HALF), Area("c", HALF), Area("d", HALF)]
    found = members(*areas, adjacency={"a": ["c", "elsewhere"], "d": ["b"]})
    assert found == [("a", "c"), ("b", "d")]


def test_a_neighbour_of_the_same_kind_is_preferred_to_a_smaller_one() -> None:
    areas = [
        Area("a", HALF, "rural"),
        Area("b", Evidence(32, 20, 4), "urban"),
        Area("c", Evidence(34, 21, 5), "rural"),
        Area("d", HALF, "urban"),
    ]
    found = members(*areas, adjacency={"a": ["b", "c"], "d": ["b"]})
    assert found == [("a", "c"), ("b", "d")]


def test_groups_grow_over_the_neighbours_of_their_members() -> None:
    chain = [Area(name, SMALL) for name in "abcde"]
    near = {"a": ["b"], "b": ["c"], "c": ["d"], "d": ["e"]}
    assert members(*chain, adjacency=near) == [("a", "b", "c", "d", "e")]


def test_caution_may_be_enough() -> None:
    assert members(Area("a", HALF), Area("b", HALF), at_least=Shown.CAUTION) == [("a",), ("b",)]


def test_the_order_of_the_areas_does_not_matter() -> None:
    areas = many(60)
    found = group_small(areas)
    assert group_small(list(reversed(areas))) == found


def many(size: int) -> list[Area]:
    rng = np.random.default_rng(4)
    n, psus = rng.integers(0, 80, size), rng.integers(1, 9, size)
    return [
        Area(f"x{at:04d}", Evidence(int(n[at]), float(n[at]) / 1.6, int(psus[at])))
        for at in range(size)
    ]


def test_every_area_is_in_one_group_and_the_evidence_adds_up() -> None:
    areas = many(300)
    found = group_small(areas)
    assert sorted(name for group in found for name in group.member_ids) == [a.id for a in areas]
    assert sum(group.evidence.n for group in found) == sum(a.evidence.n for a in areas)
    assert all(group.verdict.shown is Shown.PUBLISH for group in found)


def test_the_label_says_that_it_is_a_group_and_of_whom() -> None:
    pair = group_small([Area("a", HALF, name="Xã Một"), Area("b", HALF, name="Xã Hai")])[0]
    assert pair.id == "group:a"
    assert pair.label_vi == "Gộp 2 nơi: Xã Một, Xã Hai"
    assert pair.label_en == "Grouped (2): Xã Một, Xã Hai"
    verdict = shown_in_group(classify(30, 18, 4), pair)
    assert verdict.shown is Shown.NONE
    assert "nhóm (Xã Một, Xã Hai)" in verdict.reason_vi


def test_a_member_that_stands_alone_keeps_its_verdict() -> None:
    alone = group_small([Area("a", LARGE)])[0]
    assert shown_in_group(classify(90, 60, 9), alone) == classify(90, 60, 9)


def test_an_area_given_twice_and_a_rule_without_sense_are_refused() -> None:
    with pytest.raises(AnalysisError, match="twice: a"):
        group_small([Area("a", HALF), Area("a", HALF)])
    with pytest.raises(AnalysisError, match="at_least"):
        group_small([Area("a", HALF)], at_least=Shown.NONE)
