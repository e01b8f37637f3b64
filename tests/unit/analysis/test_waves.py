"""Two waves in one design: villages that were asked twice are one PSU."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import Design, DesignError, mean, post_stratify, stack
from tests.unit.analysis.samples import villages


def wave(seed: int, shift: int = 0) -> Design:
    frame = villages(seed)
    frame["village"] += shift
    return Design.from_frame(frame, ids="village", strata="stratum", weights="w")


def test_villages_asked_twice_are_one_psu_and_waves_covary() -> None:
    first = wave(7)
    other = first.frame.assign(dossiers=first.frame.dossiers + 1)
    second = Design.from_frame(other, ids="village", strata="stratum", weights="w")
    both = stack({1: first, 2: second})
    assert (both.n_psu, both.n_strata) == (15, 3)
    found = mean(both, "dossiers", by="wave")
    assert found.se[0] == pytest.approx(mean(first, "dossiers").se[0], rel=1e-10)
    v = found.vcov()
    assert v[0, 0] + v[1, 1] - 2 * v[0, 1] == pytest.approx(0, abs=1e-12)


def test_waves_of_other_villages_in_the_same_strata_are_told_apart() -> None:
    both = stack({"a": wave(1), "b": wave(2, shift=100)}, column="round")
    assert both.n_psu == 30
    assert mean(both, "online", by="round").n.tolist() == [120, 120]


def test_each_wave_keeps_its_own_calibration() -> None:
    totals = {"f": 2000.0, "m": 1800.0}
    first, second = (post_stratify(wave(s), "sex", totals) for s in (1, 2))
    both = stack({1: first, 2: second})
    found = mean(both, "online", by="wave")
    alone = [mean(d, "online").se[0] for d in (first, second)]
    assert found.se == pytest.approx(alone, rel=1e-9)


def test_a_subpopulation_stays_one() -> None:
    first = wave(1)
    both = stack({1: first.subset(first.frame.sex == "f"), 2: wave(2)})
    n = mean(both, "online", by="wave").n
    assert n.tolist() == [(first.frame.sex == "f").sum(), 120]


def test_village_numbers_that_restart_in_each_stratum_stay_nested() -> None:
    frame = villages()
    frame["village"] %= 5
    nested = Design.from_frame(frame, ids="village", strata="stratum", weights="w", nest=True)
    assert stack({1: nested, 2: nested}).n_psu == 15


def test_a_village_that_changed_its_stratum_is_named() -> None:
    second = wave(2).frame.copy()
    second.loc[second.village == 0, "stratum"] = "s2"
    moved = Design.from_frame(second, ids="village", strata="stratum", weights="w")
    with pytest.raises(DesignError, match="PSU 0 of column 'village' lies in several strata"):
        stack({1: wave(1), 2: moved})


def test_waves_that_do_not_fit_are_refused() -> None:
    first = wave(1)
    plain = Design.from_frame(first.frame, ids="village", weights="w")
    with pytest.raises(DesignError, match="the waves differ in strata"):
        stack({1: first, 2: plain})
    with pytest.raises(DesignError, match="column 'sex' already"):
        stack({1: first, 2: first}, column="sex")
    with pytest.raises(DesignError, match="make replicates of the stack"):
        stack({1: first.replicate("JKn"), 2: first})
    with pytest.raises(DesignError, match="two waves or more"):
        stack({1: first})
    finite = Design.from_frame(
        first.frame.assign(n=9), ids="village", strata="stratum", weights="w", fpc="n"
    )
    with pytest.raises(DesignError, match="without fpc to stack them"):
        stack({1: finite, 2: finite})


def test_the_stack_equals_one_frame_described_at_once() -> None:
    first, second = wave(1), wave(2)
    frame = pd.concat([first.frame.assign(t=1), second.frame.assign(t=2)], ignore_index=True)
    whole = Design.from_frame(frame, ids="village", strata="stratum", weights="w")
    one, two = (
        mean(whole, "online", by="t"),
        mean(stack({1: first, 2: second}), "online", by="wave"),
    )
    assert np.array_equal(one.vcov(), two.vcov())
