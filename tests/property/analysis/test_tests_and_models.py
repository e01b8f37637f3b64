"""Tests and models of any sample: names, scale and order change nothing; simple cases agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis import AnalysisError, mean, ratio
from analysis.inference import TestResult, difference_test, independence, mean_test, rank_test
from analysis.models import Regression, ordinal_regression, regression, term_test
from tests.property.analysis.test_invariances import close, common, design, samples

KINDS = ["rao_scott_f", "rao_scott_chisq", "wald", "adjusted_wald", "exact", "saddlepoint"]


def model(frame: pd.DataFrame, formula: str, family: str = "gaussian") -> Regression:
    """A model, unless the sample cannot carry it."""
    try:
        found = regression(design(frame), formula, family=family)
    except AnalysisError:
        assume(False)
        raise
    assume(found.df > 0)
    assume(bool((found.se > 1e-6 * np.abs(found.estimate).max()).all()))
    return found


def table(frame: pd.DataFrame, kind: str, columns: tuple[str, str]) -> TestResult:
    try:
        found = independence(design(frame), *columns, test=kind)
    except AnalysisError:
        assume(False)
        raise
    assume(np.isfinite(found.p_value))
    return found


@common
@given(samples(), st.sampled_from(KINDS), st.floats(1e-3, 1e3))
def test_names_of_levels_and_units_of_weights_change_no_table(
    frame: pd.DataFrame, kind: str, k: float
) -> None:
    renamed = frame.assign(
        commune=frame.commune.map({0: "z", 1: "b", 2: "a"}),
        sex=frame.sex.map({"f": "2", "m": "1"}),
        w=frame.w * k,
    )
    one, two = (table(f, kind, ("sex", "commune")) for f in (frame, renamed))
    close(np.array([one.statistic, one.p_value]), np.array([two.statistic, two.p_value]), rel=1e-6)


@common
@given(samples(), st.sampled_from(KINDS[:4]))
def test_rows_and_columns_may_change_places(frame: pd.DataFrame, kind: str) -> None:
    one = table(frame, kind, ("sex", "commune"))
    two = table(frame, kind, ("commune", "sex"))
    close(np.array([one.statistic, one.p_value]), np.array([two.statistic, two.p_value]), rel=1e-6)


@common
@given(samples())
def test_a_model_of_the_intercept_is_the_mean(frame: pd.DataFrame) -> None:
    found = model(frame, "score ~ 1")
    plain = mean(design(frame), "score")
    close(found.estimate, plain.estimate)
    close(found.se, plain.se)


@common
@given(samples())
def test_a_line_through_zero_weighted_by_its_size_is_a_ratio(frame: pd.DataFrame) -> None:
    """sum w (y - R x) = 0 is the score of a Poisson model with offset log x."""
    found = model(frame, "yes ~ 1 + offset(log(size))", "poisson")
    plain = ratio(design(frame), "yes", "size")
    close(np.exp(found.estimate), plain.estimate, rel=1e-6)
    close(np.exp(found.estimate) * found.se, plain.se, rel=1e-4)


@common
@given(samples())
def test_a_model_of_groups_gives_their_means(frame: pd.DataFrame) -> None:
    found = model(frame, "score ~ 0 + sex")
    plain = mean(design(frame.assign(answered=frame.score.notna())), "score", by="sex",
                 where=frame.score.notna())  # fmt: skip
    close(found.estimate, plain.estimate)


@common
@given(samples(), st.sampled_from(["gaussian", "binomial"]))
def test_a_test_of_one_term_is_its_t_squared(frame: pd.DataFrame, family: str) -> None:
    answer = "score" if family == "gaussian" else "yes"
    found = model(frame, f"{answer} ~ sex + size", family)
    tested = term_test(found, "size")
    close(np.array([tested.statistic]), found.t[2:] ** 2, rel=1e-7)
    close(np.array([tested.p_value]), found.p_value[2:], rel=1e-6)


@common
@given(samples())
def test_a_difference_of_means_is_tested_by_its_own_model(frame: pd.DataFrame) -> None:
    found = model(frame, "score ~ sex")
    tested = difference_test(design(frame), "score", "sex")
    close(np.array([tested.statistic, tested.p_value]), np.array([found.t[1], found.p_value[1]]))


@common
@given(samples(), st.floats(0.1, 10), st.floats(-5, 5))
def test_units_of_a_column_change_its_coefficient_alone(
    frame: pd.DataFrame, k: float, shift: float
) -> None:
    one = model(frame, "score ~ size + sex")
    two = model(frame.assign(size=frame["size"] * k + shift), "score ~ size + sex")
    close(one.estimate[1:] * [1 / k, 1], two.estimate[1:], rel=1e-6)
    close(one.p_value[1:], two.p_value[1:], rel=1e-5)


@common
@given(samples())
def test_ranks_know_order_alone(frame: pd.DataFrame) -> None:
    made = []
    for answer in (frame.score, np.exp(frame.score / 20)):
        try:
            made.append(rank_test(design(frame.assign(score=answer)), "score", "sex"))
        except AnalysisError:
            assume(False)
    close(np.array([made[0].statistic]), np.array([made[1].statistic]), rel=1e-7)


@common
@given(samples())
def test_a_mean_is_tested_against_what_was_expected(frame: pd.DataFrame) -> None:
    try:
        one = mean_test(design(frame), "score", expected=40)
        two = mean_test(design(frame), "score - 40")
    except AnalysisError:
        assume(False)
        return
    close(np.array([one.statistic, one.p_value]), np.array([two.statistic, two.p_value]))


@common
@given(samples())
def test_reversing_an_ordered_answer_reverses_its_slopes(frame: pd.DataFrame) -> None:
    made = []
    for answer in (frame["size"] // 3, 5 - frame["size"] // 3):
        try:
            made.append(ordinal_regression(design(frame.assign(level=answer)), "level ~ sex"))
        except AnalysisError:
            assume(False)
    assume(np.abs(made[0].estimate).max() < 15)
    close(made[0].estimate[:1], -made[1].estimate[:1], rel=1e-5)
    close(made[0].se[:1], made[1].se[:1], rel=1e-5)
