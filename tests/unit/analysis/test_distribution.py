"""Quantiles, distribution functions, variances: rules, domains, and where there is no figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import (
    AnalysisError,
    Design,
    Flag,
    Interval,
    QuantileRule,
    cdf,
    covariance_of,
    mean,
    proportion,
    quantile,
    variance_of,
)
from tests.unit.analysis.samples import villages

OF_SHARES = [m for m in Interval if m not in (Interval.NONE, Interval.SCORE, Interval.REPLICATES)]


@pytest.fixture(name="design")
def _design() -> Design:
    return Design.from_frame(villages(), ids="village", strata="stratum", weights="w")


def ten(rule: str, share: float) -> float:
    frame = pd.DataFrame({"x": np.arange(1.0, 11.0) * 10})
    made = quantile(Design.from_frame(frame), "x", share, rule=rule, interval="none")
    return float(made.estimate[0])


@pytest.mark.parametrize(
    ("rule", "at_02", "at_033"),
    [
        ("math", 20, 40),
        ("school", 25, 40),
        ("hf1", 20, 40),
        ("hf2", 25, 40),
        ("hf3", 20, 40),
        ("hf4", 20, 33),
        ("hf5", 25, 38),
        ("hf6", 22, 36.3),
        ("hf7", 28, 39.7),
        ("hf8", 24, 37.4333333),
        ("hf9", 24.25, 37.575),
    ],
)
def test_ten_equal_answers_have_the_quantiles_of_the_textbook(
    rule: str, at_02: float, at_033: float
) -> None:
    """Hyndman and Fan's definitions at n = 10 (hf3 rounds np to the even order statistic)."""
    assert ten(rule, 0.2) == pytest.approx(at_02)
    assert ten(rule, 0.33) == pytest.approx(at_033, rel=1e-6)


@pytest.mark.parametrize("method", OF_SHARES)
def test_limits_lie_around_the_median_by_every_interval(design: Design, method: Interval) -> None:
    row = quantile(design, "dossiers", 0.5, interval=method).row(0)
    assert row.lower <= row.estimate <= row.upper
    share = proportion(
        Design.from_frame(
            villages().assign(below=villages().dossiers <= row.estimate),
            ids="village",
            strata="stratum",
            weights="w",
        ),
        "below",
        interval=method,
    ).row(0)
    read = quantile(design, "dossiers", [share.lower, share.upper], interval="none")
    assert (row.lower, row.upper) == tuple(read.estimate)


def test_domains_in_one_pass_are_those_asked_one_by_one(design: Design) -> None:
    every = quantile(design, ["score", "dossiers"], [0.25, 0.9], by=["sex", "stratum"])
    for sex in ("f", "m"):
        for stratum in ("s0", "s2"):
            here = (design.frame.sex == sex) & (design.frame.stratum == stratum)
            alone = quantile(design, "score", [0.25, 0.9], where=here)
            one = every.at(sex, stratum, variable="score", level=0.9)
            assert (one.estimate, one.se, one.lower) == (
                alone.estimate[1],
                pytest.approx(alone.se[1], nan_ok=True),
                pytest.approx(alone.lower[1], nan_ok=True),
            )


def test_score_limits_hold_the_quantile_and_widen_with_confidence(design: Design) -> None:
    narrow = quantile(design, "dossiers", 0.5, interval="score", confidence=0.8, by="sex")
    wide = quantile(design, "dossiers", 0.5, interval="score", confidence=0.99, by="sex")
    assert (wide.lower <= narrow.lower).all()
    assert (wide.upper >= narrow.upper).all()


def test_replicates_give_intervals_of_quantiles_but_not_jackknives(design: Design) -> None:
    boot = design.replicate("subbootstrap", replicates=100, seed=1)
    row = quantile(boot, "dossiers", 0.5, rule="hf7", interval="replicates").row(0)
    woodruff = quantile(boot, "dossiers", 0.5, rule="hf7", interval="xlogit").row(0)
    assert row.se == pytest.approx(woodruff.se, rel=0.6)
    with pytest.raises(AnalysisError, match="jackknife"):
        quantile(design.replicate("JKn"), "dossiers", interval="replicates")
    with pytest.raises(AnalysisError, match="needs a design with replicate weights"):
        quantile(design, "dossiers", interval="replicates")


