"""Importance and performance with errors of the design."""

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.indices.importance import (
    Importance,
    ImportancePerformance,
    Quadrant,
    importance_performance,
)

ITEMS = ["staff", "place", "fee"]


def sample(size: int = 900) -> pd.DataFrame:
    """Staff matters most and does badly; place hardly matters and does well."""
    rng = np.random.default_rng(12)
    psu = np.arange(size) // 15
    mood = rng.normal(0, 0.5, psu.max() + 1)[psu]
    frame = pd.DataFrame(
        {
            "psu": psu,
            "stratum": psu // 20,
            "w": rng.uniform(5, 15, size),
            "staff": 2.6 + mood + rng.normal(0, 1, size),
            "place": 4.0 + rng.normal(0, 1, size),
            "fee": 3.3 + mood + rng.normal(0, 1, size),
        }
    )
    frame["overall"] = 0.8 * frame.staff + 0.3 * frame.fee + 0.05 * frame.place
    frame["overall"] += rng.normal(0, 0.6, size)
    return frame


def found(frame: pd.DataFrame, kind: Importance = Importance.CORRELATION) -> ImportancePerformance:
    design = Design.from_frame(frame, ids="psu", strata="stratum", weights="w")
    return importance_performance(design, "overall", ITEMS, kind=kind)


def correlations(frame: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    y = frame[[*ITEMS, "overall"]].to_numpy()
    c = np.cov(y.T, aweights=weights, ddof=0)
    d = np.sqrt(np.diag(c))
    return np.asarray(c / np.outer(d, d))


def slopes(frame: pd.DataFrame, weights: np.ndarray) -> np.ndarray:
    r = correlations(frame, weights)
    return np.asarray(np.linalg.solve(r[:-1, :-1], r[:-1, -1]))


def jackknife(frame: pd.DataFrame, statistic: object) -> np.ndarray:
    """Standard errors by leaving out one village after the other."""
    assert callable(statistic)
    w = frame.w.to_numpy()
    whole = statistic(frame, w)
    variance = np.zeros(len(whole))
    for _, rows in frame.groupby("stratum"):
        villages = rows.psu.unique()
        size = len(villages)
        for village in villages:
            scale = np.where(frame.stratum == rows.stratum.iloc[0], size / (size - 1), 1.0)
            left = statistic(frame, w * scale * (frame.psu != village).to_numpy())
            variance += (size - 1) / size * (left - whole) ** 2
    return np.asarray(np.sqrt(variance))


def test_correlations_and_their_errors_agree_with_a_jackknife() -> None:
    frame = sample()
    result = found(frame)
    assert result.importance == pytest.approx(correlations(frame, frame.w.to_numpy())[:-1, -1])
    error = jackknife(frame, lambda f, w: correlations(f, w)[:-1, -1])
    assert result.importance_se == pytest.approx(error, rel=0.03)


def test_slopes_and_their_errors_agree_with_a_jackknife() -> None:
    frame = sample()
    result = found(frame, Importance.SLOPE)
    assert result.importance == pytest.approx(slopes(frame, frame.w.to_numpy()))
    assert result.importance_se == pytest.approx(jackknife(frame, slopes), rel=0.03)


def test_under_replicate_weights_the_statistic_is_computed_anew() -> None:
    frame = sample()
    design = Design.from_frame(frame, ids="psu", strata="stratum", weights="w").replicate("JKn")
    result = importance_performance(design, "overall", ITEMS, kind=Importance.SLOPE)
    assert result.importance_se == pytest.approx(jackknife(frame, slopes), rel=1e-9)
    assert result.df == 57


def test_an_item_that_matters_and_does_badly_comes_first() -> None:
    result = found(sample())
    assert result.quadrant[0] is Quadrant.IMPROVE_FIRST
    assert result.quadrant[1] is Quadrant.MORE_THAN_NEEDED
    assert result.df == 57
    assert result.to_frame().loc[0, "quadrant"] == "improve_first"


def test_few_villages_cannot_tell() -> None:
    result = found(sample().query("psu % 10 < 2").iloc[::8])
    assert Quadrant.CANNOT_TELL in result.quadrant


def test_the_differences_from_the_mean_add_up_to_nothing() -> None:
    result = found(sample())
    assert result.above_importance.sum() == pytest.approx(0)
    assert result.above_performance.sum() == pytest.approx(0)


def test_rows_with_a_gap_and_outside_are_left_out() -> None:
    frame = sample()
    frame.loc[::10, "fee"] = np.nan
    assert found(frame).n == 810
    design = Design.from_frame(frame, ids="psu", strata="stratum", weights="w")
    part = importance_performance(design, "overall", ITEMS, where=frame.stratum.eq(0))
    assert part.n == 270
    assert part.importance == pytest.approx(
        importance_performance(design.subset(frame.stratum.eq(0)), "overall", ITEMS).importance
    )


@pytest.mark.parametrize(
    ("change", "items", "said"),
    [
        ({}, ["staff"], "two or more"),
        ({}, ["staff", "nothing"], "no column"),
        ({"fee": 3.0}, ITEMS, "'fee' does not vary"),
        ({"psu": 1, "stratum": 1}, ITEMS, "too few villages"),
    ],
)
def test_what_cannot_be_had_is_said(change: dict[str, float], items: list[str], said: str) -> None:
    frame = sample(60).assign(**change)
    design = Design.from_frame(frame, ids="psu", weights="w")
    with pytest.raises(AnalysisError, match=said):
        importance_performance(design, "overall", items)


def test_items_that_say_the_same_have_no_slopes() -> None:
    frame = sample().assign(place=lambda f: 2 * f.staff)
    with pytest.raises(AnalysisError, match="told apart"):
        found(frame, Importance.SLOPE)
