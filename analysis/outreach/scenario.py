"""What teams can do and must do: one scenario as a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class HelpKind(StrEnum):
    """The first thing that a person lacks, and so the kind of help."""

    PHONE = "phone"
    INTERNET = "internet"
    VNEID = "vneid"
    ACCOUNT = "account"
    EXPERIENCE = "experience"  # equipped, and has never tried


KINDS: Final = tuple(HelpKind)


class Travel(StrEnum):
    """When travel takes time."""

    VISIT = "visit"  # each stay in a commune
    CHANGE = "change"  # each stay of a team but its first


@dataclass(frozen=True, slots=True)
class Scenario:
    """Teams that are alike, each with the same days.

    `helped` is how many people a team-day helps where as many come; `comes` is the part of those
    in need, 0..1, that can be expected to come at all. `travel` is in days, whole or half.
    `most_days` and `least_days` are team-days a commune; the minimum holds for every commune that
    may be visited, also for those of which nothing is known.
    """

    teams: int
    days: int
    helped: Mapping[HelpKind, float]
    comes: float = 1.0
    travel: float = 0.5
    travel_rule: Travel = Travel.VISIT
    most_days: int = 5
    least_days: int = 0
    must: frozenset[str] = field(default_factory=frozenset)
    must_not: frozenset[str] = field(default_factory=frozenset)

    @property
    def team_capacity(self) -> float:
        """Days of one team, with each stay costing its days and the travel."""
        return self.days + (self.travel if self.travel_rule is Travel.CHANGE else 0.0)

    @property
    def capacity(self) -> float:
        """`team_capacity` of all teams together."""
        return self.teams * self.team_capacity
