"""Area-level models: what they do where the data say little, and what they refuse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, Design, mean, proportion
from analysis.smallarea import (
    AreaFlag,
    Fault,
    area_model,
    benchmark,
    bootstrap_mse,
    diagnosis,
    fay_herriot,
    hierarchical_bayes,
    judged,
    pooled_deff,
    share_model,
    smoothed_variances,
    spatial_fay_herriot,
)


@dataclass(frozen=True)
class Made:
    y: np.ndarray
    psi: np.ndarray
    x: np.ndarray


def province(size: int = 40, effect: float = 1.0, seed: int = 3) -> Made:
    rng = np.random.default_rng(seed)
    x, psi = rng.normal(size=size), rng.uniform(0.5, 2, size)
    y = 3 + x + effect * rng.normal(size=size) + rng.normal(size=size) * np.sqrt(psi)
    return Made(y, psi, x)


def people(effect: float = 0.15) -> pd.DataFrame:
    """20 communes of three villages of 15, one commune where everybody said yes, one of one PSU."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"commune": np.repeat(range(20), 45)})
    frame["village"] = frame["commune"] * 3 + np.tile(np.repeat(range(3), 15), 20)
    level = np.clip(0.5 + effect * rng.normal(size=20), 0.1, 0.9)
    frame["online"] = (rng.random(900) < level[frame["commune"]]).astype(float)
    frame.loc[frame["commune"] == 4, "online"] = 1.0
    frame["score"] = 50 + 40 * frame["online"] + rng.normal(size=900)
    return frame[(frame["commune"] != 7) | (frame["village"] == 21)].reset_index(drop=True)


def covariates(size: int = 22) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    return pd.DataFrame({"young": rng.uniform(0.1, 0.5, size)}, index=range(size))


def test_an_area_without_a_sample_gets_the_regression_and_its_error() -> None:
    made = province()
    made.y[3] = np.nan
    found = fay_herriot(made.y, made.psi, made.x)
    row = found.row(3)
    x = np.array([1.0, made.x[3]])
    spread = x @ found.fit.beta_covariance @ x
    assert row.flags == AreaFlag.SYNTHETIC
    assert (row.gamma, row.label) == (0.0, "model")
    assert row.estimate == pytest.approx(float(x @ found.fit.beta))
    assert row.mse == pytest.approx(found.fit.sigma2 + spread)


def test_an_estimate_without_a_variance_is_left_out_and_said_so() -> None:
    made = province()
    made.psi[3] = np.nan
    found = fay_herriot(made.y, made.psi, made.x)
    assert found.row(3).flags == AreaFlag.SYNTHETIC | AreaFlag.NO_VARIANCE
    assert np.isfinite(found.row(3).estimate)


def test_where_no_variance_is_left_the_adjusted_likelihood_keeps_a_weight() -> None:
    made = province(effect=0.0)
    y = 3 + made.x  # the areas are the regression
    found = fay_herriot(y, made.psi, made.x)
    bare = fay_herriot(y, made.psi, made.x, adjust=False)
    assert found.fit.sigma2 > 0 == bare.fit.sigma2
    assert (found.flags & int(AreaFlag.ADJUSTED)).all()
    assert (bare.gamma == 0).all()
    assert not (bare.flags & int(AreaFlag.ADJUSTED)).any()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"variance": [0.0] * 4}, "smoothed_variances"),
        ({"x": [1.0, 2.0, np.nan, 4.0]}, "'x1'"),
        ({"x": [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [5.0, 10.0]]}, "'x2'"),
        ({"x": [1.0, 2.0]}, "2 rows"),
        ({"estimate": [1.0, np.nan, np.nan, 2.0]}, "2 areas"),
        ({"area": ["a", "b", "b", "c"]}, "twice"),
        ({"between": -1.0}, "0 or more"),
    ],
)
def test_what_cannot_be_fitted_is_named(change: dict[str, object], word: str) -> None:
    given: dict[str, object] = {
        "estimate": [1.0, 2.0, 4.0, 3.0], "variance": [1.0] * 4, "x": [1.0, 3.0, 2.0, 5.0],
    }  # fmt: skip
    with pytest.raises(AnalysisError, match=word):
        fay_herriot(**(given | change))  # type: ignore[arg-type]


def test_words_become_dummies_and_are_named() -> None:
    made = province(12)
    x = pd.DataFrame({"region": ["a", "b", "c"] * 4, "x": made.x})
    found = fay_herriot(made.y, made.psi, x)
    assert found.fit.names == ("(intercept)", "region=b", "region=c", "x")
    assert len(found.fit.to_frame()) == 4


