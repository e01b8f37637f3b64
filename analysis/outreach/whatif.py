"""What becomes of a plan if the planner's own guesses are wrong by a quarter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from analysis.outreach.limits import limits_of
from analysis.outreach.scenario import Scenario
from analysis.outreach.solving import solved
from analysis.outreach.yields import Ints, Needs, reach_of, steps_of

FACTORS: Final = (0.75, 1.25)


class Guess(StrEnum):
    """What the scenario assumes and nobody measured."""

    HELPED = "helped"  # people a team-day
    COMES = "comes"  # of those in need, the part that comes


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A guess multiplied by `factor`: people that this plan reaches then, and the best one.

    `moved` is how many areas the best plan then visits and this does not, or the other way round.
    """

    guess: Guess
    factor: float
    same: float
    best: float
    moved: int


def what_ifs(
    needs: Needs, scenario: Scenario, by_kind: Ints, *, seconds: float
) -> Iterator[WhatIf]:
    """Every guess a quarter lower and a quarter higher; each programme gets `seconds`."""
    visited = by_kind.sum(axis=1) > 0
    for guess in Guess:
        for factor in FACTORS:
            other = _changed(scenario, guess, factor)
            best = solved(steps_of(needs, other), limits_of(needs, other), other, seconds=seconds)
            same = float(reach_of(needs, other, by_kind).sum(axis=(1, 2)).mean())
            moved = int(((best.days > 0) != visited).sum())
            yield WhatIf(guess, factor, same, max(best.value, same), moved)


def _changed(scenario: Scenario, guess: Guess, factor: float) -> Scenario:
    if guess is Guess.COMES:
        return replace(scenario, comes=min(scenario.comes * factor, 1.0))
    return replace(scenario, helped={kind: factor * each for kind, each in scenario.helped.items()})
