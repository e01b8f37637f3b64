"""The calendar of a plan: for each team, one turn after another, village by village."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from surveys.results.models import OutreachPlan


@dataclass(frozen=True, slots=True)
class Turn:
    """A team in one village (or somewhere in the commune, `village` ""), in days from 0.

    `travel` is of the way to the commune and stands with the first turn of a stay.
    """

    team: int
    area: int
    start: float
    end: float
    travel: float
    village: str
    days: tuple[int, ...]  # by kind of help


@dataclass(frozen=True, slots=True)
class HalfDay:
    """A working day from 1, its morning or its afternoon."""

    day: int
    is_morning: bool


def half_day(at: float, *, is_end: bool) -> HalfDay:
    """Days from 0 as people count: 2.5 is the afternoon of day 3, as an end its morning."""
    half = round(at * 2) - (1 if is_end else 0)
    return HalfDay(half // 2 + 1, half % 2 == 0)


def turns_of(plan: OutreachPlan) -> Iterator[Turn]:
    """In the order of teams and days."""
    visits = plan.result.get("visits", [])
    for stay in plan.result["stays"]:
        yield from _turns(stay, visits)


def _turns(stay: Mapping[str, Any], visits: list[dict[str, Any]]) -> Iterator[Turn]:
    clock, travel = stay["start"], stay["travel"]
    placed = list(zip(stay.get("villages", ()), stay.get("kinds", ()), strict=True))
    if len(placed) != sum(stay["days"]):  # no village of the commune is known
        end = clock + travel + sum(stay["days"])
        yield Turn(stay["team"], stay["area"], clock, end, travel, "", tuple(stay["days"]))
        return
    for visit, pairs in groupby(placed, key=lambda pair: pair[0]):
        kinds = [kind for _, kind in pairs]
        days = tuple(kinds.count(kind) for kind in range(len(stay["days"])))
        end = clock + travel + len(kinds)
        yield Turn(stay["team"], stay["area"], clock, end, travel, visits[visit]["name"], days)
        clock, travel = end, 0.0
