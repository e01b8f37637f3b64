"""Villages of a plan: days go to requests first, intervals hold how far villages lie apart."""

import numpy as np
import pytest

from analysis.outreach import (
    AreaShares,
    HelpKind,
    Scenario,
    Villages,
    VillageSize,
    needs_of,
    planned,
)
from analysis.outreach.scenario import KINDS
from analysis.outreach.whatif import FACTORS

HELPED = dict.fromkeys(HelpKind, 20.0)


def area(code: str, share: float, shared: tuple[float, ...] = ()) -> AreaShares:
    parts = {HelpKind.PHONE: share / 2, HelpKind.VNEID: share / 2}
    return AreaShares(code, 9000, share, 0.03, 300.0, parts, code, shared)


def test_days_go_to_villages_with_requests_first_and_all_days_find_one() -> None:
    rows = [area("a", 0.5), area("b", 0.1)]
    scenario = Scenario(teams=2, days=4, helped=HELPED, comes=0.05, travel=0.5, most_days=5)
    sizes = [VillageSize("big", 900), VillageSize("asked", 300, 2), VillageSize("more", 200, 7)]
    known = Villages({"a": sizes}, spread=0.1)
    plan = planned(rows, scenario, seed=1, villages=known, draws=60, redraws=2, seconds=5)
    here = [visit for visit in plan.visits if visit.area == "a"]
    assert [visit.village for visit in here[:2]] == ["more", "asked"]
    days = next(sum(each.days) for each in plan.areas if each.area == "a")
    assert sum(sum(visit.days) for visit in here) == days
    for stay in plan.stays:
        if plan.areas[stay.area].area == "a":
            assert len(stay.villages) == len(stay.kinds) == sum(stay.days)
        else:
            assert stay.villages == ()  # no village of it is known
    # The same shares, narrower where villages are taken to be like their commune.
    alike = Villages({"a": sizes}, spread=0.0)
    other = planned(rows, scenario, seed=1, villages=alike, draws=60, redraws=2, seconds=5)
    assert other.reach == plan.reach
    wide, narrow = plan.visits[0].need, other.visits[0].need
    assert wide.upper - wide.lower > 1.5 * (narrow.upper - narrow.lower)


def test_guesses_a_quarter_off_are_told_and_the_best_plan_is_no_worse_than_this_one() -> None:
    rows = [area("a", 0.5), area("b", 0.45), area("c", 0.2)]
    scenario = Scenario(teams=1, days=5, helped=HELPED, comes=0.02, travel=0.5)
    plan = planned(rows, scenario, seed=1, draws=100, redraws=3, seconds=5)
    assert [each.factor for each in plan.what_ifs] == [*FACTORS, *FACTORS]
    for each in plan.what_ifs:
        assert each.best >= each.same
        change = each.same - plan.reach.value
        assert change >= 0 if each.factor > 1 else change <= 0


def test_what_areas_share_of_a_regression_moves_them_together_and_keeps_each_law() -> None:
    tied = needs_of([area("a", 0.4, (0.9,)), area("b", 0.4, (0.9,))], draws=4000, seed=1)
    free = needs_of([area("a", 0.4), area("b", 0.4)], draws=4000, seed=1)
    gaps = [each.persons.sum(axis=2) / 9000 for each in (tied, free)]
    assert np.corrcoef(gaps[0].T)[0, 1] == pytest.approx(0.81, abs=0.05)
    assert abs(np.corrcoef(gaps[1].T)[0, 1]) < 0.05
    for each in gaps:
        assert each.mean() == pytest.approx(0.4, abs=0.003)
        assert each.std(axis=0) == pytest.approx([0.03, 0.03], abs=0.002)
    assert tied.persons.shape[2] == len(KINDS)
