"""Model-based figures of communes and what is said of communes, on a simulated round."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from analysis.indices.definition import Weight
from analysis.publication import Rule, Shown
from surveys.results.cells import Cell, Computed, compute
from surveys.results.comparing import comparisons
from surveys.results.covariates import covariates
from surveys.results.demo import frames, sample
from surveys.results.demo.places import WIDER
from surveys.results.demo.population import build
from surveys.results.demo.sample import WIDE
from surveys.results.estimation import Figures, estimate_all
from surveys.results.extract import RoundFrames
from surveys.results.modelled import Modelled, modelled
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted, weigh
from surveys.results.round_area import AreaCommune, RoundArea

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


# --- communes without a sample -----------------------------------------------------------------

BEYOND = replace(RECIPE, covariates=("urban", "population"), unsampled="list")
WITHOUT = 4  # communes of the world that the round has no sample in


@pytest.fixture(scope="module")
def part(found: RoundFrames) -> RoundFrames:
    """Sixteen of the twenty communes, and a list of all; the last of them lacks its people."""
    form = found.satisfaction
    assert form is not None
    codes = sorted(form.cases["commune"].unique())
    kept = codes[:-WITHOUT]
    people = np.random.default_rng(5).integers(3000, 12000, len(codes)).astype(float)
    listed = (
        AreaCommune(
            code=code,
            valid_from="2025-07-01",
            vi=f"xã {code}",
            en=f"{code} commune",
            is_sampled=code in kept,
            urban=float(at % 3 == 0),
            people_15=people[at] if code != codes[-1] else None,
            people_18=people[at] * 0.93 if code != codes[-1] else None,
        )
        for at, code in enumerate(codes)
    )
    cases = form.cases[form.cases["commune"].isin(kept)].reset_index(drop=True)
    return replace(found, satisfaction=replace(form, cases=cases), area=RoundArea(tuple(listed)))


@dataclass(frozen=True)
class One:
    """One indicator of a round with its model."""

    computed: Computed
    model: Modelled
    weighted: Mapping[Weight, Weighted]

    @property
    def cells(self) -> dict[str, Cell]:
        return {cell.figure.domain: cell for cell in self.model.cells}

    @property
    def beyond(self) -> list[Cell]:
        return [cell for cell in self.model.cells if cell.method == "synthetic"]


def one(found: RoundFrames, recipe: Recipe = BEYOND, indicator: str = "policy_sat") -> One:
    weighted = weigh(found, recipe)
    (computed,) = compute(weighted, Rule(), recipe, indicators=(indicator,))
    assert found.satisfaction is not None
    known = covariates(found.satisfaction.cases, {}, recipe, found.area)
    model = modelled(computed, weighted[computed.definition.weight], known, recipe, found.area)
    assert model is not None
    return One(computed, model, weighted)


@pytest.fixture(scope="module")
def policy(part: RoundFrames) -> One:
    return one(part)


def test_communes_without_a_sample_have_figures_of_another_kind(
    part: RoundFrames, policy: One
) -> None:
    beyond = [each.code for each in part.area.unsampled]
    assert sorted(cell.figure.domain for cell in policy.beyond) == beyond
    largest = max(cell.figure.se or 0.0 for cell in policy.model.cells if cell.method == "model")
    for code in beyond[:-1]:
        cell = policy.cells[code]
        assert (cell.figure.n, cell.gamma, cell.verdict.shown) == (0, 0.0, Shown.CAUTION)
        assert "không có phiếu nào ở xã này" in cell.verdict.reason_vi
        assert (cell.figure.se or 0.0) > largest
    lacking = policy.cells[beyond[-1]]
    assert (lacking.verdict.shown, lacking.figure.estimate) == (Shown.NONE, None)
    assert "something that the model has to know" in lacking.verdict.reason_en


def test_they_are_neither_ranked_nor_set_against_a_target(part: RoundFrames, policy: One) -> None:
    recipe = replace(BEYOND, targets={"policy_sat": 70.0})
    models = {"policy_sat": policy.model}
    rows = comparisons(policy.weighted, (policy.computed,), models, recipe)
    assert not {row.domain for row in rows} & {each.code for each in part.area.unsampled}
    by_model = [row.kind for row in rows if row.method == "model"]
    assert by_model.count("target") == by_model.count("lowest") == 20 - WITHOUT
    assert sum(row.probability or 0.0 for row in rows if row.kind == "lowest") == pytest.approx(5)


def test_with_nothing_known_of_communes_there_is_no_synthetic_figure(part: RoundFrames) -> None:
    bare = tuple(replace(each, urban=None) for each in part.area.communes)
    found = one(replace(part, area=RoundArea(bare)), replace(BEYOND, covariates=("urban",)))
    assert len(found.beyond) == WITHOUT
    assert {cell.verdict.shown for cell in found.beyond} == {Shown.NONE}
    assert "tells communes apart" in found.beyond[0].verdict.reason_en


def test_all_communes_meet_the_round_only_where_its_frame_holds_them(
    part: RoundFrames, policy: One
) -> None:
    assert (policy.model.facts["met_by"], policy.model.facts["why_not_all"]) == ("sampled", "frame")
    form = part.satisfaction
    assert form is not None
    full = tuple(
        replace(each, people_15=each.people_15 or 5000.0, people_18=each.people_18 or 4700.0)
        for each in part.area.communes
    )
    cases = form.cases.assign(stratum=form.cases["urban_rural"], stratum_psus=240)
    both = replace(part, area=RoundArea(full), satisfaction=replace(form, cases=cases))
    recipe = replace(BEYOND, frame_covers=True)
    found = one(both, recipe)
    assert (found.model.facts["met_by"], found.model.facts["why_not_all"]) == ("all", "")
    whole = next(cell for cell in found.computed.cells if cell.domain_type == "round")
    people = {each.code: each.people_18 or 0.0 for each in full}
    total = sum(people[code] * (cell.figure.estimate or 0) for code, cell in found.cells.items())
    assert total / sum(people.values()) == pytest.approx(whole.figure.estimate)
    users = one(both, recipe, "sat_users").model.facts
    assert (users["met_by"], users["why_not_all"]) == ("sampled", "base")


@pytest.mark.parametrize(
    ("kind", "has_borders", "says"),
    [
        ("hierarchical", False, ""),
        ("spatial", True, ""),
        ("spatial", False, "ranh giới thật của mọi xã"),
    ],
)
def test_other_models_speak_of_all_communes_or_say_why_not(
    part: RoundFrames, kind: str, has_borders: bool, says: str
) -> None:
    chain = tuple(pairwise(each.code for each in part.area.communes)) if has_borders else None
    near = replace(part, area=replace(part.area, borders=chain))
    model = one(near, replace(BEYOND, small_area=kind)).model
    assert len(model.cells) == 20
    if says:
        assert all(says in cell.verdict.reason_vi for cell in model.cells[:-1])
    else:
        assert sum(cell.verdict.shown is not Shown.NONE for cell in model.cells) == 19
        assert (model.facts["rho"] is not None) == (kind == "spatial")
