"""Raking meets its benchmarks to 1e-10, merges thin cells by the rule, and names what cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import InfeasibleCellError, Margin, WeightingError, rake, sex_age_margin
from analysis.weights.cells import merge_thin

AGES = ["18-29", "30-44", "45-59", "60+"]


def people(counts: dict[tuple[str, str], int]) -> tuple[list[str], list[str]]:
    rows = [cell for cell, n in counts.items() for _ in range(n)]
    return [sex for sex, _ in rows], [age for _, age in rows]


def census(size: float = 1000.0) -> dict[tuple[None, str, str], float]:
    return {(None, sex, age): size for sex in "fm" for age in AGES}


def test_two_margins_are_met_to_a_relative_1e_10() -> None:
    rng = np.random.default_rng(3)
    sex, area = rng.choice(["f", "m"], 500), rng.choice(["a", "b", "c"], 500)
    wanted = {"f": 5300.0, "m": 4700.0}
    by_area = {"a": 2000.0, "b": 3000.0, "c": 5000.0}
    step = rake(rng.uniform(1, 9, 500), [Margin("sex", sex, wanted), Margin("area", area, by_area)])
    for row in step.margins:
        assert row.after == pytest.approx(row.benchmark, rel=1e-10)
    assert step.diagnostics is not None
    assert step.diagnostics.max_residual < 1e-10
    assert step.diagnostics.iterations > 1


def test_an_empty_cell_is_named_with_its_benchmark() -> None:
    with pytest.raises(InfeasibleCellError, match=r"'sex': cell 'm' has a benchmark of 40 but no"):
        rake([1, 1], [Margin("sex", ["f", "f"], {"f": 60, "m": 40})])


def test_a_cell_of_nobody_in_the_population_is_named() -> None:
    with pytest.raises(InfeasibleCellError, match="cell 'm' has respondents but a benchmark of 0"):
        rake([1, 1], [Margin("sex", ["f", "m"], {"f": 60, "m": 0})])


def test_a_cell_without_benchmark_is_named() -> None:
    with pytest.raises(WeightingError, match="margin 'sex': cell 'x' has no benchmark"):
        rake([1, 1], [Margin("sex", ["f", "x"], {"f": 60})])


def test_margins_with_different_sums_are_refused_unless_rescaling_is_asked_for() -> None:
    margins = [Margin("sex", ["f", "m"], {"f": 60, "m": 40}), Margin("all", [1, 1], {1: 200})]
    with pytest.raises(WeightingError, match="'all' sums to 200 but 'sex' to 100"):
        rake([1, 1], margins)
    assert rake([1, 1], margins, rescale=True).weights.sum() == pytest.approx(100)


def test_margins_that_contradict_each_other_are_reported_with_the_worst_cell() -> None:
    margins = [
        Margin("sex", ["f", "m"], {"f": 60, "m": 40}),
        Margin("area", ["u", "r"], {"u": 30, "r": 70}),
    ]
    with pytest.raises(WeightingError, match=r"does not converge.*of margin '(sex|area)'.*merge"):
        rake([1, 1], margins)


def test_rows_with_weight_zero_take_no_part() -> None:
    step = rake([1, 0, 1], [Margin("sex", ["f", None, "m"], {"f": 60, "m": 40})])
    assert step.weights.tolist() == [60, 0, 40]


def test_other_and_refused_sex_get_the_mean_factor_of_their_age_group() -> None:
    sex = ["f", "m", "o", "f", "m", "ref"]
    age = ["young"] * 3 + ["old"] * 3
    w = [1.0, 3.0, 1.0, 2.0, 2.0, 5.0]
    wanted = {("f", "young"): 30, ("m", "young"): 50, ("f", "old"): 10, ("m", "old"): 30}
    cells = [(s, a) if s in "fm" else None for s, a in zip(sex, age, strict=True)]
    step = rake(w, [Margin("sex x age", cells, wanted, fallback=age)])
    assert step.weights[2] == pytest.approx(1.0 * 80 / 4)
    assert step.weights[5] == pytest.approx(5.0 * 40 / 4)
    assert step.weights[[0, 1, 3, 4]].tolist() == pytest.approx([30, 50, 10, 30])
    assert "2 rows in no benchmark cell" in step.notes[0]


def test_thick_cells_stay_by_area() -> None:
    sex, age = people({(s, a): 20 for s in "fm" for a in AGES})
    counts = {("north", s, a): 500.0 for s in "fm" for a in AGES}
    margin = sex_age_margin(sex, age, counts, area=["north"] * len(sex))
    assert next(iter(margin.benchmark)) == "north f 18-29"
    assert len(margin.benchmark) == 8
    assert margin.merges == ()


def test_one_thin_cell_brings_all_areas_together() -> None:
    sex, age = people({(s, a): 30 for s in "fm" for a in AGES})
    area = ["north", "south"] * (len(sex) // 2)
    counts = {(p, s, a): 500.0 for p in ("north", "south") for s in "fm" for a in AGES}
    margin = sex_age_margin(sex, age, counts, area=area)
    assert dict(margin.benchmark) == {f"{s} {a}": 1000.0 for s in "fm" for a in AGES}
    assert margin.merges == ()
    assert "2 areas together" in margin.notes[0]


def test_a_thin_cell_is_merged_with_the_next_age_of_the_same_sex() -> None:
    counts = {(s, a): 30 for s in "fm" for a in AGES} | {("f", "30-44"): 5}
    margin = sex_age_margin(*people(counts), census())
    assert margin.benchmark["f 30-44+45-59"] == 2000
    assert len(margin.benchmark) == 7
    assert [(m.cell, m.into, m.respondents) for m in margin.merges] == [("f 30-44", "f 45-59", 5)]


def test_the_oldest_thin_cell_is_merged_with_the_age_before() -> None:
    counts = {(s, a): 30 for s in "fm" for a in AGES} | {("m", "60+"): 19}
    margin = sex_age_margin(*people(counts), census())
    assert "m 45-59+60+" in margin.benchmark


def test_a_cell_still_thin_is_merged_with_the_other_sex_of_these_ages() -> None:
    counts = {("m", a): 30 for a in AGES} | {("f", a): 8 for a in AGES[:2]}
    counts |= {("f", a): 30 for a in AGES[2:]}
    margin = sex_age_margin(*people(counts), census())
    assert margin.benchmark["f+m 18-29+30-44"] == 4000
    assert [m.reason.split("; ")[1] for m in margin.merges] == [
        "next age, same sex",
        "both sexes of these ages",
    ]


def test_merging_ends_even_when_almost_nobody_answered() -> None:
    groups, merges = merge_thin({("f", "60+"): 1}, [(s, a) for s in "fm" for a in AGES], AGES)
    assert len(groups) == 1
    assert len(groups[0]) == 8
    assert merges


def test_respondents_without_a_benchmark_are_named() -> None:
    with pytest.raises(WeightingError, match=r"no benchmark above 0 for f 18-29, where 1 answered"):
        sex_age_margin(["f"], ["18-29"], {(None, "f", "18-29"): 0.0, (None, "m", "18-29"): 9.0})


def test_collapsed_cells_rake_and_are_logged_in_the_step() -> None:
    counts = {(s, a): 30 for s in "fm" for a in AGES} | {("f", "30-44"): 0}
    sex, age = people(counts)
    step = rake(np.ones(len(sex)), [sex_age_margin(sex, age, census())])
    assert step.weights.sum() == pytest.approx(8000)
    assert len(step.merges) == 1
    assert {row.cell for row in step.margins} >= {"f 30-44+45-59"}
