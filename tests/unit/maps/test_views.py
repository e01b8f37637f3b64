"""Views beside the policy classes: what they are cut from, and when they are offered."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from maps.classes import brightness, fixed_classes
from maps.specification import (
    AGAINST,
    TARGET,
    Language,
    MapArea,
    Pattern,
    Status,
    Unit,
    Verdict,
)
from maps.views import FEWEST, PATTERNS, natural_breaks, quantiles, views
from tests.unit.maps.examples import AREAS, spec


def many(n: int = 20, **changes: object) -> tuple[MapArea, ...]:
    return tuple(
        MapArea(
            f"{at:05}", f"xã {at}", Status.PUBLISHED, 0.5 + at / 100, 0.48 + at / 100,
            0.52 + at / 100, **changes,  # type: ignore[arg-type]  # one field at a time
        )
        for at in range(n)
    )  # fmt: skip


def keys(areas: tuple[MapArea, ...]) -> list[str]:
    return [view.key for view in views(spec(areas), Language.VI)]


def test_the_policy_classes_come_first_and_are_never_missing() -> None:
    assert keys(())[0] == keys(many())[0] == "policy"


def test_groups_of_the_figures_need_enough_figures() -> None:
    assert "quantile" not in keys(many(FEWEST - 1))
    assert {"quantile", "jenks"} <= set(keys(many(FEWEST)))


def test_groups_cut_from_the_figures_warn_against_comparing() -> None:
    warned = {view.key: bool(view.warning) for view in views(spec(many()), Language.EN)}
    assert warned == {"policy": False, "quantile": True, "jenks": True, "margin": False}


def test_withheld_areas_are_in_no_group_of_any_view() -> None:
    for view in views(spec(AREAS), Language.VI):
        assert set(view.of) == {"16228", "16234", "16249", "16264"}


def test_margins_are_half_intervals_in_points() -> None:
    areas = tuple(
        MapArea(str(at), "xã", Status.PUBLISHED, 0.5, 0.5 - half, 0.5 + half)
        for at, half in enumerate((0.02, 0.03, 0.07, 0.2))
    )
    margin = views(spec(areas), Language.EN)[-1]
    assert list(margin.of.values()) == [0, 1, 2, 3]
    assert margin.groups[0].label == "below 3 points"


def test_counts_without_intervals_have_no_margins() -> None:
    areas = (MapArea("1", "xã", Status.PUBLISHED, 120, 120, 120),)
    counted = spec(areas, unit=Unit.COUNT, classes=fixed_classes((100.0, 200.0), maximum=300.0))
    assert [view.key for view in views(counted, Language.VI)] == ["policy"]


def test_verdicts_have_their_words_and_the_unjudged_cannot_be_told() -> None:
    first, *rest = many(4)
    judged = MapArea("99999", "xã", Status.PUBLISHED, 0.9, 0.8, 0.95, target=Verdict.MET)
    target = views(spec((judged, first, *rest)), Language.EN)[-1]
    assert target.groups[target.of["99999"]].label == "met"
    assert target.groups[target.of[first.code]].label == "cannot tell"
    assert [view.key for view in views(spec(many(4, against=Verdict.SAME)), Language.VI)] == [
        "policy", "margin", "against",
    ]  # fmt: skip


def test_a_withheld_area_cannot_carry_a_verdict() -> None:
    with pytest.raises(ValueError, match="verdict"):
        MapArea(
            "1", "xã", Status.UNPUBLISHED, reason_vi="ít", reason_en="few", against=Verdict.HIGHER
        )
    with pytest.raises(ValueError, match="another question"):
        MapArea("1", "xã", Status.PUBLISHED, 0.5, 0.4, 0.6, against=Verdict.MET)
    assert set(AGAINST) & set(TARGET) == {Verdict.UNCLEAR}


def test_quantiles_keep_equal_figures_together() -> None:
    assert quantiles([0.5] * 9 + [0.9]) == ()
    assert quantiles([1, 1, 1, 1, 2, 3, 4, 5, 6, 7]) == (2.0, 4.0, 6.0)


def test_figures_that_are_nearly_all_equal_are_not_cut_into_quantiles() -> None:
    others = tuple(
        MapArea(f"8{at:04}", "xã", Status.PUBLISHED, 0.6 + at / 10, 0.5, 1) for at in range(5)
    )
    alike = tuple(MapArea(f"9{at:04}", "xã", Status.PUBLISHED, 0.5, 0.4, 0.6) for at in range(95))
    assert "quantile" not in keys((*others, *alike))
    assert "jenks" in keys((*others, *alike))


def test_natural_breaks_are_the_best_of_all_cuts() -> None:
    values = [3.0, 4.0, 4.0, 9.0, 10.0, 18.0, 19.0, 25.0, 40.0, 41.0, 44.0]
    at = sorted(set(values))

    def spread(breaks: tuple[float, ...]) -> float:
        ends = (float("-inf"), *breaks, float("inf"))
        total = 0.0
        for low, high in pairwise(ends):
            group = [value for value in values if low <= value < high]
            mean = sum(group) / len(group)
            total += sum((value - mean) ** 2 for value in group)
        return total

    best = min(combinations(at[1:], 4), key=spread)
    assert spread(natural_breaks(values)) == pytest.approx(spread(best))


def test_patterns_are_a_view_and_each_kind_has_its_own_grey() -> None:
    areas = many(4)
    marked = [replace(area, pattern=each) for area, each in zip(areas, list(Pattern), strict=False)]
    found = views(spec((*marked, AREAS[3])), Language.EN)[-1]
    assert found.key == "pattern"
    assert "16258" not in found.of  # withheld
    labels = [found.groups[found.of[area.code]].label for area in marked]
    assert labels[:2] == ["high among high", "low among low"]
    greys = sorted(brightness(colour) for colour in PATTERNS.values())
    assert all(b - a > 30 for a, b in pairwise(greys))
    with pytest.raises(ValueError, match="verdict"):
        replace(AREAS[3], pattern=Pattern.HIGH_AMONG_HIGH)
