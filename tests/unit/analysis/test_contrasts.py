"""Contrasts, functions, differences and changes: what is combined, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import (
    AnalysisError,
    Design,
    Flag,
    change,
    contrast,
    difference,
    function_of,
    joint,
    mean,
    proportion,
    quantile,
    total,
)
from analysis.contrasts.smooth import read
from tests.unit.analysis.samples import villages


@pytest.fixture(name="design")
def _design() -> Design:
    return Design.from_frame(villages(), ids="village", strata="stratum", weights="w")


def waves(shared: bool) -> Design:
    """Two waves of villages, the same ones or others."""
    first, second = villages(seed=1), villages(seed=2)
    second["village"] += 0 if shared else 1000
    lift = np.random.default_rng(3).normal(0, 1.5, 2000)
    both = pd.concat([first.assign(wave=1), second.assign(wave=2)], ignore_index=True)
    both["score"] = both.score + lift[both.village]
    return Design.from_frame(both, ids="village", strata="stratum", weights="w")


def test_shared_villages_make_a_change_surer() -> None:
    ours = change(mean(waves(shared=True), "score", by="wave")).row(0)
    others = change(mean(waves(shared=False), "score", by="wave")).row(0)
    parts = mean(waves(shared=True), "score", by="wave")
    assert ours.se < others.se
    assert ours.se < np.hypot(*parts.se)
    assert others.se == pytest.approx(
        np.hypot(*mean(waves(shared=False), "score", by="wave").se), rel=0.2
    )


def test_change_of_a_median_knows_the_shared_villages_too() -> None:
    medians = quantile(waves(shared=True), "score", by="wave")
    row = change(medians).row(0)
    assert row.estimate == medians.estimate[1] - medians.estimate[0]
    assert 0 < row.se < np.hypot(*medians.se)


def test_relative_change_has_limits_from_the_log_scale(design: Design) -> None:
    parts = total(design, "dossiers", by="sex")
    row = difference(parts, "sex", relative=True).row(0)
    log = function_of(parts, {"d": "log(m / f)"}).row(0)
    assert row.estimate == pytest.approx(np.expm1(log.estimate))
    assert row.lower == pytest.approx(np.expm1(log.lower))
    assert row.se == pytest.approx(np.exp(log.estimate) * log.se)


def test_differences_keep_to_the_other_columns(design: Design) -> None:
    parts = mean(design, ["online", "dossiers"], by=["stratum", "sex"])
    found = difference(parts, "sex", reference="m")
    assert found.by == ("stratum", "sex")
    row = found.at("s1", "f - m", variable="dossiers")
    want = parts.at("s1", "f", variable="dossiers").estimate
    assert row.estimate == want - parts.at("s1", "m", variable="dossiers").estimate
    assert len(found) == 6


def test_a_contrast_can_be_contrasted_again(design: Design) -> None:
    parts = mean(design, "online", by="commune")
    steps = difference(parts, "commune", against="previous")
    again = contrast(steps, {"far": [1, 1, 1]}).row(0)
    at_once = contrast(parts, {"far": {"c3": 1, "c0": -1}}).row(0)
    assert again.estimate == pytest.approx(at_once.estimate)
    assert again.se == pytest.approx(at_once.se)


def test_tables_of_several_calls_are_named_apart(design: Design) -> None:
    women = mean(design, "online", where=design.frame.sex == "f")
    men = mean(design, "online", where=design.frame.sex == "m")
    found = contrast({"women": women, "men": men}, {"gap": {"women": 1, "men": -1}}).row(0)
    by_sex = mean(design, "online", by="sex")
    direct = contrast(by_sex, {"gap": {"f": 1, "m": -1}}).row(0)
    assert found.se == pytest.approx(direct.se, rel=1e-12)
    assert joint(women, men).labels == ("online", "online")
    with pytest.raises(AnalysisError, match="2 estimates are called 'online'"):
        contrast([women, men], {"gap": {"online": 1}})


def test_a_part_without_a_standard_error_leaves_the_contrast_without_one() -> None:
    frame = villages()
    frame.loc[frame.village == 0, "commune"] = "alone"
    made = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    parts = mean(made, "online", by="commune")
    row = contrast(parts, {"d": {"alone": 1, "c1": -1}}).row(0)
    assert np.isnan(row.se)
    assert Flag.ONE_PSU in row.flags
    assert not np.isnan(row.estimate)


def test_an_empty_domain_has_no_difference(design: Design) -> None:
    parts = mean(design, "online", by="commune", where=design.frame.commune != "c0")
    row = difference(parts, "commune").at("c1 - c0")
    assert np.isnan(row.estimate)
    assert Flag.EMPTY in row.flags


def test_replicates_and_linearisation_agree_on_a_contrast(design: Design) -> None:
    parts = (mean(design, "online", by="sex"), mean(design.replicate("JKn"), "online", by="sex"))
    one, two = (contrast(p, {"gap": {"m": 1, "f": -1}}).row(0) for p in parts)
    assert one.estimate == two.estimate
    assert two.se == pytest.approx(one.se, rel=0.1)


def test_estimates_of_other_designs_are_refused(design: Design) -> None:
    other = Design.from_frame(villages(), ids="village", weights="w")
    with pytest.raises(AnalysisError, match="different designs"):
        joint(mean(design, "online"), mean(other, "online"))


def test_degrees_of_freedom_follow_the_rule(design: Design) -> None:
    parts = mean(design, "online", by="stratum")
    pair = {"d": {"s0": 1, "s1": -1}}
    assert contrast(parts, pair).df[0] == 8
    assert contrast(parts, pair, df="design").df[0] == 12
    assert contrast(parts, pair, df="residual").df[0] == 7
    assert contrast(parts, pair, df=30).df[0] == 30
    assert 4 < contrast(parts, pair, df="satterthwaite").df[0] <= 8
    assert mean(design, "online", by="stratum", df="residual").df.tolist() == [10.0] * 3
    assert mean(design, "online", df=float("inf")).row(0).lower == pytest.approx(
        mean(design, "online").row(0).estimate - 1.959964 * mean(design, "online").row(0).se
    )
    with pytest.raises(AnalysisError, match="df='many' is none of"):
        mean(design, "online", df="many")
    with pytest.raises(AnalysisError, match="replicate weights"):
        mean(design.replicate("JKn"), "online", df="satterthwaite")


@pytest.mark.parametrize(
    ("text", "value", "slope"),
    [
        ("a^2 * 3", 12.0, 12.0),
        ("-a^2", -4.0, -4.0),
        ("2 - 1 - a", -1.0, -1.0),
        ("log(a) / sqrt(a)", np.log(2) / np.sqrt(2), (1 - np.log(2) / 2) / 2**1.5),
        ("expit(logit(`a` / 4))", 0.5, 0.25),
        ("2 ** a", 4.0, 4 * np.log(2)),
        ("exp(-a) + asin(a / 4)", np.exp(-2) + np.pi / 6, -np.exp(-2) + 0.25 / np.sqrt(0.75)),
    ],
)
def test_expressions_have_their_value_and_slope(text: str, value: float, slope: float) -> None:
    found = read(text).at(("a",), np.array([2.0]))
    assert found.value == pytest.approx(value)
    assert found.gradient[0] == pytest.approx(slope)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a +", "the end"),
        ("a b", "not expected"),
        ("__import__('os')", "not expected"),
        ("a.__class__", "was not estimated"),
        ("open(a)", "no function 'open'"),
        ("(" * 500 + "a" + ")" * 500, "brackets"),
        ("a;b", "cannot read"),
        ("1 + 1", "names no estimate"),
        ("b / a", "'b' was not estimated"),
    ],
)
def test_what_is_no_expression_of_the_estimates_is_refused(text: str, problem: str) -> None:
    frame = pd.DataFrame({"psu": [1, 2, 3], "a": [1.0, 2.0, 4.0]})
    with pytest.raises(AnalysisError, match=problem):
        function_of(mean(Design.from_frame(frame, ids="psu"), "a"), {"x": text})


def test_a_sum_of_thousands_is_read_and_a_deep_nest_is_refused() -> None:
    names = tuple("ab")
    found = read("+".join(["a - b"] * 1_250)).at(names, np.array([3.0, 1.0]))
    assert (found.value, found.gradient.tolist()) == (2_500.0, [1_250.0, -1_250.0])
    for deep in ("^".join("a" * 3_000), "-" * 3_000 + "a", "log(" * 1_500 + "a" + ")" * 1_500):
        with pytest.raises(AnalysisError, match="nests too deeply"):
            read(deep)


def test_a_function_without_a_value_is_nan() -> None:
    frame = pd.DataFrame({"psu": [1, 2, 3], "a": [-1.0, -2.0, -4.0]})
    row = function_of(mean(Design.from_frame(frame, ids="psu"), "a"), {"x": "log(a)"}).row(0)
    assert np.isnan(row.estimate)
    assert np.isnan(row.se)


def test_shares_of_levels_are_labelled_by_level(design: Design) -> None:
    assert joint(proportion(design, "sex")).labels == ("sex[f]", "sex[m]")
    assert joint(mean(design, ["online", "score"], by="sex")).labels[0] == "f:online"
