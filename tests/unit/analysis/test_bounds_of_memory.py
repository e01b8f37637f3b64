"""What would not fit into memory is refused in words, and what fits stays small."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, Design, DesignError, count, mean, proportion
from analysis.factors import FactorTable

ROWS = 20_000


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "village": np.arange(ROWS) // 8,
            "stratum": np.arange(ROWS) // 2_000,
            "commune": np.arange(ROWS) // 60,
            "name": rng.permutation(ROWS),
            "kind": rng.integers(0, 150, ROWS),
            "y": rng.random(ROWS),
            "z": rng.random(ROWS),
        }
    )


@pytest.fixture(scope="module")
def design(frame: pd.DataFrame) -> Design:
    return Design.from_frame(frame, ids="village", strata="stratum")


def peak_mb(of: object) -> float:
    """The most memory that a call holds at a time."""
    assert callable(of)
    tracemalloc.start()
    try:
        of()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def test_a_column_of_names_is_no_question_with_that_many_levels() -> None:
    rows = 110_000
    frame = pd.DataFrame({"village": np.arange(rows) // 100, "name": np.arange(rows)})
    design = Design.from_frame(frame, ids="village")
    with pytest.raises(AnalysisError, match=r"'name'.*group the levels"):
        proportion(design, "name")
    with pytest.raises(AnalysisError, match="more figures than fit"):
        count(design, "name", by="village")


def test_levels_cost_memory_by_village_and_not_by_row(design: Design) -> None:
    indicators = ROWS * 150 * 8 / 2**20
    assert peak_mb(lambda: proportion(design, "kind")) < 0.6 * indicators


def test_shares_of_levels_are_those_of_each_level_alone(design: Design) -> None:
    found = proportion(design, "kind", by="stratum")
    alone = proportion(design, "kind", success=7, by="stratum")
    at = [number for number, level in enumerate(found.level) if level == 7]
    assert found.estimate[at] == pytest.approx(alone.estimate, rel=1e-12)
    assert found.se[at] == pytest.approx(alone.se, rel=1e-12)


def test_replicates_are_never_side_by_side(design: Design) -> None:
    made: list[Design] = []
    table = 2_500 * 400 * 8 / 2**20
    used = peak_mb(lambda: made.append(design.replicate("subbootstrap", replicates=400, seed=1)))
    assert used < 1.2 * table
    values = 2_500 * 4 * 400 * 8 / 2**20
    items = ["y", "z", "kind", "name"]
    assert peak_mb(lambda: mean(made[0], items, by="village")) < 0.6 * values


def test_contrasts_find_the_replicates_that_a_table_forgot(design: Design) -> None:
    drawn = design.replicate("subbootstrap", replicates=40, seed=1)
    found = mean(drawn, ["y", "z"], by="stratum")
    assert np.sqrt(np.diag(found.vcov())) == pytest.approx(found.se, rel=1e-10)
    same = found.combine({"y": {"y": 1.0}})
    assert same.se == pytest.approx(found.se[::2], rel=1e-10)


def test_factors_of_parts_are_their_product() -> None:
    draws = FactorTable.of_draws(np.array([[0, 2], [1, 1]]), np.zeros(2), np.array([2.0, 3.0]))
    groups = np.array([[1.0, 0.5], [2.0, 1.0], [1.0, 1.0]])
    table = draws.refined(np.array([0, 1, 1]), groups, np.array([0, 1, 2]))
    assert table.rows().tolist() == [[0.0, 2.0], [6.0, 3.0], [3.0, 3.0]]
    assert table.column(1).tolist() == [2.0, 3.0, 3.0]
    assert table.times(np.ones((1, 3))).tolist() == [[9.0, 8.0]]
    assert table.df() == 1.0


@pytest.mark.parametrize("weight", [1e160, 1e300, 1e-170])
def test_weights_whose_squares_are_no_numbers_are_refused(
    frame: pd.DataFrame, weight: float
) -> None:
    few = frame.head(100).assign(w=weight)
    with pytest.raises(DesignError, match="multiply all weights by one factor"):
        Design.from_frame(few, ids="village", weights="w")
