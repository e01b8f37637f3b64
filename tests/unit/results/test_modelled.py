"""Model-based figures of communes and what is said of communes, on a simulated round."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.publication import Rule, Shown
from surveys.results.cells import Cell, compute
from surveys.results.covariates import covariates
from surveys.results.demo import frames, sample
from surveys.results.demo.places import WIDER
from surveys.results.demo.population import build
from surveys.results.demo.sample import WIDE
from surveys.results.estimation import Figures, estimate_all
from surveys.results.extract import RoundFrames
from surveys.results.recipe import Recipe
from surveys.results.recipes import weigh

RECIPE = Recipe(calibration="none", small_area="arcsine", targets={"sat_overall": 80.0}, lowest=5)


@pytest.fixture(scope="module")
def found() -> RoundFrames:
    world = build(2026, WIDER)
    drawn = sample.draw(world, WIDE, 20261026)
    return replace(frames.a_round(world, drawn, (), 8), digital=None)


@pytest.fixture(scope="module")
def figures(found: RoundFrames) -> Figures:
    return estimate_all(found, weigh(found, RECIPE), Rule(), RECIPE)


def cells(figures: Figures, indicator: str, method: str) -> dict[str, Cell]:
    (computed,) = [each for each in figures.computed if each.definition.id == indicator]
    return {
        cell.figure.domain: cell
        for cell in computed.cells
        if cell.domain_type == "commune" and cell.method == method
    }


def test_every_commune_has_a_model_figure_with_its_shrinkage(figures: Figures) -> None:
    made = cells(figures, "policy_sat", "model")
    assert len(made) == 20
    for cell in made.values():
        assert cell.gamma is not None
        assert 0 <= cell.gamma <= 1
        assert cell.figure.se is not None
        assert cell.figure.interval == "model"


def test_the_model_also_hears_communes_whose_index_is_not_given(figures: Figures) -> None:
    direct, model = (cells(figures, "sat_users", each) for each in ("direct", "model"))
    silent = [code for code, cell in direct.items() if "few_answers" in cell.figure.flags]
    assert silent
    assert any((model[code].gamma or 0) > 0 for code in silent)


def test_benchmarked_models_add_up_to_the_direct_figure(figures: Figures) -> None:
    direct, model = (cells(figures, "policy_sat", each) for each in ("direct", "model"))
    (computed,) = [each for each in figures.computed if each.definition.id == "policy_sat"]
    whole = next(cell for cell in computed.cells if cell.domain_type == "round")
    people = np.array([direct[code].figure.denominator for code in model], dtype=float)
    values = np.array([cell.figure.estimate for cell in model.values()], dtype=float)
    assert values @ people / people.sum() == pytest.approx(whole.figure.estimate)


def test_direct_figures_are_untouched_by_models(found: RoundFrames, figures: Figures) -> None:
    weighted = weigh(found, RECIPE)
    (alone,) = compute(weighted, Rule(), RECIPE, indicators=("sat_overall",))
    direct = {c.figure.domain: c for c in alone.cells if c.domain_type == "commune"}
    assert cells(figures, "sat_overall", "direct") == direct


def test_with_few_communes_no_model_figure_is_shown_and_the_reason_is(
    found: RoundFrames,
) -> None:
    form = found.satisfaction
    assert form is not None
    kept = sorted(form.cases["commune"].unique())[:6]
    few = replace(form, cases=form.cases[form.cases["commune"].isin(kept)].reset_index(drop=True))
    small = replace(found, satisfaction=few)
    made = estimate_all(small, weigh(small, RECIPE), Rule(), RECIPE)
    hidden = cells(made, "policy_sat", "model")
    assert {cell.verdict.shown for cell in hidden.values()} == {Shown.NONE}
    assert all("quá ít xã" in cell.verdict.reason_vi for cell in hidden.values())


def test_a_covariate_that_some_commune_lacks_is_left_out_and_said(found: RoundFrames) -> None:
    assert found.satisfaction is not None
    wanted = replace(RECIPE, covariates=("urban", "population", "villages"))
    known = covariates(found.satisfaction.cases, {}, wanted)
    assert list(known.table) == ["urban"]  # all have twelve villages; nobody counted the people
    assert known.left_out == ("villages", "population")


def test_only_figures_that_are_shown_are_compared(figures: Figures) -> None:
    for row in figures.comparisons:
        if row.domain_type == "commune":
            cell = cells(figures, row.indicator, row.method)[row.domain]
            assert cell.verdict.shown is not Shown.NONE
    assert {row.kind for row in figures.comparisons} >= {"target"}


def test_chances_to_be_lowest_add_up_to_the_number_of_the_lowest(figures: Figures) -> None:
    by_indicator: dict[str, float] = {}
    for row in figures.comparisons:
        if row.kind == "lowest":
            by_indicator[row.indicator] = by_indicator.get(row.indicator, 0.0) + (
                row.probability or 0.0
            )
    assert by_indicator
    assert all(total == pytest.approx(5) for total in by_indicator.values())


def test_a_model_that_sees_no_difference_between_communes_gives_no_figure(
    found: RoundFrames,
) -> None:
    form = found.satisfaction
    assert form is not None
    random = np.random.default_rng(3)
    alike = random.permutation(form.root.index.to_numpy())
    shuffled = form.root.loc[alike].set_index(form.root.index)
    everywhere = replace(found, satisfaction=replace(form, root=shuffled))
    made = estimate_all(everywhere, weigh(everywhere, RECIPE), Rule(), RECIPE)
    flat = [
        cell
        for each in made.computed
        for cell in each.cells
        if cell.method == "model" and "zero_variance" in cell.figure.flags
    ]
    assert flat
    assert {cell.verdict.shown for cell in flat} == {Shown.NONE}
