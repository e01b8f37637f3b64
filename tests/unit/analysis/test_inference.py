"""Tests under a design: known laws, known special cases, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import AnalysisError, Design, mean, proportion
from analysis.inference import (
    ErrorRate,
    TableTest,
    adjusted_p,
    difference_test,
    differs_from,
    goodness_of_fit,
    independence,
    mean_test,
    rank_test,
)
from analysis.inference.differences import Differences
from analysis.inference.one_form import OneForm, score_table
from analysis.inference.quadratic import Tail, upper_tail
from analysis.models import alpha, regression
from tests.unit.analysis.samples import villages


def design(frame: pd.DataFrame, **more: object) -> Design:
    return Design.from_frame(frame, ids="village", strata="stratum", weights="w", nest=True, **more)


@pytest.mark.parametrize("k", [1, 2, 7])
@pytest.mark.parametrize("x", [0.01, 1.0, 12.0, 90.0])
def test_exact_tails_are_those_of_known_laws(k: int, x: float) -> None:
    ones = np.ones(k)
    assert upper_tail(x, ones) == pytest.approx(stats.chi2.sf(x, k), rel=1e-9)
    assert upper_tail(x, ones, ddf=8.5) == pytest.approx(stats.f.sf(x / k, k, 8.5), rel=1e-9)
    assert upper_tail(x, ones, method=Tail.SATTERTHWAITE) == pytest.approx(stats.chi2.sf(x, k))


def test_the_exact_tail_of_unequal_weights_is_that_of_draws() -> None:
    weights = np.array([3.0, 1.0, 0.2, 0.01])
    draws = np.random.default_rng(5).chisquare(1, (400_000, 4)) @ weights
    for x in (1.0, 5.0, 15.0):
        assert upper_tail(x, weights) == pytest.approx((draws > x).mean(), abs=3e-3)
        near = upper_tail(x, weights, method=Tail.SADDLEPOINT)
        assert near == pytest.approx(upper_tail(x, weights), rel=0.05)


def test_a_table_with_one_level_and_unknown_tests_are_refused() -> None:
    frame = villages().assign(one="x")
    with pytest.raises(AnalysisError, match="single level"):
        independence(design(frame), "sex", "one")
    with pytest.raises(AnalysisError, match="none of"):
        independence(design(frame), "sex", "online", test="fisher")
    with pytest.raises(AnalysisError, match="no column"):
        independence(design(frame), "sex", "nothing")


def test_levels_that_nobody_holds_are_left_out_and_named() -> None:
    frame = villages().assign(area=lambda d: d.commune.where(d.sex == "f", "c9"))
    found = independence(design(frame).subset(frame.sex == "f"), "area", "online")
    same = independence(design(frame.assign(area=frame.commune)).subset(frame.sex == "f"),
                        "area", "online")  # fmt: skip
    assert found.notes == ("nobody has area = c9",)
    assert found.statistic == pytest.approx(same.statistic, rel=1e-12)
    assert same.notes == ()


@pytest.mark.parametrize("test", [*TableTest])
def test_an_association_is_seen_and_none_is_not(test: TableTest) -> None:
    frame = villages(per_stratum=12).assign(
        twin=lambda d: np.where(np.arange(len(d)) % 10 == 0, "m", d.sex)
    )
    made = design(frame)
    assert independence(made, "sex", "twin", test=test).p_value < 1e-3
    assert independence(made, "sex", "online", test=test).p_value > 0.01


def test_counts_fixed_by_the_strata_cannot_be_tested() -> None:
    frame = villages()
    fixed = Design.from_frame(frame, strata="stratum")
    with pytest.raises(AnalysisError, match="no variance"):
        goodness_of_fit(fixed, "stratum", {"s0": 1, "s1": 1, "s2": 1})
    with pytest.raises(AnalysisError, match="m is not named"):
        goodness_of_fit(design(frame), "sex", {"f": 1.0, "x": 1.0})


def test_paired_answers_are_tested_by_their_difference() -> None:
    frame = villages().assign(after=lambda d: d.score + 0.5 + 0.1 * d.online)
    one = mean_test(design(frame), "after - score")
    two = mean_test(design(frame.assign(gain=frame.after - frame.score)), "gain")
    assert one.statistic == pytest.approx(two.statistic)
    assert one.lower > 0
    assert one.df == design(frame).n_psu - design(frame).n_strata - 1


def test_a_t_test_needs_two_groups_and_degrees_of_freedom() -> None:
    frame = villages()
    with pytest.raises(AnalysisError, match="two levels"):
        difference_test(design(frame), "score", "commune")
    with pytest.raises(AnalysisError, match="degrees of freedom"):
        mean_test(Design.from_frame(frame[frame.village < 2], ids="village"), "score")


def test_two_groups_and_several_are_ranked_alike() -> None:
    frame = villages()
    two = rank_test(design(frame), "score", "sex")
    as_class = rank_test(design(frame), "score", "factor(sex)")
    assert two.p_value == pytest.approx(as_class.p_value)
    several = rank_test(design(frame), "score", "commune")
    assert (several.df, several.ddf) == (3, design(frame).n_psu - design(frame).n_strata - 3)
    with pytest.raises(AnalysisError, match="single group"):
        rank_test(design(frame).subset(frame.sex == "f"), "score", "sex")


@pytest.mark.parametrize(
    ("rate", "expected"),
    [  # R: p.adjust(c(.01, .04, .03, .005, .2), "holm"), …
        ("holm", [0.04, 0.09, 0.09, 0.025, 0.2]),
        ("bonferroni", [0.05, 0.2, 0.15, 0.025, 1.0]),
        ("benjamini_hochberg", [0.025, 0.05, 0.05, 0.025, 0.2]),
        ("benjamini_yekutieli", [0.057083333333, 0.114166666667, 0.114166666667, 0.057083333333,
                                 0.456666666667]),
        ("none", [0.01, 0.04, 0.03, 0.005, 0.2]),
    ],
)  # fmt: skip
def test_p_values_are_adjusted_as_in_r(rate: str, expected: list[float]) -> None:
    assert adjusted_p(np.array([0.01, 0.04, 0.03, 0.005, 0.2]), rate) == pytest.approx(expected)


def test_domains_are_compared_with_their_covariance() -> None:
    made = design(villages())
    parts, whole = mean(made, "score", by="commune"), mean(made, "score")
    found = differs_from(parts, whole, error_rate="none")
    alone = np.sqrt(parts.se**2 + whole.se[0] ** 2)
    assert np.nanmin(np.abs(found.se / alone - 1)) > 1e-3
    assert found.difference == pytest.approx(parts.estimate - whole.estimate[0])
    jackknife = made.replicate("JKn")
    again = differs_from(
        mean(jackknife, "score", by="commune"), mean(jackknife, "score"), error_rate="none"
    )
    assert again.se[:3] == pytest.approx(found.se[:3], rel=0.4)


@pytest.mark.parametrize("fpc", [None, ["n_villages", "n_people"]])
def test_one_form_gives_the_variances_and_draws_of_every_difference(fpc: list[str] | None) -> None:
    frame = villages(n_strata=4, per_stratum=10).assign(
        n_villages=30, n_people=40, person=lambda d: np.arange(len(d))
    )
    made = Design.from_frame(frame, ids=["village", "person"], strata="stratum", weights="w",
                             nest=True, fpc=fpc)  # fmt: skip
    parts, whole = mean(made, ["score", "online"], by="commune"), mean(made, "score")
    found = Differences.of(parts, whole)
    assert found.variance() == pytest.approx(found.each_variance(), rel=1e-9)
    form = OneForm.of(made)
    assert form is not None
    z = score_table(parts) @ form.draws(np.random.default_rng(3), 40_000)
    assert np.cov(z) == pytest.approx(parts.vcov(), abs=0.03 * parts.se.max() ** 2)


def test_sharper_rates_find_no_less_and_intervals_agree_with_the_finding() -> None:
    made = design(villages(n_strata=4, per_stratum=10))
    shares = proportion(made, "online", by="commune")
    found = {rate: differs_from(shares, 0.4, error_rate=rate) for rate in ErrorRate}
    assert (found[ErrorRate.MAX_T].adjusted <= found[ErrorRate.BONFERRONI].adjusted + 0.01).all()
    assert (found[ErrorRate.BENJAMINI_HOCHBERG].adjusted <= found[ErrorRate.HOLM].adjusted).all()
    for rate in (ErrorRate.NONE, ErrorRate.BONFERRONI, ErrorRate.MAX_T):
        outside = (found[rate].lower > 0) | (found[rate].upper < 0)
        assert outside.tolist() == found[rate].differs.tolist()


def test_a_domain_without_a_standard_error_counts_in_no_rate() -> None:
    frame = villages()
    frame.loc[frame.commune == "c3", "score"] = np.nan
    found = differs_from(mean(design(frame), "score", by="commune"), 3.0)
    assert np.isnan(found.adjusted[3])
    assert not found.differs[3]
    assert found.adjusted[:3] == pytest.approx(adjusted_p(found.p_value[:3], "holm"))


def test_references_of_several_estimates_or_other_designs_are_refused() -> None:
    frame = villages()
    made = design(frame)
    parts = mean(made, "score", by="commune")
    with pytest.raises(AnalysisError, match="holds 4 estimates"):
        differs_from(parts, parts)
    with pytest.raises(AnalysisError, match="different designs"):
        differs_from(parts, mean(design(frame), "score"))


def test_a_domain_within_one_psu_gets_no_p_value_and_no_standard_error() -> None:
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"psu": np.repeat(range(6), 20), "a": rng.integers(1, 4, 120)})
    data["b"], data["y"] = rng.integers(0, 2, 120), rng.normal(size=120)
    one = Design.from_frame(data, ids="psu").subset((data.psu == 3).to_numpy())
    for test in ("rao_scott_f", "rao_scott_chisq", "exact"):
        with pytest.raises(AnalysisError, match="0 degrees of freedom"):
            independence(one, "a", "b", test=test)
    with pytest.raises(AnalysisError, match="0 degrees of freedom"):
        goodness_of_fit(one, "a", {1: 1, 2: 1, 3: 1})
    assert np.isnan(alpha(one, ["a", "y"]).se)
    assert np.isnan(regression(one, "y ~ b").se).all()
