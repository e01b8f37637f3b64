"""Into which villages of an area its days go.

No village is measured alone. Each carries the shares of its area, and how far villages lie from
their area is what the design saw of it: one standard deviation for all (`between_villages`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.outreach.reach import Reach
from analysis.outreach.scenario import KINDS, HelpKind, Scenario
from analysis.outreach.yields import Floats, reached

TRIED = KINDS.index(HelpKind.EXPERIENCE)
LEAST_GAIN = 1e-9


@dataclass(frozen=True, slots=True)
class VillageSize:
    """A village with the people that live there, and how many asked for help there."""

    village: str
    people: float
    requests: int = 0


@dataclass(frozen=True, slots=True)
class VillageVisit:
    """Days by kind in a village, in the order of visits.

    `need` are its people in need of any help, `reach` whom the days reach if only people of the
    village itself come.
    """

    area: str
    village: str
    days: tuple[int, ...]
    need: Reach
    reach: Reach


@dataclass(frozen=True, slots=True, eq=False)
class AreaShare:
    """An area as its villages see it: draws of people in need by kind, and everybody."""

    area: str
    persons: Floats  # (draws, kinds)
    people: float


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """What is left to give out in one area."""

    wanted: list[int]  # days by kind
    given: list[list[int]]  # by village, by kind
    order: list[int]  # villages as they are first visited


def village_needs(
    share: AreaShare, villages: Sequence[VillageSize], spread: float, generator: np.random.Generator
) -> Floats:
    """Draws of people in need, (draws, villages, kinds).

    The part that is not equipped is the area's plus a normal deviation with standard deviation
    `spread`, kept within 0..1; the split of it by kind stays that of the area.
    """
    parts = share.persons / share.people
    gap = np.delete(parts, TRIED, axis=1).sum(axis=1)
    shift = spread * generator.standard_normal((len(gap), len(villages)))
    there = np.clip(gap[:, None] + shift, 0.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        more = np.where(gap[:, None] > 0, there / gap[:, None], 0.0)
        less = np.where(gap[:, None] < 1, (1 - there) / (1 - gap[:, None]), 0.0)
    factor = np.repeat(more[:, :, None], len(KINDS), axis=2)
    factor[:, :, TRIED] = less
    people = np.array([village.people for village in villages])
    return np.asarray(parts[:, None, :] * factor * people[None, :, None], dtype=np.float64)


def visits_of(
    share: AreaShare,
    villages: Sequence[VillageSize],
    days: Sequence[int],
    scenario: Scenario,
    *,
    spread: float,
    generator: np.random.Generator,
) -> tuple[VillageVisit, ...]:
    """The villages that the days of an area go to.

    Villages with requests have a day each before the others, those with most requests first; each
    further day goes where it reaches most people of the village itself.
    """
    if not villages or not sum(days):
        return ()
    needs = village_needs(share, villages, spread, generator)
    first = [n for n, village in enumerate(villages) if village.requests]
    first.sort(key=lambda n: (-villages[n].requests, -villages[n].people))
    kinds = len(KINDS)
    state = _Open([int(each) for each in days], [[0] * kinds for _ in villages], [])
    while sum(state.wanted):
        waiting = [n for n in first if n not in state.order][:1]
        _give(state, waiting or list(range(len(villages))), needs, scenario)
    return tuple(_visit(share, villages[n], state.given[n], needs[:, n], scenario)
                 for n in state.order)  # fmt: skip


def _give(state: _Open, open_: Sequence[int], needs: Floats, scenario: Scenario) -> None:
    """One day to the village and kind that gain most; of equals the first."""
    best, gain = (open_[0], next(k for k, n in enumerate(state.wanted) if n)), LEAST_GAIN
    for village in open_:
        for kind, wanted in enumerate(state.wanted):
            if not wanted:
                continue
            before = state.given[village][kind]
            rate = scenario.helped.get(KINDS[kind], 0.0)
            come = scenario.comes * needs[:, village, kind]
            more = float((reached(come, rate, before + 1) - reached(come, rate, before)).mean())
            if more > gain:
                best, gain = (village, kind), more
    village, kind = best
    state.given[village][kind] += 1
    state.wanted[kind] -= 1
    if village not in state.order:
        state.order.append(village)


def _visit(
    share: AreaShare,
    village: VillageSize,
    days: Sequence[int],
    needs: Floats,
    scenario: Scenario,
) -> VillageVisit:
    helped = sum(
        reached(scenario.comes * needs[:, k], scenario.helped.get(kind, 0.0), days[k])
        for k, kind in enumerate(KINDS)
    )
    return VillageVisit(
        area=share.area,
        village=village.village,
        days=tuple(days),
        need=Reach.of(needs.sum(axis=1)),
        reach=Reach.of(np.asarray(helped, dtype=np.float64)),
    )


def between_villages(
    shares: Sequence[float], variances: Sequence[float], areas: Sequence[str]
) -> float | None:
    """The standard deviation of villages around their area, pooled over areas.

    Moments: within area c the spread of the k_c village shares is S_c² with mean τ² + v̄_c, v̄_c
    being the mean sampling variance of the villages' own shares; so
    τ² = Σ (k_c − 1)(S_c² − v̄_c) / Σ (k_c − 1), at least 0 (Rao 1997, the moment estimator of a
    one-way layout). None where no area has two villages.

    Examples
    --------
    >>> round(between_villages([0.3, 0.5, 0.2, 0.4], [0.004] * 4, ["a", "a", "b", "b"]), 3)
    0.126
    """
    value, noise, of = np.asarray(shares), np.asarray(variances), np.asarray(areas)
    top = bottom = 0.0
    for area in np.unique(of):
        here = of == area
        free = int(here.sum()) - 1
        if free > 0:
            top += free * (float(value[here].var(ddof=1)) - float(noise[here].mean()))
            bottom += free
    return float(np.sqrt(max(top / bottom, 0.0))) if bottom else None
