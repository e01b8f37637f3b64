"""The plan team by team: the easy way where it loses nothing, the exact one where it would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.outreach.calendar import LEAST_WORTH, filled, shortened
from analysis.outreach.limits import Limits
from analysis.outreach.packing import given_out
from analysis.outreach.programme import Together, team_by_team, together
from analysis.outreach.refusals import OutreachRefused, Refusal
from analysis.outreach.scenario import Scenario
from analysis.outreach.yields import Ints, Steps

MOST_CELLS: Final = 400  # teams × areas; beyond it the programme team by team does not end
CLOSE: Final = 1e-5  # a plan so near its bound needs no other
SPARED: Final = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)  # days given up so that the rest can be cut


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
    Otherwise the programme team by team is solved where it is small enough. Where it is not, or
    does not end within `seconds`, a few days are spared until the rest can be cut; the bound
    says how much that can have lost.

    Raises
    ------
    OutreachRefused : `no_calendar`.
    """
    first = together(steps, limits, scenario, seconds=seconds)
    if first is None:
        first = Together(limits.low, float(steps.gain.sum()))
    by_team = given_out(first.days, scenario)
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
    if not found or _value(steps, found[0]) < bound * (1 - CLOSE):
        found += _spared(steps, limits, scenario, first, seconds)
    if not found:
        raise OutreachRefused(Refusal.NO_CALENDAR)
    best = max(found, key=lambda each: _value(steps, each))
    value = _value(steps, best)
    return Solved(best, value, max(bound, value))


def _value(steps: Steps, by_team: Ints) -> float:
    return steps.value(np.asarray(by_team.sum(axis=0), dtype=np.int64))


def _spared(
    steps: Steps, limits: Limits, scenario: Scenario, first: Together, seconds: float
) -> list[Ints]:
    """Plans that can be cut to the teams because some days are spared; gaps are filled again."""
    short = shortened(first.days, limits.low, steps.gain, scenario)
    found = [_improved(short, steps, limits, scenario)] if short is not None else []
    for days in SPARED:
        fewer = together(steps, limits, scenario, spared=days, seconds=seconds)
        by_team = given_out(fewer.days, scenario) if fewer is not None else None
        if by_team is not None:
            return [*found, _improved(by_team, steps, limits, scenario)]
    return found


def _improved(by_team: Ints, steps: Steps, limits: Limits, scenario: Scenario) -> Ints:
    """One stay after another is given up where what then fits instead reaches more.

    Half a day left over in a team fits nothing; a stay less, and it fits two days elsewhere.
    """
    best = filled(by_team, limits.high, steps.gain, scenario)
    value, is_better = _value(steps, best), True
    while is_better:
        is_better = False
        for team, area in zip(*np.nonzero(best), strict=True):
            other = best.copy()
            other[team, area] = 0
            if other[:, area].sum() < limits.low[area]:
                continue
            other = filled(other, limits.high, steps.gain, scenario)
            now = _value(steps, other)
            if now > value + LEAST_WORTH:
                best, value, is_better = other, now, True
    return best