def test_a_known_variance_between_areas_needs_no_g3() -> None:
    made = province()
    found = fay_herriot(made.y, made.psi, made.x, between=1.0)
    assert found.fit.sigma2 == 1.0
    assert (found.g3 == 0).all()
    np.testing.assert_allclose(found.gamma, 1 / (1 + made.psi))


def test_a_likelihood_that_scoring_leaves_is_searched_within_bounds() -> None:
    """Fisher scoring from the median variance steps below 0 here, and comes back no more."""
    psi = np.array([1e-4, 1e-4, 1e-4, 4.0, 4.0, 4.0, 4.0, 4.0])
    y = np.array([0.0, 0.5, 1.0, 0.4, 0.6, 0.5, 0.3, 0.7])
    found = fay_herriot(y, psi)
    assert 0.1 < found.fit.sigma2 < 1


def test_shares_of_nought_and_one_are_modelled_like_the_others() -> None:
    found = share_model([0.0, 1.0, 0.4, 0.6, 0.5, 0.3], [20] * 6)
    assert 0 < found.row(0).estimate < 0.3
    assert 0.7 < found.row(1).estimate < 1
    assert (found.mse > 0).all()
    np.testing.assert_allclose(found.direct[:2], [0.0, 1.0])


@pytest.mark.parametrize("scale", ["arcsine", "logit"])
def test_a_percentage_is_no_share(scale: str) -> None:
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        share_model([0.1, 60.0], [10, 10], scale=scale)


def test_a_table_of_shares_is_modelled_with_its_edges_and_lone_villages() -> None:
    data = people()
    design = Design.from_frame(data, ids="village", strata="commune", lonely_psu="certainty")
    found = area_model(proportion(design, "online", by="commune"), covariates())
    assert found.scale == "arcsine"
    assert len(found) == 22
    assert found.at(21).flags & AreaFlag.SYNTHETIC
    for commune in (4, 7):
        row = found.at(commune)
        assert 0 < row.gamma < 1
        assert row.mse > 0
    assert found.at(4).estimate < 1 == found.at(4).direct
    assert not (found.flags & int(AreaFlag.NO_VARIANCE)).any()


def test_a_table_of_scores_is_modelled_with_pooled_variances() -> None:
    data = people()
    design = Design.from_frame(data, ids="village", strata="commune", lonely_psu="certainty")
    direct = mean(design, "score", by="commune")
    found = area_model(direct, covariates())
    assert found.scale == "identity"
    assert found.at(7).gamma < found.at(6).gamma  # 15 respondents, not 45
    assert (found.flags[:20] & int(AreaFlag.SMOOTHED)).all()
    curve = area_model(direct, covariates(), smoothing="curve")
    assert np.isfinite(curve.estimate).all()


def test_a_commune_without_covariates_is_named() -> None:
    design = Design.from_frame(people(), ids="village", strata="commune", lonely_psu="certainty")
    with pytest.raises(AnalysisError, match="area 19 has no row"):
        area_model(proportion(design, "online", by="commune"), covariates(19))


def test_a_table_of_two_figures_is_asked_which() -> None:
    design = Design.from_frame(people(), ids="village", strata="commune", lonely_psu="certainty")
    both = mean(design, ["online", "score"], by="commune")
    with pytest.raises(AnalysisError, match="variable="):
        area_model(both, covariates())
    assert len(area_model(both, covariates(), variable="score")) == 22


def test_smoothing_gives_everybody_a_variance_and_keeps_the_sum() -> None:
    variance = np.array([0.02, 0.04, 0.0, np.nan, 0.03, 0.05])
    n = np.array([30, 30, 30, 12, 60, 0])
    pooled = smoothed_variances(variance, n)
    curve = smoothed_variances(variance, n, how="curve")
    assert pooled.variance[0] == pooled.variance[1] == pooled.variance[2]
    assert pooled.was_lacking.tolist() == [False, False, True, True, False, False]
    assert np.isnan(pooled.variance[5])
    usable = [0, 1, 4]
    assert curve.variance[usable].sum() == pytest.approx(variance[usable].sum())


def test_one_design_effect_serves_all_areas() -> None:
    p, n = np.array([0.5, 0.2, 1.0]), np.array([51, 41, 30])
    variance = 2.0 * p * (1 - p) / (n - 1)
    assert pooled_deff(variance, p, n) == pytest.approx(2.0)
    with pytest.raises(AnalysisError, match="no area"):
        pooled_deff([0.0], [1.0], [30])


