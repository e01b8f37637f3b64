"""Two-way tables and standardised rates."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import (
    AnalysisError,
    Design,
    Flag,
    WeightingError,
    contrast,
    count,
    crosstab,
    mean,
    proportion,
    standardise,
)
from analysis.crosstabs import ALL
from tests.unit.analysis.samples import villages


@pytest.fixture(name="design")
def _design() -> Design:
    frame = villages()
    frame["age"] = np.random.default_rng(5).choice(["old", "young"], len(frame), p=[0.3, 0.7])
    frame.loc[frame.index[:5], "age"] = None
    return Design.from_frame(frame, ids="village", strata="stratum", weights="w")


def test_row_shares_are_those_of_domains(design: Design) -> None:
    table = crosstab(design, "commune", "sex")
    plain = proportion(design, "sex", by="commune").at("c1", level="f")
    row = table.at("c1", "f")
    assert (row.estimate, row.se, row.lower) == (plain.estimate, plain.se, plain.lower)
    whole = proportion(design, "sex").at(level="f")
    assert table.at(ALL, "f").se == whole.se
    assert table.by == ("commune", "sex")


def test_column_shares_are_row_shares_of_the_turned_table(design: Design) -> None:
    one, two = crosstab(design, "sex", "age", base="column"), crosstab(design, "age", "sex")
    assert one.at("f", "old").se == two.at("old", "f").se
    assert one.at("f", ALL).estimate == two.at(ALL, "f").estimate


def test_numbers_add_up_with_their_margins(design: Design) -> None:
    table = crosstab(design, "sex", "age", base="count")
    known = design.frame.age.notna()
    assert table.at(ALL, ALL).estimate == pytest.approx(design.weights[known].sum())
    assert (
        table.at("f", "old").estimate
        == count(design, "age", by="sex").at("f", level="old").estimate
    )
    assert (
        table.at("f", ALL).n_missing == (design.frame.age.isna() & (design.frame.sex == "f")).sum()
    )


def test_one_covariance_covers_cells_and_margins(design: Design) -> None:
    table = crosstab(design, "sex", "age", base="cell")
    place = {cell: at for at, cell in enumerate(table.domain)}
    v = table.vcov()
    assert np.sqrt(np.diag(v)) == pytest.approx(table.se)
    row = np.zeros(len(table))
    row[[place["f", "old"], place["f", "young"]]] = 1
    row[place["f", ALL]] = -1
    assert row @ v @ row == pytest.approx(0, abs=1e-18)
    gap = contrast(table, {"gap": {"f.old": 1, "m.old": -1}}).row(0)
    assert gap.se > 0


def test_a_cell_that_nobody_is_in_is_a_share_of_zero(design: Design) -> None:
    frame = design.frame.assign(kind=np.where(design.frame.sex == "f", "a", "b"))
    made = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    row = crosstab(made, "sex", "kind").at("f", "b")
    assert row.estimate == 0
    assert row.lower == 0
    assert 0 < row.upper < 0.1
    assert Flag.ALL_OR_NONE in row.flags


def test_what_cannot_be_tabulated_is_said(design: Design) -> None:
    with pytest.raises(AnalysisError, match="no column 'colour'"):
        crosstab(design, "sex", "colour")
    with pytest.raises(AnalysisError, match="is none of: row"):
        crosstab(design, "sex", "age", base="table")


def test_groups_get_the_standard_make_up(design: Design) -> None:
    even = standardise(design, "age", {"old": 1, "young": 3}, over="commune")
    shares = proportion(even, "age", by="commune", where=even.frame.age.notna())
    assert shares.estimate[0::2] == pytest.approx(0.25)
    assert shares.se == pytest.approx(0, abs=1e-12)
    sizes = count(design, by="commune", where=design.frame.age.notna())
    assert count(even, by="commune").estimate == pytest.approx(sizes.estimate)


def test_who_did_not_answer_can_be_left_out_before(design: Design) -> None:
    even = standardise(design, ["age", "sex"], {("old", "f"): 1, ("old", "m"): 1, ("young", "f"): 2,
                       ("young", "m"): 2}, excluding_missing="score")  # fmt: skip
    share = proportion(even, "age", where=even.frame.score.notna()).at(level="old")
    assert share.estimate == pytest.approx(1 / 3)
    assert mean(even, "score").row(0).n_missing == 0


def test_standardised_replicates_agree_with_residuals(design: Design) -> None:
    standard = {"old": 0.4, "young": 0.6}
    one = mean(standardise(design, "age", standard), "online").row(0)
    two = mean(standardise(design.replicate("JKn"), "age", standard), "online").row(0)
    assert two.estimate == pytest.approx(one.estimate)
    assert two.se == pytest.approx(one.se, rel=0.15)


def test_a_cell_without_respondents_is_named(design: Design) -> None:
    frame = design.frame
    frame.loc[(frame.commune == "c2") & (frame.age == "old"), "age"] = "young"
    made = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    with pytest.raises(WeightingError, match="old within c2"):
        standardise(made, "age", {"old": 0.4, "young": 0.6}, over="commune")
    some = standardise(made, "age", {"old": 0.4, "young": 0.6}, over="commune", drop_empty=True)
    assert proportion(some, "age", by="commune").at("c2", level="young").estimate == 1
    with pytest.raises(WeightingError, match="no share for young"):
        standardise(design, "age", {"old": 1.0})
    with pytest.raises(WeightingError, match="no column 'colour'"):
        standardise(design, "colour", {"red": 1.0})
