"""Figures of villages as figures of the communes of any day: exact, for a village is never cut."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from surveys.territory.models import AdminUnit
from surveys.territory.villages import unit_of


@dataclass(frozen=True, slots=True)
class VillageTotal:
    """The sum over the villages that lay in a commune; `denominator` None: a count, no rate."""

    unit: AdminUnit
    numerator: float
    denominator: float | None
    villages: tuple[str, ...]

    @property
    def value(self) -> float | None:
        """The count, or the rate; None if its base is nought."""
        if self.denominator is None:
            return self.numerator
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class VillageTotals:
    rows: tuple[VillageTotal, ...]  # by code
    unplaced: tuple[str, ...]  # villages whose commune of that day nobody knows: in no row


def convert_villages(
    counts: Mapping[str, float], *, on: date, of: Mapping[str, float] | None = None
) -> VillageTotals:
    """Counts by village id, or rates with their bases in `of`, by commune of a day.

    The sums are exact for the villages given; what other villages of a commune hold is not in
    them. Raises ValueError if a village has a count and no base, or the other way round.
    """
    if of is not None and (alone := set(counts) ^ set(of)):
        raise ValueError(f"count or base is missing for {', '.join(sorted(alone)[:5])}")
    members: dict[int, list[str]] = defaultdict(list)
    units: dict[int, AdminUnit] = {}
    unplaced = []
    for village, unit in unit_of(counts, on).items():
        if unit is None:
            unplaced.append(village)
            continue
        units[unit.pk] = unit
        members[unit.pk].append(village)
    rows = (
        VillageTotal(
            unit,
            sum(counts[village] for village in members[unit.pk]),
            None if of is None else sum(of[village] for village in members[unit.pk]),
            tuple(sorted(members[unit.pk])),
        )
        for unit in sorted(units.values(), key=lambda unit: unit.code)
    )
    return VillageTotals(tuple(rows), tuple(sorted(unplaced)))
