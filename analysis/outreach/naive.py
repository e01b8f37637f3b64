"""What planners do without a programme, under the same limits."""

from __future__ import annotations

import numpy as np

from analysis.outreach.calendar import shortened
from analysis.outreach.limits import Limits
from analysis.outreach.packing import given_out
from analysis.outreach.scenario import Scenario
from analysis.outreach.yields import Floats, Ints


def worst_first(shares: Floats, limits: Limits, scenario: Scenario) -> Ints:
    """All useful days to the area with the largest share, then to the next, as days last.

    Areas without a share come last. The fewest days of each area are given before.
    """
    order = np.argsort(-np.nan_to_num(shares, nan=-1.0), kind="stable")
    days, left = _fewest(limits, scenario)
    for area in order:
        travel = 0.0 if days[area] else scenario.travel
        more = min(int(limits.high[area] - days[area]), int(max(left - travel, 0.0)))
        if more > 0:
            days[area] += more
            left -= more + travel
    return days


def equal_split(limits: Limits, scenario: Scenario) -> Ints:
    """One day to each area in the order of the list, then a second, as days last."""
    days, left = _fewest(limits, scenario)
    for target in range(1, int(limits.high.max(initial=0)) + 1):
        for area in range(days.size):
            travel = 0.0 if days[area] else scenario.travel
            if days[area] < min(target, int(limits.high[area])) and left >= 1 + travel:
                days[area] += 1
                left -= 1 + travel
    return days


def cut_to_teams(days: Ints, limits: Limits, gain: Floats, scenario: Scenario) -> Ints:
    """The days that teams can be found for: without those that add least, where all do not fit.

    A rule that left half a day of one team and half of another to one stay would beat the best
    plan by what nobody can do. Where not even the fewest days are cut this way, all stay.
    """
    if given_out(days, scenario) is not None:
        return days
    by_team = shortened(days, limits.low, gain, scenario)
    return days if by_team is None else np.asarray(by_team.sum(axis=0), dtype=np.int64)


def _fewest(limits: Limits, scenario: Scenario) -> tuple[Ints, float]:
    days = limits.low.copy()
    return days, scenario.capacity - float(days.sum() + scenario.travel * (days > 0).sum())
