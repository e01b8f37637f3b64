"""The plan team by team: the easy way where it loses nothing, the exact one where it would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.outreach.calendar import cut, shortened
from analysis.outreach.limits import Limits
from analysis.outreach.programme import Together, team_by_team, together
from analysis.outreach.refusals import OutreachRefused, Refusal
from analysis.outreach.scenario import Scenario
from analysis.outreach.yields import Ints, Steps

MOST_CELLS: Final = 6000  # teams × areas; beyond it the exact programme does not end in time


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """Days by team and area, their expected reach, and what no plan can exceed."""

    by_team: Ints
    value: float
    bound: float

    @property
    def days(self) -> Ints:
        return np.asarray(self.by_team.sum(axis=0), dtype=np.int64)


def solved(steps: Steps, limits: Limits, scenario: Scenario, *, seconds: float = 20.0) -> Solved:
    """The best plan found, with the bound that proves how good it is.

    Days are chosen with all teams as one; if they can be cut to the teams, no plan is better.
    Otherwise the programme team by team is solved, and a shortened plan stands in where that
    does not end within `seconds`.

    Raises
    ------
    OutreachRefused : `no_calendar`.
    """
    first = together(steps, limits, scenario, seconds=seconds)
    if first is None:
        first = Together(limits.low, float(steps.gain.sum()))
    by_team = cut(first.days, scenario)
    if by_team is not None:
        return Solved(by_team, steps.value(first.days), first.bound)
    found: list[Ints] = []
    bound = first.bound
    if scenario.teams * len(limits.low) <= MOST_CELLS:
        exact = team_by_team(steps, limits, scenario, seconds=seconds)
        if exact.is_infeasible:
            raise OutreachRefused(Refusal.NO_CALENDAR)
        bound = min(bound, exact.bound)
        if exact.days is not None:
            found.append(exact.days)
    short = shortened(first.days, limits.low, steps.gain, scenario)
    if short is not None:
        found.append(short)
    if not found:
        raise OutreachRefused(Refusal.NO_CALENDAR)
    best = max(found, key=lambda each: steps.value(each.sum(axis=0)))
    value = steps.value(best.sum(axis=0))
    return Solved(best, value, max(bound, value))
