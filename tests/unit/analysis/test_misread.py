"""What is easily mistyped is refused in words, never answered with a figure that looks right."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis import (
    AnalysisError,
    Design,
    DesignError,
    Estimates,
    Margin,
    WeightingError,
    calibrate,
    contrast,
    count,
    difference,
    function_of,
    mean,
    nonresponse_adjustment,
    proportion,
    rake,
    rake_design,
    stack,
    total,
)
from analysis.inference import adjusted_p, rank_test
from analysis.models import regression
from analysis.smallarea import fay_herriot
from tests.unit.analysis.samples import villages


@pytest.fixture
def design() -> Design:
    return Design.from_frame(villages(), ids="village", strata="stratum", weights="w")


@pytest.mark.parametrize("interval", ["wald", "wilson", "korn_graubard", "logit"])
def test_intervals_of_shares_are_refused_for_figures_outside_zero_to_one(interval: str) -> None:
    scores = pd.DataFrame({"psu": range(6), "score": [40.0, 52, 61, 70, 55, 48]})
    with pytest.raises(AnalysisError, match="interval='t'"):
        mean(Design.from_frame(scores, ids="psu"), "score", interval=interval)


def test_a_text_is_no_subpopulation(design: Design) -> None:
    with pytest.raises(AnalysisError, match="neither true nor false"):
        mean(design, "score", where="commune")
    with pytest.raises(AnalysisError, match="neither true nor false"):
        design.subset(np.array(["no"] * design.n_rows))


def test_missing_in_a_column_of_true_and_false_still_counts_as_outside(design: Design) -> None:
    some = pd.Series([True, False, None] + [True] * (design.n_rows - 3), dtype=object)
    inside = design.subset(some).domain
    assert inside is not None
    assert int(inside.sum()) == design.n_rows - 2


@pytest.mark.parametrize(("answers", "wanted"), [(list("45121"), [4, 5]), ([4, 5, 1, 2, 1], "4")])
def test_success_of_another_kind_than_the_answers_is_no_share_of_zero(
    answers: list[object], wanted: object
) -> None:
    data = pd.DataFrame({"psu": range(5), "q": answers})
    with pytest.raises(AnalysisError, match=r"holds .*, success= names"):
        proportion(Design.from_frame(data, ids="psu"), "q", success=wanted)


def test_an_answer_that_nobody_gave_is_a_share_of_zero() -> None:
    data = pd.DataFrame({"psu": range(5), "q": [1, 2, 3, 2, 1]})
    assert proportion(Design.from_frame(data, ids="psu"), "q", success=5).row(0).estimate == 0
    with pytest.raises(AnalysisError, match="names no answer"):
        proportion(Design.from_frame(data, ids="psu"), "q", success=[])


def test_ranks_of_a_constant_are_no_finding(design: Design) -> None:
    same = Design.from_frame(design.frame.assign(same=3.0), ids="village", weights="w")
    with pytest.raises(AnalysisError, match="everybody has the same score"):
        rank_test(same, "same", "commune")


def test_p_values_may_be_a_list_and_those_that_are_missing_count_in_no_rate() -> None:
    found = adjusted_p([0.01, float("nan"), 0.04], "holm")
    assert np.allclose(found, [0.02, np.nan, 0.04], equal_nan=True)
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        adjusted_p([1.5], "holm")
    with pytest.raises(AnalysisError, match="none of: "):
        adjusted_p([0.5], "hollm")


def test_all_pairs_of_very_many_domains_are_refused_before_they_fill_the_memory() -> None:
    size = 3_000
    data = pd.DataFrame({"psu": np.arange(size) % 50, "at": np.arange(size), "y": 1.0})
    by_place = mean(Design.from_frame(data, ids="psu"), "y", by="at")
    with pytest.raises(AnalysisError, match="do not fit"):
        difference(by_place, "at", against="each")


def test_a_model_of_areas_refuses_a_confidence_in_per_cent_and_an_unknown_method() -> None:
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        fay_herriot([1, 2, 4], [1, 1, 1], confidence=95)
    with pytest.raises(AnalysisError, match="none of: "):
        fay_herriot([1, 2, 4], [1, 1, 1], method="EBLUP")


def test_a_formula_that_multiplies_without_end_is_refused_before_it_fills_the_memory(
    design: Design,
) -> None:
    with pytest.raises(AnalysisError, match="terms"):
        regression(design, "score ~ " + "*".join(f"x{number}" for number in range(28)))
    doubled = regression(design, "score ~ online*online*online*online*online")
    assert doubled.terms == regression(design, "score ~ online").terms


def test_what_comes_with_row_labels_is_brought_into_the_order_of_the_design() -> None:
    frame = pd.DataFrame(
        {"psu": range(60), "w": np.arange(60) + 1.0, "y": np.arange(60) % 7.0, "q": range(60)}
    )
    mixed = frame.sample(frac=1, random_state=4)
    design = Design.from_frame(mixed, ids="psu", weights=frame["w"])
    plain = Design.from_frame(frame, ids="psu", weights="w")
    half = mean(plain, "y", where=frame["q"] < 30)
    for where in (frame["q"] < 30, mixed["q"] < 30, (mixed["q"] < 30).to_numpy()):
        found = mean(design, "y", where=where)
        np.testing.assert_allclose([found.estimate, found.se], [half.estimate, half.se])
    x = pd.DataFrame({"one": 1.0, "q": frame["q"]})
    known = {"one": 2000.0, "q": 80_000.0}
    weights = calibrate(design, x, known).weights
    np.testing.assert_allclose(
        pd.Series(weights, index=mixed.index)[frame.index], calibrate(plain, x, known).weights
    )
    with pytest.raises(DesignError, match="not among its labels"):
        mean(design, "y", where=(frame["q"] < 30).set_axis([f"r{n}" for n in range(60)]))


def test_labels_that_stand_twice_are_numbered_anew() -> None:
    twice = pd.DataFrame({"psu": range(6), "y": [1.0, 2, 3, 4, 5, 6]}, index=[0, 1, 2, 0, 1, 2])
    found = mean(Design.from_frame(twice, ids="psu"), "y", where=twice["y"] > 3)
    assert found.estimate.tolist() == [5.0]


def test_a_name_of_two_columns_is_refused() -> None:
    frame = pd.DataFrame([[1, 1.0, 2.0], [2, 1.0, 3.0]], columns=["psu", "w", "w"])
    with pytest.raises(DesignError, match="several columns"):
        Design.from_frame(frame, ids="psu", weights="w")


def test_text_is_no_answer_to_who_responded() -> None:
    with pytest.raises(WeightingError, match="neither true nor false"):
        nonresponse_adjustment([1.0, 1.0], ["a", "a"], ["no", "yes"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda d: mean(d.frame, "score"),
            "design= of mean.. must be a Design, not a Da",
        ),
        (lambda d: rake_design(d, [{"sex": 1}]), "margins= .* a mapping, not a list"),
        (lambda d: calibrate(d, [[1.0]], {"one": 1.0}), "x= .* a DataFrame, not a list"),
        (lambda d: rake(d.frame, []), "w= of rake.. must be a list or a Series, not a DataFrame"),
        (lambda d: contrast(mean(d, "score"), [1, -1]), "contrasts= .* a mapping, not a list"),
        (lambda d: function_of(None, {"a": "b"}), "of= .* not None"),
        (lambda d: mean(d, "score", confidence="high"), "confidence= .* a number, not a str"),
        (lambda d: stack([d, d]), "waves= of stack.. must be a mapping, not a list"),
    ],
)
def test_an_argument_of_another_kind_is_named(
    design: Design, call: Callable[[Design], object], words: str
) -> None:
    with pytest.raises(AnalysisError, match=words):
        call(design)


@pytest.mark.parametrize("estimator", [mean, proportion, total, count])
@pytest.mark.parametrize("blank", [None, np.nan])
def test_a_question_that_nobody_answered_has_one_empty_entry(
    estimator: Callable[[Design, str], Estimates], blank: object
) -> None:
    data = pd.DataFrame({"psu": range(4), "q": [blank] * 4})
    made = estimator(Design.from_frame(data, ids="psu"), "q")
    assert made.to_frame()[["variable", "level", "flags"]].to_numpy().tolist() == [
        ["q", None, "empty"]
    ]


def test_dates_are_no_weights_and_no_sizes_of_populations() -> None:
    data = pd.DataFrame({"psu": range(4), "day": pd.date_range("2026-01-01", periods=4)})
    for asked in ({"weights": "day"}, {"weights": 1 / data.index.to_series().add(1), "fpc": "day"}):
        with pytest.raises(DesignError, match="not all values are numbers"):
            Design.from_frame(data, ids="psu", **asked)
    with pytest.raises(WeightingError, match="not all values are numbers"):
        rake(data["day"], [Margin("psu", data["psu"], dict.fromkeys(range(4), 1.0))])


def test_a_benchmark_that_is_no_number_is_named(design: Design) -> None:
    with pytest.raises(WeightingError, match="the benchmark of 'f' is no number"):
        rake([1, 1], [Margin("sex", ["f", "m"], {"f": "many", "m": 1})])
    with pytest.raises(WeightingError, match="maps each cell to its size"):
        Margin("sex", ["f", "m"], [1, 2])
    with pytest.raises(WeightingError, match="the total of 'w'"):
        calibrate(design, design.frame[["w"]], {"w": np.nan})
    with pytest.raises(WeightingError, match="a lower and an upper number"):
        calibrate(design, design.frame[["w"]], {"w": 1}, bounds=("a", "b"))


def test_what_at_does_not_find_it_lists(design: Design) -> None:
    with pytest.raises(KeyError, match=r"0 estimates at \(nowhere\).* domains of commune: "):
        mean(design, "score", by="commune").at("nowhere")


@pytest.mark.parametrize(
    "name", [n for n in analysis.__all__ if inspect.isfunction(getattr(analysis, n))]
)
def test_no_public_function_stumbles_over_what_is_no_argument_at_all(name: str) -> None:
    function = getattr(analysis, name)
    required = [
        each.name
        for each in inspect.signature(function).parameters.values()
        if each.default is each.empty and each.kind is not each.VAR_KEYWORD
    ]
    several = name == "joint"
    for thing in (object(), 7, np.nan):
        with pytest.raises(AnalysisError, match="="):
            function(thing) if several else function(**dict.fromkeys(required, thing))


@pytest.mark.parametrize("wrong", [["a", "b", "c"], "abc", {"a": 1}, [[1.0, 2.0]]])
def test_figures_of_areas_that_are_no_numbers_are_named(wrong: object) -> None:
    for asked in ({"estimate": wrong}, {"variance": wrong}, {"n": wrong}):
        given = {"estimate": [1.0, 2, 3], "variance": [1.0, 1, 1], **asked}
        with pytest.raises(AnalysisError, match=next(iter(asked))):
            fay_herriot(**given)


def test_a_column_name_that_stands_twice_is_named() -> None:
    twice = pd.DataFrame([[1, 2.0, 3.0], [2, 4.0, 5.0]], columns=["psu", "y", "y"])
    drawn = Design.from_frame(twice, ids="psu")
    for ask in (
        lambda: mean(drawn, "y"),
        lambda: proportion(drawn, "y"),
        lambda: count(drawn, by="y"),
    ):
        with pytest.raises(AnalysisError, match="'y' is the name of several columns"):
            ask()


def test_yes_and_no_among_gaps_are_one_share_as_they_are_without() -> None:
    data = pd.DataFrame({"psu": range(6), "met": [True, False, None, True, True, np.nan]})
    found = proportion(Design.from_frame(data, ids="psu"), "met")
    assert (found.estimate.tolist(), found.n_missing.tolist()) == ([0.75], [2])


def test_coefficients_by_name_that_are_texts_are_refused(design: Design) -> None:
    with pytest.raises(AnalysisError, match="'gap': not all coefficients are numbers"):
        contrast(mean(design, "score"), {"gap": {"score": "one"}})
