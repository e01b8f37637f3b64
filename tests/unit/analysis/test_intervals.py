"""Intervals for shares, above all where a share is 0 or 1."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis import Design, Flag, Interval, mean, proportion
from tests.unit.analysis.samples import villages

OTHERS = (Interval.T, Interval.NONE, Interval.SCORE, Interval.REPLICATES)
FOR_SHARES = [m for m in Interval if m not in OTHERS]


def asked(value: float | None = None) -> Design:
    frame = villages()
    if value is not None:
        frame["online"] = value
    return Design.from_frame(frame, ids="village", strata="stratum", weights="w")


@pytest.mark.parametrize("method", FOR_SHARES)
def test_nobody_said_yes_gives_an_upper_limit_from_the_effective_size(method: Interval) -> None:
    row = proportion(asked(0.0), "online", interval=method).row(0)
    w = asked().weights
    size = w.sum() ** 2 / (w**2).sum()
    assert row.lower == 0
    assert row.upper == pytest.approx(1 - 0.025 ** (1 / size), rel=1e-9)
    assert row.flags == Flag.ALL_OR_NONE


@pytest.mark.parametrize("method", FOR_SHARES)
def test_everybody_said_yes_is_the_mirror_image(method: Interval) -> None:
    none = proportion(asked(0.0), "online", interval=method).row(0)
    every = proportion(asked(1.0), "online", interval=method).row(0)
    assert every.upper == 1
    assert every.lower == pytest.approx(1 - none.upper, rel=1e-9)


@pytest.mark.parametrize("method", FOR_SHARES)
def test_intervals_of_common_shares_contain_them_and_stay_inside(method: Interval) -> None:
    row = proportion(asked(), "online", interval=method).row(0)
    assert 0 < row.lower < row.estimate < row.upper < 1


def test_korn_graubard_is_clopper_pearson_on_the_effective_size() -> None:
    row = proportion(asked(), "online", interval="korn_graubard_uncapped").row(0)
    size = row.n_eff * (stats.t.ppf(0.975, row.n - 1) / stats.t.ppf(0.975, row.df)) ** 2
    yes = size * row.estimate
    assert row.lower == pytest.approx(stats.beta.ppf(0.025, yes, size - yes + 1))
    assert row.upper == pytest.approx(stats.beta.ppf(0.975, yes + 1, size - yes))


def test_the_cap_never_lets_the_effective_size_exceed_n() -> None:
    frame = villages().sort_values(["stratum", "online"]).reset_index(drop=True)
    frame["village"] = frame.index % 15 // 3 + frame.stratum.astype("category").cat.codes * 5
    design = Design.from_frame(frame, ids="village", strata="stratum")
    capped, free = (
        proportion(design, "online", interval=m).row(0)
        for m in ("korn_graubard", "korn_graubard_uncapped")
    )
    assert capped.n_eff > capped.n
    assert capped.flags & Flag.CAPPED
    assert capped.upper - capped.lower > free.upper - free.lower


def test_logit_is_symmetric_on_the_log_odds() -> None:
    row = proportion(asked(), "online", interval="logit").row(0)
    odds = np.log([row.lower / (1 - row.lower), row.upper / (1 - row.upper)])
    assert odds.mean() == pytest.approx(np.log(row.estimate / (1 - row.estimate)))


def test_a_mean_without_spread_has_no_interval_and_says_so() -> None:
    row = mean(asked(3.0), "online").row(0)
    assert row.flags & Flag.NO_SPREAD
    assert np.isnan([row.lower, row.upper]).all()


def test_confidence_sets_the_width() -> None:
    wide, narrow = (mean(asked(), "online", confidence=c).row(0) for c in (0.99, 0.9))
    assert wide.upper - wide.lower > narrow.upper - narrow.lower
