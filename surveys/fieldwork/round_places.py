"""In which commune each village of a round lay on the day whose boundaries the round has.

Figures go by that day, so a village that is moved later changes no figure of an older round. Rights
and phones go by where a village lies now.
"""

from datetime import date

from surveys.fieldwork.models import Round, SampledVillage
from surveys.territory.models import AdminUnit
from surveys.territory.shipped import REFORM
from surveys.territory.villages import unit_of


def boundaries_day(round_: Round) -> date:
    """The first day of fieldwork; samples name the communes since 1 July 2025, none before."""
    return max(round_.starts_on, REFORM)


def communes_of_villages(round_: Round, *, on: date | None = None) -> dict[str, AdminUnit]:
    """The commune of each sampled village, by village id, on a day (default: the round's own).

    A village of which nobody knows the place on that day (it was split over several communes)
    stays in the last commune that is known of it.
    """
    sampled = SampledVillage.objects.filter(round=round_).select_related("village__unit")
    last = {each.village_id: each.village.unit for each in sampled}
    placed = unit_of(last, on or boundaries_day(round_))
    return {village: placed[village] or unit for village, unit in last.items()}


def communes(round_: Round) -> dict[str, AdminUnit]:
    """The communes of a round's sample on its own day, by code."""
    units = {unit.code: unit for unit in communes_of_villages(round_).values()}
    return dict(sorted(units.items()))
