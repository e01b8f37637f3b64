"""Calibration, trimming, propensities and the doctor: what they reach, and what they name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    Diagnostics,
    InfeasibleCellError,
    Margin,
    WeightingError,
    WeightStep,
    calibrate_weights,
    examine_margins,
    mean,
    post_stratify,
    propensity_adjustment,
    rake,
    rake_design,
    reweight,
    trim,
    trim_and_recalibrate,
    trim_outliers,
)
from tests.unit.analysis.samples import villages


def numbers_of(step: WeightStep) -> Diagnostics:
    assert step.diagnostics is not None
    return step.diagnostics


def test_diagnostics_say_how_far_weights_moved() -> None:
    step = rake([1, 1, 1, 1], [Margin("sex", ["f", "m", "m", "m"], {"f": 20, "m": 20})])
    found = numbers_of(step)
    assert (found.g_min, found.g_max) == pytest.approx((20 / 3, 20))
    assert found.deff_before == 1
    assert found.deff_after == pytest.approx(4 * (400 + 3 * (20 / 3) ** 2) / 1600)
    assert found.max_residual < 1e-12
    assert found.far_cells == ("sex f: x 20.00", "sex m: x 6.67")


def test_rows_at_a_bound_are_counted() -> None:
    x = pd.DataFrame({"one": 1.0, "x": [0.0, 0.0, 0.0, 1.0, 5.0]})
    step = calibrate_weights(np.ones(5), x, {"one": 5.0, "x": 9.0}, bounds=(0.5, 1.6))
    found = numbers_of(step)
    assert found.at_bounds == 1
    assert found.g_max == pytest.approx(1.6)
    assert found.is_met


def test_only_the_totals_that_are_given_are_met() -> None:
    frame = villages()
    x = pd.DataFrame({"one": 1.0, "dossiers": frame.dossiers, "online": frame.online})
    step = calibrate_weights(frame.w, x, {"one": 3500.0, "dossiers": 11000.0})
    assert step.weights @ frame.dossiers == pytest.approx(11000)
    assert [row.margin for row in step.margins] == ["one", "dossiers"]


def test_bounds_that_are_too_tight_come_with_those_that_would_do() -> None:
    x = pd.DataFrame({"one": [1.0, 1.0], "f": [1.0, 0.0]})
    with pytest.raises(WeightingError, match=r"'f' is off.*bounds of 0\.4 to 1\.6 or wider"):
        calibrate_weights([1, 1], x, {"one": 2.0, "f": 1.6}, bounds=(0.8, 1.2))
    step = calibrate_weights([1, 1], x, {"one": 2.0, "f": 1.6}, bounds=(0.4, 1.6))
    assert step.weights.tolist() == pytest.approx([1.6, 0.4])


def test_totals_that_contradict_each_other_are_named() -> None:
    x = pd.DataFrame({"one": [1.0, 1.0], "all": [1.0, 1.0]})
    with pytest.raises(WeightingError, match="contradict each other"):
        calibrate_weights([1, 1], x, {"one": 2.0, "all": 3.0})


def test_a_total_of_which_the_sample_has_nothing_is_named() -> None:
    x = pd.DataFrame({"one": [1.0, 1.0], "old": [0.0, 0.0]})
    with pytest.raises(InfeasibleCellError, match="total of 'old' is 3 but nobody"):
        calibrate_weights([1, 1], x, {"one": 2.0, "old": 3.0})


def test_partial_margins_leave_out_cells_without_respondents() -> None:
    design = Design.from_frame(pd.DataFrame({"sex": ["f", "m"]}))
    known = {"f": 10.0, "m": 20.0, "o": 1.0}
    with pytest.raises(InfeasibleCellError, match=r"cell 'o' .*merge it with 'm'"):
        post_stratify(design, "sex", known)
    assert post_stratify(design, "sex", known, partial=True).weights.tolist() == [10, 20]


def test_raking_that_another_margin_holds_back_says_which_cells_to_merge() -> None:
    sex, area = ["f", "f", "m", "m"], ["u", "u", "u", "r"]
    margins = [
        Margin("sex", sex, {"f": 70.0, "m": 30.0}),
        Margin("area", area, {"u": 40.0, "r": 60.0}),
    ]
    words = (
        r"cell 'f': needs 70, but its respondents are only in 'u' of margin 'area', which hold 40"
    )
    with pytest.raises(WeightingError, match=words + "; merge it with 'm'"):
        rake([1, 1, 1, 1], margins)


def test_the_doctor_lists_everything_at_once() -> None:
    sex = Margin("sex", ["f"] * 30 + ["m"] * 5 + ["x"], {"f": 50.0, "m": 45.0, "o": 5.0})
    area = Margin("area", ["u"] * 36, {"u": 90.0})
    found = [str(finding) for finding in examine_margins(np.ones(36), [sex, area])]
    assert found == [
        "margin 'sex', cell 'x': has respondents but no benchmark; add it or merge it",
        "margin 'sex', cell 'm': 5 respondents; merge it with 'f'",
        "margin 'sex', cell 'o': nobody for a benchmark of 5; merge it with 'm'",
        "margin 'area': sums to 90, 'sex' to 100; correct one, or rake with rescale=True",
    ]


def test_the_doctor_has_nothing_to_say_of_good_margins() -> None:
    sex = Margin("sex", ["f", "m"] * 30, {"f": 50.0, "m": 45.0})
    assert examine_margins(np.ones(60), [sex]) == ()


def test_caps_are_those_of_each_stratum_and_keep_its_sum() -> None:
    w = np.array([1.0] * 9 + [8.0] + [100.0] * 4 + [200.0])
    stratum = ["a"] * 10 + ["b"] * 5
    step = trim_outliers(w, rule="median", times=3, strata=stratum)
    assert step.weights[10:].tolist() == w[10:].tolist()
    assert step.weights[9] == 3
    assert step.weights[:10].sum() == pytest.approx(17)


def test_what_is_cut_off_goes_to_the_others_in_proportion() -> None:
    step = trim_outliers([1.0, 2.0, 1.5, 1.5, 11.5], rule="median", times=6)
    assert step.weights.sum() == pytest.approx(17.5)
    assert step.weights[-1] == 9
    assert step.weights[1] / step.weights[0] == pytest.approx(2)
    assert numbers_of(step).deff_after < numbers_of(step).deff_before
    assert step.notes[0] == "1 weights trimmed"


def test_a_cap_below_all_weights_names_the_stratum() -> None:
    with pytest.raises(WeightingError, match=r"times=0\.5 caps all weights of stratum b"):
        trim_outliers([1.0, 1, 1], rule="median", times=0.5, strata=["b", "b", "b"])


def test_trimming_and_raking_take_turns_until_both_hold() -> None:
    frame = villages()
    frame.loc[0, "w"] = 900.0
    design = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    known = {"sex": {"f": 2300.0, "m": 2100.0}}
    made = trim_and_recalibrate(design, lambda d: rake_design(d, known), rule="median", times=4)
    assert made.weights.max() <= 4 * np.median(frame.w) * 1.01
    assert made.weights[frame.sex == "f"].sum() == pytest.approx(2300)
    assert len(made.calibrations) == 1


def test_a_cap_that_the_margins_push_over_is_refused() -> None:
    frame = pd.DataFrame({"sex": ["f"] + ["m"] * 9})
    with pytest.raises(WeightingError, match="row 0 still has 50 against a cap of 3"):
        trim_and_recalibrate(
            Design.from_frame(frame),
            lambda d: post_stratify(d, "sex", {"f": 50, "m": 9}),
            rule="median",
            times=3,
        )


def test_any_step_is_repeated_on_every_replicate() -> None:
    made = Design.from_frame(villages(), ids="village", strata="stratum", weights="w")
    trimmed = reweight(made.replicate("JKn"), lambda w: trim(w, 0.0, 60.0).weights)
    assert trimmed.replication is not None
    assert trimmed.replication.weights.max() <= 60
    assert np.isfinite(mean(trimmed, "online").se[0])


def people(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "w": rng.uniform(5, 15, n),
            "age": rng.integers(18, 80, n).astype(float),
            "area": rng.choice(["urban", "rural"], n),
        }
    )
    chance = 1 / (1 + np.exp(-(-1.5 + 0.03 * frame.age + 0.7 * (frame.area == "rural"))))
    return frame.assign(responded=rng.random(n) < chance)


def test_propensities_solve_the_weighted_likelihood_equations() -> None:
    frame = people()
    made = propensity_adjustment(frame.w, frame[["age", "area"]], frame.responded)
    gap = frame.w * (frame.responded - made.model.propensity)
    assert abs(gap.sum()) < 1e-6 * frame.w.sum()
    assert abs((gap * frame.age).sum()) < 1e-6 * (frame.w * frame.age).sum()
    assert set(made.model.coefficients) == {"(Intercept)", "age", "areaurban"}
    assert 0.5 < made.model.r_indicator < 1


@pytest.mark.parametrize("use", ["classes", "inverse"])
def test_respondents_come_to_stand_for_all(use: str) -> None:
    frame = people()
    made = propensity_adjustment(frame.w, frame[["age", "area"]], frame.responded, use=use)
    w = made.step.weights
    assert (w[~frame.responded] == 0).all()
    truth = np.average(frame.age, weights=frame.w)
    before = np.average(frame.age[frame.responded], weights=frame.w[frame.responded])
    assert abs(np.average(frame.age, weights=w) - truth) < 0.35 * abs(before - truth)
    if use == "classes":
        assert w.sum() == pytest.approx(frame.w.sum())
        assert len(made.model.cuts) == 4


def test_a_value_that_tells_response_for_sure_is_named() -> None:
    frame = people()
    none = frame.responded & (frame.area == "rural")
    with pytest.raises(WeightingError, match="nobody with area = 'urban' responded"):
        propensity_adjustment(frame.w, frame[["area"]], none)
    sure = frame.age > 40
    with pytest.raises(WeightingError, match=r"'(age|.Intercept.)' tells response for sure"):
        propensity_adjustment(frame.w, frame[["age"]], sure)


def test_propensities_want_known_auxiliaries_and_some_of_both() -> None:
    frame = people()
    frame.loc[7, "age"] = np.nan
    with pytest.raises(WeightingError, match="'age' is empty in row 7"):
        propensity_adjustment(frame.w, frame[["age"]], frame.responded)
    with pytest.raises(WeightingError, match="nothing to model"):
        propensity_adjustment([1, 1], pd.DataFrame({"x": [1, 2]}), [True, True])
    with pytest.raises(WeightingError, match="row 1 responded but is marked ineligible"):
        propensity_adjustment([1, 1], pd.DataFrame({"x": [1, 2]}), [0, 1], [1, 0])
