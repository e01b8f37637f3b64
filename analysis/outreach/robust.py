"""What the plan would be if other values, as likely by the data, were the truth."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.outreach.limits import Limits
from analysis.outreach.programme import together
from analysis.outreach.scenario import Scenario
from analysis.outreach.yields import Floats, Ints, Needs, reach_of, steps_of

REDRAW_GAP: Final = 1e-4
MOST_PAIRS: Final = 20
LIKELY: Final = 0.2  # less than that, one of the two is surely better


@dataclass(frozen=True, slots=True, eq=False)
class Redrawn:
    """Days by area, one row for each draw that was solved in time."""

    days: Ints

    @property
    def chosen(self) -> Floats:
        """How often each area is visited, 0..1."""
        return np.asarray((self.days > 0).mean(axis=0), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Pair:
    """An area of the plan and one outside it, and the chance that the latter gains more."""

    inside: int
    outside: int
    chance: float


def redrawn(
    needs: Needs,
    limits: Limits,
    scenario: Scenario,
    *,
    most: int,
    seconds: float,
    tell: Callable[[float], None] = lambda _: None,
) -> Redrawn:
    """Solve the first `most` draws, each as if it were the truth, while `seconds` last."""
    end = time.monotonic() + seconds
    found = []
    for number in range(min(most, needs.persons.shape[0])):
        left = end - time.monotonic()
        if left <= 0:
            break
        one = steps_of(needs.draw(number), scenario)
        best = together(one, limits, scenario, gap=REDRAW_GAP, seconds=max(left, 0.1))
        if best is not None:
            found.append(best.days)
        if number % 10 == 0:
            tell(number / most)
    empty = np.zeros((0, len(needs.areas)), dtype=np.int64)
    return Redrawn(np.stack(found) if found else empty)


def alike(needs: Needs, limits: Limits, scenario: Scenario, by_kind: Ints) -> tuple[Pair, ...]:
    """Pairs whose order the data cannot tell: the area outside may well gain more, or not.

    Each pair is compared draw by draw over the days that the area inside has; areas that have to
    be visited, or must not be, are no choice. The nearest to one half come first.
    """
    days = by_kind.sum(axis=1)
    steps = steps_of(needs, scenario)
    inside = np.flatnonzero((days > 0) & (limits.low == 0) & needs.is_known)
    outside = np.flatnonzero((days == 0) & (limits.high > 0) & needs.is_known)
    here = reach_of(needs, scenario, by_kind).sum(axis=2)
    pairs = []
    for n_days in np.unique(days[inside]):
        as_many = np.full(days.size, n_days, dtype=np.int64)
        there = reach_of(needs, scenario, steps.by_kind(as_many)).sum(axis=2)
        for one in inside[days[inside] == n_days]:
            chances = (there[:, outside] > here[:, [one]]).mean(axis=0)
            pairs += [
                Pair(int(one), int(other), float(chance))
                for other, chance in zip(outside, chances, strict=True)
                if LIKELY <= chance <= 1 - LIKELY
            ]
    pairs.sort(key=lambda pair: (abs(pair.chance - 0.5), pair.inside, pair.outside))
    return tuple(pairs[:MOST_PAIRS])
