"""The publication rule looks at the design only; the disclosure rule stands apart."""

import pytest

from analysis.publication import (
    Evidence,
    Rule,
    Shown,
    Spread,
    classify,
    classify_all,
    disclosure,
    expected_half_width,
    pooled_deff,
)


@pytest.mark.parametrize(
    ("n", "n_eff", "n_psu", "shown"),
    [
        (50, 30, 6, Shown.PUBLISH),
        (49, 30, 6, Shown.CAUTION),
        (50, 29.9, 6, Shown.CAUTION),
        (50, 30, 5, Shown.CAUTION),
        (30, 15, 4, Shown.CAUTION),
        (29, 15, 4, Shown.NONE),
        (30, 14.9, 4, Shown.NONE),
        (96, 60, 3, Shown.NONE),
        (0, 0, 0, Shown.NONE),
    ],
)
def test_each_class_has_its_thresholds(n: int, n_eff: float, n_psu: int, shown: Shown) -> None:
    assert classify(n, n_eff, n_psu).shown is shown


def test_the_reason_names_what_falls_short_and_what_to_read_instead() -> None:
    verdict = classify(96, 48, 3)
    assert "3 thôn, tổ dân phố (cần 4)" in verdict.reason_vi
    assert "cả đợt" in verdict.reason_vi
    assert "3 villages (4 needed)" in verdict.reason_en
    assert "whole round" in verdict.reason_en
    assert "người trả lời (cần" not in verdict.reason_vi


def test_a_published_cell_needs_no_reason_and_a_doubtful_one_has_one() -> None:
    assert classify(100, 60, 10).reason_vi == ""
    assert "chưa chắc chắn" in classify(100, 60, 5).reason_vi


def test_a_round_may_set_its_own_thresholds() -> None:
    assert classify(40, 25, 5, Rule(publish_n=40, publish_n_eff=20, publish_psus=5)).shown is (
        Shown.PUBLISH
    )


def test_many_cells_are_classified_alike() -> None:
    cells = [Evidence(60, 40, 8), Evidence(35, 20, 4), Evidence(4, 4, 1)]
    assert [v.shown.value for v in classify_all(cells)] == ["publish", "caution", "none"]


@pytest.mark.parametrize(
    ("n", "share", "sensitive", "hidden"),
    [
        (4, 0.5, False, True),
        (5, 0.5, False, False),
        (9, 0.5, True, True),
        (10, 0.5, True, False),
        (29, 1.0, False, True),
        (29, 0.0, False, True),
        (30, 1.0, False, False),
        (29, None, False, False),
    ],
)
def test_confidentiality_is_a_rule_of_its_own(
    n: int, share: float | None, sensitive: bool, hidden: bool
) -> None:
    assert (disclosure(n, share, is_sensitive=sensitive) is not None) is hidden


def test_the_pooled_design_effect_is_a_ratio_of_sums_of_at_least_one() -> None:
    areas = [Spread(100, 0.06, 1.5), Spread(100, 0.06, 2.5), Spread(80, 0.0, None)]
    assert pooled_deff(areas) == pytest.approx(2 / (1 / 1.5 + 1 / 2.5))
    assert pooled_deff([Spread(100, 0.04, 0.5)]) == 1
    assert pooled_deff([Spread(100, None, None)]) is None


def test_the_expected_half_width_is_that_of_an_even_split() -> None:
    assert expected_half_width(96.04) == pytest.approx(10.0)
    assert expected_half_width(0) is None