def test_two_variances_are_too_few_to_smooth() -> None:
    with pytest.raises(AnalysisError, match="2 areas"):
        smoothed_variances([0.1, 0.2, 0.0], [10, 10, 10])


def test_without_correlation_neighbours_change_little() -> None:
    made = province(30)
    near = np.zeros((30, 30))
    near[np.arange(30), (np.arange(30) + 1) % 30] = 1
    near += near.T
    plain = fay_herriot(made.y, made.psi, made.x)
    found = spatial_fay_herriot(made.y, made.psi, near, made.x)
    assert abs(found.fit.rho) < 0.6
    np.testing.assert_allclose(found.estimate, plain.estimate, atol=0.6)
    assert found.fit.loglik >= plain.fit.loglik - 0.2


def test_an_area_without_a_sample_leans_on_its_neighbours_and_an_island_on_none() -> None:
    rng = np.random.default_rng(1)
    size = 40
    near = np.zeros((size, size))
    near[np.arange(size - 1), np.arange(1, size)] = 1
    near += near.T
    near[-2:, :], near[:, -2:] = 0, 0  # two islands
    effect = np.cumsum(rng.normal(size=size))
    y = 10 + effect + rng.normal(size=size) * 0.3
    y[[10, 39]] = np.nan
    found = spatial_fay_herriot(y, np.full(size, 0.09), near)
    assert abs(found.estimate[10] - effect[10] - 10) < abs(found.fit.beta[0] - effect[10] - 10)
    assert found.estimate[39] == pytest.approx(float(found.fit.beta[0]))
    assert (found.mse > 0).all()


@pytest.mark.parametrize(
    ("near", "word"),
    [(np.ones((3, 3)), "itself"), (np.zeros((2, 3)), "(2, 3)"), (-np.ones((3, 3)), "0 or more")],
)
def test_a_proximity_that_is_none_is_refused(near: np.ndarray, word: str) -> None:
    with pytest.raises(AnalysisError) as raised:
        spatial_fay_herriot([1.0, 2.0, 3.0], [1.0] * 3, near)
    assert word in str(raised.value)


def test_neighbours_that_tell_nothing_and_too_many_areas_are_refused() -> None:
    everybody = 1 - np.eye(12)
    y = np.random.default_rng(2).normal(size=12)
    with pytest.raises(AnalysisError, match="do not tell rho"):
        spatial_fay_herriot(y, np.full(12, 0.3), everybody, method="ML")
    many = 1_501
    with pytest.raises(AnalysisError, match="fit the provinces one by one"):
        spatial_fay_herriot(np.arange(many), np.ones(many), np.zeros((1, 1)))


def test_the_hierarchical_model_shrinks_less_than_a_variance_at_its_edge() -> None:
    made = province(20, effect=0.3)
    found = hierarchical_bayes(made.y, made.psi, made.x)
    careful = hierarchical_bayes(made.y, made.psi, made.x, prior="deviation")
    assert 0 < careful.fit.sigma2 < found.fit.sigma2
    assert (found.mse > 0).all()
    with pytest.raises(AnalysisError, match="five more"):
        hierarchical_bayes(made.y[:6], made.psi[:6], made.x[:6])


def test_the_bootstrap_agrees_with_the_expansion_where_areas_are_many() -> None:
    made = province(150)
    found = fay_herriot(made.y, made.psi, made.x)
    again = bootstrap_mse(found, made.x, count=600)
    assert np.median(again.mse / found.mse) == pytest.approx(1, abs=0.08)
    assert (
        bootstrap_mse(found, made.x, count=50).mse == bootstrap_mse(found, made.x, count=50).mse
    ).all()
    moved = benchmark(found, np.ones(150), 400.0)
    with pytest.raises(AnalysisError, match="bootstrap first"):
        bootstrap_mse(moved, made.x)


def test_every_province_is_benchmarked_to_its_own_total() -> None:
    rng = np.random.default_rng(2)
    found = share_model(rng.beta(4, 4, 60), [30] * 60, rng.normal(size=60))
    of = np.arange(60) % 3
    weights = (of[:, None] == np.arange(3)) / 20
    moved = benchmark(found, weights, [0.3, 0.5, 0.8])
    np.testing.assert_allclose(weights.T @ moved.estimate, [0.3, 0.5, 0.8])
    np.testing.assert_allclose(moved.direct, found.direct)
    again = benchmark(moved, np.full(60, 1 / 60), 0.5)
    assert again.estimate.mean() == pytest.approx(0.5)
    off = benchmark(found, weights, [0.3, 0.5, 0.8], how="optimal")
    with pytest.raises(AnalysisError, match="off the scale"):
        benchmark(off, np.full(60, 1 / 60), 0.5)