def test_where_nothing_varies_there_is_no_standard_error(design: Design) -> None:
    flat = Design.from_frame(villages().assign(x=4.0), ids="village", weights="w")
    row = quantile(flat, "x", 0.5, interval="t").row(0)
    assert row.estimate == 4
    assert np.isnan([row.se, row.lower, row.upper]).all()
    assert Flag.NO_SPREAD in row.flags
    top = quantile(design, "score", 0.999).row(0)
    assert top.estimate == top.upper == 5
    assert top.lower <= 5
    assert Flag.NO_SPREAD in top.flags


def test_empty_and_single_domains_have_no_limits() -> None:
    frame = villages()
    frame["group"] = np.where(frame.index == 3, "one", "rest")
    frame.loc[frame.village == 0, "commune"] = "empty"
    frame.loc[frame.commune == "empty", ["score", "dossiers"]] = np.nan
    made = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    for found in (
        quantile(made, "score", by="commune").at("empty"),
        variance_of(made, "score", by="commune").at("empty"),
        cdf(made, "score", 3, by="commune").at("empty"),
    ):
        assert np.isnan([found.estimate, found.se, found.lower]).all()
        assert Flag.EMPTY in found.flags
    one = quantile(made, "online", by="group").at("one")
    assert np.isnan([one.se, one.lower]).all()
    assert Flag.ONE_RESPONDENT in one.flags
    alone = variance_of(made, "online", by="group").at("one")
    assert np.isnan([alone.estimate, alone.se]).all()


def test_the_distribution_function_takes_all_answers_or_those_asked_for(design: Design) -> None:
    found = cdf(design, "score")
    assert found.level == (1.0, 2.0, 3.0, 4.0, 5.0)
    assert found.estimate[-1] == 1
    assert (np.diff(found.estimate) > 0).all()
    many = Design.from_frame(pd.DataFrame({"x": np.arange(2000.0)}))
    with pytest.raises(AnalysisError, match="2000 distinct values"):
        cdf(many, "x")


def test_a_covariance_matrix_takes_who_answered_all(design: Design) -> None:
    found = covariance_of(design, ["score", "online", "dossiers"])
    assert set(found.n.tolist()) == {int(design.frame.score.notna().sum())}
    by_pair = covariance_of(design, ["score", "online"], missing="per_item")
    assert by_pair.at(variable="online", level="online").n == len(design.frame)
    table = design.frame.dropna(subset=["score"])
    want = np.cov(table.score, table.dossiers, aweights=table.w, ddof=0)[0, 1]
    n = len(table)
    got = found.at(variable="score", level="dossiers").estimate
    assert got == pytest.approx(want * n / (n - 1))


def test_replicated_variances_are_close_to_linearised_ones(design: Design) -> None:
    one = variance_of(design, "dossiers", by="sex")
    two = variance_of(design.replicate("JKn"), "dossiers", by="sex")
    assert two.estimate == pytest.approx(one.estimate)
    assert two.se == pytest.approx(one.se, rel=0.1)
    assert np.sqrt(np.diag(two.vcov())) == pytest.approx(two.se)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"shares": 1.2}, "between 0 and 1"),
        ({"rule": "hf10"}, "is none of: math"),
        ({"variables": "sex"}, "holds no numbers"),
        ({"missing": "fail"}, "is missing"),
    ],
)
def test_what_cannot_be_asked_of_a_quantile_is_said(
    design: Design, asked: dict[str, object], problem: str
) -> None:
    with pytest.raises(AnalysisError, match=problem):
        quantile(design, **{"variables": "score", **asked})


def test_score_and_replicate_intervals_are_refused_for_shares(design: Design) -> None:
    with pytest.raises(AnalysisError, match="quantiles only"):
        proportion(design, "online", interval="score")


def test_the_likelihood_interval_lies_between_logit_and_wald(design: Design) -> None:
    made = Design.from_frame(
        villages().assign(rare=lambda f: (f.dossiers > 5).astype(float)), ids="village", weights="w"
    )
    wald, logit, found = (
        proportion(made, "rare", interval=m).row(0) for m in ("t", "xlogit", "likelihood")
    )
    assert wald.lower < found.lower < logit.lower
    assert wald.upper < found.upper < logit.upper


def test_all_rules_have_a_name_that_is_taken() -> None:
    assert {ten(rule, 0.5) for rule in QuantileRule} <= {50, 55, 60}
    assert mean(Design.from_frame(pd.DataFrame({"x": [1.0, 2.0]})), "x").estimate[0] == 1.5
