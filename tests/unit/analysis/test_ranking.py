"""Ranks, classes and targets: what is said is as sure as it claims."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, Design, proportion
from analysis.ranking import (
    Met,
    against_target,
    draws_of,
    joint_ranks,
    map_classes,
    normal_draws,
    ranking,
)
from analysis.smallarea import benchmark, fay_herriot, share_model


def test_the_same_seed_gives_the_same_ranks() -> None:
    found = fay_herriot([4, 6, 9, 5], [1, 1, 2, 1])
    assert (draws_of(found, seed=4).values == draws_of(found, seed=4).values).all()
    assert (draws_of(found, seed=4).values != draws_of(found, seed=5).values).any()


def test_draws_have_the_errors_of_the_estimates() -> None:
    found = fay_herriot([4, 6, 9, 5, 3, 8, 7], [1, 1, 2, 1, 1, 1, 2], [1, 2, 3, 2, 1, 3, 3])
    values = draws_of(found, count=40_000).values
    np.testing.assert_allclose(values.mean(axis=0), found.estimate, atol=0.05)
    np.testing.assert_allclose(values.var(axis=0), found.mse, rtol=0.05)
    whole = found.errors.times(np.eye(7))
    np.testing.assert_allclose(np.cov(values.T), whole, atol=0.05)


def test_draws_of_shares_are_shares_also_after_a_benchmark() -> None:
    found = share_model([0.02, 0.1, 0.9, 1.0, 0.5], [20] * 5)
    for areas in (
        found,
        benchmark(found, np.full(5, 0.2), 0.55),
        benchmark(found, np.full(5, 0.2), 0.55, how="optimal"),
    ):
        values = draws_of(areas).values
        assert ((values >= 0) & (values <= 1)).all()
        np.testing.assert_allclose(values.mean(axis=0), areas.estimate, atol=0.05)


def test_areas_that_cannot_be_told_apart_have_wide_ranks() -> None:
    far = ranking(normal_draws([1, 2, 3, 4], [1e-6] * 4), k=1)
    near = ranking(normal_draws([1, 1.01, 1.02, 1.03], [1.0] * 4), k=1)
    assert (far.upper == far.lower).all()
    assert (near.upper - near.lower == 3).all()
    np.testing.assert_allclose(near.among_worst, 0.25, atol=0.05)


def test_rank_intervals_cover_what_they_promise() -> None:
    rng = np.random.default_rng(2)
    size, held = 30, []
    for seed in range(100):
        truth = rng.normal(size=size)
        y = truth + 0.5 * rng.normal(size=size)
        found = ranking(normal_draws(0.8 * y, np.full(size, 0.2), seed=seed, count=400))
        true_rank = truth.argsort().argsort() + 1
        held.append(((found.lower <= true_rank) & (true_rank <= found.upper)).mean())
    assert 0.87 < np.mean(held) < 0.96


def test_joint_limits_hold_all_ranks_together() -> None:
    rng = np.random.default_rng(6)
    truth = np.linspace(0, 6, 12)
    true_rank = np.arange(1, 13)
    held, wide = [], []
    for seed in range(150):
        draws = normal_draws(truth + 0.3 * rng.normal(size=12), [0.09] * 12, seed=seed, count=400)
        joint, each = joint_ranks(draws, confidence=0.8), ranking(draws, confidence=0.8, k=1)
        held.append(((joint.lower <= true_rank) & (true_rank <= joint.upper)).all())
        wide.append((joint.upper - joint.lower).mean() > (each.upper - each.lower).mean())
    assert np.mean(held) >= 0.8
    assert np.mean(wide) > 0.95
    turned = joint_ranks(draws, confidence=0.8, is_worst_low=False)
    assert (turned.lower == 13 - joint.upper).all()


def test_the_histogram_of_triple_goal_estimates_is_that_of_the_truth() -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(size=300)
    y = truth + rng.normal(size=300)
    found = fay_herriot(y, np.ones(300))
    goals = ranking(draws_of(found)).triple_goal
    assert abs(goals.std() - truth.std()) < 0.12
    assert found.estimate.std() < goals.std() < y.std()


def test_the_province_is_the_weighted_mean() -> None:
    draws = normal_draws([1.0, 2.0, 10.0], [1e-6] * 3)
    assert ranking(draws, k=1).above.tolist() == [0.0, 0.0, 1.0]
    assert ranking(draws, k=1, weights=[10, 1, 0]).above.tolist() == [0.0, 1.0, 1.0]


def test_a_map_is_grey_where_no_class_is_likely() -> None:
    found = map_classes(normal_draws([0.1, 0.5, 0.9], [0.01] * 3), [0.33, 0.5, 0.67])
    assert found.is_grey.tolist() == [False, True, False]
    assert found.likeliest[[0, 2]].tolist() == [0, 3]
    assert list(found.to_frame().columns[:2]) == ["area", "class_0"]


def test_the_word_on_a_target_is_wrong_no_more_often_than_stated() -> None:
    rng = np.random.default_rng(4)
    truth = rng.normal(size=4000)
    y = truth + rng.normal(size=4000)
    found = against_target(fay_herriot(y, np.ones(4000)), 0.5, error=0.1)
    said_met = np.array([word is Met.MET for word in found.word])
    said_not = np.array([word is Met.NOT_MET for word in found.word])
    wrong = (said_met & (truth < 0.5)).sum() + (said_not & (truth >= 0.5)).sum()
    assert wrong / (said_met | said_not).sum() < 0.1
    assert found.expected_wrong == pytest.approx(wrong, rel=0.3)
    assert said_met.any()
    assert (~said_met & ~said_not).any()


def test_a_family_of_words_is_more_careful_than_each_alone() -> None:
    found = fay_herriot(np.linspace(-3, 3, 40), np.ones(40))
    each = against_target(found, 0.0, rate="each")
    family = against_target(found, 0.0, rate="family")
    told = [sum(word is not Met.CANNOT_TELL for word in t.word) for t in (each, family)]
    assert told[1] < told[0]
    assert family.word[-1] in (Met.MET, Met.CANNOT_TELL)


def test_direct_estimates_are_told_by_t_and_nothing_without_an_error() -> None:
    data = pd.DataFrame({"commune": np.repeat(["a", "b", "c"], 40), "psu": np.arange(120) // 5})
    data["online"] = np.where(data["commune"] == "c", 1.0, np.tile([1.0, 1.0, 1.0, 0.0], 30))
    design = Design.from_frame(data, ids="psu", strata="commune")
    direct = proportion(design, "online", by="commune")
    low, high = (against_target(direct, target) for target in (0.4, 0.75))
    assert low.word[:2] == (Met.MET, Met.MET)
    assert high.word[0] is Met.CANNOT_TELL
    assert low.word[2] is Met.CANNOT_TELL
    assert len(low.to_frame()) == 3


@pytest.mark.parametrize("error", [0.0, 0.5, -1.0])
def test_an_error_rate_that_is_none_is_refused(error: float) -> None:
    with pytest.raises(AnalysisError, match="error rate"):
        against_target(fay_herriot([1, 2, 4], [1, 1, 1]), 1.0, error=error)


def test_what_has_no_rank_is_refused() -> None:
    with pytest.raises(AnalysisError, match="no rank"):
        normal_draws([1.0, np.nan], [1.0, 1.0])
    with pytest.raises(AnalysisError, match="no rank"):
        normal_draws([1.0, 2.0], [1.0, np.nan])
    with pytest.raises(AnalysisError, match="negative variance"):
        normal_draws([1.0, 2.0], [[1.0, 2.0], [2.0, 1.0]])
    draws = normal_draws([1.0, 2.0], [1.0, 1.0])
    with pytest.raises(AnalysisError, match="worst"):
        ranking(draws, k=3)
    with pytest.raises(AnalysisError, match="weight"):
        ranking(draws, k=1, weights=[1.0])
    with pytest.raises(AnalysisError, match="rise"):
        map_classes(draws, [2.0, 1.0])
    with pytest.raises(AnalysisError, match="at least 200"):
        normal_draws([1.0], [1.0], count=10)


@pytest.mark.slow
def test_a_country_of_communes_is_ranked_in_seconds() -> None:
    rng = np.random.default_rng(1)
    found = share_model(rng.beta(5, 5, 3321), rng.integers(20, 80, 3321), rng.normal(size=3321))
    begun = time.process_time()
    ranking(draws_of(found))
    assert time.process_time() - begun < 2


def test_negative_variances_are_refused() -> None:
    with pytest.raises(AnalysisError, match="a variance is negative"):
        normal_draws([1.0, 2.0], [-1.0, 1.0])
