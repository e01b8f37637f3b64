"""Contrasts, quantiles, tables and standardised rates of any sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis import (
    QuantileRule,
    contrast,
    covariance_of,
    crosstab,
    difference,
    function_of,
    joint,
    mean,
    quantile,
    ratio,
    standardise,
    total,
    variance_of,
)
from analysis.crosstabs import ALL
from tests.property.analysis.test_invariances import ITEMS, RULES, close, design, samples

common = settings(max_examples=30, deadline=None, derandomize=True)
FREE_OF_SCALE = [rule for rule in QuantileRule if rule is not QuantileRule.SHAHVAISH]


@common
@given(samples(), st.sampled_from(RULES), st.floats(-3, 3), st.floats(-3, 3))
def test_a_contrast_is_the_algebra_of_its_covariance(
    frame: pd.DataFrame, rule: str, a: float, b: float
) -> None:
    parts = mean(design(frame, rule), ITEMS, by="sex")
    coefficients = np.resize([1.0, a, b, -a], len(parts))
    made = contrast(parts, {"c": coefficients.tolist()})
    used = coefficients != 0
    if np.isnan(parts.se[used]).any():
        assert np.isnan(made.se[0])
        return
    c = coefficients[used]
    close(made.estimate, np.array([c @ parts.estimate[used]]))
    v = joint(parts).vcov()[np.ix_(used, used)]
    close(made.se**2, np.array([max(c @ v @ c, 0.0)]) + 0 * made.se, rel=1e-6)


@common
@given(samples(), st.sampled_from(RULES))
def test_a_ratio_by_function_is_the_ratio(frame: pd.DataFrame, rule: str) -> None:
    made = design(frame, rule)
    sums = total(made, ["yes", "size"])
    found = function_of(sums, {"r": "yes / size"})
    plain = ratio(made, "yes", "size")
    close(found.estimate, plain.estimate)
    known = ~np.isnan(plain.se) & ~np.isnan(found.se)
    close(found.se[known], plain.se[known], rel=1e-6)


@common
@given(samples())
def test_differences_of_all_pairs_go_round_in_a_circle(frame: pd.DataFrame) -> None:
    assume(frame.commune.nunique() == 3)
    found = difference(mean(design(frame), "yes", by="commune"), against="each")
    gap = {row.domain[0]: row.estimate for row in found}
    assert abs(gap["1 - 0"] + gap["2 - 1"] - gap["2 - 0"]) < 1e-9


@common
@given(samples(), st.sampled_from(list(QuantileRule)), st.floats(0.01, 0.99))
def test_the_quantile_of_a_constant_is_the_constant(
    frame: pd.DataFrame, rule: QuantileRule, share: float
) -> None:
    row = quantile(design(frame.assign(yes=3.5)), "yes", share, rule=rule).row(0)
    assert row.estimate == 3.5
    assert np.isnan(row.se)


@common
@given(samples(), st.sampled_from(FREE_OF_SCALE), st.integers(-8, 8))
def test_rescaling_the_weights_changes_no_quantile(
    frame: pd.DataFrame, rule: QuantileRule, power: int
) -> None:
    one, two = (
        quantile(design(f), "size", [0.2, 0.5, 0.9], rule=rule, by="sex")
        for f in (frame, frame.assign(w=frame.w * 2.0**power))
    )
    close(one.estimate, two.estimate)
    close(one.se, two.se)


@common
@given(samples(), st.sampled_from(list(QuantileRule)))
def test_quantiles_rise_with_their_share_and_stay_among_the_answers(
    frame: pd.DataFrame, rule: QuantileRule
) -> None:
    shares = [0.05, 0.3, 0.5, 0.8, 0.99]
    found = quantile(design(frame), "size", shares, rule=rule)
    assert (np.diff(found.estimate) >= -1e-12).all()
    assert found.estimate.min() >= frame["size"].min()
    assert found.estimate.max() <= frame["size"].max()


@common
@given(samples())
def test_cells_of_a_table_add_up_to_its_margins(frame: pd.DataFrame) -> None:
    table = crosstab(design(frame), "sex", "commune", base="cell").to_frame()
    inner = table[(table.sex != ALL) & (table.commune != ALL)]
    for side, other in (("sex", "commune"), ("commune", "sex")):
        margin = table[(table[other] == ALL)].set_index(side).estimate
        sums = inner.groupby(side).estimate.sum()
        close(sums.to_numpy(float), margin.loc[sums.index].to_numpy(float))
    rows = crosstab(design(frame), "sex", "commune").to_frame()
    close(rows.groupby("sex").estimate.sum().to_numpy(float), np.ones(rows.sex.nunique()))


@common
@given(samples())
def test_standardising_to_the_own_shares_is_the_mean(frame: pd.DataFrame) -> None:
    made = design(frame)
    shares = frame.groupby("commune").w.sum() / frame.w.sum()
    even = standardise(made, "commune", shares.to_dict())
    close(mean(even, "yes").estimate, mean(made, "yes").estimate)


@common
@given(samples())
def test_a_variance_is_a_covariance_with_itself_and_scales_by_the_square(
    frame: pd.DataFrame,
) -> None:
    made = design(frame)
    one, pair = variance_of(made, "size"), covariance_of(made, ["size", "yes"])
    close(one.estimate, pair.estimate[:1])
    close(one.se, pair.se[:1])
    three = variance_of(design(frame.assign(size=3 * frame["size"] + 5)), "size")
    close(three.estimate, 9 * one.estimate, rel=1e-7)


@common
@given(samples())
def test_tables_of_two_calls_covary_as_those_of_one(frame: pd.DataFrame) -> None:
    made = design(frame)
    both = mean(made, ["yes", "size"]).vcov()
    apart = joint(mean(made, "yes"), mean(made, "size")).vcov()
    close(np.nan_to_num(apart), np.nan_to_num(both), rel=1e-7)
