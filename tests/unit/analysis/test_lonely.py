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


def two_stages() -> pd.DataFrame:
    """Villages in strata, hamlets drawn in strata of each village; some of both are alone."""
    rows = []
    for stratum, village, part, hamlets in [
        ("a", 1, "x", 2), ("a", 1, "y", 1), ("a", 2, "x", 3), ("a", 2, "y", 2),
        ("b", 3, "x", 1), ("c", 4, "x", 2), ("c", 5, "x", 1), ("c", 5, "y", 3),
    ]:  # fmt: skip
        rows += [(stratum, village, part, h) for h in range(hamlets)]
    frame = pd.DataFrame(rows, columns=["stratum", "village", "part", "hamlet"])
    rng = np.random.default_rng(8)
    return frame.assign(y=rng.normal(20, 6, len(frame)), sex=rng.choice(["f", "m"], len(frame)))


def written_out(frame: pd.DataFrame, z: np.ndarray, rule: str) -> float:
    """Both stages as the books have them: 9 villages to a stratum, 7 hamlets to a part."""

    def level(units: pd.DataFrame, size: int, stage: int) -> float:
        parts = [part.z.to_numpy() for _, part in units.groupby("stratum")]
        good = [part for part in parts if len(part) > 1]
        found = sum(len(p) * (1 - len(p) / size) * p.var(ddof=1) for p in good)
        alone = [part[0] for part in parts if len(part) == 1]
        if rule == "adjust":
            centre = units.z.mean()
            found += sum((1 - 1 / size) * (one - centre) ** 2 for one in alone)
        if rule == "average" and alone:
            found = found * len(parts) / len(good) if good else (np.nan if stage == 1 else 0.0)
        return float(found)

    data = frame.assign(z=z)
    villages = data.groupby(["stratum", "village"]).z.sum().reset_index()
    total = level(villages, 9, 1)
    drawn = villages.groupby("stratum").size()
    for (stratum, _), part in data.groupby(["stratum", "village"]):
        hamlets = part.assign(stratum=part.part)
        total += drawn[stratum] / 9 * level(hamlets, 7, 2)
    return total


@pytest.mark.parametrize("rule", ["remove", "certainty", "adjust", "average"])
def test_lonely_units_of_every_stage_follow_the_rule(rule: str) -> None:
    frame = two_stages().assign(n=9, m=7)
    made = Design.from_frame(
        frame,
        ids=["village", "hamlet"],
        strata=["stratum", "part"],
        fpc=["n", "m"],
        lonely_psu=rule,
    )
    z = made.weights * frame.y
    whole = total(made, "y")
    assert whole.se[0] ** 2 == pytest.approx(written_out(frame, z, rule), rel=1e-10)
    assert whole.vcov()[0, 0] == pytest.approx(whole.se[0] ** 2, rel=1e-10)


def test_fail_names_the_stratum_and_stage_of_a_lonely_hamlet() -> None:
    frame = two_stages().assign(n=9, m=7).query("stratum != 'b'")
    made = Design.from_frame(
        frame, ids=["village", "hamlet"], strata=["stratum", "part"], fpc=["n", "m"]
    )
    with pytest.raises(LonelyPsuError, match=r"stratum y of village 1 .* one PSU at stage 2"):
        total(made, "y")
    assert total(made, "y", where=frame.village.to_numpy() == 2).n[0] == 5


def test_collapse_pairs_villages_and_takes_nothing_from_lonely_hamlets() -> None:
    frame = two_stages().assign(n=9, m=7)
    shape = {"ids": ["village", "hamlet"], "strata": ["stratum", "part"], "fpc": ["n", "m"]}
    made = Design.from_frame(frame, **shape, lonely_psu="collapse")
    assert len(made.collapsed) == 1
    assert np.isfinite(total(made, "y").se[0])


@pytest.mark.parametrize("rule", [rule for rule in LonelyPsu if rule is not LonelyPsu.FAIL])
@pytest.mark.parametrize("in_domains", [True, False])
def test_every_rule_gives_domains_one_answer_alone_and_together(
    rule: LonelyPsu, in_domains: bool
) -> None:
    frame = two_stages().assign(n=9, m=7)
    made = Design.from_frame(
        frame,
        ids=["village", "hamlet"],
        strata=["stratum", "part"],
        fpc=["n", "m"],
        lonely_psu=rule,
        adjust_domain_lonely=in_domains,
    )
    together = total(made, "y", by="sex")
    alone = [total(made, "y", where=(frame.sex == sex).to_numpy()).se[0] for sex in "fm"]
    assert together.se == pytest.approx(alone, rel=1e-10)
    assert np.sqrt(np.diag(together.vcov())) == pytest.approx(together.se, rel=1e-10)