def test_infinite_figures_count_as_missing_and_no_neighbours_are_refused() -> None:
    made = province(12)
    made.y[0] = np.inf
    assert fay_herriot(made.y, made.psi, made.x).row(0).flags & AreaFlag.SYNTHETIC
    with pytest.raises(AnalysisError, match="neighbours"):
        spatial_fay_herriot(made.y, made.psi, np.zeros((12, 12)))


def test_the_frame_says_that_it_is_a_model_and_shows_the_weight() -> None:
    frame = fay_herriot([1.0, 2.0, 4.0], [1.0] * 3).to_frame()
    assert set(frame["label"]) == {"model"}
    assert {"direct", "gamma", "synthetic", "g1", "g2", "g3", "mse", "reason"} <= set(frame.columns)


def test_some_areas_can_be_taken_out_with_all_they_have() -> None:
    found = share_model([0.2, 0.5, 0.7, 0.9], [20] * 4, area=list("abcd"))
    part = found.take([3, 1])
    assert part.area == ("d", "b")
    assert part.at("d").estimate == found.at("d").estimate
    np.testing.assert_allclose(part.errors.diagonal(), found.errors.diagonal()[[3, 1]])


def test_a_sound_model_may_be_published() -> None:
    made = province(60)
    found = fay_herriot(made.y, made.psi, made.x)
    word = diagnosis(found, made.x)
    assert word.may_be_published
    assert judged(found, word).reason == ("",) * 60
    assert 0.85 < word.coverage <= 1


def test_faults_are_told_beside_every_figure() -> None:
    made = province(60)
    wild = made.y.copy()
    wild[0], made.x[0] = wild[0] + 60, 12.0
    found = fay_herriot(wild, made.psi, made.x)
    word = diagnosis(found, made.x)
    assert Fault.ONE_AREA_RULES in word.faults
    assert all(reason.startswith("do not publish") for reason in judged(found, word).reason)
    assert int(np.nanargmax(word.cook)) == 0


def test_a_few_areas_of_another_kind_make_residuals_that_are_not_normal() -> None:
    made = province(60)
    made.y[:3] += 40
    assert Fault.NOT_NORMAL in diagnosis(fay_herriot(made.y, made.psi, made.x), made.x).faults


def test_too_few_areas_carry_no_model() -> None:
    made = province(8)
    word = diagnosis(fay_herriot(made.y, made.psi, made.x), made.x)
    assert Fault.TOO_FEW_AREAS in word.faults


def test_a_commune_far_from_all_that_were_asked_is_not_published() -> None:
    made = province(40)
    made.y[0], made.x[0] = np.nan, 30.0
    found = fay_herriot(made.y, made.psi, made.x)
    told = judged(found, diagnosis(found, made.x))
    assert "outside" in told.reason[0]
    assert set(told.reason[1:]) == {""}


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ({"target": [1.0, 2.0]}, "2 totals"),
        ({"how": "ratio", "mse": "exact"}, "optimal"),
        ({"weights": np.zeros(40)}, "over no area"),
        ({"how": "shift"}, "bounds"),
        ({"bounds": (0.0, 1.0)}, "meet the totals"),
    ],
)
def test_a_benchmark_that_cannot_be_met_is_refused(kind: dict[str, object], word: str) -> None:
    made = province()
    found = fay_herriot(made.y, made.psi, made.x)
    given: dict[str, object] = {"weights": np.ones(40), "target": 200.0}
    with pytest.raises(AnalysisError, match=word):
        benchmark(found, **(given | kind))  # type: ignore[arg-type]


def test_shrinkage_alone_is_no_fault_and_a_bent_line_is_one() -> None:
    random = np.random.default_rng(5)
    x = random.normal(size=200)
    effects, errors = np.sqrt(0.3) * random.normal(size=200), random.normal(size=200)
    straight = fay_herriot(5 + 0.5 * x + effects + errors, np.ones(200), x)
    assert straight.to_frame()["gamma"].mean() < 0.4
    assert diagnosis(straight, x).faults == ()
    bent = fay_herriot(5 + 0.5 * x + x**2 + effects + errors, np.ones(200), x)
    assert Fault.BENT in diagnosis(bent, x).faults


def test_covariates_without_room_for_a_bend_have_none() -> None:
    random = np.random.default_rng(6)
    town = np.arange(40) % 2.0
    found = diagnosis(fay_herriot(town + random.normal(size=40), np.ones(40), town), town)
    assert np.isnan(found.curvature_p)
    assert Fault.BENT not in found.faults
