"""Rules of other offices, by name: their thresholds, their words, their warning."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.publication import Facts, Rule, Shown, Standard, classify, judge

GOOD = Facts(200, 120, 12, 0.4, 0.04, 0.32, 0.48, 20.0, 1.5, is_share=True)


def shown(facts: Facts, standard: Standard) -> Shown:
    return judge(facts, standard).shown


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Shown.PUBLISH),
        ({"n": 29}, Shown.NONE),
        ({"deff": 200 / 29.9}, Shown.NONE),
        ({"lower": 0.25, "upper": 0.55}, Shown.NONE),  # 0.30 wide
        ({"lower": 0.26, "upper": 0.55}, Shown.PUBLISH),
        ({"estimate": 0.08, "lower": 0.03, "upper": 0.14}, Shown.NONE),  # 137 % of the share
        (
            {"estimate": 0.01, "lower": 0.0, "upper": 0.04},
            Shown.PUBLISH,
        ),  # narrow: no relative rule
        ({"df": 7.0}, Shown.CAUTION),
        ({"estimate": 1.0, "lower": 0.98, "upper": 1.0}, Shown.CAUTION),
        ({"estimate": 0.92, "lower": 0.86, "upper": 0.97}, Shown.CAUTION),  # the complement
        ({"lower": None}, Shown.NONE),
    ],
)
def test_nchs_proportions_have_their_thresholds(
    changes: dict[str, object], expected: Shown
) -> None:
    facts = replace(GOOD, **changes)  # type: ignore[arg-type] # fields by name
    assert shown(facts, Standard.NCHS_PROPORTIONS) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Shown.PUBLISH),
        ({"n_numerator": 9}, Shown.NONE),
        ({"deff": 25.0}, Shown.NONE),
        ({"lower": 0.1, "upper": 0.75}, Shown.NONE),
        ({"lower": 0.1, "upper": 0.73}, Shown.PUBLISH),
        ({"df": 6.0}, Shown.CAUTION),
    ],
)
def test_nchs_rates_have_their_thresholds(changes: dict[str, object], expected: Shown) -> None:
    facts = replace(GOOD, **changes)  # type: ignore[arg-type] # fields by name
    assert shown(facts, Standard.NCHS_RATES) is expected


@pytest.mark.parametrize(
    ("se", "household", "letters"),
    [
        (0.4 * 0.165, "publish", "publish"),
        (0.4 * 0.17, "caution", "publish"),
        (0.4 * 0.26, "caution", "caution"),
        (0.4 * 0.34, "none", "caution"),
        (0.4 * 0.51, "none", "none"),
    ],
)
def test_cv_bands(se: float, household: str, letters: str) -> None:
    facts = replace(GOOD, se=se)
    assert shown(facts, Standard.CV_HOUSEHOLD).value == household
    assert shown(facts, Standard.CV_LETTERS).value == letters


def test_the_reason_is_a_sentence_that_says_what_to_read_instead() -> None:
    verdict = judge(replace(GOOD, se=0.2), Standard.CV_HOUSEHOLD)
    assert verdict.reason_en == (
        "Not published by the CV rule: relative error 50.0 % (grade F). Read the figure of the "
        "whole round instead."
    )
    assert "50,0 %" in verdict.reason_vi
    assert "cả đợt" in verdict.reason_vi


def test_the_design_is_the_default_and_alone_carries_no_warning() -> None:
    assert judge(GOOD) == classify(200, 120, 12)
    assert judge(GOOD, rule=Rule(publish_psus=20)).shown is Shown.CAUTION
    warned = [each for each in Standard if each.warning_vi and each.warning_en]
    assert warned == [each for each in Standard if each is not Standard.DESIGN]


def test_scores_are_judged_by_the_design_under_the_rule_for_proportions() -> None:
    score = replace(GOOD, is_share=False, estimate=61.0, lower=30.0, upper=90.0)
    assert shown(score, Standard.NCHS_PROPORTIONS) is Shown.PUBLISH


def test_what_a_rule_on_the_result_shows_is_biased_and_what_the_design_shows_is_not() -> None:
    """The warning is true: 4,000 communes of 30 persons with the same share of 15 %."""
    rng = np.random.default_rng(8)
    share = rng.binomial(30, 0.15, 4000) / 30
    spread = np.sqrt(share * (1 - share) / 30)
    cells = [
        Facts(30, 30, 6, float(p), float(se), is_share=True)
        for p, se in zip(share, spread, strict=True)
    ]
    by_cv = [
        each.estimate for each in cells if shown(each, Standard.CV_HOUSEHOLD) is not Shown.NONE
    ]
    by_design = [each.estimate for each in cells if shown(each, Standard.DESIGN) is not Shown.NONE]
    assert np.mean(np.array(by_cv, dtype=float)) > 0.22
    assert np.mean(np.array(by_design, dtype=float)) == pytest.approx(0.15, abs=0.005)


@pytest.mark.parametrize("standard", [s for s in Standard if s is not Standard.DESIGN])
def test_a_figure_that_is_nan_is_not_shown_by_any_rule_on_results(standard: Standard) -> None:
    nan = float("nan")
    nothing = Facts(80, 60, 7, nan, nan, nan, nan, 12.0, 1.3, is_share=True)
    assert judge(nothing, standard).shown is Shown.NONE
