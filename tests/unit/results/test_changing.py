"""Change between two rounds: villages that are in both, words, and refusals."""

from dataclasses import replace

import pytest

from analysis.indices.definition import Weight
from analysis.publication import Rule
from surveys.results.cells import Computed, compute
from surveys.results.changing import Changes, Wave, changes
from surveys.results.demo import frames, sample
from surveys.results.demo.population import World, build
from surveys.results.demo.sample import MIDDLE
from surveys.results.extract import FormFrames, Question, RoundFrames
from surveys.results.recipe import Recipe
from surveys.results.recipes import weigh

RECIPE = Recipe(calibration="none")
SHOWN = ("sat_overall", "sat_users")


@pytest.fixture(scope="module")
def world() -> World:
    return build(5)


@pytest.fixture(scope="module")
def waves(world: World) -> tuple[RoundFrames, RoundFrames]:
    """The same villages and households, asked twice; who answers differs."""
    drawn = sample.draw(world, MIDDLE, 3)
    first, second = (replace(frames.a_round(world, drawn, (), s), digital=None) for s in (1, 2))
    return first, second


def wave(found: RoundFrames, *, prefix: str = "") -> Wave:
    assert found.satisfaction is not None
    psus = found.satisfaction.cases["psu"].astype(str).unique()
    return Wave(found, {psu: f"{prefix}{psu}" for psu in psus}, RECIPE)


def computed(found: RoundFrames) -> tuple[Computed, ...]:
    return compute(weigh(found, RECIPE), Rule(), RECIPE, indicators=SHOWN)


def told(waves: tuple[RoundFrames, RoundFrames], *, prefix: str = "") -> Changes:
    first, second = waves
    return changes(wave(first, prefix=prefix), wave(second), computed(second), Rule())


def whole(found: Changes, indicator: str = "sat_overall") -> float:
    (row,) = [
        each for each in found.rows if each.indicator == indicator and each.domain_type == "round"
    ]
    assert row.se is not None
    return row.se


def test_villages_asked_twice_make_a_change_surer(
    waves: tuple[RoundFrames, RoundFrames],
) -> None:
    together, apart = told(waves), told(waves, prefix="other-")
    assert together.shared_villages == 30
    assert apart.shared_villages == 0
    assert whole(together) < whole(apart)


def test_the_change_is_now_less_before(waves: tuple[RoundFrames, RoundFrames]) -> None:
    for row in told(waves).rows:
        assert row.estimate is not None
        assert row.reference is not None
        assert row.difference == pytest.approx(row.estimate - row.reference)
        assert row.verdict in {"higher", "lower", "same", "unclear"}


def test_a_round_against_itself_has_not_changed(waves: tuple[RoundFrames, RoundFrames]) -> None:
    found = told((waves[1], waves[1]))
    assert found.rows
    assert {row.verdict for row in found.rows if row.domain_type == "round"} == {"same"}
    assert whole(found) == pytest.approx(0, abs=1e-9)


def test_communes_are_compared_where_both_rounds_show_them(
    waves: tuple[RoundFrames, RoundFrames],
) -> None:
    strict = Rule(publish_n=9999, caution_n=9999)
    first, second = waves
    found = changes(wave(first), wave(second), computed(second), strict)
    assert not [row for row in found.rows if row.domain_type == "commune"]


def test_other_questions_are_refused_by_name(waves: tuple[RoundFrames, RoundFrames]) -> None:
    first, second = waves
    form = first.satisfaction
    assert isinstance(form, FormFrames)
    asked = Question("overall", "", "select_one", {}, ("1", "2"))
    other = replace(first, satisfaction=replace(form, codebook=(asked,)))
    found = changes(wave(other), wave(second), computed(second), Rule())
    assert not found.rows
    assert "overall" in found.refusals[0].vi
    assert found.refusals[0].form == "B"


def test_a_village_in_another_stratum_is_said(waves: tuple[RoundFrames, RoundFrames]) -> None:
    first, second = waves
    form = first.satisfaction
    assert isinstance(form, FormFrames)
    moved = replace(form, cases=form.cases.assign(stratum="elsewhere"))
    found = changes(
        wave(replace(first, satisfaction=moved)), wave(second), computed(second), Rule()
    )
    assert not found.rows
    assert "stratum" in found.refusals[0].en
    assert Weight.RESPONDENT in weigh(second, RECIPE)


def test_the_same_villages_in_both_rounds_count_as_the_part_of_all_that_they_are(
    waves: tuple[RoundFrames, RoundFrames],
) -> None:
    first, second = waves
    used, plain = told(waves), replace(RECIPE, finite_population=False)
    before, now = (replace(wave(each), recipe=plain) for each in (first, second))
    without = changes(before, now, computed(second), Rule())
    assert (used.fractions, without.fractions) == ("used", "small")
    assert whole(used) < whole(without)
    assert told(waves, prefix="other-").fractions == "left_out"
    # other households of the same villages: they add their part in each round
    form = first.satisfaction
    assert isinstance(form, FormFrames)
    names = "x" + form.root.index.astype(str)
    root = form.root.set_axis(names).assign(household=names)
    cases = form.cases.assign(household="x" + form.cases["household"].astype(str))
    anew = told((replace(first, satisfaction=replace(form, cases=cases, root=root)), second))
    assert anew.fractions == "used"
    assert 0 < whole(anew) < 2 * whole(without)
