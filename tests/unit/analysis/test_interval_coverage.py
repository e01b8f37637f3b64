"""Some hundred samples of `python -m tests.bench intervals`: the truth is in the intervals."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bench.intervals import Coverage, coverage, population, remains, simulate

SAMPLES = 200


@pytest.fixture(scope="module", name="covered")
def _covered() -> dict[tuple[str, str], Coverage]:
    world = population(np.random.default_rng(1))
    found = simulate(world, 12, SAMPLES, 1)
    return {name: coverage(12, name, d, world.truth[name[0]]) for name, d in found.items()}


@pytest.mark.parametrize("figure", ["5 %", "50 %", "95 %"])
def test_default_intervals_of_shares_hold_the_truth(
    covered: dict[tuple[str, str], Coverage], figure: str
) -> None:
    found = covered[figure, "korn_graubard"]
    assert 93 <= found.covers <= 100
    assert found.without == 0
    assert 0.8 < found.variance_ratio < 1.25


@pytest.mark.parametrize("figure", ["score", "wait"])
def test_default_intervals_of_means_hold_the_truth(
    covered: dict[tuple[str, str], Coverage], figure: str
) -> None:
    assert 91 <= covered[figure, "t, df=domain"].covers <= 99


def test_the_default_is_the_widest_and_wald_the_most_one_sided(
    covered: dict[tuple[str, str], Coverage],
) -> None:
    assert covered["5 %", "korn_graubard"].width >= covered["5 %", "xlogit"].width
    wald = covered["95 %", "t"]
    assert wald.too_high > wald.too_low


def test_what_the_rule_shows_does_not_depend_on_the_answers() -> None:
    world = population(np.random.default_rng(1))
    found = simulate(world, 12, 40, 1)["50 %", "korn_graubard"]
    rows = {row.rule: row.shown for row in remains(12, "50 %", found, world.truth["50 %"])}
    assert rows["publish"] == 100
    assert 0 < rows["half-width <= 10 points"] < 100
