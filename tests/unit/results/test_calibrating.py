"""The ways in which a recipe brings weights to benchmarks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import mean
from analysis.errors import WeightingError
from analysis.indices.definition import Weight
from surveys.results.extract import BenchmarkCell, RoundFrames
from surveys.results.recipe import DEFAULTS, Recipe
from surveys.results.recipes import Weighted, household_chain, weigh
from tests.unit.results.test_recipes import cases, form

CELLS = (("f", 300), ("m", 250))


def weighted(recipe: Recipe, *, counts: tuple[tuple[str, int], ...] = CELLS) -> Weighted:
    table = pd.concat([cases(["I"] * 30), cases(["I"] * 24, stratum="s2")], ignore_index=True)
    table["submission"] = pd.array(np.arange(54), dtype="Int64")
    sexes = ["f", "m", "f"] * 18
    answers = form(table, n_a18=1, used="self", overall="4", r_sex=sexes, r_by=1980, today="2026")
    marks = tuple(
        BenchmarkCell(stratum, sex, "45-59", count * size, "usual_resident")
        for stratum, size in (("s1", 2), ("s2", 1))
        for sex, count in counts
    )
    return weigh(RoundFrames(None, answers, marks, "x"), recipe)[Weight.RESPONDENT]


def sums(found: Weighted, by: str) -> dict[str, float]:
    frame = found.frame.assign(w=found.design.weights)
    return {str(name): round(float(w), 6) for name, w in frame.groupby(by)["w"].sum().items()}


@pytest.mark.parametrize("way", ["raking", "linear"])
def test_both_margins_are_met(way: str) -> None:
    found = weighted(Recipe(calibration=way, least_cell=5))
    assert sums(found, "sex") == {"f": 900.0, "m": 750.0}
    assert sums(found, "stratum") == {"s1": 1100.0, "s2": 550.0}


def test_post_stratification_meets_the_cells_of_each_stratum() -> None:
    found = weighted(Recipe(least_cell=5))
    frame = found.frame.assign(w=found.design.weights)
    assert frame.groupby(["stratum", "sex"])["w"].sum().round(6).tolist() == [600, 500, 300, 250]


def test_without_calibration_weights_stay_those_of_the_draw() -> None:
    found = weighted(Recipe(calibration="none"))
    assert not found.is_raked
    assert set(found.design.weights.round(6)) == {20.0}


def test_linear_calibration_says_when_no_weight_within_its_bounds_will_do() -> None:
    with pytest.raises(WeightingError, match="no weights within the bounds"):
        weighted(Recipe(calibration="linear", least_cell=5), counts=(("f", 90_000), ("m", 5)))


def test_a_cap_on_weights_stands_among_the_steps() -> None:
    names = [step.name for step in weighted(Recipe(trim_times=3.0)).chain.steps]
    assert names == ["base", "non-response", "persons", "trimming", "raking"]


def test_what_an_older_run_stored_is_read_as_it_was_meant() -> None:
    assert Recipe.of({"rake": False}).calibration == "none"
    assert Recipe.of({"rake": True}) == DEFAULTS
    assert Recipe.of(DEFAULTS.to_json()) == DEFAULTS


def test_bootstrap_figures_are_those_of_the_formula_with_an_error_near_its_own() -> None:
    plain = weighted(Recipe(least_cell=5)).design
    drawn = weighted(Recipe(least_cell=5, variance="bootstrap", replicates=400)).design
    yes = pd.Series(np.arange(54) % 5 == 0, name="yes").astype(float)
    by_formula, by_draws = (
        mean(replace(design, frame=design.frame.assign(yes=yes)), "yes").row(0)
        for design in (plain, drawn)
    )
    assert by_draws.estimate == pytest.approx(by_formula.estimate, rel=1e-9)
    assert by_draws.se == pytest.approx(by_formula.se, rel=0.35)


def test_the_same_seed_gives_the_same_bootstrap() -> None:
    first, second, other = (
        weighted(Recipe(least_cell=5, variance="bootstrap", replicates=60, seed=seed)).design
        for seed in (4, 4, 5)
    )
    assert first.replication is not None
    assert second.replication is not None
    assert other.replication is not None
    assert np.array_equal(first.replication.factors, second.replication.factors)
    assert not np.array_equal(first.replication.factors, other.replication.factors)


def test_propensity_carries_those_who_did_not_answer() -> None:
    table = pd.concat(
        [cases(["I", "NC", "I"] * 20), cases(["I", "I", "I", "R"] * 20, stratum="s2")],
        ignore_index=True,
    )
    table["n_listed"] = [60 + 7 * (at % 11) for at in range(len(table))]
    answered = table["group"].eq("I")
    table["submission"] = pd.Series(np.arange(len(table)), dtype="Int64").where(answered)
    chain = household_chain(table, Recipe(nonresponse="propensity"))
    assert chain.final.sum() == pytest.approx(chain.steps[0].weights.sum())
    assert not chain.final[~answered].any()
