"""A plan with everything that has to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from analysis.outreach.calendar import Stay, housed, stays_of
from analysis.outreach.draws import AreaShares, needs_of
from analysis.outreach.limits import limits_of
from analysis.outreach.naive import cut_to_teams, equal_split, worst_first
from analysis.outreach.reach import Reach
from analysis.outreach.robust import Pair, Redrawn, alike, redrawn
from analysis.outreach.scenario import Scenario
from analysis.outreach.solving import solved
from analysis.outreach.villages import AreaShare, VillageSize, VillageVisit, visits_of
from analysis.outreach.whatif import WhatIf, what_ifs
from analysis.outreach.yields import Floats, Ints, Needs, Steps, reach_of, steps_of

DRAWS: Final = 500
REDRAWS: Final = 200


@dataclass(frozen=True, slots=True)
class AreaPlan:
    """One area: days by kind (in the order of KINDS), whom they reach, how sure the choice is.

    `need` are the people in need of any help; `need` and `reach` are None where nothing is known.
    `chosen` is the share of redraws that visit it, `usual_days` the middle 90 % of their days.
    """

    area: str
    days: tuple[int, ...]
    need: Reach | None
    need_by_kind: tuple[float, ...]
    reach: Reach | None
    chosen: float
    usual_days: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan; people reached beyond it are differences to its own expected reach.

    `bound` is what no plan can exceed: the plan is proved best where it equals the reach. `visits`
    are the villages of the areas of which some are known, in the order of the areas.
    """

    areas: tuple[AreaPlan, ...]
    stays: tuple[Stay, ...]
    reach: Reach
    by_kind: tuple[Reach, ...]
    bound: float
    one_more_team: float
    one_more_day: float
    worst_first: Reach
    equal_split: Reach
    over_worst_first: Reach
    over_equal_split: Reach
    redraws: int
    pairs: tuple[Pair, ...]
    what_ifs: tuple[WhatIf, ...]
    visits: tuple[VillageVisit, ...]


@dataclass(frozen=True, slots=True)
class Villages:
    """The villages of each area with their sizes, and how far they lie from their area.

    `spread` is a standard deviation of shares, 0..1 (`villages.between_villages`).
    """

    of_area: Mapping[str, Sequence[VillageSize]] = field(default_factory=dict)
    spread: float = 0.0


NO_VILLAGES: Final = Villages()


def planned(
    rows: Sequence[AreaShares],
    scenario: Scenario,
    *,
    seed: int,
    villages: Villages = NO_VILLAGES,
    draws: int = DRAWS,
    redraws: int = REDRAWS,
    seconds: float = 60.0,
    tell: Callable[[float], None] = lambda _: None,
) -> Planned:
    """Solve a scenario for areas of which so much is known.

    Parameters
    ----------
    rows : every area that could be visited, also those of which nothing is known.
    villages : where within the areas the days can be spent.
    seconds : for the redraws; each solution of the programme gets a sixth of it at most.
    tell : how far it is, 0..1.

    Raises
    ------
    OutreachRefused : no plan fits the scenario.
    """
    needs = needs_of(rows, draws=draws, seed=seed)
    limits = limits_of(needs, scenario)
    steps = steps_of(needs, scenario)
    best = solved(steps, limits, scenario, seconds=seconds / 6)
    tell(0.2)
    more_teams = _value(needs, replace(scenario, teams=scenario.teams + 1), seconds / 6)
    more_days = _value(needs, replace(scenario, days=scenario.days + 1), seconds / 6)
    tell(0.3)
    again = redrawn(
        needs, limits, scenario, most=redraws, seconds=seconds, tell=lambda s: tell(0.3 + 0.6 * s)
    )
    by_kind = steps.by_kind(best.days)
    changed = tuple(what_ifs(needs, scenario, by_kind, seconds=seconds / 12))
    visits = _visits(rows, needs, by_kind, scenario=scenario, villages=villages, seed=seed)
    reach = reach_of(needs, scenario, by_kind)
    shares = np.array([row.share if row.share is not None else np.nan for row in rows])
    naive = [
        _total(needs, scenario, steps, cut_to_teams(days, limits, steps.gain, scenario))
        for days in (worst_first(shares, limits, scenario), equal_split(limits, scenario))
    ]
    total = reach.sum(axis=(1, 2))
    return Planned(
        areas=_areas(needs, by_kind, reach, again),
        stays=_stays(needs, best.by_team, by_kind, scenario, visits),
        reach=Reach.of(total),
        by_kind=tuple(Reach.of(reach[:, :, k].sum(axis=1)) for k in range(reach.shape[2])),
        bound=best.bound,
        one_more_team=max(more_teams - best.value, 0.0),
        one_more_day=max(more_days - best.value, 0.0),
        worst_first=Reach.of(naive[0]),
        equal_split=Reach.of(naive[1]),
        over_worst_first=Reach.of(total - naive[0]),
        over_equal_split=Reach.of(total - naive[1]),
        redraws=len(again.days),
        pairs=alike(needs, limits, scenario, by_kind),
        what_ifs=changed,
        visits=visits,
    )


