"""Strata with one PSU: refused, or treated by the rule that was asked for, never a crash."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import Design, Flag, LonelyPsu, LonelyPsuError, mean, total
from tests.unit.analysis.samples import villages


def one_lonely() -> pd.DataFrame:
    """Stratum s2 keeps a single village."""
    frame = villages()
    return frame[(frame.stratum != "s2") | (frame.village == 10)].reset_index(drop=True)


def design(rule: str, frame: pd.DataFrame | None = None, **more: object) -> Design:
    data = one_lonely() if frame is None else frame
    return Design.from_frame(
        data, ids="village", strata="stratum", weights="w", lonely_psu=rule, **more
    )


def test_fail_names_the_stratum_and_the_remedy() -> None:
    with pytest.raises(LonelyPsuError, match=r"stratum s2 has only one PSU at stage 1.*collapse"):
        mean(design("fail"), "online")


def test_fail_says_nothing_of_strata_outside_the_subpopulation() -> None:
    found = mean(design("fail"), "online", where=one_lonely().stratum != "s2")
    assert np.isfinite(found.se[0])


def test_collapse_pairs_with_the_stratum_of_nearest_size_and_logs_it() -> None:
    frame = one_lonely()
    frame.loc[frame.stratum == "s0", "w"] *= 10
    made = design("collapse", frame)
    assert [(c.stratum, c.merged_into) for c in made.collapsed] == [("s2", "s1")]
    assert "s2 has one PSU; paired with s1" in str(made.collapsed[0])


def test_collapse_equals_merging_the_strata_by_hand() -> None:
    frame = one_lonely()
    frame.loc[frame.stratum == "s0", "w"] *= 10
    by_hand = frame.assign(stratum=frame.stratum.replace("s2", "s1"))
    collapsed, merged = (
        mean(design("collapse", frame), "online"),
        mean(design("fail", by_hand), "online"),
    )
    assert collapsed.se[0] == pytest.approx(merged.se[0], rel=1e-12)
    assert collapsed.df[0] == merged.df[0] == 9


def test_domains_that_reach_into_collapsed_strata_are_flagged() -> None:
    found = mean(design("collapse"), "online", by="stratum")
    flagged = {row.domain[0] for row in found if row.flags & Flag.COLLAPSED}
    assert "s2" in flagged
    assert len(flagged) == 2


def test_two_lonely_strata_can_pair_with_each_other() -> None:
    frame = villages()
    frame = frame[frame.village.isin([0, 5])].reset_index(drop=True)
    made = design("collapse", frame)
    assert len(made.collapsed) == 1
    assert np.isfinite(mean(made, "online").se[0])


@pytest.mark.parametrize("rule", [rule for rule in LonelyPsu if rule is not LonelyPsu.FAIL])
def test_a_survey_of_one_village_gives_no_interval(rule: LonelyPsu) -> None:
    frame = villages().query("village == 0").reset_index(drop=True)
    row = mean(design(rule, frame), "online").row(0)
    assert np.isnan([row.se, row.lower, row.upper]).all()
    assert row.flags & Flag.ONE_PSU
    assert row.flags & Flag.NO_DF


@pytest.mark.parametrize("rule", ["remove", "certainty"])
def test_remove_and_certainty_add_nothing(rule: str) -> None:
    frame = one_lonely()
    u = (frame.online - np.average(frame.online, weights=frame.w)) * frame.w / frame.w.sum()
    z = u.groupby([frame.stratum, frame.village]).sum()
    variance = sum(5 * z[s].var(ddof=1) for s in ("s0", "s1"))
    assert mean(design(rule, frame), "online").se[0] ** 2 == pytest.approx(variance, rel=1e-12)


def test_average_gives_the_lonely_stratum_the_mean_of_the_others() -> None:
    none, average = (total(design(rule), "online").se[0] for rule in ("remove", "average"))
    assert average**2 == pytest.approx(none**2 * 3 / 2, rel=1e-12)


def test_adjust_takes_the_distance_to_the_mean_psu() -> None:
    frame = one_lonely()
    z = (frame.online * frame.w).groupby(frame.village).sum()
    none, adjust = (total(design(rule), "online").se[0] for rule in ("remove", "adjust"))
    assert adjust**2 - none**2 == pytest.approx((z[10] - z.mean()) ** 2, rel=1e-9)


def test_a_stratum_taken_whole_is_not_lonely() -> None:
    frame = one_lonely()
    frame["n_villages"] = np.where(frame.stratum == "s2", 1, 20)
    found = mean(design("fail", frame, fpc="n_villages"), "online")
    assert not found.flags[0] & Flag.LONELY_PSU
