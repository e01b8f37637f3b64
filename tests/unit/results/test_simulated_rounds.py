"""A handful of simulated rounds against the truth; docs/coverage.md has five hundred."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis.indices.definition import Weight
from analysis.publication import Rule, Shown
from surveys.results.cells import Cell, compute
from surveys.results.demo import frames, sample
from surveys.results.demo.population import World, build
from surveys.results.demo.sample import MIDDLE, USUAL
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted, weigh
from tests.bench.coverage_rounds.simulation import FIELDS, Rounds, Simulator, truths
from tests.bench.coverage_rounds.summary import Measured

Change = Callable[["pd.Series[float]", pd.DataFrame], "pd.Series[float]"]
ROUNDS = 12
INDICATORS = ("net_3m", "equipped", "readiness", "sat_users", "sat_overall", "policy_sat")


@cache
def world() -> World:
    return build(2026)


@cache
def simulator() -> Simulator:
    return Simulator(world(), MIDDLE, truths(world(), INDICATORS))


@cache
def rounds() -> Rounds:
    return simulator().rounds([simulator().row(number) for number in range(ROUNDS)])


@pytest.mark.slow
def test_the_mean_of_twelve_rounds_is_the_truth_within_four_standard_errors() -> None:
    found = rounds()
    wide = [at for at, key in enumerate(found.keys) if key.level in {"round", "sex"}]
    error = np.abs(found.estimate[:, wide].mean(axis=0) - found.truth[wide])
    allowed = 4 * np.sqrt((found.se[:, wide] ** 2).mean(axis=0) / ROUNDS)
    late = {found.keys[wide[at]]: error[at] for at in np.flatnonzero(error > allowed)}
    assert not late


@pytest.mark.slow
def test_most_intervals_hold_the_truth_but_not_by_being_wide() -> None:
    measured = Measured.of(rounds())
    covered = measured.covered[np.isfinite(measured.covered)]
    assert len(covered) > 500
    assert 0.88 < covered.mean() < 0.995
    se, spread = rounds().se, rounds().estimate.std(axis=0, ddof=1)
    wide = [at for at, key in enumerate(rounds().keys) if key.level == "round"]
    assert 0.5 < np.median((se[:, wide] ** 2).mean(axis=0) / spread[wide] ** 2) < 2


@pytest.mark.slow
def test_the_same_number_gives_the_same_round() -> None:
    stored = [getattr(rounds(), name)[3] for name in FIELDS]
    np.testing.assert_array_equal(simulator().row(3), np.stack(stored))


def test_the_opposite_answers_are_shown_in_the_same_places() -> None:
    weighted = a_round_of("net_3m", lambda y, _: 1 - y)
    assert classes(weighted["given"]) == classes(weighted["changed"])


def test_no_narrow_interval_gets_three_villages_published() -> None:
    """A commune where nearly everybody says yes has a narrow interval and still too few PSUs."""

    def nearly_all(y: "pd.Series[float]", frame: pd.DataFrame) -> "pd.Series[float]":
        almost = pd.Series((np.arange(len(y)) % 50 > 0).astype(float), index=y.index)
        return y.where(~frame["commune"].eq("16249") | y.isna(), almost)

    weighted = a_round_of("net_3m", nearly_all)
    cell = {each.figure.domain: each for each in communes(weighted["changed"])}["16249"]
    assert cell.figure.estimate is not None
    assert cell.figure.estimate > 0.95
    assert cell.verdict.shown is Shown.NONE
    assert classes(weighted["given"]) == classes(weighted["changed"])


def a_round_of(column: str, change: Change) -> dict[str, dict[Weight, Weighted]]:
    """A round of the usual size, and the same round with other answers of the same people."""
    drawn = sample.draw(world(), USUAL, 7)
    found = frames.a_round(world(), drawn, frames.benchmarks_of(world(), USUAL), 8)
    given = weigh(found, Recipe())
    person = given[Weight.PERSON]
    frame = person.design.frame
    changed = frame.assign(**{column: change(frame[column], frame)})
    return {
        "given": given,
        "changed": {
            Weight.PERSON: replace(person, design=replace(person.design, frame=changed)),
        },
    }


def cells(weighted: dict[Weight, Weighted]) -> tuple[Cell, ...]:
    return compute(weighted, Rule(), indicators={"net_3m"})[0].cells


def communes(weighted: dict[Weight, Weighted]) -> list[Cell]:
    return [cell for cell in cells(weighted) if cell.domain_type == "commune"]


def classes(weighted: dict[Weight, Weighted]) -> list[tuple[str, str, Shown]]:
    return [(cell.domain_type, cell.figure.domain, cell.verdict.shown) for cell in cells(weighted)]
