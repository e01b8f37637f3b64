"""Whole stays given to teams, exactly: stays of one length are alike, so there are few kinds."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from analysis.outreach.calendar import cut
from analysis.outreach.scenario import Scenario
from analysis.outreach.yields import Ints

SECONDS = 2.0


def given_out(days: Ints, scenario: Scenario) -> Ints | None:
    """Days by team and area that keep each area's days; None where none was found.

    The quick rule of `cut` first; then, with no stay shared, y_il stays of length l to team i:
    Σ_l (l + t) y_il ≤ its days and Σ_i y_il = how many there are.
    """
    quick = cut(days, scenario)
    if quick is not None:
        return quick
    lengths, counts = np.unique(days[days > 0], return_counts=True)
    teams, n = scenario.teams, lengths.size
    of_team = np.kron(np.eye(teams), (lengths + scenario.travel)[None, :])
    of_length = np.kron(np.ones((1, teams)), np.eye(n))
    found = optimize.milp(
        np.zeros(teams * n),
        integrality=np.ones(teams * n),
        bounds=optimize.Bounds(0, np.tile(counts, teams).astype(float)),
        constraints=[
            optimize.LinearConstraint(of_team, -np.inf, scenario.team_capacity),
            optimize.LinearConstraint(of_length, counts, counts),
        ],
        options={"time_limit": SECONDS},
    )
    if found.x is None:
        return None
    stays = np.rint(found.x).reshape(teams, n).astype(np.int64)
    out = np.zeros((teams, days.size), dtype=np.int64)
    for number, length in enumerate(lengths):
        areas = np.flatnonzero(days == length)
        out[np.repeat(np.arange(teams), stays[:, number]), areas] = length
    return out
