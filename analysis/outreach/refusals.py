"""Why a scenario has no plan; the words for people stand where people are spoken to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from analysis.errors import AnalysisError


class Refusal(StrEnum):
    """What stands in the way of any plan."""

    NOTHING_KNOWN = "nothing_known"  # no area with a figure and a population is left to visit
    BOTH = "both"  # areas that must and must not be visited
    UNKNOWN_AREA = "unknown_area"  # an area named by the scenario that is not among the needs
    LEAST_OVER_MOST = "least_over_most"
    TOO_FAR = "too_far"  # the travel leaves no working day to a team
    TOO_LITTLE = "too_little"  # what has to be done takes more team-days than there are
    NO_CALENDAR = "no_calendar"  # enough team-days in sum, yet no team's days can be cut so


class OutreachRefused(AnalysisError):
    """No plan fits the scenario; `reason` says why and `facts` with what numbers."""

    def __init__(self, reason: Refusal, facts: Mapping[str, float | str] | None = None) -> None:
        self.reason = reason
        self.facts = dict(facts or {})
        super().__init__(f"{reason.value} {self.facts}" if self.facts else reason.value)
