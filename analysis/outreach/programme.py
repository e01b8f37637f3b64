"""The integer programme, first over all teams together, then, where needed, team by team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import optimize, sparse

from analysis.outreach.limits import Limits
from analysis.outreach.scenario import Scenario
from analysis.outreach.yields import Ints, Steps

# A day that reaches nobody more is left out: it costs this many people.
IDLE: Final = 1e-4
GAP: Final = 1e-6
INFEASIBLE: Final = 2  # status of scipy.optimize.milp


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Days by area with all teams as one, and the number of people that no plan can exceed."""

    days: Ints
    bound: float


def together(
    steps: Steps,
    limits: Limits,
    scenario: Scenario,
    *,
    spared: float = 0.0,
    gap: float = GAP,
    seconds: float = 20.0,
) -> Together | None:
    """The best days by area if any day could be cut to any team; None within `seconds`.

    `spared` days are left unused.

    Maximise Σ g_aj x_aj, x_aj in {0, 1}: the j-th day in area a, x_a1 ≥ x_a2 ≥ …; the first day of
    an area carries its travel: Σ (1 + t [j = 1]) x_aj ≤ capacity; x_aj = 1 up to the fewest days.
    Every plan team by team is one of these, so its value is at most this one's.
    """
    n_areas, most = steps.gain.shape
    day = np.arange(most)[None, :]
    cost = np.broadcast_to(np.where(day == 0, 1 + scenario.travel, 1.0), (n_areas, most)).ravel()
    rows = [sparse.csr_array(cost[None, :])]
    upper = [scenario.capacity - spared]
    if most > 1:
        number = np.arange(n_areas * most).reshape(n_areas, most)
        earlier, later = number[:, :-1].ravel(), number[:, 1:].ravel()
        line = np.arange(earlier.size)
        values = np.concatenate([-np.ones(line.size), np.ones(line.size)])
        places = (np.concatenate([line, line]), np.concatenate([earlier, later]))
        rows.append(sparse.csr_array((values, places), shape=(line.size, n_areas * most)))
        upper += [0.0] * line.size
    found = optimize.milp(
        -(steps.gain.ravel() - IDLE),
        integrality=np.ones(n_areas * most),
        bounds=optimize.Bounds(
            (day < limits.low[:, None]).astype(float).ravel(),
            (day < limits.high[:, None]).astype(float).ravel(),
        ),
        constraints=optimize.LinearConstraint(sparse.vstack(rows), -np.inf, np.array(upper)),
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    if found.x is None:
        return None
    days = np.rint(found.x).reshape(n_areas, most).sum(axis=1).astype(np.int64)
    bound = -float(found.mip_dual_bound) + IDLE * float(days.sum())
    return Together(days, max(bound, steps.value(days)))


@dataclass(frozen=True, slots=True, eq=False)
class TeamByTeam:
    """Days by team and area; `days` None: there is no plan, or none was found in time."""

    days: Ints | None
    bound: float
    is_infeasible: bool


def team_by_team(
    steps: Steps, limits: Limits, scenario: Scenario, *, seconds: float = 20.0
) -> TeamByTeam:
    """The exact programme: whole days n_ia of team i in area a, with v_ia if it goes there.

    Maximise Σ g_aj x_aj with Σ_j x_aj = Σ_i n_ia, n_ia ≤ most · v_ia, and for each team
    Σ_a (n_ia + t v_ia) ≤ its days. Gains fall with j, so x may be continuous. Teams are alike: the
    i-th works at least as many days as the next, which spares the solver their permutations.
    """
    n_areas, most = steps.gain.shape
    teams = scenario.teams
    n_x, n_n = n_areas * most, teams * n_areas
    one, each = sparse.eye_array(n_areas), sparse.eye_array(n_n)
    nothing_x = sparse.csr_array((n_n, n_x))
    whole = sparse.kron(sparse.eye_array(teams), np.ones((1, n_areas)))
    all_teams = sparse.kron(np.ones((1, teams)), one)
    equal = sparse.hstack(
        [sparse.kron(one, np.ones((1, most))), -all_teams, sparse.csr_array((n_areas, n_n))]
    )
    goes = sparse.hstack([nothing_x, each, -most * each])
    capacity = sparse.hstack([sparse.csr_array((teams, n_x)), whole, scenario.travel * whole])
    fewest = sparse.hstack(
        [sparse.csr_array((n_areas, n_x)), all_teams, sparse.csr_array((n_areas, n_n))]
    )
    rows = [
        optimize.LinearConstraint(equal, 0, 0),
        optimize.LinearConstraint(goes, -np.inf, 0),
        optimize.LinearConstraint(capacity, -np.inf, scenario.team_capacity),
        optimize.LinearConstraint(fewest, limits.low, np.inf),
    ]
    if teams > 1:
        order = sparse.eye_array(teams - 1, teams) - sparse.eye_array(teams - 1, teams, k=1)
        busier = sparse.hstack(
            [sparse.csr_array((teams - 1, n_x)), order @ whole, sparse.csr_array((teams - 1, n_n))]
        )
        rows.append(optimize.LinearConstraint(busier, 0, np.inf))
    high_x = (np.arange(most)[None, :] < limits.high[:, None]).astype(float).ravel()
    found = optimize.milp(
        np.concatenate([-(steps.gain.ravel() - IDLE), np.zeros(2 * n_n)]),
        integrality=np.concatenate([np.zeros(n_x), np.ones(2 * n_n)]),
        bounds=optimize.Bounds(
            0, np.concatenate([high_x, np.full(n_n, float(most)), np.ones(n_n)])
        ),
        constraints=rows,
        options={"mip_rel_gap": GAP, "time_limit": seconds},
    )
    if found.x is None:
        return TeamByTeam(None, np.inf, found.status == INFEASIBLE)
    days = np.rint(found.x[n_x : n_x + n_n]).reshape(teams, n_areas).astype(np.int64)
    bound = -float(found.mip_dual_bound) + IDLE * float(days.sum())
    return TeamByTeam(days, bound, is_infeasible=False)
