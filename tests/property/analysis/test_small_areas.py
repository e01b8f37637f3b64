"""What must hold for any small-area model: weights, limits, totals, order of areas, ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.ranking import draws_of, map_classes, ranking
from analysis.smallarea import AreaEstimates, benchmark, fay_herriot, share_model

common = settings(max_examples=40, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Province:
    y: np.ndarray
    psi: np.ndarray
    x: np.ndarray

    @property
    def share(self) -> np.ndarray:
        return np.clip(np.abs(self.y) % 1.2, 0, 1)


@st.composite
def provinces(draw: st.DrawFn) -> Province:
    """Any mix of effects and errors, from none between areas to none within."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(6, 40))
    psi = rng.lognormal(0, 1, size) * draw(st.sampled_from([1e-4, 1.0, 50.0]))
    x = rng.normal(size=(size, 2))
    effect = rng.normal(size=size) * draw(st.sampled_from([0.0, 0.5, 5.0]))
    y = 1 + x.sum(axis=1) + effect + rng.normal(size=size) * np.sqrt(psi)
    return Province(y, psi, x)


def sizes(n: int) -> np.ndarray:
    return np.arange(1.0, n + 1)


@common
@given(provinces(), st.sampled_from(["REML", "ML", "FH"]))
def test_an_estimate_lies_between_the_direct_and_the_synthetic(p: Province, method: str) -> None:
    found = fay_herriot(p.y, p.psi, p.x, method=method)
    assert ((found.gamma > 0) & (found.gamma <= 1)).all()
    low, high = np.minimum(p.y, found.synthetic), np.maximum(p.y, found.synthetic)
    slack = 1e-9 * (1 + np.abs(p.y))
    assert ((low - slack <= found.estimate) & (found.estimate <= high + slack)).all()
    assert (found.g1 >= 0).all()
    assert (found.g1 <= p.psi * (1 + 1e-9)).all()


@common
@given(provinces(), st.randoms(use_true_random=False))
def test_the_order_of_areas_changes_nothing(p: Province, random: object) -> None:
    order = np.random.default_rng(random.randint(0, 2**31)).permutation(len(p.y))  # type: ignore[attr-defined]
    one = fay_herriot(p.y, p.psi, p.x)
    two = fay_herriot(p.y[order], p.psi[order], p.x[order])
    scale = np.abs(p.y).max()
    np.testing.assert_allclose(two.estimate, one.estimate[order], rtol=1e-6, atol=1e-6 * scale)
    np.testing.assert_allclose(two.mse, one.mse[order], rtol=1e-5)


@common
@given(provinces(), st.floats(-3, 3), st.floats(0.1, 10))
def test_a_change_of_unit_changes_only_the_unit(p: Province, shift: float, factor: float) -> None:
    one = fay_herriot(p.y, p.psi, p.x)
    two = fay_herriot(shift + factor * p.y, factor**2 * p.psi, p.x)
    wanted = shift + factor * one.estimate
    np.testing.assert_allclose(two.estimate, wanted, rtol=1e-5, atol=1e-5 * np.abs(wanted).max())
    np.testing.assert_allclose(two.gamma, one.gamma, rtol=1e-4, atol=1e-8)


@common
@given(provinces())
def test_without_sampling_error_the_direct_estimate_stands(p: Province) -> None:
    effect = np.sin(np.arange(len(p.y)) ** 2.0)  # the areas do differ
    found = fay_herriot(p.y + effect, p.psi * 1e-9 / p.psi.max(), p.x)
    np.testing.assert_allclose(found.estimate, p.y + effect, atol=1e-5)
    assert (found.gamma > 1 - 1e-4).all()


@common
@given(provinces(), st.sampled_from(["optimal", "ratio", "difference"]))
def test_benchmarked_estimates_meet_the_total(p: Province, how: str) -> None:
    found = fay_herriot(p.y, p.psi, p.x)
    weights = sizes(len(p.y))
    target = float(weights @ found.estimate) * 1.05 + 1
    moved = benchmark(found, weights, target, how=how)
    assert weights @ moved.estimate == pytest.approx(target, rel=1e-9, abs=1e-8)
    assert (moved.mse >= found.mse).all()


@common
@given(provinces(), st.floats(0.2, 0.8), st.sampled_from(["shift", "optimal"]))
def test_benchmarked_shares_stay_shares(p: Province, target: float, how: str) -> None:
    found = share_model(p.share, np.full(len(p.y), 30.0), p.x)
    weights = sizes(len(p.y)) / sizes(len(p.y)).sum()
    moved = benchmark(found, weights, target, how=how)
    assert weights @ moved.estimate == pytest.approx(target, abs=1e-9)
    for values in (moved.lower, moved.estimate, moved.upper):
        assert ((values >= -1e-12) & (values <= 1 + 1e-12)).all()


@common
@given(provinces(), st.sampled_from(["arcsine", "logit"]))
def test_intervals_of_shares_hold_the_estimate_and_stay_in_bounds(p: Province, scale: str) -> None:
    found = share_model(p.share, np.full(len(p.y), 30.0), p.x, scale=scale)
    assert ((found.lower >= 0) & (found.upper <= 1)).all()
    assert (found.lower <= found.upper).all()
    assert ((found.estimate >= 0) & (found.estimate <= 1)).all()


@common
@given(provinces())
def test_an_exact_benchmark_leaves_no_error_in_the_total(p: Province) -> None:
    found = fay_herriot(p.y, p.psi, p.x)
    weights = sizes(len(p.y))
    moved = benchmark(found, weights, float(weights @ p.y), how="optimal", mse="exact")
    before = float(weights @ found.errors.times(weights[:, None])[:, 0])
    after = float(weights @ moved.errors.times(weights[:, None])[:, 0])
    assert abs(after) <= 1e-9 * before
    assert (moved.mse <= found.mse * (1 + 1e-9)).all()


def ranked(p: Province) -> AreaEstimates:
    return fay_herriot(p.y, p.psi, p.x)


@common
@given(provinces(), st.integers(1, 6))
def test_chances_to_be_among_the_worst_sum_to_their_number(p: Province, k: int) -> None:
    found = ranking(draws_of(ranked(p), count=200), k=k)
    size = len(p.y)
    assert found.among_worst.sum() == pytest.approx(k)
    assert found.expected_rank.sum() == pytest.approx(size * (size + 1) / 2)
    assert sorted(found.rank.tolist()) == list(range(1, size + 1))
    assert ((found.lower <= found.upper) & (found.lower >= 1) & (found.upper <= size)).all()


@common
@given(provinces(), st.lists(st.floats(-5, 5), min_size=1, max_size=5, unique=True))
def test_chances_of_the_classes_sum_to_one(p: Province, breaks: list[float]) -> None:
    found = map_classes(draws_of(ranked(p), count=200), sorted(breaks))
    np.testing.assert_allclose(found.probability.sum(axis=1), 1.0)
    assert (found.is_grey == (found.probability.max(axis=1) < found.sure)).all()


@common
@given(provinces())
def test_turning_good_into_bad_turns_the_ranks(p: Province) -> None:
    draws = draws_of(ranked(p), count=300)
    up, down = ranking(draws, k=2), ranking(draws, k=2, is_worst_low=False)
    np.testing.assert_allclose(up.expected_rank + down.expected_rank, len(p.y) + 1)
    np.testing.assert_allclose(np.sort(up.triple_goal), np.sort(down.triple_goal))
