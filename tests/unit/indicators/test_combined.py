"""The error of an index of item means, held against two other ways to get it."""

import numpy as np
import pandas as pd
import pytest

from analysis import estimators
from analysis.design import Design
from analysis.indices.combined import combined_means
from analysis.indices.definition import Part

ITEMS = ["a", "b", "c"]
WEIGHTS = np.array([50.0, 30.0, 20.0])
PARTS = tuple(Part(item, weight) for item, weight in zip(ITEMS, WEIGHTS.tolist(), strict=True))


def sample(*, gaps: bool) -> pd.DataFrame:
    """40 villages in 4 strata; answers of a village resemble each other."""
    rng = np.random.default_rng(11)
    psu = np.repeat(np.arange(40), 15)
    mood = rng.normal(0, 0.8, 40)[psu]
    frame = pd.DataFrame({"psu": psu, "stratum": psu // 10, "w": rng.uniform(5, 15, len(psu))})
    for item in ITEMS:
        frame[item] = (mood + rng.normal(0, 1, len(psu)) > -0.5).astype(float)
        if gaps:
            frame.loc[rng.random(len(psu)) < 0.3, item] = np.nan
    return frame


def index(frame: pd.DataFrame) -> float:
    means = [np.average(frame[i].dropna(), weights=frame.w[frame[i].notna()]) for i in ITEMS]
    return float(WEIGHTS @ means)


def design(frame: pd.DataFrame) -> Design:
    return Design.from_frame(frame, ids="psu", strata="stratum", weights="w")


def everybody(frame: pd.DataFrame) -> "pd.Series[bool]":
    return pd.Series(data=True, index=frame.index)


def test_without_gaps_it_is_the_mean_of_one_variable() -> None:
    frame = sample(gaps=False)
    frame["score"] = frame[ITEMS].to_numpy() @ WEIGHTS
    found = combined_means(design(frame), PARTS, base=everybody(frame))
    plain = estimators.mean(design(frame), "score")
    assert found.value[()] == pytest.approx(plain.estimate[0])
    assert found.scores.se[0] == pytest.approx(plain.se[0])
    assert found.scores.deff[0] == pytest.approx(plain.deff[0])
    assert found.scores.df[0] == plain.df[0]


def test_with_gaps_it_agrees_with_a_jackknife_of_villages() -> None:
    frame = sample(gaps=True)
    found = combined_means(design(frame), PARTS, base=everybody(frame))
    assert found.value[()] == pytest.approx(index(frame))
    variance = 0.0
    for _, psus in frame.groupby("stratum")["psu"]:
        villages = psus.unique()
        left_out = []
        for village in villages:
            inside = frame.psu.isin(villages)
            scale = np.where(inside, len(villages) / (len(villages) - 1), 1.0)
            weights = frame.w * scale * (frame.psu != village)
            left_out.append(index(frame.assign(w=weights)))
        off = np.array(left_out) - index(frame)
        variance += (len(villages) - 1) / len(villages) * float((off**2).sum())
    assert found.scores.se[0] == pytest.approx(np.sqrt(variance), rel=0.02)


def test_scaling_all_weights_changes_nothing() -> None:
    frame = sample(gaps=True)
    once = combined_means(design(frame), PARTS, base=everybody(frame), by="stratum")
    twice = combined_means(
        design(frame.assign(w=frame.w * 7)), PARTS, base=everybody(frame), by="stratum"
    )
    assert dict(once.value) == pytest.approx(dict(twice.value))
    assert once.scores.se == pytest.approx(twice.scores.se)
    assert dict(once.fewest) == dict(twice.fewest)
