"""Weighting steps before calibration, their reports, and the chain that holds them."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import (
    WeightChain,
    WeightingError,
    WeightStep,
    base_weights,
    nonresponse_adjustment,
    person_weights,
)
from analysis.weights.trimming import trim


def test_base_weights_are_inverse_probabilities() -> None:
    assert base_weights([0.1, 0.5], [0.5, 0.5]).weights == pytest.approx([20, 4])


@pytest.mark.parametrize("share", [0.0, -0.1, 1.2])
def test_an_impossible_probability_is_named_with_its_row(share: float) -> None:
    with pytest.raises(WeightingError, match=r"pi_hh, row 1: .* is no probability"):
        base_weights([0.1, 0.1], [0.5, share])


def test_a_missing_probability_is_named_with_its_row() -> None:
    with pytest.raises(WeightingError, match="pi_psu: row 1 is empty"):
        base_weights([0.1, np.nan], [0.5, 0.5])


def test_respondents_carry_the_weight_of_their_class() -> None:
    step = nonresponse_adjustment([10, 10, 20, 20], list("aabb"), [1, 0, 1, 1])
    assert step.weights.tolist() == [20, 0, 20, 20]
    assert step.summary.sum == 60
    assert step.summary.n == 3


def test_ineligible_households_carry_nothing_and_pass_nothing_on() -> None:
    step = nonresponse_adjustment([10, 10, 10], list("aaa"), [1, 0, 0], [1, 1, 0])
    assert step.weights.tolist() == [20, 0, 0]


def test_a_class_without_respondents_is_merged_with_the_next_and_logged() -> None:
    step = nonresponse_adjustment([1, 1, 1, 3], list("abbc"), [1, 0, 0, 1])
    assert step.weights.sum() == 6
    assert [(m.cell, m.into, m.respondents) for m in step.merges] == [("b", "c", 0)]


def test_the_last_class_without_respondents_is_merged_with_the_one_before() -> None:
    step = nonresponse_adjustment([1, 1, 1], list("abc"), [1, 1, 0])
    assert [(m.cell, m.into) for m in step.merges] == [("c", "b")]
    assert step.weights.tolist() == [1, 2, 0]


def test_a_village_without_respondents_is_merged_within_its_stratum_first() -> None:
    step = nonresponse_adjustment(
        [1, 1, 1, 1], ["v1", "v2", "v3", "v4"], [1, 0, 1, 1], within=["a", "a", "b", "b"]
    )
    assert [(m.cell, m.into) for m in step.merges] == [("v2", "v1")]
    assert step.weights.tolist() == [2, 0, 1, 1]


def test_a_stratum_without_respondents_borrows_from_the_next() -> None:
    step = nonresponse_adjustment([1, 1, 1], ["v1", "v2", "v3"], [0, 0, 1], within=["a", "a", "b"])
    assert step.weights.tolist() == [0, 0, 3]
    assert [m.into for m in step.merges] == ["v2", "v3"]


def test_no_respondents_at_all_is_an_error() -> None:
    with pytest.raises(WeightingError, match="only 0 of 2 rows responded; at least 1 must"):
        nonresponse_adjustment([1, 1], list("ab"), [0, 0])


def test_a_respondent_cannot_be_ineligible() -> None:
    with pytest.raises(WeightingError, match="row 1 responded but is marked ineligible"):
        nonresponse_adjustment([1, 1], list("aa"), [1, 1], [1, 0])


def test_the_number_of_adults_is_capped_and_the_share_is_reported() -> None:
    step = person_weights([10, 10, 10, 10], [1, 2, 4, 7])
    assert step.weights.tolist() == [10, 20, 40, 40]
    assert step.notes == ("number of persons capped at 4 in 25.0% of the rows",)


def test_a_household_without_adults_is_named() -> None:
    with pytest.raises(WeightingError, match="row 1: 0 persons"):
        person_weights([10, 10], [1, 0])


def test_the_chain_keeps_every_step_as_a_column() -> None:
    chain = WeightChain().then(base_weights([0.1, 0.1, 0.1], [0.5] * 3))
    chain = chain.then(nonresponse_adjustment(chain.final, list("aaa"), [1, 1, 0]))
    assert chain.columns().to_dict("list") == {"w0": [20, 20, 20], "w1": [30, 30, 0]}
    report = chain.to_frame()
    assert report["step"].tolist() == ["base", "non-response"]
    assert report["kish_deff"].tolist() == [1, 1]


def test_the_chain_follows_households_to_their_persons() -> None:
    chain = WeightChain().then(base_weights([0.1, 0.2], [0.5, 0.5]))
    persons = chain.take(np.array([0, 0, 1]))
    assert persons.final.tolist() == [20, 20, 10]
    with pytest.raises(ValueError, match="has 2 rows, the chain 3"):
        persons.then(base_weights([0.1, 0.2], [0.5, 0.5]))


def test_the_summary_measures_the_spread_of_weights_that_count() -> None:
    summary = WeightStep.of("any", np.array([1.0, 3.0, 0.0])).summary
    assert (summary.n, summary.min, summary.max, summary.cv) == (2, 1, 3, 0.5)
    assert summary.kish_deff == 1.25


def test_trimming_keeps_the_sum_and_respects_the_cap() -> None:
    step = trim([1.0, 2.0, 3.0, 30.0], 0, 10)
    assert step.weights.sum() == pytest.approx(36)
    assert step.weights.max() <= 10 + 26 / 3


def test_trimming_below_the_mean_is_impossible() -> None:
    with pytest.raises(WeightingError, match="all weights are cut"):
        trim([10.0, 20.0, 30.0], 0, 5)
