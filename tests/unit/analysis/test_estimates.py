"""What an estimate carries, and what is never printed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, Design, Flag, Interval, count, mean, proportion, ratio, total
from tests.unit.analysis.samples import villages


@pytest.fixture
def design() -> Design:
    return Design.from_frame(villages(), ids="village", strata="stratum", weights="w")


def test_an_empty_domain_is_flagged_and_has_no_number(design: Design) -> None:
    row = mean(design, "online", by="commune", where=design.frame.commune != "c1").at("c1")
    assert row.flags == Flag.EMPTY
    assert np.isnan([row.estimate, row.se, row.lower, row.upper]).all()
    assert (row.n, row.n_psu) == (0, 0)


def test_a_domain_where_nobody_answered_is_empty(design: Design) -> None:
    frame = design.frame.assign(score=design.frame.score.where(design.frame.commune != "c2"))
    asked = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    row = mean(asked, "score", by="commune").at("c2")
    assert row.flags & Flag.EMPTY
    assert row.n_missing == (frame.commune == "c2").sum()
    assert np.isnan(row.estimate)


def test_one_respondent_gets_no_standard_error(design: Design) -> None:
    row = proportion(design, "online", where=design.frame.index == 5).row(0)
    assert row.flags & Flag.ONE_RESPONDENT
    assert row.n == 1
    assert np.isnan([row.se, row.lower, row.upper]).all()


def test_an_unused_category_is_an_empty_domain(design: Design) -> None:
    sexes = pd.Categorical(design.frame.sex, categories=["f", "m", "o"])
    asked = Design.from_frame(design.frame.assign(sex=sexes), ids="village", weights="w")
    assert mean(asked, "online", by="sex").at("o").flags == Flag.EMPTY


def test_rows_without_a_domain_belong_to_none(design: Design) -> None:
    frame = design.frame.assign(commune=design.frame.commune.where(design.frame.index > 9))
    asked = Design.from_frame(frame, ids="village", weights="w")
    found = mean(asked, "online", by="commune")
    assert found.n.sum() == len(frame) - 10


def test_degrees_of_freedom_count_psus_and_strata_with_members(design: Design) -> None:
    row = mean(design, "online", by="stratum").at("s1")
    assert (row.n_psu, row.n_strata, row.df) == (5, 1, 4)
    assert row.flags == Flag.FEW_DF


def test_items_count_their_own_answers_or_only_complete_rows(design: Design) -> None:
    per_item = mean(design, ["score", "online"])
    listwise = mean(design, ["score", "online"], missing="listwise")
    assert per_item.n.tolist() == [108, 120]
    assert per_item.n_missing.tolist() == [12, 0]
    assert listwise.n.tolist() == [108, 108]


def test_missing_answers_can_be_refused(design: Design) -> None:
    with pytest.raises(AnalysisError, match="'score' is missing in 12 rows"):
        mean(design, "score", missing="fail")


def test_effective_size_is_that_of_a_simple_random_sample(design: Design) -> None:
    row = proportion(design, "online").row(0)
    assert row.n_eff == pytest.approx(row.estimate * (1 - row.estimate) / row.se**2)
    assert row.deff == pytest.approx((row.n - 1) / row.n_eff)


def test_deff_without_replacement_uses_the_estimated_population(design: Design) -> None:
    with_, without = (mean(design, "online", deff=d).deff[0] for d in ("replace", "wor"))
    assert without == pytest.approx(with_ / (1 - 120 / design.weights.sum()))


def test_levels_of_a_question_sum_to_one_and_covary_to_zero(design: Design) -> None:
    found = proportion(design, "score")
    assert found.level == (1.0, 2.0, 3.0, 4.0, 5.0)
    assert found.estimate.sum() == pytest.approx(1)
    assert np.abs(found.vcov().sum(axis=0)).max() < 1e-15


def test_the_share_of_some_answers_ignores_missing_ones(design: Design) -> None:
    top = proportion(design, "score", success=[4, 5])
    assert top.n[0] == 108
    levels = proportion(design, "score")
    assert top.estimate[0] == pytest.approx(levels.estimate[3:].sum())


def test_a_ratio_of_an_item_to_its_population_is_its_mean(design: Design) -> None:
    asked = Design.from_frame(
        design.frame.assign(one=1.0), ids="village", strata="stratum", weights="w"
    )
    rate, average = ratio(asked, "dossiers", "one").row(0), mean(asked, "dossiers").row(0)
    assert (rate.estimate, rate.se) == pytest.approx((average.estimate, average.se))


def test_a_count_is_the_sum_of_weights(design: Design) -> None:
    assert count(design).estimate[0] == pytest.approx(design.weights.sum())
    assert count(design, "sex").estimate.sum() == pytest.approx(design.weights.sum())


def test_zero_weights_keep_their_psu_and_add_no_respondent() -> None:
    frame = villages()
    frame.loc[frame.village == 3, "w"] = 0.0
    found = mean(Design.from_frame(frame, ids="village", strata="stratum", weights="w"), "online")
    assert (found.n[0], found.n_psu[0]) == (112, 14)
    dropped = frame[frame.village != 3]
    narrower = mean(
        Design.from_frame(dropped, ids="village", strata="stratum", weights="w"), "online"
    )
    assert found.se[0] != narrower.se[0]


def test_text_is_no_number(design: Design) -> None:
    with pytest.raises(AnalysisError, match="'sex' holds no numbers"):
        mean(design, "sex")


def test_unknown_columns_and_options_are_named(design: Design) -> None:
    with pytest.raises(AnalysisError, match="no column 'x'"):
        total(design, "x")
    with pytest.raises(AnalysisError, match="no column 'x' to form domains"):
        total(design, "online", by="x")
    with pytest.raises(AnalysisError, match="interval='bayes' is none of: t, wald"):
        total(design, "online", interval="bayes")


def test_the_frame_holds_one_row_per_estimate_with_flags_as_words(design: Design) -> None:
    frame = mean(design, ["score", "online"], by=["stratum", "sex"]).to_frame()
    assert list(frame.columns) == [
        "stratum", "sex", "variable", "level", "estimate", "se", "lower", "upper", "interval",
        "df", "deff", "n", "n_eff", "n_psu", "n_strata", "n_missing", "flags",
    ]  # fmt: skip
    assert len(frame) == 12
    assert set(frame["flags"]) <= {"few_df", ""}


def test_combinations_have_the_variance_that_the_covariances_give(design: Design) -> None:
    items = mean(design, ["score", "online", "dossiers"], by="sex")
    a = np.array([0.5, -2.0, 1.0])
    parts = {"score": 0.5, "online": -2.0, "dossiers": 1.0}
    index = items.combine({"index": parts, "score": {"score": 1}})
    matrix = items.vcov()[:3, :3]
    assert index.se[0] ** 2 == pytest.approx(a @ matrix @ a, rel=1e-10)
    assert index.estimate[0] == pytest.approx(items.estimate[:3] @ a)
    assert index.se[1] == pytest.approx(items.se[0], rel=1e-12)
    assert index.n.tolist() == [items.n[0]] * 2 + [items.n[3]] * 2


def test_a_combination_with_an_empty_part_is_empty(design: Design) -> None:
    frame = design.frame.assign(score=design.frame.score.where(design.frame.sex == "f"))
    asked = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    items = mean(asked, ["score", "online"], by="sex")
    row = items.combine({"sum": {"score": 1, "online": 1}}).at("m")
    assert np.isnan(row.estimate)
    assert row.flags & Flag.EMPTY


def test_no_interval_can_be_asked_for(design: Design) -> None:
    assert np.isnan(mean(design, "online", interval=Interval.NONE).lower[0])


def test_a_value_too_large_to_square_is_refused(design: Design) -> None:
    asked = Design.from_frame(design.frame.assign(big=1e200), ids="village")
    with pytest.raises(AnalysisError, match="'big' holds a value too large"):
        mean(asked, "big")


def test_a_ratio_to_nothing_is_no_figure() -> None:
    """The dossiers of a village add up to zero."""
    frame = villages()
    frame.loc[frame["commune"] == "c1", "dossiers"] = 0.0
    design = Design.from_frame(frame, ids="village", weights="w")
    found = ratio(design, "online", "dossiers", by="commune")
    row = found.at("c1")
    assert np.isnan([row.estimate, row.se, row.lower, row.deff]).all()
    assert row.flags & Flag.NO_DENOMINATOR
    assert np.isfinite(found.at("c2").se)
    assert np.isnan(found.combine({"twice": {"online/dossiers": 2}}).at("c1").estimate)


def test_estimates_and_designs_show_themselves_in_a_few_lines() -> None:
    design = Design.from_frame(villages(), ids="village", strata="stratum", weights="w")
    assert repr(design).startswith("Design(120 rows, ")
    first, head, *rows = repr(mean(design, "score", by="stratum")).splitlines()
    assert first == "mean, 95% interval t"
    assert head.split()[:4] == ["stratum", "variable", "level", "estimate"]
    assert len(rows) == design.n_strata