def _visits(
    rows: Sequence[AreaShares],
    needs: Needs,
    by_kind: Ints,
    *,
    scenario: Scenario,
    villages: Villages,
    seed: int,
) -> tuple[VillageVisit, ...]:
    generator = np.random.default_rng([seed, 1])  # of their own: villages move no other draw
    found: list[VillageVisit] = []
    for number, row in enumerate(rows):
        if not row.is_known or not row.population:
            continue
        found += visits_of(
            AreaShare(row.area, needs.persons[:, number, :], row.population),
            villages.of_area.get(row.area, ()),
            by_kind[number].tolist(),
            scenario,
            spread=villages.spread,
            generator=generator,
        )
    return tuple(found)


def _stays(
    needs: Needs,
    by_team: Ints,
    by_kind: Ints,
    scenario: Scenario,
    visits: Sequence[VillageVisit],
) -> tuple[Stay, ...]:
    number = {area: at for at, area in enumerate(needs.areas)}
    pairs: dict[int, list[list[int]]] = {}
    for at, visit in enumerate(visits):
        here = pairs.setdefault(number[visit.area], [])
        here += [[at, kind] for kind, n in enumerate(visit.days) for _ in range(n)]
    return housed(stays_of(by_team, by_kind, scenario), pairs)


def _value(needs: Needs, scenario: Scenario, seconds: float) -> float:
    limits = limits_of(needs, scenario)
    return solved(steps_of(needs, scenario), limits, scenario, seconds=seconds).value


def _total(needs: Needs, scenario: Scenario, steps: Steps, days: Ints) -> Floats:
    reach = reach_of(needs, scenario, steps.by_kind(days))
    return np.asarray(reach.sum(axis=(1, 2)), dtype=np.float64)


def _areas(needs: Needs, by_kind: Ints, reach: Floats, again: Redrawn) -> tuple[AreaPlan, ...]:
    chosen = again.chosen if len(again.days) else (by_kind.sum(axis=1) > 0).astype(float)
    rows = again.days if len(again.days) else by_kind.sum(axis=1)[None, :]
    low, high = np.quantile(rows, (0.05, 0.95), axis=0, method="nearest")
    known = needs.is_known
    return tuple(
        AreaPlan(
            area=area,
            days=tuple(int(each) for each in by_kind[n]),
            need=Reach.of(needs.persons[:, n, :].sum(axis=1)) if known[n] else None,
            need_by_kind=tuple(
                float(each) for each in np.nan_to_num(needs.persons[:, n, :]).mean(axis=0)
            ),
            reach=Reach.of(reach[:, n, :].sum(axis=1)) if known[n] else None,
            chosen=float(chosen[n]),
            usual_days=(int(low[n]), int(high[n])),
        )
        for n, area in enumerate(needs.areas)
    )
