"""Between what numbers of days each area may lie, or why no plan can exist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.outreach.refusals import OutreachRefused, Refusal
from analysis.outreach.scenario import Scenario
from analysis.outreach.yields import Ints, Needs


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Fewest and most days of each area, in the order of the needs."""

    low: Ints
    high: Ints


def limits_of(needs: Needs, scenario: Scenario) -> Limits:
    """The limits that the scenario sets.

    Raises
    ------
    OutreachRefused : what can be seen without solving anything.
    """
    _check_names(needs, scenario)
    if scenario.least_days > scenario.most_days:
        raise OutreachRefused(
            Refusal.LEAST_OVER_MOST, {"least": scenario.least_days, "most": scenario.most_days}
        )
    open_ = np.array([area not in scenario.must_not for area in needs.areas], dtype=bool)
    if not (open_ & needs.is_known).any():
        raise OutreachRefused(Refusal.NOTHING_KNOWN)
    if scenario.team_capacity < 1 + scenario.travel:
        raise OutreachRefused(Refusal.TOO_FAR, {"days": scenario.days, "travel": scenario.travel})
    is_must = np.array([area in scenario.must for area in needs.areas], dtype=bool)
    low = np.where(open_, scenario.least_days, 0)
    low = np.where(is_must, np.maximum(low, 1), low).astype(np.int64)
    high = np.where(open_, scenario.most_days, 0).astype(np.int64)
    needed = float(low.sum() + scenario.travel * (low > 0).sum())
    if needed > scenario.capacity:
        raise OutreachRefused(
            Refusal.TOO_LITTLE,
            {
                "needed": needed,
                "there": scenario.capacity,
                "areas": int((low > 0).sum()),
                "teams": int(np.ceil(needed / scenario.team_capacity)),
            },
        )
    return Limits(low, high)


def _check_names(needs: Needs, scenario: Scenario) -> None:
    both = sorted(scenario.must & scenario.must_not)
    if both:
        raise OutreachRefused(Refusal.BOTH, {"areas": ", ".join(both)})
    unknown = sorted((scenario.must | scenario.must_not) - set(needs.areas))
    if unknown:
        raise OutreachRefused(Refusal.UNKNOWN_AREA, {"areas": ", ".join(unknown)})
