"""Stays of teams: days of areas cut to teams, and each team's order of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis.outreach.scenario import Scenario, Travel
from analysis.outreach.yields import Floats, Ints

LEAST_WORTH: Final = 1e-4  # a day that adds fewer people is left out


@dataclass(frozen=True, slots=True)
class Stay:
    """A team in an area: travel first, then whole working days. `start` is in days from 0.

    `villages` names the place of each working day among the visits of the plan, and `kinds` the
    help; both are empty where no village of the area is known.
    """

    team: int
    area: int
    start: float
    travel: float
    days: tuple[int, ...]  # by kind of help
    villages: tuple[int, ...] = ()
    kinds: tuple[int, ...] = ()

    @property
    def end(self) -> float:
        return self.start + self.travel + sum(self.days)


def cut(days: Ints, scenario: Scenario) -> Ints | None:
    """Days by team and area that keep each area's days; None where this rule finds no such cut.

    The longest stay first, into the team that it leaves fewest days; a stay that fits nowhere is
    begun where most days are left and goes on with another team, which travels too.
    """
    left = np.full(scenario.teams, scenario.team_capacity)
    out = np.zeros((scenario.teams, days.size), dtype=np.int64)
    for area in np.argsort(-days, kind="stable"):
        rest = int(days[area])
        while rest > 0:
            cost = np.where(out[:, area] > 0, np.inf, rest + scenario.travel)
            fits = left - cost
            if (fits >= 0).any():
                team = int(np.argmin(np.where(fits >= 0, fits, np.inf)))
            else:
                team = int(np.argmax(np.where(out[:, area] > 0, -np.inf, left)))
            taken = min(rest, int(left[team] - scenario.travel))
            if taken < 1 or out[team, area] > 0:
                return None
            out[team, area] = taken
            left[team] -= taken + scenario.travel
            rest -= taken
    return out


def shortened(days: Ints, low: Ints, gain: Floats, scenario: Scenario) -> Ints | None:
    """Days from which the least worth are taken until `cut` finds teams for them."""
    days = days.copy()
    while (found := cut(days, scenario)) is None:
        spare = np.flatnonzero(days > low)
        if spare.size == 0:
            return None
        worth = gain[spare, days[spare] - 1]
        days[spare[int(np.argmin(worth))]] -= 1
    return found


def stays_of(by_team: Ints, by_kind: Ints, scenario: Scenario) -> tuple[Stay, ...]:
    """The calendar: each team's areas, those with most days first; kinds in the order of help."""
    left = by_kind.copy()
    out: list[Stay] = []
    for team in range(by_team.shape[0]):
        clock = 0.0
        for area in np.argsort(-by_team[team], kind="stable"):
            n = int(by_team[team, area])
            if n == 0:
                break
            is_first_free = scenario.travel_rule is Travel.CHANGE and clock == 0.0
            travel = 0.0 if is_first_free else scenario.travel
            given = _taken(left[area], n)
            out.append(Stay(team, int(area), clock, travel, tuple(int(each) for each in given)))
            clock = out[-1].end
    return tuple(out)


def housed(stays: Sequence[Stay], visits: Mapping[int, list[list[int]]]) -> tuple[Stay, ...]:
    """The stays with the village of each day; `visits` has, by area, pairs of visit and kind.

    A team that shares an area with another takes the villages that the first left over.
    """
    left = {area: list(each) for area, each in visits.items()}
    out = []
    for stay in stays:
        pool = left.get(stay.area, [])
        mine: list[list[int]] = []
        for kind, n in enumerate(stay.days):
            mine += [pair for pair in pool if pair[1] == kind][:n]
        for pair in mine:
            pool.remove(pair)
        mine.sort()
        villages, kinds = tuple(pair[0] for pair in mine), tuple(pair[1] for pair in mine)
        out.append(replace(stay, villages=villages, kinds=kinds))
    return tuple(out)


def _taken(left: Ints, n: int) -> Ints:
    """n of the days that are left, of the first kinds first; `left` is lessened."""
    given = np.zeros_like(left)
    for kind in range(left.size):
        given[kind] = min(int(left[kind]), n - int(given.sum()))
    left -= given
    return given


def filled(by_team: Ints, high: Ints, gain: Floats, scenario: Scenario) -> Ints:
    """The same days and, in what the teams have left, the days that add most for their cost."""
    out = by_team.copy()
    n_areas = high.size
    while True:
        days = out.sum(axis=0)
        left = scenario.team_capacity - (out + scenario.travel * (out > 0)).sum(axis=1)
        cost = np.where(out > 0, 1.0, 1.0 + scenario.travel)
        next_day = gain[np.arange(n_areas), np.minimum(days, gain.shape[1] - 1)]
        worth = np.where(days < high, next_day, 0.0)[None, :] / cost
        worth = np.where(cost <= left[:, None], worth, 0.0)
        team, area = divmod(int(np.argmax(worth)), n_areas)
        if worth[team, area] <= LEAST_WORTH:
            return out
        out[team, area] += 1
